import { testModule } from '../engine/module/test.js'
import modprobe from './modprobe.js'

/** The kernel, which remembers what modprobe did. */
const kernel = (loaded: boolean) => () => {
  let now = loaded
  return {
    'if ! *': () => (now ? 'loaded\n' : ''),
    'modprobe *': () => {
      now = !now
      return ''
    },
    'for f in /etc/modules-load.d*': '',
    'for f in /etc/modprobe.d*': '//etc/modprobe.d/a.conf\noptions dm-mod old=1\n\n',
  }
}

testModule(
  modprobe,
  { name: 'dm-mod' },
  {
    'loads a module with its parameters': {
      args: { params: 'a=1 b=2' },
      commands: kernel(false),
      runs: ["modprobe dm-mod 'a=1' 'b=2'"],
      returns: { name: 'dm-mod', params: 'a=1 b=2', state: 'present' },
    },
    'leaves a loaded module alone': { commands: kernel(true), changed: false },
    'unloads a module': { args: { state: 'absent' }, commands: kernel(true), runs: ['modprobe -r dm-mod'] },
    'needs a kernel with modules, as Ansible does': {
      args: { state: 'absent' },
      commands: { 'if ! *': 'none\n' },
      fails: "[Errno 2] No such file or directory: '/proc/modules'",
      returns: { name: 'dm-mod', params: '', state: 'absent' },
    },
    'tells why a module cannot be loaded': {
      commands: { 'if ! *': '', 'modprobe *': { rc: 1, stderr: 'modprobe: FATAL: Module dm-mod not found.\n' } },
      fails: 'modprobe: FATAL: Module dm-mod not found.\n',
      returns: { rc: 1 },
    },
  },
)
