/** Runs playbooks: every play, batch by batch, on the hosts of the inventory. */
import { Diagnostic, Diagnostics } from '../diagnostics.js'
import type { Host } from '../inventory/tree.js'
import { toBool } from '../module/args.js'
import { patternsOf } from '../playbook/list.js'
import type { LoadedPlaybook } from '../playbook/load.js'
import type { Play } from '../playbook/model.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import { isOmit } from '../template/omit.js'
import { batchesOf, ordered } from './batches.js'
import { openRun } from './open.js'
import { exitCodes, type RunOptions } from './options.js'
import { PlayRun } from './play.js'
import { askForVars } from './prompts.js'
import type { Run } from './run-state.js'
import { sectionsOf } from './sections.js'
import { selectedBlocks } from './selection.js'
import { startAt } from './start-at.js'
import { runStrategy } from './strategy/strategy.js'
import { TaskKeywords } from './task/keywords.js'
import { VarsFiles } from './vars-files.js'

/** Runs the playbooks (paths) and gives the exit code of ansible-playbook. Throws Diagnostics for what cannot be begun. */
export async function runPlaybooks(files: readonly string[], options: RunOptions): Promise<number> {
  const run = await openRun(options)
  try {
    const playbooks: LoadedPlaybook[] = []
    for (const file of files) playbooks.push(await run.loader.playbook(file))
    refuseUnsupported(playbooks)
    return await runLoaded(run, playbooks)
  } finally {
    await run.pool.close()
  }
}

/** Everything that would stop the run in the middle is said before a host is touched. */
function refuseUnsupported(playbooks: readonly LoadedPlaybook[]): void {
  const unsupported = playbooks.flatMap(playbook => playbook.unsupported)
  if (unsupported.length > 0) throw new Diagnostics(unsupported)
}

/** Runs plays that were loaded; also what `adhoc` does with its one play. */
export async function runLoaded(
  run: Run,
  playbooks: readonly Pick<LoadedPlaybook, 'file' | 'plays'>[],
): Promise<number> {
  let code: number = exitCodes.ok
  try {
    for (const playbook of playbooks) {
      run.emit({ type: 'playbook_start', file: playbook.file, files: playbooks.length, plays: playbook.plays.length })
      for (const play of playbook.plays) {
        const outcome = await runPlay(run, play)
        code = outcome.code
        if (outcome.stop || run.options.signal.aborted) break
      }
      if (code !== exitCodes.ok || run.options.signal.aborted) break
    }
    if (!run.options.signal.aborted) await Promise.all(run.jobs)
  } catch (error) {
    // What is wrong with the playbook ends the run without a recap.
    if (!(error instanceof Diagnostic || error instanceof Diagnostics)) sayStats(run)
    throw error
  }
  sayStats(run)
  return run.options.signal.aborted ? exitCodes.interrupted : code
}

const sayStats = (run: Run): void => run.emit({ type: 'stats', hosts: run.stats.hosts, custom: run.stats.custom })

interface PlayOutcome {
  readonly code: number
  /** No play after this one. */
  readonly stop: boolean
}

async function runPlay(run: Run, play: Play): Promise<PlayOutcome> {
  const hostless = (prompted: Dict) => new PlayRun(run, { play, hosts: [], batch: [], prompted, varsFiles: () => [] })
  const prompted = await askForVars(run, play, hostless(new Map()).scope(undefined, undefined))
  const outer = hostless(prompted)
  const scope = outer.scope(undefined, undefined)
  const render = async (name: string): Promise<Value | undefined> => {
    const raw = play.keywords.get(name)
    const value = raw === undefined || raw === null ? undefined : await run.templar.render(raw, scope)
    return isOmit(value) ? undefined : value
  }
  const pattern = (await render('hosts')) ?? ''
  const order = await render('order')
  const matched = run.inventory.match(pattern)
  const hosts = ordered(matched, order === undefined ? undefined : pyStr(order), play.at)
  const name = await playName(run, play, scope)
  const strategy = pyStr((await render('strategy')) ?? run.settings.string('DEFAULT_STRATEGY'))
  const own = await render('check_mode')
  const checkMode = own === undefined ? run.options.checkMode : toBool(own)
  const announce = (batch: readonly Host[]) =>
    run.emit({
      type: 'play_start',
      id: play.id,
      name,
      hosts: batch.map(host => host.name),
      allHosts: hosts.map(host => host.name),
      pattern: isList(pattern) ? pattern.map(host => pyStr(host)).join(',') : pyStr(pattern),
      firstTasks: firstTasksOf(play),
      checkMode,
      strategy,
      path: `${play.at.file}:${play.at.line}`,
    })
  if (hosts.length === 0) {
    announce([])
    run.emit({ type: 'no_hosts_matched' })
    return { code: exitOf(run), stop: false }
  }
  const batches = batchesOf(hosts, await render('serial'), play.at)
  for (const batch of batches) {
    const lostBefore = lost(run, hosts)
    announce(batch)
    const broken = await runBatch(run, play, matched, batch, prompted, strategy)
    if (broken === 'play') return { code: exitOf(run), stop: false }
    if (broken || run.options.signal.aborted) return { code: exitOf(run), stop: true }
    if (lost(run, hosts) - lostBefore === batch.length) return { code: exitOf(run), stop: true }
  }
  return { code: exitOf(run), stop: false }
}

/** Of the tasks before the first block, or of the first block. */
function firstTasksOf({ pre_tasks, tasks, post_tasks }: Play): number {
  const items = [...pre_tasks, ...tasks, ...post_tasks][0]?.block ?? []
  const [first] = items
  if (first?.kind === 'block') return first.block.length + first.rescue.length + first.always.length
  const next = items.findIndex(item => item.kind === 'block')
  return next === -1 ? items.length : next
}

const lost = (run: Run, hosts: readonly Host[]): number =>
  hosts.filter(
    ({ name }) => run.failedHosts.has(name) || run.failedIncludes.has(name) || run.unreachableHosts.has(name),
  ).length

const exitOf = (run: Run): number =>
  run.unreachableHosts.size > 0 ? exitCodes.unreachable : run.failedHosts.size > 0 ? exitCodes.failed : exitCodes.ok

async function playName(run: Run, play: Play, scope: ReturnType<PlayRun['scope']>): Promise<string> {
  if (play.name === undefined || play.name === null || play.name === '') {
    const written = play.keywords.get('hosts') ?? ''
    const hosts = await run.templar.render(written, scope)
    return isList(written) && isList(hosts) ? hosts.map(host => pyStr(host)).join(',') : pyStr(hosts)
  }
  return pyStr(await run.templar.render(play.name, scope).catch(() => patternsOf(play).join(',')))
}

/** One batch through the whole play; true when the plays after it must not begin, `play` when this play has ended. */
async function runBatch(
  run: Run,
  play: Play,
  hosts: readonly Host[],
  batch: readonly Host[],
  prompted: Dict,
  strategy: string,
): Promise<boolean | 'play'> {
  for (const name of run.failedIncludes) run.failedHosts.add(name)
  run.failedIncludes.clear()
  const files = new VarsFiles(run, play, host => playRun.scope(host, undefined))
  const playRun: PlayRun = new PlayRun(run, { play, hosts, batch, prompted, varsFiles: host => files.of(host) })
  playRun.varsDependOnFacts = files.depends
  if (playRun.activeHosts.length === 0) return false
  const keywords = new TaskKeywords(play, playRun.scope(undefined, undefined), run.templar)
  const gather = await gatherArgs(run, play, playRun, keywords)
  const forceHandlers = (await keywords.bool('force_handlers')) ?? run.options.forceHandlers
  const blocks = startAt(playRun, selectedBlocks(playRun, sectionsOf(play, { gather, forceHandlers })))
  playRun.begin(blocks)
  await runStrategy(strategy, playRun, blocks)
  return playRun.broken || (playRun.endedByMeta && 'play')
}

/** Arguments of the implicit setup; undefined when the play gathers no facts. */
async function gatherArgs(run: Run, play: Play, playRun: PlayRun, keywords: TaskKeywords): Promise<Dict | undefined> {
  const gathering = run.settings.string('DEFAULT_GATHERING')
  const wanted = await keywords.value('gather_facts')
  if (wanted === undefined ? gathering === 'explicit' : !boolOf(wanted, play)) return undefined
  if (
    wanted === undefined &&
    gathering === 'smart' &&
    playRun.batchHosts.every(host => run.memory.of(host.name).facts.has('module_setup'))
  ) {
    return undefined
  }
  const args: Dict = new Map()
  const scope = playRun.scope(undefined, undefined)
  for (const name of ['gather_subset', 'gather_timeout', 'fact_path'] as const) {
    const raw = play.keywords.get(name)
    const value = raw === undefined || raw === null ? undefined : await run.templar.render(raw, scope)
    if (value !== undefined && value !== '' && !(isDict(value) && value.size === 0)) args.set(name, value)
  }
  return args
}

function boolOf(value: Value, play: Play): boolean {
  try {
    return toBool(value)
  } catch {
    throw new Diagnostic(
      `the field 'gather_facts' has an invalid value (${pyStr(value)}), and could not be converted to bool`,
      {
        code: 'keyword-type',
        at: play.at,
      },
    )
  }
}
