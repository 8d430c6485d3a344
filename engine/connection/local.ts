/** The controller itself: child processes. */
import { accessSync, constants } from 'node:fs'
import { userInfo } from 'node:os'
import { childChannel } from './child.js'
import { type Connection, defineConnection } from './connection.js'

export default defineConnection({
  name: 'ansible.builtin.local',
  summary: 'Run commands on the controller',
  options: {
    executable: {
      type: 'path',
      default: '/bin/sh',
      vars: ['ansible_shell_executable'],
      setting: 'DEFAULT_EXECUTABLE',
      summary: 'shell that commands are given to',
    },
    // As in Ansible: commands here begin where the playbook is, not where it was called.
    directory: { type: 'path', vars: ['playbook_dir'], summary: 'where commands begin' },
  },
  async connect(options): Promise<Connection> {
    const directory = options.get('directory')
    const inside = (command: string) =>
      typeof directory !== 'string' ? command : `cd ${quoted(directory)} 2>/dev/null; ${command}`
    return {
      alive: true,
      user: userInfo().username,
      description: 'LOCAL',
      open: (command, { pty = false } = {}) =>
        childChannel(pty ? onTerminal(inside(command)) : ['/bin/sh', '-c', inside(command)]),
      close: async () => {},
    }
  },
})

/** Node has no terminals of its own; util-linux's script(1) makes one. */
function onTerminal(command: string): string[] {
  const script = ['/usr/bin/script', '/bin/script'].find(path => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
  if (!script) throw new Error('this become method needs a terminal on the controller, and script(1) is not installed')
  return [script, '-qefc', `/bin/sh -c ${quoted(command)}`, '/dev/null']
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
