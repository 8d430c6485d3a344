import { describe, expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import { cpuMemoryFacts } from './facts/cpu-memory.js'
import { distribution } from './facts/distribution.js'
import { readIni } from './facts/local.js'
import { network } from './facts/network.js'
import { Sections } from './facts/sections.js'
import { storageFacts } from './facts/storage.js'
import { virtualization } from './facts/virtualization.js'
import gatherFacts from './gather_facts.js'
import setup from './setup.js'

const sections = (parts: { [name: string]: string }) =>
  new Sections(
    Object.entries(parts)
      .map(([name, text]) => `\n\x1e${name}\n${text}\n`)
      .join(''),
  )

/** What a host prints for the sections that the case names. */
const answers = (parts: { [name: string]: string }) => ({
  'section() *': Object.entries(parts)
    .map(([name, text]) => `\n\x1e${name}\n${text}\n`)
    .join(''),
})

testModule(
  setup,
  {},
  {
    'brings facts by their names, and says what was asked for': {
      commands: answers({ uname: 'Linux\n6.1\n#1\nx86_64\nweb1.example.org', bits: '64', fqdn: '' }),
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
      commands: answers({ loadavg: '0.10 0.20 0.30 1/100 1', fips: '1' }),
      returns: {
        ansible_facts: { ansible_loadavg: { '1m': 0.1, '5m': 0.2, '15m': 0.3 }, ansible_local: {}, ansible_fips: true },
      },
    },
    'gathers only the subset and what it needs': {
      args: { gather_subset: ['!all', '!min', 'pkg_mgr'], filter: '*_mgr,ansible_os_family,ansible_fips' },
      commands: answers({ pkg_mgr: 'apk', 'file/alpine-release': '3.18.4', 'os-release': 'ID=alpine' }),
      returns: { ansible_facts: { ansible_pkg_mgr: 'apk', ansible_os_family: 'Alpine' } },
    },
    'reads local facts: JSON, INI and what is neither': {
      args: { filter: 'ansible_local' },
      commands: answers({
        'local//f/a.fact': '{"x": [1]}',
        'local//f/b.fact': '[General]\nKey = v\n',
        'local//f/c.fact': 'nonsense',
        'local//f/d.fact': '',
        'localfailed//f/d.fact': '3\nboom',
      }),
      returns: {
        ansible_facts: {
          ansible_local: {
            a: { x: [1] },
            b: { General: { key: 'v' } },
            c: 'error loading facts as JSON or ini - please check content: /f/c.fact',
            d: 'Failure executing fact script (/f/d.fact), rc: 3, err: boom',
          },
        },
      },
      warnings: [/c\.fact/, /d\.fact/],
    },
    'gathers what is minimal when only told what is not wanted, existing or not': {
      args: { gather_subset: ['!hardware', '!nothing'], filter: 'ansible_devices,ansible_interfaces,ansible_fips' },
      commands: answers({ fips: '1' }),
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
        'os-release': 'ID="centos"\nVERSION_ID="7"\nVERSION="7 (Core)"',
        'file/centos-release': 'CentOS Linux release 7.9.2009 (Core)',
        'file/redhat-release': 'CentOS Linux release 7.9.2009 (Core)',
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
        'os-release': 'ID="almalinux"\nVERSION_ID="8.3"\nVERSION="8.3 (Purple Manul)"',
        'file/centos-release': 'AlmaLinux release 8.3 (Purple Manul)',
        'file/redhat-release': 'AlmaLinux release 8.3 (Purple Manul)',
      },
      { distribution: 'AlmaLinux', distribution_version: '8.3', distribution_release: 'Purple Manul' },
    ],
    [
      'CentOS 6, without an os-release',
      { 'file/redhat-release': 'CentOS release 6.7 (Final)', 'file/system-release': 'CentOS release 6.7 (Final)' },
      { distribution: 'CentOS', distribution_version: '6.7', distribution_release: 'Final' },
    ],
    [
      'Amazon without an os-release',
      { 'file/system-release': 'Amazon Linux AMI release 2018.03' },
      {
        distribution: 'Amazon',
        distribution_version: '2018.03',
        distribution_minor_version: '03',
        os_family: 'RedHat',
      },
    ],
    [
      'SLES 11',
      { 'file/SuSE-release': 'SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 3' },
      { distribution: 'SLES', distribution_version: '11.3', distribution_release: '3', os_family: 'Suse' },
    ],
    [
      'Tumbleweed, which has no codename',
      { 'os-release': 'NAME="openSUSE Tumbleweed"\nID="opensuse-tumbleweed"\nVERSION_ID="20240101"' },
      { distribution: 'openSUSE Tumbleweed', distribution_release: '' },
    ],
    [
      'Devuan',
      { 'os-release': 'PRETTY_NAME="Devuan GNU/Linux ascii"\nID=devuan' },
      { distribution: 'Devuan', distribution_version: 'NA', distribution_release: 'ascii' },
    ],
    [
      'Kali, whose codename is in lsb-release',
      { 'os-release': 'ID=kali\nVERSION_ID="2019.1"', 'file/lsb-release': 'DISTRIB_CODENAME=kali-rolling' },
      { distribution: 'Kali', distribution_release: 'kali-rolling' },
    ],
    [
      'CentOS Stream',
      { 'os-release': 'ID="centos"\nVERSION_ID="9"', 'file/centos-release': 'CentOS Stream release 9' },
      { distribution: 'CentOS', distribution_version: '9', distribution_release: 'Stream' },
    ],
    [
      'RHEL 8',
      {
        'os-release': 'ID="rhel"\nVERSION="8.7 (Ootpa)"',
        'file/redhat-release': 'Red Hat Enterprise Linux release 8.7 (Ootpa)',
      },
      { distribution: 'RedHat', distribution_version: '8.7', distribution_release: 'Ootpa', os_family: 'RedHat' },
    ],
    [
      'Rocky 9',
      {
        'os-release': 'ID="rocky"\nVERSION="9.2 (Blue Onyx)"',
        'file/redhat-release': 'Rocky Linux release 9.2 (Blue Onyx)',
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
        'os-release': 'ID=fedora\nVERSION_ID=38\nVERSION_CODENAME=""',
        'file/redhat-release': 'Fedora release 38 (Thirty Eight)',
      },
      { distribution: 'Fedora', distribution_version: '38', os_family: 'RedHat' },
    ],
    [
      'Amazon',
      { 'os-release': 'ID="amzn"\nVERSION_ID="2023"', 'file/system-release': 'Amazon Linux release 2023' },
      { distribution: 'Amazon', distribution_version: '2023', os_family: 'RedHat' },
    ],
    [
      'Oracle',
      {
        'os-release': 'ID="ol"',
        'file/oracle-release': 'Oracle Linux Server release 8.6',
        'file/redhat-release': 'Red Hat Enterprise Linux release 8.6 (Ootpa)',
      },
      { distribution: 'OracleLinux', distribution_version: '8.6', os_family: 'RedHat' },
    ],
    [
      'Ubuntu',
      {
        'os-release': 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy',
        'file/debian_version': 'bookworm/sid',
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
      { 'os-release': 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm', 'file/debian_version': '12.11' },
      {
        distribution: 'Debian',
        distribution_version: '12',
        distribution_minor_version: '11',
        distribution_major_version: '12',
        distribution_file_variety: 'Debian',
      },
    ],
    [
      'Alpine',
      { 'os-release': 'ID=alpine\nVERSION_ID=3.18.4', 'file/alpine-release': '3.18.4' },
      { distribution: 'Alpine', distribution_version: '3.18.4', os_family: 'Alpine', distribution_release: 'NA' },
    ],
    [
      'Arch',
      { 'os-release': 'ID=arch\nBUILD_ID=rolling', 'file/arch-release': '' },
      { distribution: 'Archlinux', distribution_version: 'rolling', os_family: 'Archlinux' },
    ],
    [
      'SLES',
      { 'os-release': 'ID="sles"\nVERSION="15-SP4"\nVERSION_ID="15.4"\nNAME="SLES"' },
      { distribution: 'SLES', distribution_version: '15.4', distribution_release: '4', os_family: 'Suse' },
    ],
    [
      'Leap',
      { 'os-release': 'ID="opensuse-leap"\nVERSION_ID="15.5"' },
      { distribution: 'openSUSE Leap', os_family: 'Suse' },
    ],
    [
      'OpenWrt',
      { 'file/openwrt_release': "DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='22.03.5'" },
      { distribution: 'OpenWrt', distribution_version: '22.03.5', os_family: 'OpenWrt' },
    ],
    ['no sign at all', {}, { distribution: 'OtherLinux', distribution_version: 'NA', os_family: 'OtherLinux' }],
  ]
  test.each(cases)('%s', (_, parts, facts) => expect(distribution.read(sections(parts))).toMatchObject(facts))
})

test('interfaces, secondary addresses and the default route', () => {
  const facts = network.read(
    sections({
      net: 'interface eth0\naddress 02:00:00:00:00:01\nmtu 1500\noperstate up\ntype 1\nflags 0x1103\nspeed 1000\ninterface br-lan\ntype 1\nbridge_id 8000.1\nstp 1\nport eth0\ninterface lo\naddress 00:00:00:00:00:00\ntype 772',
      addresses:
        '2: eth0: <UP> mtu 1500\n    inet 192.0.2.5/25 brd 192.0.2.127 scope global eth0\n       valid_lft forever preferred_lft forever\n    inet 192.0.2.6/25 scope global secondary eth0:1\n    inet6 2001:db8::5/64 scope global \n3: br-lan: <UP>\n    inet 10.0.0.1/8 scope global br-lan\n1: lo: <UP>\n    inet 127.0.0.1/8 scope host lo',
      route4: '8.8.8.8 via 192.0.2.1 dev eth0 src 192.0.2.5 uid 0 \n    cache ',
      route6: 'RTNETLINK answers: Network is unreachable',
    }),
  )
  expect(facts).toMatchObject({
    interfaces: ['eth0', 'br-lan', 'lo', 'eth0:1'],
    eth0: {
      macaddress: '02:00:00:00:00:01',
      promisc: true,
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

test('sockets, cores and threads', () => {
  const cpu = (number: number, core: number) =>
    `processor\t: ${number}\nvendor_id\t: GenuineIntel\nmodel name\t: X\nphysical id\t: 0\nsiblings\t: 4\ncore id\t\t: ${core}\ncpu cores\t: 2\n`
  const facts = cpuMemoryFacts(
    sections({
      uname: 'Linux\n6\n#\nx86_64\nx',
      cpuinfo: [0, 1, 2, 3].map(n => cpu(n, n % 2)).join('\n'),
      nproc: '4',
      meminfo: 'MemTotal: 2048000 kB\nMemFree: 1024000 kB\nCached: 1024 kB\nBuffers: 0 kB',
      uptime: '99.5 1',
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
      devices:
        'disk sda\nvendor ATA\nmodel Disk\nrotational 1\nscheduler none [mq-deadline]\nsectors 4096\nsectorsize 512\npartition sda1\nstart 2048\nsectors 2048\nholder vg-root',
      links: 'uuid sda1 1234-5678\nmasters sda1 dm-0',
      mounts: '/dev/sda1 /a\\040b ext4 rw 0 0\nproc /proc proc rw 0 0',
      statfs: '/a\\040b 4096 4096 100 40 10 5',
      uuids: '/dev/sda1 1234-5678',
    }),
  )
  expect(facts.devices).toMatchObject({
    sda: {
      vendor: 'ATA',
      scheduler_mode: 'mq-deadline',
      size: '2.00 MB',
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
  ])
  expect(facts.lvm).toBe('N/A')
})

test.each([
  ['product_name KVM\nsys_vendor Red Hat', 'kvm', 'guest'],
  ['product_name VMware Virtual Platform', 'VMware', 'guest'],
  ['product_name VirtualBox\nbios_vendor innotek GmbH', 'virtualbox', 'guest'],
  ['cgroup 0::/system.slice/docker-0123abc.scope\nproduct_name KVM', 'docker', 'guest'],
  ['pid1 container=systemd-nspawn', 'container', 'guest'],
  ['pid1 container=lxc', 'lxc', 'guest'],
  ['module kvm_intel\nmodule kvm', 'kvm', 'host'],
  ['product_name PowerEdge', 'NA', 'NA'],
])('what %j is', (text, type, role) => {
  expect(virtualization.read(sections({ virtual: text }))).toMatchObject({
    virtualization_type: type,
    virtualization_role: role,
  })
})

test('INI as ConfigParser reads it', () => {
  expect(readIni('[A]\nKey: one\n two\n; no\nB = c = d\n')).toEqual({ A: { key: 'one\ntwo', b: 'c = d' } })
  expect(readIni('just text')).toBeUndefined()
})
