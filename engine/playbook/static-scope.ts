/** Variables that names of static imports may use: nothing that needs a host is known when playbooks are read. */
import { isAbsolute, join } from 'node:path'
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import type { Scope } from '../template/scope.js'
import { TemplateString } from '../yaml/trust.js'
import { textOf } from './freeform.js'
import { asList, includersOf, levels, playOf, rolesOf } from './inherit.js'
import { isFile, type Loading } from './loading.js'
import type { Parent, Role } from './model.js'

/** Precedence as at run time, for what is there: -e, statement, blocks, role vars, vars_files, play, role defaults. */
export function staticScope(loading: Loading, parent: Parent, role: Role | undefined, vars: Dict = new Map()): Scope {
  const play = playOf(parent)
  const layers: (() => Iterable<Dict>)[] = [
    () => [loading.options.extraVars, vars],
    function* () {
      for (const level of levels(parent)) if (level.kind === 'block') yield level.vars
    },
    function* () {
      for (const one of rolesOf(role)) yield* [one.params, one.vars, one.roleVars]
      for (const one of [...play.roles, ...play.importedRoles].toReversed()) yield one.roleVars
    },
    () => varsFiles(loading, parent),
    () => [play.vars],
    function* () {
      for (const one of rolesOf(role)) yield one.defaults
      for (const one of [...play.roles, ...play.importedRoles].toReversed()) yield one.defaults
    },
    () => [magic(parent, role)],
  ]
  const dicts = function* () {
    for (const layer of layers) yield* layer()
  }
  return {
    get(name) {
      for (const dict of dicts()) {
        const value = dict.get(name)
        if (value !== undefined) return value
      }
      return loading.options.magic?.get(name)
    },
    names() {
      const names = new Set<string>(loading.options.magic?.names() ?? [])
      for (const dict of dicts()) for (const key of dict.keys()) if (typeof key === 'string') names.add(key)
      return names
    },
    searchPath: [...(role ? [role.path] : []), play.dir],
  }
}

function magic(parent: Parent, role: Role | undefined): Dict {
  const play = playOf(parent)
  const known: Dict = new Map<Value, Value>([['playbook_dir', play.dir]])
  if (!role) return known
  known
    .set('role_name', role.name)
    .set('ansible_role_name', role.fqcn ?? role.name)
    .set('role_path', role.path)
  const includers = includersOf(role).map(one => one.name)
  if (includers.length > 0) known.set('ansible_parent_role_names', includers)
  return known
}

/** `vars_files:` that exist and whose names need no host; a list entry means the first that exists. */
function* varsFiles(loading: Loading, parent: Parent): Generator<Dict> {
  const play = playOf(parent)
  const entries = asList(play.keywords.get('vars_files') ?? null)
  for (const entry of entries.toReversed()) {
    for (const choice of isList(entry) ? entry : [entry]) {
      if (typeof choice !== 'string') continue
      const file = isAbsolute(choice) ? choice : [join(play.dir, 'vars', choice), join(play.dir, choice)].find(isFile)
      const value = file && isFile(file) ? loading.attempt(() => loading.read(file)) : undefined
      if (value === undefined) continue
      if (isDict(value)) yield value
      break
    }
  }
}

/** A template met a variable that is not known; anything else is a mistake in the template itself. */
export const isUndefinedVariable = (error: unknown): boolean =>
  error instanceof Diagnostic && error.code === 'undefined-variable'

/** A name in a static statement, rendered; throws a Diagnostic that says which variables could be used. */
export function renderName(
  loading: Loading,
  value: Value,
  scope: () => Scope,
  what: 'import path' | 'playbook path' | 'role name',
  at: SourceRange | undefined,
): string {
  if (!(value instanceof TemplateString)) return textOf(value) ?? String(value)
  try {
    const rendered = loading.options.templar.renderNow(value, scope())
    return textOf(rendered) ?? String(rendered)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    if (!isUndefinedVariable(cause)) {
      throw new Diagnostic(`template error while templating ${what}: ${value.text}. ${why}`, {
        code: 'import-name',
        at: value.at ?? at,
        cause,
        hint: cause instanceof Diagnostic ? cause.hint : undefined,
      })
    }
    throw new Diagnostic(`Error when evaluating variable in ${what}: ${value.text}. ${why}`, {
      code: what === 'import path' ? 'undefined-variable' : 'import-name',
      at: value.at ?? at,
      cause,
      hint:
        'When using static imports, ensure that any variables used in their names are defined in vars/vars_files ' +
        'or extra-vars passed in from the command line. Static imports cannot use variables from facts or inventory ' +
        'sources like group or host vars.',
    })
  }
}
