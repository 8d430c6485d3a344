/** Text that matches a pattern, versions, addresses. */
import { Diagnostic } from '../../diagnostics.js'
import { truthy } from '../../python/compare.js'
import { PyError, typeError } from '../../python/errors.js'
import { fullMatch, matchAt, pythonRegExp, search as searchIn } from '../../python/regexp.js'
import { pyRepr, pyStr } from '../../python/repr.js'
import type { Value } from '../../python/values.js'
import { versionOrders } from '../../python/versions.js'
import { VaultString } from '../../yaml/trust.js'
import { defineTest } from '../define.js'
import { urlParts } from '../filters/urls.js'

function found(value: Value, pattern: Value, ignorecase: Value, multiline: Value, how: Value): boolean {
  if (typeof pattern !== 'string') throw typeError('first argument must be string or compiled pattern')
  const compiled = pythonRegExp(pattern, { ignorecase: truthy(ignorecase), multiline: truthy(multiline) })
  const text = pyStr(value)
  switch (how) {
    case 'match':
      return matchAt(compiled, text) !== null
    case 'fullmatch':
      return fullMatch(compiled, text) !== null
    case 'search':
      return searchIn(compiled, text) !== null
  }
  throw new Diagnostic(`Invalid match type: ${pyStr(how)}`, { code: 'filter-argument' })
}

export const match = defineTest({
  summary: 'Does the text begin with a match of the regular expression',
  examples: [
    ["{{ 'abc' is match('ab') }}", true],
    ["{{ 'abc' is match('bc') }}", false],
  ],
  signature: "pattern='', ignorecase=False, multiline=False",
  apply: (value: Value, pattern: Value, ignorecase: Value, multiline: Value) =>
    found(value, pattern, ignorecase, multiline, 'match'),
})

export const search = defineTest({
  summary: 'Does the regular expression match anywhere in the text',
  examples: [["{{ 'abc' is search('BC', ignorecase=true) }}", true]],
  signature: "pattern='', ignorecase=False, multiline=False",
  apply: (value: Value, pattern: Value, ignorecase: Value, multiline: Value) =>
    found(value, pattern, ignorecase, multiline, 'search'),
})

export const regex = defineTest({
  summary: 'Does the regular expression match: match_type search, match or fullmatch',
  examples: [["{{ 'abc' is regex('b', match_type='match') }}", false]],
  signature: "pattern='', ignorecase=False, multiline=False, match_type='search'",
  apply: (value: Value, pattern: Value, ignorecase: Value, multiline: Value, how: Value) =>
    found(value, pattern, ignorecase, multiline, how),
})

const operators: Record<string, (order: number) => boolean> = {
  '==': order => order === 0,
  '=': order => order === 0,
  eq: order => order === 0,
  '<': order => order < 0,
  lt: order => order < 0,
  '<=': order => order <= 0,
  le: order => order <= 0,
  '>': order => order > 0,
  gt: order => order > 0,
  '>=': order => order >= 0,
  ge: order => order >= 0,
  '!=': order => order !== 0,
  '<>': order => order !== 0,
  ne: order => order !== 0,
}

export const version = defineTest({
  summary: 'How two versions compare: loose, strict, semver or pep440',
  examples: [
    ["{{ '1.10' is version('1.9', '>') }}", true],
    ["{{ '1.2.3-beta' is version('1.2.3', '<', version_type='semver') }}", true],
    [
      "{{ '1.0a' is version('1.0', '<', strict=true) }}",
      { error: "Version comparison failed: invalid version number '1.0a'" },
    ],
  ],
  signature: "version, operator='eq', strict=None, version_type=None",
  apply: (value: Value, other: Value, operator: Value, strict: Value, type: Value) => {
    const bad = (message: string) => new Diagnostic(message, { code: 'filter-argument' })
    if (strict !== null && truthy(type ?? false)) throw bad("Cannot specify both 'strict' and 'version_type'")
    if (!truthy(value)) throw bad('Input version value cannot be empty')
    if (!truthy(other)) throw bad('Version parameter to compare against cannot be empty')
    const kind = truthy(type ?? false) ? pyStr(type) : truthy(strict ?? false) ? 'strict' : 'loose'
    const order = versionOrders[kind]
    if (!order)
      throw bad(`Invalid version type (${kind}). Must be one of 'loose', 'strict', 'semver', 'semantic', 'pep440'`)
    const holds = operators[pyStr(operator)]
    if (!holds)
      throw bad(
        `Invalid operator type (${pyStr(operator)}). Must be one of ${Object.keys(operators).map(pyRepr).join(', ')}`,
      )
    try {
      return holds(order(pyStr(value), pyStr(other)))
    } catch (error) {
      if (error instanceof PyError) throw bad(`Version comparison failed: ${error.message}`)
      throw error
    }
  },
})

export const vaultEncrypted = defineTest({
  summary: 'Is it encrypted by a vault',
  examples: [["{{ 'x' | vault('key', wrap_object=true) is vault_encrypted }}", true]],
  kept: true,
  apply: (value: Value) => value instanceof VaultString,
})

function schemeOf(value: Value, schemes: Value): Map<string, Value> | undefined {
  // Python's urlparse takes anything that is empty for an empty address.
  if (typeof value !== 'string' && truthy(value)) return undefined
  try {
    const parts = urlParts(typeof value === 'string' ? value : '')
    return schemes === null || !truthy(schemes) || (schemes as Value[]).includes(parts.get('scheme')!)
      ? parts
      : undefined
  } catch {
    return undefined
  }
}

export const uri = defineTest({
  summary: 'Is it a URI, perhaps of one of these schemes',
  examples: [["{{ 'mailto:a@b' is uri(['http']) }}", false]],
  signature: 'schemes=None',
  apply: (value: Value, schemes: Value) => schemeOf(value, schemes) !== undefined,
})

export const url = defineTest({
  summary: 'Is it an address with a host, perhaps of one of these schemes',
  examples: [
    ["{{ 'http://a/' is url }}", true],
    ["{{ 'mailto:a@b' is url }}", false],
  ],
  signature: 'schemes=None',
  apply: (value: Value, schemes: Value) => {
    const parts = schemeOf(value, schemes)
    return parts !== undefined && parts.get('netloc') !== ''
  },
})

export const urn = defineTest({
  summary: 'Is it a URN',
  examples: [["{{ 'urn:isbn:1' is urn }}", true]],
  apply: (value: Value) => schemeOf(value, ['urn']) !== undefined,
})
