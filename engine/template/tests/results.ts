/** What became of a task, asked of its registered result. */
import { Diagnostic } from '../../diagnostics.js'
import { truthy } from '../../python/compare.js'
import { type Dict, isDict, isList, type Value } from '../../python/values.js'
import { defineTest } from '../define.js'

function result(value: Value, test: string): Dict {
  if (isDict(value)) return value
  throw new Diagnostic(`The '${test}' test expects a dictionary`, { code: 'filter-type' })
}

const flag = (value: Dict, name: string, fallback: Value = false) => truthy(value.get(name) ?? fallback)

export const failed = defineTest({
  summary: 'Did the task fail',
  examples: [["{{ {'failed': true} is failed }}", true]],
  apply: (value: Value) => flag(result(value, 'failed'), 'failed'),
})

export const succeeded = defineTest({
  summary: 'Did the task not fail',
  examples: [["{{ {'rc': 0} is succeeded }}", true]],
  apply: (value: Value) => !flag(result(value, 'success'), 'failed'),
})

export const reachable = defineTest({
  summary: 'Could the host be reached',
  examples: [["{{ {'rc': 0} is reachable }}", true]],
  apply: (value: Value) => !flag(result(value, 'reachable'), 'unreachable'),
})

export const unreachable = defineTest({
  summary: 'Could the host not be reached',
  examples: [["{{ {'unreachable': true} is unreachable }}", true]],
  apply: (value: Value) => flag(result(value, 'unreachable'), 'unreachable'),
})

export const timedout = defineTest({
  summary: 'Did the task run out of time',
  examples: [["{{ {'timedout': {'period': 1}} is timedout }}", true]],
  apply: (value: Value) => {
    const held = result(value, 'timedout').get('timedout')
    return held !== undefined && (isDict(held) ? truthy(held.get('period') ?? false) : truthy(held))
  },
})

export const changed = defineTest({
  summary: 'Did the task, or any round of its loop, change something',
  examples: [
    ["{{ {'changed': true} is changed }}", true],
    ["{{ {'results': [{'changed': true}]} is changed }}", true],
  ],
  apply: (value: Value) => {
    const of = result(value, 'changed')
    const own = of.get('changed')
    if (own !== undefined) return truthy(own)
    const rounds = of.get('results')
    return (
      rounds !== undefined &&
      isList(rounds) &&
      rounds.length > 0 &&
      isDict(rounds[0]) &&
      rounds.some(round => isDict(round) && flag(round, 'changed'))
    )
  },
})

export const skipped = defineTest({
  summary: 'Was the task skipped',
  examples: [["{{ {'skipped': true} is skipped }}", true]],
  apply: (value: Value) => flag(result(value, 'skipped'), 'skipped'),
})

export const finished = defineTest({
  summary: 'Has the background task ended; others always have',
  examples: [["{{ {'finished': 1} is finished }}", true]],
  apply: (value: Value) => flag(result(value, 'finished'), 'finished', true),
})

export const started = defineTest({
  summary: 'Has the background task begun; others always have',
  examples: [["{{ {'started': 1} is started }}", true]],
  apply: (value: Value) => flag(result(value, 'started'), 'started', true),
})
