/** The `diff` of a result as text, as Ansible prints it. */
import { unifiedDiff } from '../python/difflib.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isDict, type Value } from '../python/values.js'
import type { Settings } from '../settings/settings.js'
import { jsonText } from './json-text.js'
import type { Screen } from './screen.js'

export interface DiffStyle {
  readonly context: number
  readonly maxSize: number
  paint(text: string, setting: string): string
}

/** The diffs of a result, by the settings. */
export const resultDiff = (result: Dict, settings: Settings, screen: Screen): string =>
  diffText(result.get('diff'), {
    context: settings.number('DIFF_CONTEXT'),
    maxSize: settings.number('MAX_FILE_SIZE_FOR_DIFF'),
    paint: (line, setting) => screen.paint(line, setting),
  })

/** All of a result's diffs; '' when there is nothing to show. */
export function diffText(diff: Value | undefined, style: DiffStyle): string {
  const all = Array.isArray(diff) ? diff : [diff]
  return all.map(one => (isDict(one) ? oneDiff(one, style) : '')).join('')
}

function oneDiff(diff: Dict, { context, maxSize, paint }: DiffStyle): string {
  let text = ''
  const skipped = (why: string) => {
    text += `diff skipped: ${why}\n`
  }
  if (diff.has('dst_binary')) skipped('destination file appears to be binary')
  if (diff.has('src_binary')) skipped('source file appears to be binary')
  if (diff.has('dst_larger'))
    skipped(`destination file size is greater than ${pyStr(diff.get('dst_larger') ?? maxSize)}`)
  if (diff.has('src_larger')) skipped(`source file size is greater than ${pyStr(diff.get('src_larger') ?? maxSize)}`)
  if (diff.has('before') && diff.has('after')) {
    const before = linesOf(diff.get('before')!)
    const after = linesOf(diff.get('after')!)
    const header = (key: string, word: string) => {
      const name = diff.get(key)
      return name === undefined || name === null || name === '' ? word : `${word}: ${pyStr(name)}`
    }
    const lines = unifiedDiff(before, after, {
      from: header('before_header', 'before'),
      to: header('after_header', 'after'),
      context,
    })
    if (lines.length > 0) text += `${lines.map(line => painted(line, paint)).join('')}\n`
  }
  if (diff.has('prepared')) text += pyStr(diff.get('prepared')!)
  return text
}

function linesOf(side: Value): string[] {
  const text = isDict(side) ? `${jsonText(side, { indent: 4 })}\n` : side === null ? '' : pyStr(side)
  const lines = text.split(/(?<=\n)/).filter(line => line !== '')
  const last = lines.at(-1)
  if (last !== undefined && !last.endsWith('\n')) lines[lines.length - 1] = `${last}\n\\ No newline at end of file\n`
  return lines
}

function painted(line: string, paint: DiffStyle['paint']): string {
  if (line.startsWith('+')) return paint(line, 'COLOR_DIFF_ADD')
  if (line.startsWith('-')) return paint(line, 'COLOR_DIFF_REMOVE')
  if (line.startsWith('@@')) return paint(line, 'COLOR_DIFF_LINES')
  return line
}
