import { testModule } from '../engine/module/test.js'
import shutdown from './shutdown.js'

const on = (system: string, kind = '', programs = '/sbin/shutdown\n') => ({
  'uname -s*': `${system}\n${kind}\n${programs}`,
  '*/sbin/*': '',
})
const again = { changed: 'each call shuts down' }
const runs = (command: string) => [
  `(sleep 1; ${command}) </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &`,
]

testModule(
  shutdown,
  {},
  {
    'shuts Linux down': {
      commands: on('Linux'),
      runs: runs("/sbin/shutdown -h 0 'Shut down initiated by Ansible'"),
      returns: { shutdown: true, shutdown_command: '/sbin/shutdown -h 0 "Shut down initiated by Ansible"' },
      again,
    },
    'waits whole minutes': {
      args: { delay: 100, msg: "It's late" },
      commands: on('Linux'),
      runs: [`/sbin/shutdown -h 1 'It'\\''s late'`],
      returns: { shutdown_command: '/sbin/shutdown -h 1 "It\'s late"' },
      again,
    },
    'waits no time at all rather than less': {
      args: { delay: -100 },
      commands: on('OpenBSD'),
      returns: { shutdown_command: '/sbin/shutdown -h +0 "Shut down initiated by Ansible"' },
      again,
    },
    'knows the words of others': {
      commands: on('Linux', 'alpine', '/sbin/poweroff\n'),
      returns: { shutdown_command: '/sbin/poweroff' },
      again,
    },
    'finds no command': {
      args: { search_paths: ['/nono'] },
      commands: on('Linux', '', ''),
      fails: `Unable to find command "shutdown" in search paths: ['/nono']`,
    },
    'leaves the controller on': {
      commands: on('Linux'),
      task: { connection: 'local', action: 'shutdown' },
      fails: 'Running shutdown with local connection would shutdown the control node.',
    },
  },
)
