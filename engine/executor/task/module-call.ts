/** Calls one module for one task on one host: checks its arguments, gives it its tools, makes a result of the outcome. */
import { readFile } from 'node:fs/promises'
import { Unreachable } from '../../connection/connection.js'
import { Diagnostic } from '../../diagnostics.js'
import { checkArgs } from '../../module/args.js'
import {
  type Controller,
  ModuleFailure,
  type ModuleResult,
  type ModuleSpec,
  type TaskView,
} from '../../module/define.js'
import { loadModule, moduleError, resolveModule } from '../../module/registry.js'
import { expanduser, expandvars } from '../../python/posixpath.js'
import { type Dict, fromJson, type Json } from '../../python/values.js'
import { pathInfo } from '../../remote/path-info.js'
import { raw, sh } from '../../remote/quote.js'
import { type Remote, RemoteFailure, type TaskRemote } from '../../remote/remote.js'
import type { Scope } from '../../template/scope.js'
import { LayeredScope } from '../../vars/scope.js'
import { isVault } from '../../vault/aes256.js'
import { loadYaml } from '../../yaml/load.js'
import type { Run } from '../run-state.js'
import { findFile } from './find-file.js'
import { masked } from './results.js'

/** What a module call needs to know of its task. */
export interface Call {
  readonly run: Run
  readonly scope: Scope
  readonly view: TaskView
  /** Opened when first used. */
  readonly remote: TaskRemote
  /** Name as written, for error texts. */
  readonly called: string
  readonly signal: AbortSignal
}

/** The module's return; failures of any kind become a failed one. Only Unreachable is thrown. */
export async function callModule(fqcn: string, rawArgs: Dict, call: Call): Promise<ModuleResult> {
  const spec = await loadModule(fqcn)
  const checked = checkArgs(spec, rawArgs, call.called, call.run.options.environ)
  const warnings = [...checked.warnings]
  const deprecations: string[] = []
  if (checked.errors.length) return { changed: false, failed: true, msg: checked.errors[0]! }
  if (spec.check === 'none' && call.view.checkMode) {
    return { changed: false, skipped: true, msg: `remote module (${call.called}) does not support check mode` }
  }
  let result: ModuleResult
  try {
    await expandPaths(spec, checked.args, call)
    result = await spec.run({
      args: checked.args as never,
      given: checked.given,
      remote: call.remote,
      controller: controllerOf(call),
      task: call.view,
      fail(msg, extra) {
        throw new ModuleFailure(msg, extra)
      },
      warn: text => void warnings.push(text),
      deprecated: text => void deprecations.push(text),
      call: async (module, args) => {
        const resolved = resolveModule(module)
        if (!resolved.ours) throw moduleError(module, resolved)
        const inner = await callModule(resolved.fqcn, asDict(args), { ...call, called: module })
        if (inner.failed) {
          const { msg, failed: _, ...extra } = inner
          throw new ModuleFailure(String(msg ?? ''), extra)
        }
        return inner
      },
    })
  } catch (error) {
    if (error instanceof Unreachable) throw error
    result = failureResult(error)
    if (spec.where !== 'controller' && !spec.resultAsIs) Object.assign(result, await aboutPath(result, call.remote))
  }
  const recorded = call.remote.recorded
  result.changed ??= recorded.changed
  if (result.diff === null) delete result.diff
  else if (call.view.diffMode && result.diff === undefined && recorded.diffs.length) {
    result.diff = (recorded.diffs.length === 1 ? recorded.diffs[0] : recorded.diffs) as unknown as Json
  }
  if (spec.where !== 'controller' && !spec.resultAsIs && !result.invocation)
    result.invocation = invocationOf(spec, checked)
  if (warnings.length) result.warnings = [...((result.warnings as Json[]) ?? []), ...warnings]
  if (deprecations.length) result.deprecations = deprecations.map(msg => ({ msg }))
  return checked.secrets.length ? (masked(fromJson(result), checked.secrets) as unknown as ModuleResult) : result
}

/** What results show with -vvv, and items of registered loops always: the arguments that the module got. */
function invocationOf(spec: ModuleSpec, { args, given }: ReturnType<typeof checkArgs>): Json {
  // What was given comes first, then what has a default.
  const rest = Object.keys(spec.args)
  const names = new Set([...given, ...rest.filter(name => args[name] !== undefined), ...rest, ...Object.keys(args)])
  const shown = [...names].map(name => {
    const value = args[name]
    const untold = spec.args[name]?.noLog || spec.args[name]?.untold
    return [name, value === undefined ? null : untold ? 'VALUE_SPECIFIED_IN_NO_LOG_PARAMETER' : value]
  })
  return { module_args: Object.fromEntries(shown) as Json }
}

const asDict = (args: { readonly [name: string]: unknown }): Dict =>
  new Map(
    Object.entries(args)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, fromJson(value)]),
  )

/** A failure that names a path tells what is there, if anything. */
async function aboutPath(result: ModuleResult, remote: Remote): Promise<object> {
  const path = result.path ?? result.dest
  if (typeof path !== 'string' || path === '' || 'uid' in result) return {}
  return pathInfo(remote, path).catch(() => ({}))
}

/** Ansible's fail_json says that nothing changed, whatever was done until then, unless the module says otherwise. */
function failureResult(error: unknown): ModuleResult {
  if (error instanceof ModuleFailure || error instanceof RemoteFailure) {
    return { changed: false, failed: true, msg: error.message, ...error.extra }
  }
  if (error instanceof Diagnostic) return { changed: false, failed: true, msg: error.message }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    changed: false,
    failed: true,
    msg: `Unexpected failure during module execution: ${error instanceof Error ? error.message : String(error)}`,
    exception: stack,
  }
}

/** `~` and `$NAME` in path options are the managed host's: asked for in one question, and only where there are any. */
async function expandPaths(spec: ModuleSpec, args: { [name: string]: unknown }, call: Call): Promise<void> {
  const places: { readonly path: string; set(value: string): unknown }[] = []
  const needs = (value: unknown): value is string => typeof value === 'string' && /^~|\$[A-Za-z_{]/.test(value)
  for (const [name, option] of Object.entries(spec.args)) {
    const value = args[name]
    if (option.type === 'path' && needs(value))
      places.push({ path: value, set: made => Object.assign(args, { [name]: made }) })
    if (option.elements === 'path' && Array.isArray(value)) {
      value.forEach((item, index) => {
        if (needs(item)) places.push({ path: item, set: made => value.splice(index, 1, made) })
      })
    }
  }
  if (!places.length) return
  const expanded =
    spec.where === 'controller'
      ? places.map(({ path }) => expandLocally(path, call.run.options.environ))
      : await expandRemotely(
          call.remote,
          places.map(place => place.path),
        )
  places.forEach((place, index) => {
    place.set(expanded[index]!)
  })
}

const expandLocally = (path: string, environ: Readonly<Record<string, string | undefined>>): string =>
  expanduser(expandvars(path, environ), environ)

async function expandRemotely(remote: Remote, paths: readonly string[]): Promise<string[]> {
  const words = [...new Set(paths.flatMap(path => path.match(expandable) ?? []))]
  // Only names go into the text unquoted. A leading x tells a variable that is set from one that is not.
  const asked = words.map(word => {
    const name = /\w+/.exec(word)?.[0]
    return word.startsWith('~') ? `printf 'x%s\\n' ${word}` : `printf '%s\\n' "\${${name}+x}\${${name}-}"`
  })
  const values = await remote.query({ command: sh`${raw(asked.join('; '))}`, parse: stdout => stdout.split('\n') })
  const meaning = new Map(
    words.map((word, index) => [word, values[index]?.startsWith('x') ? values[index].slice(1) : word]),
  )
  return paths.map(path =>
    path.replace(expandable, word => {
      const value = meaning.get(word) ?? word
      // The home `/` brings no second slash, as Python's expanduser has it.
      return word.startsWith('~') && word !== path ? value.replace(/\/+$/, '') : value
    }),
  )
}

const expandable = /^~[\w.-]*|\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})/g

function controllerOf({ run, scope, signal }: Call): Controller {
  const warn = (text: string) => run.emit({ type: 'warning', text })
  return {
    environ: run.options.environ,
    signal,
    findFile: (kind, name) => findFile(kind, name, scope.searchPath, run.options.environ.HOME),
    async readFile(path, options) {
      const bytes = await readFile(path)
      const { vault } = run.options
      if (!(options?.decrypt ?? true) || !isVault(bytes)) return bytes
      if (vault.secrets.length === 0)
        throw new Diagnostic(`A vault password or secret must be specified to decrypt ${path}`, {
          code: 'vault-no-secret',
        })
      return vault.decryptFile(bytes, path)
    },
    async loadYaml(path) {
      const { vault } = run.options
      const text = vault.decryptFile(await readFile(path), path).toString('utf8')
      return loadYaml(text, { file: path, trusted: true, vault, warn })
    },
    warn,
    render: value => run.templar.render(value, scope),
    renderText: (source, options, extra) =>
      run.templar.renderText(
        source,
        extra && scope instanceof LayeredScope ? scope.with('template', extra) : scope,
        options,
      ),
    expression: source => run.templar.expression(source, scope),
    truth: (condition, closed) => run.templar.truth(condition, scope, undefined, closed),
    setting: name => (run.options.settings.has(name) ? run.options.settings.get(name) : undefined),
    prompt: (text, options) => run.options.prompt(text, options),
  }
}
