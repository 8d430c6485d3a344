import { defineModule, invalidOptions } from '../engine/module/define.js'
import { pyRepr } from '../engine/python/repr.js'
import { quote, sh } from '../engine/remote/quote.js'

export default defineModule({
  name: 'community.general.shutdown',
  summary: 'Shut the host down',
  check: 'full',
  unknownOptions: invalidOptions,
  args: {
    delay: { type: 'int', default: 0, summary: 'seconds to wait; whole minutes where shutdown counts these' },
    msg: { type: 'str', default: 'Shut down initiated by Ansible', summary: 'message for users of the host' },
    search_paths: {
      type: 'list',
      elements: 'path',
      default: ['/sbin', '/usr/sbin', '/usr/local/sbin'],
      summary: 'where the command is looked for',
    },
  },
  returns: { shutdown: 'whether it was', shutdown_command: 'the command' },
  examples: `
- name: Shut down in two minutes
  community.general.shutdown:
    delay: 120
`,

  async run({ args, remote, task, fail }) {
    const { search_paths, msg } = args
    const delay = Math.max(0, args.delay)
    const seen = await remote.query({
      command: sh`uname -s; [ -f /etc/alpine-release ] && echo alpine || { grep -qs '^ID=.*void' /etc/os-release && echo void || echo; }; for d in ${search_paths}; do for c in shutdown poweroff halt; do [ ! -x "$d/$c" ] || echo "$d/$c"; done; done`,
      parse: stdout => {
        const [system = '', kind = '', ...programs] = stdout.split('\n')
        return { system, kind, programs }
      },
    })
    const { name, words } = commandFor(seen, delay)
    const program = seen.programs.find(path => path.endsWith(`/${name}`))
    if (!program) return fail(`Unable to find command "${name}" in search paths: ${pyRepr(search_paths)}`)
    const shutdown_command = [program, words.replace('MSG', () => `"${msg}"`)].join(' ').trim()
    if (task.connection === 'local' && !remote.checkMode)
      fail(`Running ${task.action} with local connection would shutdown the control node.`, { shutdown: false })
    // Detached and a moment later, so that the answer arrives before the connection goes.
    const command = [quote(program), words.replace('MSG', () => quote(msg))].join(' ')
    const { rc, stdout, stderr } = await remote.exec({
      shell:
        delay >= 60 ? command : `(sleep 1; ${command}) </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &`,
      why: 'shut down',
    })
    if (rc !== 0)
      fail(`Shutdown command failed, error was: ${stdout.trim()} ${stderr.trim()}`, { shutdown: false, changed: false })
    return { changed: true, shutdown: true, shutdown_command }
  },
})

interface Host {
  readonly system: string
  readonly kind: string
}

/** How the system's command is called; MSG stands for the message. */
function commandFor({ system, kind }: Host, delay: number): { name: string; words: string } {
  const minutes = Math.floor(delay / 60)
  if (kind === 'alpine') return { name: 'poweroff', words: '' }
  if (kind === 'void' || system === 'Darwin' || system === 'OpenBSD')
    return { name: 'shutdown', words: `-h +${minutes} MSG` }
  if (system === 'FreeBSD') return { name: 'shutdown', words: `-h +${delay}s MSG` }
  if (system === 'SunOS') return { name: 'shutdown', words: `-y -g ${delay} -i 5 MSG` }
  if (system === 'AIX') return { name: 'shutdown', words: '-Fh' }
  if (system === 'VMkernel') return { name: 'halt', words: `-d ${delay}` }
  return { name: 'shutdown', words: `-h ${minutes} MSG` }
}
