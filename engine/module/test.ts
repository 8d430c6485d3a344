/**
 * Tests of a module as a table. Each case is played three ways: check mode leaves the host as it was and foretells
 * `changed`; a run gives what the case says; a second run changes nothing, in one round trip.
 */
import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { ArgSpecs } from '../args.js'
import { fromJson, type Value } from '../python/values.js'
import { openRemote } from '../remote/changes.js'
import { type FakeCommands, type FakeEntry, FakeHost, type FakeHostOptions } from '../remote/fake.js'
import { RemoteFailure } from '../remote/remote.js'
import { checkArgs } from './args.js'
import { type Controller, ModuleFailure, type ModuleResult, type ModuleSpec, type TaskView } from './define.js'
import { syntaxErrors } from './shell-syntax.js'

export interface ModuleCase {
  /** On top of the arguments common to the table. */
  readonly args?: { readonly [name: string]: unknown }
  /** What is at the file under test (argument `path` or `dest`) before: text, an entry, or undefined for nothing. */
  readonly before?: FakeEntry
  /** What is there after: text or an entry (only what it names is compared); null for nothing. */
  readonly after?: FakeEntry
  /** More of the host before, by path. */
  readonly files?: { readonly [path: string]: FakeEntry }
  /** More of the host after, by path; null: must not exist. */
  readonly leaves?: { readonly [path: string]: FakeEntry }
  /** Commands the host answers. A function makes a fresh set for each of the three plays, when they keep state. */
  readonly commands?: FakeCommands | (() => FakeCommands)
  readonly host?: Omit<FakeHostOptions, 'files' | 'commands'>
  /** Runs the module's commands must consist of, in order (`exec` only), as text. */
  readonly runs?: readonly (string | RegExp)[]
  /** Must fail, with a message that fits. */
  readonly fails?: RegExp | string
  /** Part of the result (also of a failure) that must be as here. */
  readonly returns?: { readonly [key: string]: unknown }
  readonly changed?: boolean
  /** All that check mode returns, but for the diff. */
  readonly foretells?: { readonly [key: string]: unknown }
  /** Diff of a run in diff mode. */
  readonly diff?: unknown
  readonly warnings?: readonly (string | RegExp)[]
  /** For modules that are not idempotent by nature: why the second run changes again. */
  readonly again?: { readonly changed: string }
  /** Why check mode cannot tell what a run would do. */
  readonly check?: { readonly differs: string }
  /** Round trips of the second run, where one is not enough; say why in a comment. */
  readonly trips?: number
  /** Files of the controller, by name as `findFile` gets it. */
  readonly local?: { readonly [name: string]: string | Buffer }
  readonly variables?: { readonly [name: string]: unknown }
  readonly environ?: Readonly<Record<string, string>>
  readonly settings?: { readonly [name: string]: Value }
  /** Stand-ins for modules that this one calls; without one the real module runs. */
  readonly modules?: {
    readonly [name: string]: (args: { readonly [name: string]: unknown }) => ModuleResult | Promise<ModuleResult>
  }
  readonly task?: Partial<TaskView>
  /** Answer to a prompt. */
  readonly answers?: readonly (string | undefined)[]
}

export interface Played {
  readonly result: ModuleResult & { failed?: boolean }
  readonly changed: boolean
  readonly host: FakeHost
  readonly trips: number
  readonly warnings: readonly string[]
  readonly diffs: readonly unknown[]
}

/** Plays every case of the table. */
export function testModule<const T extends ArgSpecs>(
  spec: ModuleSpec<T>,
  common: { readonly [name: string]: unknown },
  cases: { readonly [name: string]: ModuleCase },
): void {
  describe(spec.name, () => {
    const asked = new Set<string>()
    for (const [name, one] of Object.entries(cases)) {
      test(name, () =>
        playThreeWays(spec as unknown as ModuleSpec, { ...one, args: { ...common, ...one.args } }, asked),
      )
    }
    test('what it says to a shell is understood by dash, bash and busybox', () => {
      expect(syntaxErrors(asked)).toEqual([])
    })
  })
}

async function playThreeWays(spec: ModuleSpec, one: ModuleCase, asked: Set<string>): Promise<void> {
  const foretold = spec.check === 'none' ? undefined : await checkOnly(spec, one)
  if (one.foretells) {
    const { diff: _, ...rest } = foretold?.result ?? {}
    expect(rest).toEqual(one.foretells)
  }
  const host = hostFor(one)
  const run = await play(spec, one, host)
  for (const text of host.asked) asked.add(text)
  assertRun(spec, one, run)
  if (foretold && spec.check === 'full' && !one.check && !run.result.failed) {
    expect(foretold.changed, 'check mode must foretell whether something changes').toBe(run.changed)
  }
  if (run.result.failed) return
  const after = host.snapshot()
  host.trips = 0
  const again = await play(spec, one, host)
  expect(again.result.failed ?? false, `second run failed: ${String(again.result.msg)}`).toBe(false)
  if (one.again) return
  expect(again.changed, 'the second run must change nothing').toBe(false)
  expect(host.snapshot(), 'the second run must leave the host as it is').toEqual(after)
  expect(again.trips, 'round trips of the second run').toBeLessThanOrEqual(one.trips ?? 1)
}

async function checkOnly(spec: ModuleSpec, one: ModuleCase): Promise<Played> {
  const host = hostFor(one)
  const before = host.snapshot()
  const played = await play(spec, one, host, { checkMode: true })
  expect(host.snapshot(), 'check mode must leave the host as it was').toEqual(before)
  return played
}

function assertRun(spec: ModuleSpec, one: ModuleCase, run: Played): void {
  const { result } = run
  if (one.fails !== undefined) {
    expect(result.failed ?? false, 'the module must fail').toBe(true)
    if (typeof one.fails === 'string') expect(result.msg).toBe(one.fails)
    else expect(result.msg).toMatch(one.fails)
  } else expect(result.failed ?? false, `failed: ${String(result.msg)}`).toBe(false)
  if (one.returns) expect(result).toMatchObject(one.returns)
  if (one.changed !== undefined) expect(run.changed).toBe(one.changed)
  if (one.runs) {
    expect(run.host.ran.length, `commands run: ${run.host.ran.join(' · ')}`).toBe(one.runs.length)
    one.runs.forEach((wanted, index) => {
      if (typeof wanted === 'string') expect(run.host.ran[index]).toBe(wanted)
      else expect(run.host.ran[index]).toMatch(wanted)
    })
  }
  one.warnings?.forEach((wanted, index) => {
    expect(run.warnings[index]).toMatch(wanted)
  })
  if (one.diff !== undefined) expect(run.result.diff ?? run.diffs).toEqual(one.diff)
  if ('after' in one) assertEntry(run.host, pathOf(spec, one), one.after)
  for (const [path, entry] of Object.entries(one.leaves ?? {})) assertEntry(run.host, path, entry)
}

function assertEntry(host: FakeHost, path: string, wanted: FakeEntry): void {
  const facts = host.look(path, false)
  if (wanted === undefined || wanted === null) {
    expect(facts.kind, `${path} should not exist`).toBe('missing')
    return
  }
  expect(facts.kind, `${path} should exist`).not.toBe('missing')
  const entry = typeof wanted === 'string' ? { text: wanted } : Buffer.isBuffer(wanted) ? { bytes: wanted } : wanted
  if (entry.text !== undefined) expect(host.text(path), path).toBe(entry.text)
  if (entry.bytes !== undefined) expect(host.look(path, true).bytes, path).toEqual(entry.bytes)
  if (entry.mode !== undefined) expect(facts.mode.toString(8), `mode of ${path}`).toBe(entry.mode.toString(8))
  if (entry.owner !== undefined) expect([facts.owner, facts.uid], `owner of ${path}`).toContain(entry.owner)
  if (entry.group !== undefined) expect([facts.group, facts.gid], `group of ${path}`).toContain(entry.group)
  if (entry.target !== undefined) expect(facts.target, `target of ${path}`).toBe(entry.target)
  if (entry.mtime !== undefined) expect(facts.mtime, `mtime of ${path}`).toBe(entry.mtime)
  if (entry.directory) expect(facts.kind, path).toBe('directory')
  if (entry.kind) expect(facts.kind, path).toBe(entry.kind)
}

function pathOf(spec: ModuleSpec, one: ModuleCase): string {
  for (const name of ['path', 'dest', 'name']) {
    const given = [name, ...(spec.args[name]?.aliases ?? [])]
      .map(alias => one.args?.[alias])
      .find(value => value !== undefined)
    if (given !== undefined) return String(given)
  }
  throw new Error('a case with `before` or `after` needs an argument path or dest')
}

/** A host as the case describes it. */
export function hostFor(one: ModuleCase, spec?: ModuleSpec): FakeHost {
  const files = { ...one.files }
  if ('before' in one) files[pathOf(spec ?? ({ args: {} } as ModuleSpec), one)] = one.before
  const commands = typeof one.commands === 'function' ? one.commands() : one.commands
  return new FakeHost({ ...one.host, files, ...(commands && { commands }) })
}

/** Plays one case once, for tests that do not fit the table. */
export async function play(
  spec: ModuleSpec,
  one: ModuleCase,
  host: FakeHost,
  { checkMode = false, diffMode = true }: { checkMode?: boolean; diffMode?: boolean } = {},
): Promise<Played> {
  const remote = openRemote(host, { checkMode, diffMode })
  const warnings: string[] = []
  const trips = host.trips
  const run = async (): Promise<ModuleResult & { failed?: boolean }> => {
    try {
      return await runModule(spec, one.args ?? {}, { one, remote, warnings })
    } catch (error) {
      if (error instanceof ModuleFailure || error instanceof RemoteFailure) {
        return { failed: true, msg: error.message, ...error.extra }
      }
      throw error
    }
  }
  const result = await run()
  return {
    result,
    changed: result.changed ?? remote.recorded.changed,
    host,
    trips: host.trips - trips,
    warnings,
    diffs: remote.recorded.diffs,
  }
}

async function runModule(
  spec: ModuleSpec,
  raw: { readonly [name: string]: unknown },
  { one, remote, warnings }: { one: ModuleCase; remote: ReturnType<typeof openRemote>; warnings: string[] },
): Promise<ModuleResult> {
  const values = new Map(
    Object.entries(raw).flatMap(([key, value]) => (value === undefined ? [] : [[key, fromJson(value)]])),
  )
  const { args, given, errors, warnings: argWarnings } = checkArgs(spec, values, spec.name, one.environ)
  if (errors[0] !== undefined) throw new ModuleFailure(errors[0])
  warnings.push(...argWarnings)
  return spec.run({
    args: args as never,
    given,
    remote,
    controller: controllerFor(one),
    task: taskFor(spec, one, remote),
    fail(msg, extra) {
      throw new ModuleFailure(msg, extra)
    },
    warn: text => warnings.push(text),
    deprecated: text => warnings.push(text),
    async call(module, callArgs) {
      const short = module.slice(module.lastIndexOf('.') + 1)
      const stand = one.modules?.[module] ?? one.modules?.[short]
      if (stand) return stand(callArgs)
      const loaded = (await import(`../../modules/${short}.ts`)) as { default: ModuleSpec }
      return runModule(loaded.default, callArgs, { one, remote, warnings })
    },
  })
}

function taskFor(spec: ModuleSpec, one: ModuleCase, remote: { checkMode: boolean; diffMode: boolean }): TaskView {
  const variables = one.variables ?? {}
  return {
    name: 'a test',
    action: spec.name,
    checkMode: remote.checkMode,
    diffMode: remote.diffMode,
    verbosity: 0,
    noLog: false,
    host: 'testhost',
    variable: async name => (Object.hasOwn(variables, name) ? fromJson(variables[name]) : undefined),
    variableNames: () => Object.keys(variables),
    environment: new Map(),
    asyncSeconds: 0,
    connection: 'ssh',
    ...one.task,
  }
}

function controllerFor(one: ModuleCase): Controller {
  const answers = [...(one.answers ?? [])]
  const local = one.local ?? {}
  return {
    findFile: (_kind, name) => name,
    readFile: async path => (Object.hasOwn(local, path) ? Buffer.from(local[path]!) : readFile(path)),
    render: async value => value,
    // Of a template, only the variables that the module gives it are filled in.
    renderText: async (source, _, extra) =>
      source.replace(/\{\{ (\w+) \}\}/g, (all, name) => (extra?.has(name) ? String(extra.get(name)) : all)),
    expression: async source => source,
    truth: async condition => Boolean(condition),
    warn: () => {},
    environ: one.environ ?? {},
    setting: name => one.settings?.[name],
    prompt: async () => answers.shift(),
    signal: new AbortController().signal,
  }
}

/** True when two results are the same data; for free-form tests. */
export const sameData = (one: unknown, other: unknown): boolean => isDeepStrictEqual(one, other)
