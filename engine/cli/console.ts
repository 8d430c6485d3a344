/** `understudy console`: modules, one after the other, as ansible-console. */
import { userInfo } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { runAdhoc } from '../executor/adhoc.js'
import { openRun } from '../executor/open.js'
import { resolveModule } from '../module/registry.js'
import { trusted } from '../yaml/trust.js'
import { runCommand } from './command.js'
import { report } from './failure.js'
import type { Io } from './io.js'
import { adhocOptions } from './options.js'
import { prepare } from './run-options.js'

const HELP = `MODULE [ARGS]     run a module on the hosts, e.g. ping, or service name=httpd state=started
COMMAND …         anything else is a shell command
!COMMAND …        a shell command, whatever modules there are
cd [PATTERN]      work on other hosts
list              show the hosts
become [yes|no]   run as another user
forks N           hosts at the same time
verbosity N       how much to print
exit
`

export async function console(argv: string[], io: Io, program: string): Promise<number> {
  const { moduleName, args, oneLine, tree, listHosts, background, poll, ...options } = adhocOptions
  const text = {
    usage: `${program} [PATTERN] [flags]`,
    sentence: 'Runs modules and commands on hosts, one after the other, as they are typed.',
    options,
    examples: [[`${program} web -i hosts`, 'then type: ping, uptime, or service name=httpd state=restarted']] as const,
  }
  return runCommand(argv, io, program, text, async flags => {
    const prepared = await prepare({
      flags,
      table: options,
      io,
      program,
      outputs: () => ({ stdoutName: 'minimal', aggregates: false }),
    })
    const { settings } = prepared
    let pattern = flags.words[0] ?? 'all'
    let run = prepared.options
    const hosts = async () => {
      const opened = await openRun(run)
      const names = opened.inventory.match(pattern).map(host => host.name)
      await opened.pool.close()
      return names
    }
    const lines = createInterface({
      input: io.stdin,
      output: io.stdin.isTTY ? (io.stdout as NodeJS.WritableStream) : undefined,
    })
    const ask = async () =>
      lines.setPrompt(
        `${run.connection.remoteUser ?? userInfo().username}@${pattern} (${(await hosts()).length})[f:${run.forks}]$ `,
      )
    try {
      await ask()
      lines.prompt()
      for await (const line of lines) {
        const [word = '', ...rest] = line.trim().split(/\s+/)
        const argument = rest.join(' ')
        if (word === 'exit' || word === 'EOF') break
        if (word === 'help' || word === '?') io.stdout.write(HELP)
        else if (word === 'cd') pattern = argument || 'all'
        else if (word === 'list') io.stdout.write((await hosts()).map(host => `${host}\n`).join(''))
        else if (word === 'become') run = { ...run, connection: { ...run.connection, become: argument !== 'no' } }
        else if (word === 'forks' && /^[1-9]\d*$/.test(argument)) run = { ...run, forks: Number(argument) }
        else if (word === 'verbosity' && /^\d$/.test(argument)) run = { ...run, verbosity: Number(argument) }
        else if (word !== '' && !word.startsWith('#')) {
          const isModule = !word.startsWith('!') && resolveModule(word).ours
          const command = isModule ? argument : line.trim().replace(/^!\s*/, '')
          await runAdhoc({
            ...run,
            pattern,
            module: isModule ? word : 'ansible.builtin.shell',
            args: trusted(command),
            asyncSeconds: 0,
            poll: 0,
            taskTimeout: settings.number('TASK_TIMEOUT'),
          }).catch(error => report(error, io))
        }
        await ask()
        lines.prompt()
      }
      return 0
    } finally {
      lines.close()
      prepared.done()
    }
  })
}
