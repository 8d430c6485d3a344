import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import virt, { withIdentity } from './virt.js'
import virtNet from './virt_net.js'
import virtPool from './virt_pool.js'

const domain = (name: string, state: string, autostart = 'disable') =>
  `\x1ename\n${name}\n\x1einfo\nId:   1\nState:  ${state}\nCPU(s):  2\nCPU time:  1.5s\nMax memory:  1024 KiB\nUsed memory:  512 KiB\nAutostart:  ${autostart}\n\x1exml\n<domain><name>${name}</name></domain>\n\n`

/** A machine with these elements in its definition, all devices but for the UUID. */
const withXml = (...inside: string[]) =>
  domain('vm1', 'running').replace(
    '</name>',
    `</name>${inside[0]!.startsWith('<uuid') ? inside[0] : `<devices>${inside.join('')}</devices>`}`,
  )

/** libvirt that answers `after` once something was done. */
const host =
  (before: string, after = before, said = '') =>
  (): FakeCommands => {
    let answer = before
    return [
      [/^export LC_ALL=C\nask/, () => answer],
      [
        /virsh/,
        call => {
          if (call.query) return undefined
          answer = after
          return said
        },
      ],
    ]
  }

testModule(
  virt,
  { name: 'vm1' },
  {
    'starts a machine, now and with the host': {
      args: { state: 'running', autostart: true },
      commands: host(domain('vm1', 'shut off'), domain('vm1', 'running', 'enable')),
      runs: ['virsh -q -c qemu:///system autostart vm1', 'virsh -q -c qemu:///system start vm1'],
      returns: { changed: true, msg: 0 },
    },
    'resumes a paused machine': {
      args: { state: 'running' },
      commands: host(domain('vm1', 'paused'), domain('vm1', 'running')),
      runs: [/ resume vm1$/],
    },
    'tells interfaces': {
      args: { command: 'get_interfaces' },
      commands: host(
        withXml(
          "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/><address type='pci' bus='0x03'/></interface>",
          "<interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='br0'/></interface>",
          "<interface type='user'/>",
        ),
      ),
      changed: false,
      returns: {
        network_interfaces: {
          interface_1: { type: 'NAT', mac: '52:54:00:00:00:01', pci_bus: '0x03', source: 'default' },
          interface_2: { type: 'bridge', mac: '52:54:00:00:00:02', pci_bus: null, source: 'br0' },
          interface_3: { type: 'user', mac: null, pci_bus: null, source: null },
        },
      },
    },
    'tells addresses, asked of the agent': {
      args: { command: 'get_ifaddresses', flags: ['agent'] },
      commands: () => [
        [/^export LC_ALL=C\nask/, domain('vm1', 'running')],
        [
          'LC_ALL=C virsh -q -c qemu:///system domifaddr vm1 --full --source agent',
          ' lo         00:00:00:00:00:00    ipv4         127.0.0.1/8\n lo         00:00:00:00:00:00    ipv6         ::1/128\n vnet0      52:54:00:00:00:01    N/A          N/A\n',
        ],
      ],
      changed: false,
      returns: {
        lo: {
          hwaddr: '00:00:00:00:00:00',
          addrs: [
            { addr: '127.0.0.1', prefix: 8, type: 0 },
            { addr: '::1', prefix: 128, type: 1 },
          ],
        },
        vnet0: { hwaddr: '52:54:00:00:00:01', addrs: [] },
      },
      trips: 2,
    },
    'asks nobody else for addresses': {
      args: { command: 'get_ifaddresses', flags: ['nvram'] },
      commands: host(domain('vm1', 'running')),
      fails: 'get_ifaddresses asks one of lease, agent, arp, not nvram',
    },
    'tells the UUID': {
      args: { command: 'uuid' },
      commands: host(withXml('<uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>')),
      changed: false,
      returns: { uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f' },
    },
    'forgets a machine with its volumes': {
      args: { command: 'undefine', flags: ['nvram', 'delete_volumes'] },
      commands: host(withXml("<disk device='disk'><source file='/pool/a &amp; b'/></disk>", "<disk device='cdrom'/>")),
      runs: ["virsh -q -c qemu:///system vol-delete '/pool/a & b'", 'virsh -q -c qemu:///system undefine --nvram vm1'],
      again: { changed: 'the fake libvirt keeps it' },
    },
    'tells that it forgets a machine': {
      args: { command: 'undefine' },
      commands: host(domain('vm1', 'shut off')),
      runs: [/ undefine vm1$/],
      returns: { changed: true, command: 0, undefine: 0 },
      foretells: { changed: true, command: 0, undefine: 0 },
      again: { changed: 'the fake libvirt keeps it' },
    },
    'a machine that is missing is no failure of undefine in check mode alone': {
      args: { command: 'undefine' },
      commands: host(''),
      fails: 'virtual machine vm1 not found',
      foretells: { changed: false, command: 0 },
    },
    'ends a machine': {
      args: { state: 'destroyed' },
      commands: host(domain('vm1', 'running'), domain('vm1', 'shut off')),
      runs: [/ destroy vm1$/],
    },
    'leaves a stopped machine alone': {
      args: { state: 'shutdown' },
      commands: host(domain('vm1', 'shut off')),
      runs: [],
      returns: { changed: false },
    },
    'lists machines by state': {
      args: { name: undefined, command: 'list_vms', state: 'running' },
      commands: host(domain('a', 'running') + domain('b', 'shut off')),
      returns: { changed: false, list_vms: ['a'] },
    },
    'describes machines': {
      args: { name: undefined, command: 'info' },
      commands: host(domain('a', 'idle')),
      returns: {
        a: { state: 'running', maxMem: '1024', memory: '512', nrVirtCpu: 2, cpuTime: '1500000000', autostart: 0 },
      },
    },
    'says what the state is': {
      args: { command: 'status' },
      commands: host(domain('vm1', 'in shutdown')),
      returns: { status: 'shutdown' },
    },
    'defines a new machine': {
      args: { name: undefined, command: 'define', xml: '<domain><name>vm2</name></domain>' },
      commands: host('', domain('vm2', 'shut off')),
      returns: { created: 'vm2' },
      // Only libvirt can tell whether a definition says the same as the one it holds.
      trips: 2,
    },
    'knows that a machine is missing': {
      args: { state: 'running' },
      commands: host(''),
      fails: 'virtual machine vm1 not found',
    },
    'shows what libvirt says': {
      args: { state: 'running' },
      commands: host('\x1eerror\nerror: failed to connect to the hypervisor\nerror: no connection driver\n'),
      fails: 'no connection driver',
    },
    'needs something to do': { commands: host(''), fails: 'expected state or command parameter to be specified' },
  },
)

const net = (name: string, active: string) =>
  `\x1ename\n${name}\n\x1einfo\nName: ${name}\nUUID: u\nActive: ${active}\nPersistent: yes\nAutostart: no\nBridge: virbr0\n\x1exml\n<network><forward mode='nat'/></network>\n\x1emore\n`

testModule(
  virtNet,
  { name: 'n' },
  {
    'defines a network': {
      args: { command: 'define', xml: '<network><name>n</name></network>' },
      commands: host('', net('n', 'no')),
      runs: ['virsh -q -c qemu:///system net-define /dev/stdin'],
      returns: { created: 'n' },
    },
    'starts a network': {
      args: { state: 'active' },
      commands: host(net('n', 'no'), net('n', 'yes')),
      runs: [/net-start n$/],
    },
    'removes a network that runs': {
      args: { state: 'absent' },
      commands: host(net('n', 'yes'), ''),
      runs: [/'net-destroy'.*; .*'net-undefine'/],
    },
    'has nothing to undefine': {
      args: { command: 'undefine' },
      commands: host(''),
      runs: [],
      returns: { changed: false, undefine: null },
    },
    'brings facts': {
      args: { name: undefined, command: 'facts' },
      commands: host(net('n', 'yes')),
      returns: {
        ansible_facts: {
          ansible_libvirt_networks: {
            n: {
              autostart: 'no',
              bridge: 'virbr0',
              forward_mode: 'nat',
              persistent: 'yes',
              state: 'active',
              uuid: 'u',
              dhcp_leases: [],
            },
          },
        },
      },
    },
    'needs a definition': {
      args: { state: 'present' },
      commands: host(''),
      fails: "network 'n' not present, but xml not specified",
    },
  },
)

const pool = (name: string, state: string) =>
  `\x1ename\n${name}\n\x1einfo\nName: ${name}\nUUID: u\nState: ${state}\nPersistent: yes\nAutostart: no\nCapacity: 100\nAllocation: 40\nAvailable: 60\n\x1exml\n<pool type='dir'><target>\n<path>/p</path></target></pool>\n\x1emore\n vol1   /p/vol1\n`

testModule(
  virtPool,
  { name: 'p' },
  {
    'starts a pool': {
      args: { state: 'active' },
      commands: host(pool('p', 'inactive'), pool('p', 'running')),
      runs: [/pool-start p$/],
      returns: { msg: 0 },
    },
    'deletes a pool': {
      args: { state: 'deleted' },
      commands: host(pool('p', 'running'), ''),
      runs: [/pool-destroy.*pool-delete.*pool-undefine/],
    },
    'describes a pool': {
      args: { command: 'info' },
      commands: host(pool('p', 'running')),
      returns: {
        pools: {
          p: {
            state: 'active',
            status: 'running',
            type: 'dir',
            path: '/p',
            size_total: '100',
            size_used: '40',
            size_available: '60',
            volumes: ['vol1'],
            volume_count: 1,
          },
        },
      },
    },
    'does not undefine a pool that runs': {
      args: { command: 'undefine' },
      commands: host(pool('p', 'running')),
      fails: "Requested operation is not valid: storage pool 'p' is active",
    },
  },
)

test('a definition takes over what the machine of its name has and it does not say', () => {
  const held =
    "<domain><name>a</name><uuid>u-1</uuid><interface type='network'><mac address='52:54:00:00:00:01'/><source network='x'/></interface></domain>"
  const wanted = "<domain><name>a</name><interface type='network'><source network='y'/></interface></domain>"
  expect(withIdentity(wanted, held, ['ADD_UUID'])).toContain('<name>a</name><uuid>u-1</uuid>')
  expect(withIdentity(wanted, held, ['ADD_MAC_ADDRESSES'])).toBe(wanted)
  expect(withIdentity(wanted, held, ['ADD_MAC_ADDRESSES_FUZZY'])).toContain("<mac address='52:54:00:00:00:01'/><source")
  expect(withIdentity(held, '<domain><uuid>u-2</uuid></domain>', ['ADD_UUID'])).toBe(held)
})
