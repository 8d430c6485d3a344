import { testModule } from '../engine/module/test.js'
import crypttab from './crypttab.js'

const old = '# comment\nfoo /dev/sda1 none discard,x=y\n'
testModule(
  crypttab,
  { path: '/etc/crypttab', name: '/dev/mapper/foo', state: 'present' },
  {
    'adds a device that is not there': {
      args: { backing_device: '/dev/sda1', password: 'none', opts: 'luks' },
      before: '# comment\n',
      after: '# comment\nfoo /dev/sda1 none luks\n',
      changed: true,
      returns: { msg: 'added line', name: '/dev/mapper/foo' },
    },
    'needs to know what is below a new one': {
      args: { opts: 'luks' },
      before: '',
      fails: "'backing_device' required to add a new entry",
    },
    'keeps what is not named': {
      args: { opts: 'luks' },
      before: old,
      after: '# comment\nfoo /dev/sda1 none luks\n',
      returns: { msg: 'updated line' },
    },
    'adds options and changes the value of those that are there': {
      args: { state: 'opts_present', opts: 'x=z,luks' },
      before: old,
      after: '# comment\nfoo /dev/sda1 none discard,x=z,luks\n',
      returns: { msg: 'updated options' },
    },
    'takes an option away by its key, and not with another value': {
      args: { state: 'opts_absent', opts: 'x,discard=no' },
      before: old,
      after: '# comment\nfoo /dev/sda1 none discard\n',
      returns: { msg: 'removed options' },
    },
    'leaves an empty line where a device was': { args: { state: 'absent' }, before: old, after: '# comment\n\n' },
    'is content when there is no file to remove from': {
      args: { state: 'absent' },
      before: undefined,
      changed: false,
      returns: { msg: '?' },
    },
    'refuses white space': {
      args: { backing_device: 'a b' },
      before: old,
      fails: "invalid 'backing_device': contains white space or is empty",
    },
    'refuses to change the device along with options': {
      args: { state: 'opts_present', opts: 'x', password: 'none' },
      before: old,
      fails: "cannot update 'backing_device' or 'password' when state=opts_present",
    },
  },
)
