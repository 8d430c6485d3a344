import { testModule } from '../engine/module/test.js'
import interfaces from './interfaces_file.js'

const dest = '/etc/interfaces'
const text = `# mine
auto lo eth0
iface lo inet loopback

iface eth0 inet static
\taddress  10.0.0.1
\t# a note
\tmtu 1500
\tup route add a
\tup route add b

iface eth0 inet6 auto
source interfaces.d/*
`

testModule(
  interfaces,
  { dest, iface: 'eth0', address_family: 'inet', option: 'mtu' },
  {
    'changes a value and nothing else': {
      args: { value: '9000' },
      before: text,
      after: text.replace('mtu 1500', 'mtu 9000'),
      returns: { dest, ifaces: { lo: { address_family: 'inet', method: 'loopback', up: [] } } },
    },
    'keeps the gap before a value': {
      args: { option: 'address', value: '10.0.0.2' },
      before: text,
      after: text.replace('  10.0.0.1', '  10.0.0.2'),
    },
    'the method is that of all address families, unless one is said': {
      args: { address_family: undefined, option: 'method', value: 'manual' },
      before: text,
      after: text.replace('inet static', 'inet manual').replace('inet6 auto', 'inet6 manual'),
    },
    'another option is changed where it stands': {
      args: { address_family: undefined, value: '9000' },
      before: text,
      after: text.replace('mtu 1500', 'mtu 9000'),
    },
    'leaves a value alone': { args: { value: '1500' }, before: text, after: text, changed: false },
    'adds an option at the end of its stanza': {
      args: { option: 'gateway', value: '10.0.0.9' },
      before: text,
      after: text.replace('add b\n', 'add b\n\tgateway 10.0.0.9\n'),
    },
    'adds an option to an empty stanza': {
      args: { address_family: 'inet6', option: 'accept_ra', value: '2' },
      before: text,
      after: text.replace('inet6 auto\n', 'inet6 auto\n    accept_ra 2\n'),
    },
    'adds another of those that may repeat': {
      args: { option: 'up', value: 'route add c' },
      before: text,
      after: text.replace('add b\n', 'add b\n\tup route add c\n'),
    },
    'removes one of those that may repeat': {
      args: { option: 'up', value: 'route add a', state: 'absent' },
      before: text,
      after: text.replace('\tup route add a\n', ''),
    },
    'removes all of them': {
      args: { option: 'up', state: 'absent' },
      before: text,
      after: text.replace('\tup route add a\n\tup route add b\n', ''),
    },
    'changes the method': {
      args: { option: 'method', value: 'dhcp' },
      before: text,
      after: text.replace('inet static', 'inet dhcp'),
    },
    'tells what is there': {
      args: { iface: undefined, option: undefined, address_family: undefined },
      before: text.replace('iface eth0 inet6 auto\n', ''),
      changed: false,
      returns: {
        ifaces: {
          eth0: {
            address_family: 'inet',
            method: 'static',
            address: '10.0.0.1',
            mtu: '1500',
            up: ['route add a', 'route add b'],
            down: [],
            'pre-up': [],
            'post-up': [],
          },
        },
      },
    },
    'does not make an interface': {
      args: { iface: 'eth9', value: '1' },
      before: text,
      fails: 'Error: interface eth9 not found',
    },
    'wants a value': {
      before: text,
      fails: "Value must be set if option is defined and state is 'present'",
    },
    'wants a part before options': {
      args: { value: '1' },
      before: '# mine\n  mtu 1\nauto lo\n',
      fails: 'misplaced option   mtu 1\n in line 2',
    },
    'wants a file': { args: { value: '1' }, fails: `[Errno 2] No such file or directory: '${dest}'` },
  },
)
