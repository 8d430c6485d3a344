/** `loop`, `with_X` and `loop_control`. */
import { Diagnostic, didYouMean, type SourceRange } from '../diagnostics.js'
import { type Dict, isDict, type Value } from '../python/values.js'
import { keyPosition, positionOf } from '../yaml/positions.js'
import { checkValue, invalidAttribute, isIdentifier, placeOfValue } from './check.js'
import { keywords, keywordsOf } from './keywords.js'
import type { Loading } from './loading.js'
import type { Task } from './model.js'

type Loop = NonNullable<Task['loop']>

/** The loop of a task, if it has one. */
export function loopOf(loading: Loading, task: Dict): Loop | undefined {
  const found: (Loop & { key: string })[] = []
  for (const [key, value] of task) {
    if (typeof key !== 'string') continue
    const plugin = key === 'loop' ? 'loop' : key.startsWith('with_') ? key.slice('with_'.length) : undefined
    if (plugin === undefined) continue
    const at: SourceRange = keyPosition(task, key) ?? positionOf(task) ?? { file: '', line: 1, column: 1 }
    if (value === null) {
      if (plugin === 'loop') continue
      loading.problem(`you must specify a value when using ${key}`, { code: 'loop-value', at })
      continue
    }
    found.push({ key, plugin, value, at: placeOfValue(task, key) ?? at })
  }
  if (found.length > 1) {
    loading.problem(`duplicate loop in task: ${found[1]!.key}`, {
      code: 'duplicate-loop',
      at: keyPosition(task, found[1]!.key),
      hint: `This task has ${found.map(({ key }) => key).join(' and ')}; loop over a list made from both, or include tasks in a loop.`,
    })
  }
  const first = found[0]
  return first && { plugin: first.plugin, value: first.value, at: first.at }
}

/** The names `with_X` may have; anything else is a misspelt keyword. */
export function checkLoopPlugin(loading: Loading, task: Dict, key: string, plugins: Iterable<string>): void {
  const near = didYouMean(key.slice('with_'.length), plugins)
  loading.problem(`'${key}' is not a valid attribute for a Task`, {
    code: 'unknown-keyword',
    at: keyPosition(task, key),
    hint: near && `Did you mean 'with_${near}'?`,
  })
}

export function checkLoopControl(loading: Loading, value: Value, task: Dict): void {
  if (value === null) return
  if (!isDict(value)) {
    throw new Diagnostic(
      'the `loop_control` value must be specified as a dictionary and cannot be a variable itself (though it can contain variables)',
      { code: 'keyword-type', at: placeOfValue(task, 'loop_control') },
    )
  }
  for (const [key, one] of value) {
    const keyword = typeof key === 'string' && keywordsOf('loop_control').has(key) ? keywords.get(key) : undefined
    if (!keyword) invalidAttribute(loading, key, 'loop_control', value)
    else checkValue(loading, keyword, one, value)
    const isName = key === 'loop_var' || key === 'index_var'
    if (isName && typeof one === 'string' && !isIdentifier(one)) {
      loading.problem(`Invalid variable name in '${key}' specified: '${one}' is not a valid variable name`, {
        code: 'variable-name',
        at: placeOfValue(value, key),
      })
    }
  }
}
