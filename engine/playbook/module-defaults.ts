/** `module_defaults:` is checked early: its keys are names of modules or groups, never templates. */
import { Diagnostic } from '../diagnostics.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import { keyPosition, positionOf } from '../yaml/positions.js'
import { placeOfValue } from './check.js'
import { collectionFolder, splitQualified } from './collection.js'
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
      if (typeof key === 'string' && key.startsWith('group/')) {
        const group = key.slice('group/'.length)
        const problem = loading.options.modules.groupError?.(group, keyPosition(entry, key) ?? at)
        if (problem && !ofInstalled(loading, group, play)) loading.problems.push(problem)
        continue
      }
      if (typeof key === 'string' && findModule(loading, key, [], play, role)) continue
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

/** An installed collection may have groups of its own; their modules are Python, and so refused where a task names them. */
function ofInstalled(loading: Loading, group: string, play: Play): boolean {
  const qualified = splitQualified(group)
  return qualified !== undefined && collectionFolder(loading, qualified.collection, play.dir) !== undefined
}
