/** `module_defaults:` is checked early: its keys are names of modules or groups, never templates. */
import { Diagnostic } from '../diagnostics.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import { keyPosition, positionOf } from '../yaml/positions.js'
import { placeOfValue } from './check.js'
import type { Loading } from './loading.js'
import type { Play, Role } from './model.js'
import { findModule } from './module-lookup.js'

export function checkModuleDefaults(
  loading: Loading,
  value: Value | undefined,
  play: Play,
  role: Role | undefined,
  holder: Dict,
): void {
  if (value === undefined) return
  const entries = isList(value) ? value : [value]
  const at = placeOfValue(holder, 'module_defaults')
  for (const entry of entries) {
    if (!isDict(entry)) {
      loading.problem(
        "The field 'module_defaults' is supposed to be a dictionary or list of dictionaries, the keys of which must be static action, module, or group names. Only the values may contain templates. For example: {'ping': \"{{ ping_defaults }}\"}",
        { code: 'keyword-type', at },
      )
      return
    }
    for (const key of entry.keys()) {
      if (typeof key === 'string' && (key.startsWith('group/') || findModule(loading, key, [], play, role))) continue
      const name = String(key)
      const near = loading.options.modules.error(name, loading.options.modules.resolve(name, []))
      loading.problems.push(
        new Diagnostic(`Could not resolve action ${name} in module_defaults`, {
          code: 'unknown-module',
          at: keyPosition(entry, key) ?? positionOf(entry) ?? at,
          hint: near.hint,
        }),
      )
    }
  }
}
