import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import supervisorctl, { withPassword } from './supervisorctl.js'

/** A supervisord with these processes, which obeys. */
const running =
  (processes: { readonly [name: string]: string }, more: readonly string[] = []) =>
  (): FakeCommands => {
    const now = new Map(Object.entries(processes))
    return [
      [
        /^export LC_ALL=C/,
        () => [...now].map(([name, status]) => `${name}  ${status}  pid 1, uptime 0:00:01\n`).join(''),
      ],
      [
        call => call.argv?.[0] === 'supervisorctl',
        call => {
          const [verb = '', ...rest] = call.argv!.slice(call.argv![1] === '-c' ? 3 : 1)
          const name = rest.at(-1)!
          const become = (status: string, said: string) => {
            now.set(name, status)
            return `${name}: ${said}\n`
          }
          if (verb === 'start' || verb === 'restart') return become('RUNNING', 'started')
          if (verb === 'stop') return become('STOPPED', 'stopped')
          if (verb === 'add') {
            for (const one of more) now.set(one, 'RUNNING')
            return `${name}: added process group\n`
          }
          if (verb === 'remove') now.delete(name)
          return verb === 'remove' ? `${name}: removed process group\n` : ''
        },
      ],
    ]
  }

testModule(
  supervisorctl,
  { name: 'app' },
  {
    'starts what does not run': {
      args: { state: 'started' },
      commands: running({ app: 'STOPPED', other: 'STOPPED' }),
      runs: ['supervisorctl start app'],
      returns: { name: 'app', state: 'started', affected: ['app'] },
    },
    'leaves alone what runs': {
      args: { state: 'started' },
      commands: running({ app: 'RUNNING' }),
      changed: false,
      runs: [],
    },
    'stops the processes of a group': {
      args: { name: 'app:', state: 'stopped' },
      commands: running({ 'app:a': 'RUNNING', 'app:b': 'STOPPED', 'apple:c': 'RUNNING' }),
      runs: ['supervisorctl stop app:a'],
      returns: { name: 'app' },
    },
    'adds a program that the configuration names': {
      args: { state: 'present' },
      commands: running({}, ['app']),
      runs: ['supervisorctl reread', 'supervisorctl add app'],
    },
    'removes a program': {
      args: { state: 'absent' },
      commands: running({ app: 'STOPPED' }),
      runs: ['supervisorctl reread', 'supervisorctl remove app'],
    },
    'stops a program before it removes it, when asked to': {
      args: { state: 'absent', stop_before_removing: true },
      commands: running({ app: 'RUNNING' }),
      runs: ['supervisorctl reread', 'supervisorctl stop app', 'supervisorctl remove app'],
    },
    'restarts after an update, always': {
      args: { state: 'restarted', config: '/etc/s.conf' },
      commands: running({ app: 'RUNNING' }),
      runs: ['supervisorctl -c /etc/s.conf update', 'supervisorctl -c /etc/s.conf restart app'],
      again: { changed: 'a restart is one each time' },
    },
    'fails for what is not there': {
      args: { state: 'started' },
      commands: running({}),
      fails: 'ERROR (no such process)',
    },
    'needs a signal to send': {
      args: { state: 'signalled' },
      fails: 'state is signalled but all of the following are missing: signal',
    },
  },
)

test('a password stands in the section of supervisorctl', () => {
  expect(withPassword('[a]\npassword=1\n[supervisorctl]\nserverurl=x\npassword = 2\n[b]', 'p%')).toBe(
    '[a]\npassword=1\n[supervisorctl]\npassword=p%%\nserverurl=x\n[b]',
  )
  expect(withPassword('', 'p')).toBe('[supervisorctl]\npassword=p\n')
})
