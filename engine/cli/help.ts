/** Help that teaches: usage, one sentence, grouped flags, examples. */
import type { Option, Options } from './options.js'

export interface HelpText {
  /** After "usage: ". */
  readonly usage: string
  readonly sentence: string
  readonly options?: Options
  readonly examples: readonly (readonly [command: string, meaning: string])[]
}

const COLUMN = 34

export function helpText({ usage, sentence, options = {}, examples }: HelpText): string {
  const headings = new Map<string, Option[]>()
  for (const option of Object.values(options)) {
    const group = headings.get(option.heading)
    if (group) group.push(option)
    else headings.set(option.heading, [option])
  }
  const groups = [...headings].map(([heading, group]) => `${heading}:\n${group.map(optionLine).join('\n')}`)
  const shown = examples.map(([command, meaning]) => `  ${command}\n      ${meaning}`)
  return `${[`usage: ${usage}`, sentence, ...groups, `Examples:\n${shown.join('\n')}`].join('\n\n')}\n`
}

function optionLine({ names, kind, metavar, summary }: Option): string {
  const value = kind === 'value' || kind === 'list' ? ` ${metavar ?? 'VALUE'}` : ''
  // Further spellings are understood and not shown; the first of each length is enough.
  const short = names.find(name => !name.startsWith('--'))
  const long = names.find(name => name.startsWith('--'))
  const left = `  ${short === undefined ? '    ' : long === undefined ? short : `${short}, `}${long ?? ''}${value}`
  return left.length < COLUMN - 1 ? left.padEnd(COLUMN) + summary : `${left}\n${' '.repeat(COLUMN)}${summary}`
}

/** What goes before an error about the command line. */
export const usageError = (usage: string, program: string, message: string): string =>
  `usage: ${usage}\n${program}: error: ${message}\n`
