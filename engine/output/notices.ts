/** What a result says beside its data: warnings, deprecations and a traceback. */
import { pyStr } from '../python/repr.js'
import { type Dict, isDict } from '../python/values.js'
import type { Settings } from '../settings/settings.js'
import { textsUnder } from './result-text.js'
import type { Screen } from './screen.js'

export function notices(
  screen: Screen,
  settings: Settings,
  verbosity: number,
  result: Dict,
  failedOnStderr: boolean,
): void {
  exception(screen, verbosity, result, failedOnStderr)
  if (!settings.bool('ACTION_WARNINGS')) return
  for (const text of textsUnder(result, 'warnings')) screen.warning(text)
  const deprecations = result.get('deprecations')
  if (!Array.isArray(deprecations)) return
  for (const one of deprecations) if (isDict(one)) screen.deprecation(deprecationText(one))
}

/** The sentence of a deprecation, with when the feature goes away. */
export function deprecationText(entry: Dict): string {
  const field = (name: string): string => pyStr(entry.get(name) || '')
  const owner = field('collection_name')
  const from = owner === '' ? '' : ` from ${owner === 'ansible.builtin' ? 'ansible-core' : owner}`
  const when =
    field('date') !== ''
      ? ` This feature will be removed${from} in a release after ${field('date')}.`
      : field('version') !== ''
        ? ` This feature will be removed${from} in version ${field('version')}.`
        : ` This feature will be removed${from} in a future release.`
  const text = field('msg')
  const sentence = text.trimEnd().endsWith('.') ? text.trimEnd() : `${text.trimEnd()}.`
  return `${sentence}${when} Deprecation warnings can be disabled by setting deprecation_warnings=False in ansible.cfg.`
}

function exception(screen: Screen, verbosity: number, result: Dict, stderr: boolean): void {
  const trace = result.get('exception')
  if (typeof trace !== 'string' || trace === '') return
  const text =
    verbosity < 3
      ? `An exception occurred during task execution. To see the full traceback, use -vvv. The error was: ${trace.trim().split('\n').at(-1)}`
      : `The full traceback is:\n${trace.trimEnd()}`
  screen.print(text, { colour: 'COLOR_ERROR', stderr })
}
