/** `understudy adhoc`: ansible. */
import { resolve } from 'node:path'
import { runAdhoc } from '../executor/adhoc.js'
import { openRun } from '../executor/open.js'
import { targets } from '../inventory/targets.js'
import type { Value } from '../python/values.js'
import { loadYaml } from '../yaml/load.js'
import { trusted } from '../yaml/trust.js'
import { runCommand } from './command.js'
import { UsageError } from './flags.js'
import type { Io } from './io.js'
import { adhocOptions } from './options.js'
import { prepare } from './run-options.js'

export async function adhoc(argv: string[], io: Io, program: string): Promise<number> {
  const text = {
    usage: `${program} PATTERN [flags]`,
    sentence: 'Runs one module on the hosts that a pattern selects.',
    options: adhocOptions,
    examples: [
      [`${program} all -i hosts -m ping`, 'ask every host whether it can be managed'],
      [`${program} web -i hosts -b -m service -a 'name=httpd state=restarted'`, 'restart a service as root'],
      [`${program} 'web:!db' -i hosts -a uptime`, 'run a command on some of the hosts'],
    ] as const,
  }
  return runCommand(argv, io, program, text, async flags => {
    const [pattern, ...more] = flags.words
    if (pattern === undefined) throw new UsageError('the following arguments are required: pattern')
    if (more.length > 0) throw new UsageError(`unrecognized arguments: ${more.join(' ')}`)
    const tree = flags.value('tree')
    const prepared = await prepare({
      flags,
      table: adhocOptions,
      io,
      program,
      outputs: settings => ({
        // bin_ansible_callbacks: the playbooks' outputs for ad-hoc commands, too.
        aggregates: settings.bool('DEFAULT_LOAD_CALLBACK_PLUGINS'),
        ...(flags.has('oneLine')
          ? { stdoutName: 'oneline' }
          : settings.bool('DEFAULT_LOAD_CALLBACK_PLUGINS')
            ? {}
            : { stdoutName: 'minimal' }),
        ...(tree === undefined ? {} : { more: ['tree'], treeDirectory: resolve(io.cwd, tree) }),
      }),
    })
    try {
      const { settings, options, outputs } = prepared
      const playbookDir = flags.value('playbookDir') ?? (settings.string('PLAYBOOK_DIR') || undefined)
      const common = { ...options, ...(playbookDir === undefined ? {} : { playbookDir: resolve(io.cwd, playbookDir) }) }
      if (flags.has('listHosts')) {
        const run = await openRun(common)
        const { limit } = options
        const hosts = targets({
          inventory: run.inventory,
          pattern,
          limit,
          settings,
          warn: text => outputs.screen.warning(text),
        })
        if (hosts.length === 0) outputs.screen.warning('No hosts matched, nothing to do')
        io.stdout.write(`  hosts (${hosts.length}):\n${hosts.map(host => `    ${host.name}\n`).join('')}`)
        await run.pool.close()
        return 0
      }
      return await runAdhoc({
        ...common,
        pattern,
        module: flags.value('moduleName') ?? settings.string('DEFAULT_MODULE_NAME'),
        args: argumentsOf(flags.value('args') ?? settings.string('DEFAULT_MODULE_ARGS')),
        asyncSeconds: Number(flags.value('background') ?? 0),
        poll: Number(flags.value('poll') ?? settings.number('DEFAULT_POLL_INTERVAL')),
        taskTimeout: settings.number('TASK_TIMEOUT'),
      })
    } finally {
      prepared.done()
    }
  })
}

/** JSON is a dict; anything else is text as people write it after a module's name. */
function argumentsOf(text: string): Value {
  if (/^\s*\{(?!\{)[\s\S]*\}\s*$/.test(text)) return loadYaml(text, { file: '--args', trusted: true })
  return trusted(text)
}
