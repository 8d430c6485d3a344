import { describe, expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import { PyFloat } from '../engine/python/values.js'
import { cpuMemoryFacts } from './facts/cpu-memory.js'
import { distribution } from './facts/distribution.js'
import { network } from './facts/network.js'
import { Sections } from './facts/sections.js'
import { storageFacts } from './facts/storage.js'
import { virtualization } from './facts/virtualization.js'
import gatherFacts from './gather_facts.js'
import setup from './setup.js'

/** What a host prints: names that begin with a slash are files (or links, when the text is an arrow), others sections. */
function printed(parts: { [name: string]: string }): string {
  const paths = Object.entries(parts).filter(([name]) => name.startsWith('/'))
  const files = paths.flatMap(([path, text]) => text.split('\n').map(line => `${path}:${line}`))
  const links = paths.map(
    ([path, text]) => `lrwxrwxrwx 1 0 0 0 Nov 21 13:38 ${path}${text.startsWith(' -> ') ? text : ''}`,
  )
  const named = Object.entries(parts).filter(([name]) => !name.startsWith('/'))
  return [['files', files.join('\n')], ['links', links.join('\n')], ...named]
    .map(([name, text]) => `\n\x1e${name}\n${text}\n`)
    .join('')
}

const sections = (parts: { [name: string]: string }) => new Sections(printed(parts))

const answers = (parts: { [name: string]: string }) => ({ 'section() *': printed(parts) })

testModule(
  setup,
  {},
  {
    'brings facts by their names, and says what was asked for': {
      commands: answers({ uname: 'Linux\nweb1.example.org\n6.1\nx86_64', bits: '64', fqdn: '' }),
      returns: {
        changed: false,
        ansible_facts: expect.objectContaining({
          ansible_hostname: 'web1',
          ansible_domain: 'example.org',
          ansible_userspace_architecture: 'x86_64',
          gather_subset: ['all'],
          module_setup: true,
        }),
      },
    },
    'keeps the facts that fit the filter': {
      args: { filter: 'ansible_lo*,fips' },
      commands: answers({ '/proc/loadavg': '0.10 0.20 3.00 1/100 1', '/proc/sys/crypto/fips_enabled': '1' }),
      returns: {
        ansible_facts: {
          ansible_loadavg: { '1m': 0.1, '5m': 0.2, '15m': new PyFloat(3) },
          ansible_local: {},
          ansible_fips: true,
        },
      },
    },
    'gathers only the subset and what it needs': {
      args: { gather_subset: ['!all', '!min', 'pkg_mgr'], filter: '*_mgr,ansible_os_family,ansible_fips' },
      commands: answers({ pkg_mgr: 'apk', '/etc/alpine-release': '3.18.4', '/etc/os-release': 'ID=alpine' }),
      returns: { ansible_facts: { ansible_pkg_mgr: 'apk', ansible_os_family: 'Alpine' } },
    },
    'reads local facts: JSON, INI and what is neither': {
      args: { filter: 'ansible_local' },
      commands: answers({
        'local//f/a.fact': '{"x": [1]}',
        'local//f/b.fact': '[General]\nKey = v\n two\nHome = %(key)s/100%%\n',
        'local//f/bad.fact': '[A]\nb = 100% sure\n',
        'local//f/c.fact': 'nonsense',
        'local//f/d.fact': '',
        'localfailed//f/d.fact': '3\nboom',
      }),
      returns: {
        ansible_facts: {
          ansible_local: {
            a: { x: [1] },
            b: { General: { key: 'v\ntwo', home: 'v\ntwo/100%' } },
            bad: "error loading facts as ini - please check content: /f/bad.fact ('%' must be followed by '%' or '(', found: '% sure')",
            c: 'error loading facts as JSON or ini - please check content: /f/c.fact',
            d: 'Failure executing fact script (/f/d.fact), rc: 3, err: boom',
          },
        },
      },
      warnings: [/bad\.fact/, /c\.fact/, /d\.fact/],
    },
    'gathers what is minimal when only told what is not wanted, existing or not': {
      args: { gather_subset: ['!hardware', '!nothing'], filter: 'ansible_devices,ansible_interfaces,ansible_fips' },
      commands: answers({ '/proc/sys/crypto/fips_enabled': '1' }),
      returns: { ansible_facts: { ansible_fips: true } },
    },
    'refuses a subset that does not exist': {
      args: { gather_subset: 'foo' },
      fails: /^Bad subset 'foo' given to Ansible\. .*all, all_ipv4/,
    },
  },
)

testModule(
  gatherFacts,
  {},
  {
    'is setup': {
      args: { gather_subset: 'min' },
      modules: { setup: args => ({ changed: false, got: String(args.gather_subset) }) },
      returns: { got: 'min' },
    },
  },
)

describe('distributions', () => {
  const cases: [string, { [name: string]: string }, object][] = [
    [
      'CentOS 7',
      {
        '/etc/os-release': 'ID="centos"\nVERSION_ID="7"\nVERSION="7 (Core)"',
        '/etc/centos-release': 'CentOS Linux release 7.9.2009 (Core)',
        '/etc/redhat-release': 'CentOS Linux release 7.9.2009 (Core)',
      },
      {
        distribution: 'CentOS',
        distribution_version: '7.9',
        distribution_major_version: '7',
        distribution_release: 'Core',
        os_family: 'RedHat',
        distribution_file_path: '/etc/redhat-release',
      },
    ],
    [
      'what carries a centos-release without being CentOS',
      {
        '/etc/os-release': 'ID="almalinux"\nVERSION_ID="8.3"\nVERSION="8.3 (Purple Manul)"',
        '/etc/centos-release': 'AlmaLinux release 8.3 (Purple Manul)',
        '/etc/redhat-release': 'AlmaLinux release 8.3 (Purple Manul)',
      },
      { distribution: 'AlmaLinux', distribution_version: '8.3', distribution_release: 'Purple Manul' },
    ],
    [
      'CentOS 6, without an os-release',
      { '/etc/redhat-release': 'CentOS release 6.7 (Final)', '/etc/system-release': 'CentOS release 6.7 (Final)' },
      { distribution: 'CentOS', distribution_version: '6.7', distribution_release: 'Final' },
    ],
    [
      'Amazon without an os-release',
      { '/etc/system-release': 'Amazon Linux AMI release 2018.03' },
      {
        distribution: 'Amazon',
        distribution_version: '2018.03',
        distribution_minor_version: '03',
        os_family: 'RedHat',
      },
    ],
    [
      'SLES 11',
      { '/etc/SuSE-release': 'SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 3' },
      { distribution: 'SLES', distribution_version: '11.3', distribution_release: '3', os_family: 'Suse' },
    ],
    [
      'Tumbleweed, which has no codename',
      { '/etc/os-release': 'NAME="openSUSE Tumbleweed"\nID="opensuse-tumbleweed"\nVERSION_ID="20240101"' },
      { distribution: 'openSUSE Tumbleweed', distribution_release: '' },
    ],
    [
      'Devuan',
      { '/etc/os-release': 'PRETTY_NAME="Devuan GNU/Linux ascii"\nID=devuan' },
      { distribution: 'Devuan', distribution_version: 'NA', distribution_release: 'ascii' },
    ],
    [
      'Kali, whose codename is in lsb-release',
      { '/etc/os-release': 'ID=kali\nVERSION_ID="2019.1"', '/etc/lsb-release': 'DISTRIB_CODENAME=kali-rolling' },
      { distribution: 'Kali', distribution_release: 'kali-rolling' },
    ],
    [
      'CentOS Stream',
      { '/etc/os-release': 'ID="centos"\nVERSION_ID="9"', '/etc/centos-release': 'CentOS Stream release 9' },
      { distribution: 'CentOS', distribution_version: '9', distribution_release: 'Stream' },
    ],
    [
      'RHEL 8',
      {
        '/etc/os-release': 'ID="rhel"\nVERSION="8.7 (Ootpa)"',
        '/etc/redhat-release': 'Red Hat Enterprise Linux release 8.7 (Ootpa)',
      },
      { distribution: 'RedHat', distribution_version: '8.7', distribution_release: 'Ootpa', os_family: 'RedHat' },
    ],
    [
      'Rocky 9',
      {
        '/etc/os-release': 'ID="rocky"\nVERSION="9.2 (Blue Onyx)"',
        '/etc/redhat-release': 'Rocky Linux release 9.2 (Blue Onyx)',
      },
      {
        distribution: 'Rocky',
        distribution_major_version: '9',
        os_family: 'RedHat',
        distribution_release: 'Blue Onyx',
      },
    ],
    [
      'Fedora',
      {
        '/etc/os-release': 'ID=fedora\nVERSION_ID=38\nVERSION_CODENAME=""',
        '/etc/redhat-release': 'Fedora release 38 (Thirty Eight)',
      },
      { distribution: 'Fedora', distribution_version: '38', os_family: 'RedHat' },
    ],
    [
      'Amazon',
      { '/etc/os-release': 'ID="amzn"\nVERSION_ID="2023"', '/etc/system-release': 'Amazon Linux release 2023' },
      { distribution: 'Amazon', distribution_version: '2023', os_family: 'RedHat' },
    ],
    [
      'Oracle',
      {
        '/etc/os-release': 'ID="ol"',
        '/etc/oracle-release': 'Oracle Linux Server release 8.6',
        '/etc/redhat-release': 'Red Hat Enterprise Linux release 8.6 (Ootpa)',
      },
      { distribution: 'OracleLinux', distribution_version: '8.6', os_family: 'RedHat' },
    ],
    [
      'Ubuntu',
      {
        '/etc/os-release': 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy',
        '/etc/debian_version': 'bookworm/sid',
      },
      {
        distribution: 'Ubuntu',
        distribution_version: '22.04',
        distribution_major_version: '22',
        distribution_release: 'jammy',
        os_family: 'Debian',
      },
    ],
    [
      'Debian',
      { '/etc/os-release': 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm', '/etc/debian_version': '12.11' },
      {
        distribution: 'Debian',
        distribution_version: '12.11',
        distribution_minor_version: '11',
        distribution_major_version: '12',
        distribution_file_variety: 'Debian',
      },
    ],
    [
      'Alpine',
      { '/etc/os-release': 'ID=alpine\nVERSION_ID=3.18.4', '/etc/alpine-release': '3.18.4' },
      { distribution: 'Alpine', distribution_version: '3.18.4', os_family: 'Alpine', distribution_release: 'NA' },
    ],
    [
      'Arch',
      { '/etc/os-release': 'ID=arch\nBUILD_ID=rolling', '/etc/arch-release': '' },
      { distribution: 'Archlinux', distribution_version: 'rolling', os_family: 'Archlinux' },
    ],
    [
      'SLES',
      { '/etc/os-release': 'ID="sles"\nVERSION="15-SP4"\nVERSION_ID="15.4"\nNAME="SLES"' },
      { distribution: 'SLES', distribution_version: '15.4', distribution_release: '4', os_family: 'Suse' },
    ],
    [
      'Leap',
      { '/etc/os-release': 'ID="opensuse-leap"\nVERSION_ID="15.5"' },
      { distribution: 'openSUSE Leap', os_family: 'Suse' },
    ],
    [
      'OpenWrt',
      { '/etc/openwrt_release': "DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='22.03.5'" },
      { distribution: 'OpenWrt', distribution_version: '22.03.5', os_family: 'OpenWrt' },
    ],
    ['no sign at all', {}, { distribution: 'OtherLinux', distribution_version: 'NA', os_family: 'OtherLinux' }],
  ]
  test.each(cases)('%s', (_, parts, facts) => expect(distribution.read(sections(parts))).toMatchObject(facts))
})

test('interfaces, secondary addresses and the default route', () => {
  const facts = network.read(
    sections({
      '/sys/class/net/eth0': ' -> ../../devices/pci0000:00/0000:00:03.0/net/eth0',
      '/sys/class/net/eth0/address': '02:00:00:00:00:01',
      '/sys/class/net/eth0/mtu': '1500',
      '/sys/class/net/eth0/operstate': 'up',
      '/sys/class/net/eth0/type': '1',
      '/sys/class/net/eth0/flags': '0x1103',
      '/sys/class/net/eth0/speed': '1000',
      '/sys/class/net/eth0/device': ' -> ../../../0000:00:03.0',
      '/sys/class/net/br-lan': ' -> ../../devices/virtual/net/br-lan',
      '/sys/class/net/br-lan/type': '1',
      '/sys/class/net/br-lan/bridge': '',
      '/sys/class/net/br-lan/bridge/bridge_id': '8000.1',
      '/sys/class/net/br-lan/bridge/stp_state': '1',
      '/sys/class/net/br-lan/brif/eth0': ' -> ../../eth0/brport',
      '/sys/class/net/lo': ' -> ../../devices/virtual/net/lo',
      '/sys/class/net/lo/address': '00:00:00:00:00:00',
      '/sys/class/net/lo/type': '772',
      '/sys/class/net/bonding_masters': 'bond0',
      ethtool:
        'interface eth0\nFeatures for eth0:\nrx-checksumming: on [fixed]\n\ttx-tcp-segmentation: off\nPTP Hardware Clock: 0',
      ip: '8.8.8.8 via 192.0.2.1 dev eth0 src 192.0.2.5 uid 0 \n    cache \n2: eth0: <UP> mtu 1500\n    inet 192.0.2.5/25 brd 192.0.2.127 scope global eth0\n       valid_lft forever preferred_lft forever\n    inet 192.0.2.6/25 scope global secondary eth0:1\n    inet6 2001:db8::5/64 scope global \n3: br-lan: <UP>\n    inet 10.0.0.1/8 scope global br-lan\n1: lo: <UP>\n    inet 127.0.0.1/8 scope host lo',
    }),
  )
  expect(facts).toMatchObject({
    interfaces: ['eth0', 'br-lan', 'lo', 'eth0:1'],
    eth0: {
      macaddress: '02:00:00:00:00:01',
      promisc: true,
      pciid: '0000:00:03.0',
      features: { rx_checksumming: 'on [fixed]', tx_tcp_segmentation: 'off' },
      phc_index: 0,
      active: true,
      type: 'ether',
      ipv4: { address: '192.0.2.5', netmask: '255.255.255.128', network: '192.0.2.0', prefix: '25' },
      ipv4_secondaries: [{ address: '192.0.2.6' }],
    },
    br_lan: { type: 'bridge', stp: true, interfaces: ['eth0'] },
    eth0_1: { ipv4: { address: '192.0.2.6' } },
    default_ipv4: {
      address: '192.0.2.5',
      gateway: '192.0.2.1',
      interface: 'eth0',
      alias: 'eth0',
      broadcast: '192.0.2.127',
    },
    default_ipv6: {},
    all_ipv4_addresses: ['192.0.2.5', '192.0.2.6', '10.0.0.1'],
  })
  expect(facts.lo).not.toHaveProperty('macaddress')
})

test('addresses come as the kernel lists the interfaces, those of one in their own order', () => {
  const links = Object.fromEntries(['docker0', 'eth0', 'eth1'].map(name => [`/sys/class/net/${name}`, ' -> ../x']))
  const ip =
    '2: eth0: <UP>\n    inet 192.0.2.5/25 scope global eth0\n    inet 192.0.2.6/25 scope global secondary eth0\n3: docker0: <UP>\n    inet 172.17.0.1/16 scope global docker0\n    inet6 fd00::1/64 scope global \n4: eth1: <UP>\n    inet 10.0.0.1/8 scope global eth1\n    inet6 fd00::2/64 scope global '
  const facts = network.read(sections({ ...links, ip, netorder: '.\n..\neth1\neth0\ndocker0' }))
  expect(facts.all_ipv4_addresses).toEqual(['10.0.0.1', '192.0.2.5', '192.0.2.6', '172.17.0.1'])
  expect(facts.all_ipv6_addresses).toEqual(['fd00::2', 'fd00::1'])
})

test('sockets, cores and threads', () => {
  const cpu = (number: number, core: number) =>
    `processor\t: ${number}\nvendor_id\t: GenuineIntel\nmodel name\t: X\nphysical id\t: 0\nsiblings\t: 4\ncore id\t\t: ${core}\ncpu cores\t: 2\n`
  const facts = cpuMemoryFacts(
    sections({
      uname: 'Linux\nx\n6\nx86_64',
      '/proc/cpuinfo': [0, 1, 2, 3].map(n => cpu(n, n % 2)).join('\n'),
      '/proc/self/status': 'Name:\tgrep\nCpus_allowed_list:\t0-1,4,6',
      '/proc/meminfo': 'MemTotal: 2048000 kB\nMemFree: 1024000 kB\nCached: 1024 kB\nBuffers: 0 kB',
      '/proc/uptime': '99.5 1',
    }),
  )
  expect(facts).toMatchObject({
    processor_count: 1,
    processor_cores: 2,
    processor_threads_per_core: 2,
    processor_vcpus: 4,
    processor_nproc: 4,
    memtotal_mb: 2000,
    uptime_seconds: 99,
  })
  expect(facts.processor).toEqual([
    '0',
    'GenuineIntel',
    'X',
    '1',
    'GenuineIntel',
    'X',
    '2',
    'GenuineIntel',
    'X',
    '3',
    'GenuineIntel',
    'X',
  ])
})

test('disks with partitions and mounts with sizes', () => {
  const facts = storageFacts(
    sections({
      '/sys/class/block/sda': ' -> ../../devices/pci0000:00/0000:00:05.0/block/sda',
      '/sys/class/block/sda/device/vendor': 'ATA     ',
      '/sys/class/block/sda/device/model': 'Disk',
      '/sys/class/block/sda/queue/rotational': '1',
      '/sys/class/block/sda/queue/scheduler': 'none [mq-deadline]',
      '/sys/class/block/sda/queue/logical_block_size': '512',
      '/sys/class/block/sda/size': '4096',
      '/sys/class/block/sda1': ' -> ../../devices/pci0000:00/0000:00:05.0/block/sda/sda1',
      '/sys/class/block/sda1/start': '2048',
      '/sys/class/block/sda1/size': '2048',
      '/sys/class/block/sda1/holders/dm-0': ' -> ../../../../dm-0',
      '/sys/class/block/dm-0': ' -> ../../devices/virtual/block/dm-0',
      '/sys/class/block/dm-0/dm/name': 'vg-root',
      '/sys/class/block/dm-0/slaves/sda1': ' -> ../../../sda1',
      '/dev/disk/by-uuid/1234-5678': ' -> ../../sda1',
      lspci: '0000:00:05.0 SATA controller: Intel',
      '/proc/mounts': '/dev/sda1 /a\\040b ext4 rw 0 0\nproc /proc proc rw 0 0\n/dev/sda1 /bound ext4 rw 0 0',
      '/proc/self/mountinfo':
        '22 1 8:1 / /a\\040b rw - ext4 /dev/sda1 rw\n23 1 8:1 /part /bound rw - ext4 /dev/sda1 rw',
      statfs: '4096 4096 100 40 10 5 /a b',
      uuids: '/dev/sda1 1234-5678',
    }),
  )
  expect(facts.devices).toMatchObject({
    sda: {
      vendor: 'ATA',
      scheduler_mode: 'mq-deadline',
      size: '2.00 MB',
      host: 'SATA controller: Intel',
      partitions: { sda1: { start: '2048', uuid: '1234-5678', holders: ['vg-root'], size: '1.00 MB' } },
    },
  })
  expect(facts.mounts).toEqual([
    {
      mount: '/a b',
      device: '/dev/sda1',
      fstype: 'ext4',
      options: 'rw',
      size_total: 409600,
      size_available: 163840,
      block_size: 4096,
      block_total: 100,
      block_available: 40,
      block_used: 60,
      inode_total: 10,
      inode_available: 5,
      inode_used: 5,
      uuid: '1234-5678',
    },
    { mount: '/bound', device: '/dev/sda1', fstype: 'ext4', options: 'rw,bind', uuid: '1234-5678' },
  ])
  expect(facts.device_links).toMatchObject({ uuids: { sda1: ['1234-5678'] }, masters: { sda1: ['dm-0'] } })
  expect(facts.lvm).toBe('N/A')
})

test('volume groups, their volumes and a disk without a group', () => {
  const lvm =
    'present\n  /dev/sda2,9.00,1.00,vg0,17.00,2.00,3,2\n  /dev/sdb,8.00,1.00,vg0,17.00,2.00,3,2\n  /dev/sdc,5.00,5.00,,0,0,0,0'
  expect(storageFacts(sections({ lvm: `${lvm}\nvolumes\n  root,vg0,15.00` })).lvm).toEqual({
    vgs: { vg0: { size_g: '17.00', free_g: '2.00', num_lvs: '3', num_pvs: '2' } },
    lvs: { root: { size_g: '15.00', vg: 'vg0' } },
    pvs: {
      '/dev/sda2': { size_g: '9.00', free_g: '1.00', vg: 'vg0' },
      '/dev/sdb': { size_g: '8.00', free_g: '1.00', vg: 'vg0' },
      '/dev/sdc': { size_g: '5.00', free_g: '5.00', vg: '' },
    },
  })
  expect(storageFacts(sections({ lvm: 'present' })).lvm).toEqual({ vgs: {}, lvs: {}, pvs: {} })
})

const dmi = (name: string, text: string) => ({ [`/sys/devices/virtual/dmi/id/${name}`]: text })

test.each<[{ [name: string]: string }, string, string]>([
  [{ ...dmi('product_name', 'KVM'), ...dmi('sys_vendor', 'Red Hat') }, 'kvm', 'guest'],
  [dmi('product_name', 'VMware Virtual Platform'), 'VMware', 'guest'],
  [{ ...dmi('product_name', 'VirtualBox'), ...dmi('bios_vendor', 'innotek GmbH') }, 'virtualbox', 'guest'],
  [{ '/proc/1/cgroup': '0::/system.slice/docker-0123abc.scope', ...dmi('product_name', 'KVM') }, 'docker', 'guest'],
  [{ pid1: 'HOME=/\ncontainer=systemd-nspawn' }, 'container', 'guest'],
  [{ pid1: 'container=lxc' }, 'lxc', 'guest'],
  [{ '/proc/modules': 'kvm_intel 1 0 - Live 0x0\nkvm 1 1 kvm_intel, Live 0x0' }, 'kvm', 'host'],
  [{ '/proc/cpuinfo': 'flags\t\t: fpu hypervisor lm' }, 'NA', 'NA'],
  [dmi('product_name', 'PowerEdge'), 'NA', 'NA'],
])('what %j is', (parts, type, role) => {
  expect(virtualization.read(sections(parts))).toMatchObject({
    virtualization_type: type,
    virtualization_role: role,
  })
})
