/** `understudy playbook`: ansible-playbook. */
import { statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Diagnostic, Diagnostics } from '../diagnostics.js'
import { openRun } from '../executor/open.js'
import { runLoaded } from '../executor/run.js'
import type { Run } from '../executor/run-state.js'
import { targets } from '../inventory/targets.js'
import { listing } from '../playbook/list.js'
import type { LoadedPlaybook } from '../playbook/load.js'
import { compareStrings } from '../python/compare.js'
import { runCommand } from './command.js'
import { type ParsedFlags, UsageError } from './flags.js'
import type { Io } from './io.js'
import { playbookOptions } from './options.js'
import { type Prepared, prepare } from './run-options.js'

export async function playbook(argv: string[], io: Io, program: string): Promise<number> {
  const text = {
    usage: `${program} [flags] PLAYBOOK …`,
    sentence: 'Runs the plays of playbooks on the hosts of an inventory.',
    options: playbookOptions,
    examples: [
      [`${program} -i hosts site.yml`, 'run it'],
      [`${program} -i hosts --check --diff site.yml`, 'change nothing, show what would change, line by line'],
      [
        `${program} -i hosts -l web -t config -e version=2 site.yml`,
        'only hosts in group web, only tasks tagged config',
      ],
    ] as const,
  }
  return runCommand(argv, io, program, text, async flags => {
    if (flags.words.length === 0) throw new UsageError('the following arguments are required: playbook')
    const check = () => {
      for (const word of flags.words) mustBeFile(word, io.cwd)
    }
    const idle = looking.some(name => flags.has(name))
    const outputs = () => ({ idle, ...(flags.has('profile') ? { more: ['profile_network'] } : {}) })
    const prepared = await prepare({ flags, table: playbookOptions, io, program, check, outputs })
    try {
      return await start(flags, io, prepared)
    } finally {
      prepared.done()
    }
  })
}

/** Flags with which nothing runs. */
const looking = ['syntaxCheck', 'listHosts', 'listTasks', 'listTags']

/** ns.collection.playbook is found by the loader; anything else must be there. */
function mustBeFile(written: string, cwd: string): void {
  const found = statSync(resolve(cwd, written), { throwIfNoEntry: false })
  if (!found && /^\w+(\.\w+){2,}$/.test(written) && !/\.ya?ml$/.test(written)) return
  if (!found) throw new Diagnostic(`the playbook: ${written} could not be found`, { code: 'file-missing' })
  if (!found.isFile() && !found.isFIFO())
    throw new Diagnostic(`the playbook: ${written} does not appear to be a file`, { code: 'file-missing' })
}

async function start(flags: ParsedFlags, io: Io, { options, outputs, settings }: Prepared): Promise<number> {
  const warn = (text: string) => outputs.screen.warning(text)
  const run = await openRun(options)
  try {
    const { inventory } = run
    targets({ inventory, pattern: 'all', limit: options.limit, settings, warn })
    const playbooks = await loadAll(flags.words, run)
    const unsupported = playbooks.flatMap(playbook => playbook.unsupported)
    const doubtful = playbooks.flatMap(playbook => playbook.doubtful)
    const warnOf = ({ message, at }: Diagnostic) =>
      warn(at === undefined ? message : `${message} (${at.file}:${at.line}:${at.column})`)
    if (looking.some(name => flags.has(name))) {
      for (const problem of [...unsupported, ...doubtful]) warnOf(problem)
      for (const [index, loaded] of playbooks.entries()) list(flags, io, run, flags.words[index]!, loaded)
      return 0
    }
    if (unsupported.length > 0) throw new Diagnostics(unsupported)
    for (const problem of doubtful) warnOf(problem)
    const named = playbooks.map((loaded, index) => ({ ...loaded, file: flags.words[index]! }))
    const code = await runLoaded(run, named)
    if (code !== 0) writeRetryFile(run, playbooks.at(-1)!.file, io)
    return code
  } finally {
    await run.pool.close()
  }
}

/** Every playbook is read before the first begins, and all that is wrong in all of them is said at once. */
async function loadAll(words: readonly string[], run: Run): Promise<LoadedPlaybook[]> {
  const loaded: LoadedPlaybook[] = []
  const problems: Diagnostic[] = []
  for (const word of words) {
    try {
      loaded.push(await run.loader.playbook(word))
    } catch (error) {
      if (error instanceof Diagnostics) problems.push(...error.all)
      else if (error instanceof Diagnostic) problems.push(error)
      else throw error
    }
  }
  if (problems.length > 0) throw new Diagnostics(problems)
  return loaded
}

function list(flags: ParsedFlags, io: Io, run: Run, file: string, playbook: LoadedPlaybook): void {
  const { options, inventory } = run
  const nothingElse = !flags.has('listHosts') && !flags.has('listTasks') && !flags.has('listTags')
  const listed = nothingElse
    ? ['', `playbook: ${file}`]
    : listing(playbook, file, {
        hosts: flags.has('listHosts'),
        tasks: flags.has('listTasks'),
        tags: flags.has('listTags'),
        selection: { only: options.tags, skip: options.skipTags },
        hostsOf: play =>
          inventory.match(play.hosts ? [...play.hosts] : (play.keywords.get('hosts') ?? '')).map(host => host.name),
        tagsOf: task => run.loader.tagsOf(task),
        nameOf: play => run.loader.nameOf(play),
      })
  const lines: string[] = []
  try {
    for (const line of listed) lines.push(line)
  } finally {
    // What was known before an error is shown.
    io.stdout.write(`${lines.join('\n')}\n`)
  }
}

/** RETRY_FILES_ENABLED: the hosts that failed, for `--limit @file`. */
function writeRetryFile({ settings, failedHosts, unreachableHosts }: Run, playbook: string, io: Io): void {
  const hosts = [...new Set([...failedHosts, ...unreachableHosts])].sort(compareStrings)
  if (!settings.bool('RETRY_FILES_ENABLED') || hosts.length === 0) return
  const folder = settings.string('RETRY_FILES_SAVE_PATH') || dirname(playbook)
  const path = join(folder, `${basename(playbook).replace(/\.[^.]*$/, '')}.retry`)
  try {
    writeFileSync(path, `${hosts.join('\n')}\n`)
    io.stdout.write(`\tto retry, use: --limit @${path}\n`)
  } catch (error) {
    io.stderr.write(`[WARNING]: Could not create retry file '${path}'.         ${(error as Error).message}\n`)
  }
}
