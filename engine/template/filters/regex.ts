/** Regular expressions, in Python's language. */
import { Diagnostic } from '../../diagnostics.js'
import { truthy } from '../../python/compare.js'
import { typeError } from '../../python/errors.js'
import { wholeNumber } from '../../python/numbers.js'
import { escapeRegExp, findAll, groupNumber, groupsOf, pythonRegExp, search, substitute } from '../../python/regexp.js'
import { pyStr } from '../../python/repr.js'
import { tuple, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'

const patternOf = (pattern: Value, multiline: Value, ignorecase: Value): RegExp => {
  if (typeof pattern !== 'string') throw typeError('first argument must be string or compiled pattern')
  return pythonRegExp(pattern, { multiline: truthy(multiline), ignorecase: truthy(ignorecase) })
}

export const regexReplace = defineFilter({
  summary: 'Each match of a regular expression replaced; \\1 and \\g<name> stand for groups',
  examples: [
    ["{{ 'ansible' | regex_replace('^a.*i(.*)$', 'a\\1') }}", 'able'],
    ["{{ 'foobar' | regex_replace('^f.*o(?P<b>.*)$', '\\g<b>') }}", 'bar'],
    ["{{ 'A-B' | regex_replace('[a-z]', 'x', ignorecase=true) }}", 'x-x'],
  ],
  signature: "pattern='', replacement='', ignorecase=False, multiline=False, count=0, mandatory_count=0",
  apply: (
    value: Value,
    pattern: Value,
    replacement: Value,
    ignorecase: Value,
    multiline: Value,
    count: Value,
    mandatory: Value,
  ) => {
    const done = substitute(
      patternOf(pattern, multiline, ignorecase),
      pyStr(replacement),
      pyStr(value),
      wholeNumber(count),
    )
    if (done.count < wholeNumber(mandatory))
      throw new Diagnostic(
        `'${pyStr(pattern)}' should match ${wholeNumber(mandatory)} times, but matches ${done.count} times in '${pyStr(value)}'`,
        { code: 'filter-argument' },
      )
    return done.text
  },
})

export const regexSearch = defineFilter({
  summary: 'The first match of a regular expression, or its groups; none when there is no match',
  examples: [
    ["{{ 'server1/db42' | regex_search('[a-z]+[0-9]+$') }}", 'db42'],
    ["{{ 'a1' | regex_search('([a-z])([0-9])', '\\1', '\\2') }}", ['a', '1']],
    ["{{ 'a' | regex_search('[0-9]') }}", null],
  ],
  signature: 'regex, *args, **kwargs',
  apply: (value: Value, pattern: Value, args: Value[], kwargs: ReadonlyMap<string, Value>): Value => {
    const wanted = args.map(reference => {
      const text = pyStr(reference)
      const named = /^\\g<(\S+)>/.exec(text)
      if (named) return named[1]!
      const numbered = /^\\(\d+)/.exec(text)
      if (numbered) return Number(numbered[1])
      throw new Diagnostic('Unknown argument', { code: 'filter-argument' })
    })
    const compiled = patternOf(pattern, kwargs.get('multiline') ?? false, kwargs.get('ignorecase') ?? false)
    const found = search(compiled, pyStr(value))
    if (!found) return null
    if (wanted.length === 0) return found[0]
    return wanted.map(group => {
      const number =
        typeof group === 'number' ? group : /^\d+$/.test(group) ? Number(group) : groupNumber(compiled, group)
      if (number === undefined || number > groupsOf(compiled))
        throw new Diagnostic('no such group', { code: 'IndexError' })
      return found[number] ?? null
    })
  },
})

export const regexFindall = defineFilter({
  summary: 'All matches of a regular expression; tuples when it has several groups',
  examples: [
    ["{{ 'a1b22' | regex_findall('[0-9]+') }}", ['1', '22']],
    ["{{ 'a=1,b=2' | regex_findall('(\\w)=(\\w)') | map('last') | list }}", ['1', '2']],
  ],
  signature: 'regex, multiline=False, ignorecase=False',
  apply: (value: Value, pattern: Value, multiline: Value, ignorecase: Value): Value =>
    findAll(patternOf(pattern, multiline, ignorecase), pyStr(value)).map(found =>
      typeof found === 'string' ? found : tuple(found),
    ),
})

export const regexEscape = defineFilter({
  summary: 'The text with everything escaped that is special in a regular expression (python or posix_basic)',
  examples: [
    ["{{ '^f.*o(.*)$' | regex_escape }}", '\\^f\\.\\*o\\(\\.\\*\\)\\$'],
    ["{{ 'a.b(c)' | regex_escape('posix_basic') }}", 'a\\.b(c)'],
  ],
  signature: "re_type='python'",
  apply: (value: Value, type: Value) => {
    const text = pyStr(value)
    if (type === 'python') return escapeRegExp(text)
    if (type === 'posix_basic') return text.replace(/[.[\]^$*\\]/g, '\\$&')
    if (type === 'posix_extended')
      throw new Diagnostic(`Regex type (${type}) not yet implemented`, { code: 'filter-argument' })
    throw new Diagnostic(`Invalid regex type (${pyStr(type)})`, { code: 'filter-argument' })
  },
})
