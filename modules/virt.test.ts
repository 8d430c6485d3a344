import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import virt, { withIdentity } from './virt.js'
import virtNet from './virt_net.js'
import virtPool from './virt_pool.js'

const domain = (name: string, state: string, autostart = 'disable') =>
  `\x1ename\n${name}\n\x1einfo\nId:   1\nState:  ${state}\nCPU(s):  2\nCPU time:  1.5s\nMax memory:  1024 KiB\nUsed memory:  512 KiB\nAutostart:  ${autostart}\n\x1exml\n<domain><name>${name}</name></domain>\n\n`

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
