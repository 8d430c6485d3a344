/** Arguments as one line of text (`src=a dest="b c"`), by Ansible's own quoting rules, which are not the shell's. */
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import type { Dict, Value } from '../python/values.js'
import { TemplateString, trusted } from '../yaml/trust.js'

/** Modules whose text is a command: only a few names before `=` are options, the rest stays as written. */
export const commandModules: ReadonlySet<string> = new Set([
  ...builtin('command', 'shell', 'script', 'raw'),
  ...['win_command', 'win_shell', 'ansible.windows.win_command', 'ansible.windows.win_shell'],
])

/** Modules that take text without a name (`meta: flush_handlers`). */
export const rawParamModules: ReadonlySet<string> = new Set([
  ...builtin('include', 'include_vars', 'include_tasks', 'include_role', 'import_tasks', 'import_role'),
  ...builtin('add_host', 'group_by', 'set_fact', 'meta'),
  ...commandModules,
])

const commandOptions = new Set([
  'creates',
  'removes',
  'chdir',
  'executable',
  'warn',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
])

function builtin(...names: string[]): string[] {
  return names.flatMap(name => [name, `ansible.builtin.${name}`, `ansible.legacy.${name}`])
}

/** The text of something a person wrote, whether it holds a template or not; undefined for anything else. */
export const textOf = (value: Value | undefined): string | undefined =>
  typeof value === 'string' ? value : value instanceof TemplateString ? value.text : undefined

/**
 * Splits at blanks, except inside quotes and inside {{ }}, {% %} and {# #}. Quotes stay in the words; runs of blanks and
 * newlines stay at the end of the word before them, so that a command keeps its shape.
 */
export function splitArguments(text: string, at?: SourceRange): string[] {
  const words: string[] = []
  const depth = { '{{': 0, '{%': 0, '{#': 0 }
  let quote: string | undefined
  const inBlock = () => depth['{{'] > 0 || depth['{%'] > 0 || depth['{#'] > 0
  const glue = (more: string) => {
    if (words.length === 0) words.push('')
    words[words.length - 1] += more
  }

  if (text === '') return words
  const lines = text.split('\n')
  for (const [row, line] of lines.entries()) {
    let continued = false
    for (const [column, token] of line.split(' ').entries()) {
      if (token === '' && column > 0) {
        glue(' ')
        continue
      }
      if (token === '\\' && quote === undefined) {
        continued = true
        continue
      }
      const wasQuoted = quote !== undefined
      const wasInBlock = inBlock()
      quote = quoteAfter(token, quote)
      const changed = countBlocks(token, depth)
      if (wasInBlock || wasQuoted) glue(column > 0 ? ` ${token}` : token)
      else if (quote !== undefined || changed || token !== '') words.push(token)
    }
    if (row < lines.length - 1 && !continued) glue('\n')
  }
  if (inBlock() || quote !== undefined) {
    throw new Diagnostic(
      `failed at splitting arguments, either an unbalanced jinja2 block or quotes: ${text}`,
      unbalanced(quote, at),
    )
  }
  return words
}

const unbalanced = (quote: string | undefined, at: SourceRange | undefined) => ({
  code: 'unbalanced-arguments',
  at,
  hint: quote
    ? `a ${quote} opens a quotation that nothing closes; write \\${quote} for the character itself, or write the arguments as a YAML dictionary`
    : 'close every {{, {% and {#',
})

/** Which quotation is open after `token`. A quote after a backslash is a character; so is one of the other kind. */
function quoteAfter(token: string, quote: string | undefined): string | undefined {
  let open = quote
  for (let index = 0; index < token.length; index++) {
    const char = token[index]!
    if ((char !== '"' && char !== "'") || token[index - 1] === '\\') continue
    if (open === undefined) open = char
    else if (open === char) open = undefined
  }
  return open
}

const closers = { '{{': '}}', '{%': '%}', '{#': '#}' } as const

function countBlocks(token: string, depth: Record<keyof typeof closers, number>): boolean {
  let changed = false
  for (const open of ['{{', '{%', '{#'] as const) {
    const before = depth[open]
    depth[open] = Math.max(0, before + occurrences(token, open) - occurrences(token, closers[open]))
    changed ||= depth[open] !== before
  }
  return changed
}

const occurrences = (text: string, part: string): number => text.split(part).length - 1

const joinArguments = (words: readonly string[]): string =>
  words.reduce((text, word) => (text === '' || text.endsWith('\n') ? text + word : `${text} ${word}`), '')

const escapeSequence = /\\(?:U([0-9a-fA-F]{8})|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\\'"abfnrtv]))/g
const letters: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function decodeEscapes(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(escapeSequence, (whole, long?: string, short?: string, byte?: string, letter?: string) => {
    if (letter !== undefined) return letters[letter] ?? letter
    const point = Number.parseInt((long ?? short ?? byte)!, 16)
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}

/** Takes one pair of quotes off, as Ansible does: both ends alike, and the closing one not escaped. */
export function unquote(text: string): string {
  const quoted = text.length > 1 && text[0] === text.at(-1) && (text[0] === '"' || text[0] === "'")
  return quoted && text.at(-2) !== '\\' ? text.slice(1, -1) : text
}

/** `k=v` text → arguments; what has no name goes to `_raw_params`. `command`: the text is a command with options. */
export function parseArguments(
  text: string,
  { command = false, at }: { command?: boolean; at?: SourceRange | undefined } = {},
): Dict {
  const args: Dict = new Map()
  const raw: string[] = []
  for (const written of splitArguments(text, at)) {
    const word = decodeEscapes(written)
    const equals = unescapedEquals(word)
    if (equals === undefined) raw.push(word.includes('=') ? word.replaceAll('\\=', '=') : written)
    else {
      const name = word.slice(0, equals)
      if (command && !commandOptions.has(name)) raw.push(written)
      else args.set(name.trim(), trusted(unquote(word.slice(equals + 1).trim()), at))
    }
  }
  if (raw.length > 0) args.set('_raw_params', trusted(joinArguments(raw), at))
  return args
}

/** Index of the first `=` that is neither the first character nor after a backslash. */
function unescapedEquals(word: string): number | undefined {
  for (let index = word.indexOf('=', 1); index !== -1; index = word.indexOf('=', index + 1)) {
    if (word[index - 1] !== '\\') return index
  }
  return undefined
}

/** `copy src=a dest=b` → the module's name and the rest. */
export function splitModuleText(text: string, at?: SourceRange): { module: string; rest: string } {
  const [module = '', ...rest] = splitArguments(text, at)
  return { module: module.trim(), rest: rest.join(' ') }
}
