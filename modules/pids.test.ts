import { testModule } from '../engine/module/test.js'
import pids from './pids.js'

const list = [
  ['1', 'systemd', '/usr/lib/systemd/systemd', '/sbin/init\u0001splash\u0001'],
  ['2', 'kthreadd', '', ''],
  ['247', 'averyveryverylo', '/tmp/averyveryverylongname', '/tmp/averyveryverylongname\u00011000\u0001'],
  ['253', 'sleep', '/usr/bin/sleep', '/opt/fancy\u00011000\u0001'],
]
const commands = { 'if [ -r /proc/self/cmdline ]*': list.map(one => `${one.join('\n')}\n`).join('') }
const gives = (args: object, found: number[]) => ({
  args: args as never,
  commands,
  returns: { pids: found },
  changed: false,
})

testModule(
  pids,
  {},
  {
    'knows a process by its name, whatever the case': gives({ name: 'SLEEP' }, [253]),
    'knows a process by its program': gives({ name: 'systemd' }, [1]),
    'knows a process by how it was called': gives({ name: '/opt/fancy' }, [253]),
    'knows the whole of a long name': gives({ name: 'averyveryverylongname' }, [247]),
    'knows no part of a name': gives({ name: 'averyveryverylo' }, []),
    'knows a process of the kernel': gives({ name: 'kthreadd' }, [2]),
    'finds a pattern in command lines': gives({ pattern: '^/\\w+/.* 1000$' }, [247, 253]),
    'minds the case of a pattern': gives({ pattern: 'FANCY' }, []),
    'need not mind it': gives({ pattern: 'FANCY', ignore_case: true }, [253]),
    'refuses a bad pattern': {
      args: { pattern: '(un' },
      commands,
      fails: /^'\(un' is not a valid regular expression: /,
    },
    'needs one of them': { commands, fails: 'one of the following is required: name, pattern' },
  },
)
