/** Is this keyword allowed here, and is its value of the right kind? Templates are taken on trust until they are rendered. */
import { didYouMean, type SourceRange } from '../diagnostics.js'
import { type Dict, isDict, isList, PyFloat, PyObject, type Value } from '../python/values.js'
import { keyPosition, positionOf, valuePosition } from '../yaml/positions.js'
import { TemplateString } from '../yaml/trust.js'
import { textOf } from './freeform.js'
import {
  ignoredSpellings,
  type Keyword,
  keywords,
  keywordsOf,
  oldSpellings,
  type Place,
  removedSpellings,
} from './keywords.js'
import type { Loading } from './loading.js'

/** Ansible's names for what carries keywords, as its messages spell them. */
export const placeNames: Record<Place, string> = {
  play: 'Play',
  role: 'RoleInclude',
  block: 'Block',
  task: 'Task',
  handler: 'Handler',
  include: 'TaskInclude',
  loop_control: 'LoopControl',
}

/** Where the value of `key` was written, as well as is known. */
export const placeOfValue = (dict: Dict, key: Value): SourceRange | undefined =>
  valuePosition(dict, key) ?? keyPosition(dict, key) ?? positionOf(dict)

/** What Python would call a value's type, in the short words of messages. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType'
  if (value instanceof PyObject) return value.typeName
  if (isDict(value)) return 'dict'
  if (isList(value)) return 'list'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'number' && !Number.isInteger(value) ? 'float' : 'int'
}

/** The error for a key that is no keyword at `place`. */
export function invalidAttribute(
  loading: Loading,
  key: Value,
  place: Place,
  dict: Dict,
  name = placeNames[place],
): void {
  const text = typeof key === 'string' ? key : String(key)
  const allowed = keywordsOf(place)
  const elsewhere = keywords.get(text)
  const near = didYouMean(text, allowed)
  loading.problem(`'${text}' is not a valid attribute for a ${name}`, {
    code: 'unknown-keyword',
    at: keyPosition(dict, key) ?? positionOf(dict),
    hint:
      removedSpellings.get(text) ??
      (elsewhere && !allowed.has(text)
        ? `'${text}' is a keyword of ${elsewhere.places.map(other => placeNames[other]).join(', ')}.`
        : near && `Did you mean '${near}'?`),
  })
}

/**
 * Takes an old spelling's meaning into `into`. True when the key was one.
 * `sudo: yes` is `become: yes`; `su: yes` also says by which method.
 */
export function takeOldSpelling(
  loading: Loading,
  key: string,
  value: Value,
  place: Place,
  into: Map<string, Value>,
): boolean {
  if (ignoredSpellings.get(key)?.includes(place)) {
    loading.deprecated(`'${key}' has no meaning any more and is ignored.`)
    return true
  }
  const old = oldSpellings.get(key)
  if (!old?.places.includes(place)) return false
  if (!into.has(old.now)) into.set(old.now, value)
  if (key.startsWith('su') && !key.startsWith('sudo') && !into.has('become_method')) into.set('become_method', 'su')
  if (key !== 'user') loading.deprecated(`'${key}' is an old spelling; write '${old.now}'.`)
  return true
}

const booleans = new Set(['yes', 'no', 'on', 'off', 'true', 'false', 'y', 'n', 't', 'f', '1', '0', '1.0', '0.0'])
const isTemplate = (value: Value): boolean => value instanceof TemplateString

/** Checks a keyword's literal value; pushes a problem that says what is wrong. */
export function checkValue(
  loading: Loading,
  keyword: Keyword,
  value: Value,
  dict: Dict,
  key: Value = keyword.name,
): void {
  if (value === null || isTemplate(value)) return
  const at = placeOfValue(dict, key)
  if (keyword.name === 'collections') {
    const wrong = wrongItem('collections', value)
    if (wrong) loading.problem(wrong, { code: 'keyword-type', at })
    return
  }
  if (keyword.type !== 'string') {
    // Ansible notices such a value when the task runs, and playbooks may expect that: here it is said at once, too.
    const wrong = wrongScalar(keyword, value)
    if (wrong) loading.warn(wrong + (at ? ` (${at.file}:${at.line}:${at.column})` : ''))
    return
  }
  if (isDict(value) || isList(value)) {
    loading.problem(
      `The field '${keyword.name}' is supposed to be a string type, however the incoming data structure is a ${typeName(value)}`,
      { code: 'keyword-type', at },
    )
  } else if (keyword.choices && typeof value === 'string' && !keyword.choices.includes(value)) {
    const near = didYouMean(value, keyword.choices)
    loading.problem(
      `'${value}' is not a valid value for ${keyword.name}. Must be one of ${keyword.choices.join(', ')}`,
      {
        code: 'keyword-value',
        at,
        hint: near && `Did you mean '${near}'?`,
      },
    )
  }
}

/** What is wrong with a value that should be a bool, a number or a percentage. */
export function wrongScalar({ name, type }: Keyword, value: Value): string | undefined {
  const wrong = (what: string, why: string) =>
    `the field '${name}' has an invalid value (${shown(value)}), and could not be converted to ${what}. The error was: ${why}`
  switch (type) {
    case 'bool': {
      const text = typeof value === 'string' ? value.toLowerCase().trim() : String(scalar(value))
      if (typeof value === 'boolean' || (booleans.has(text) && !isList(value))) return undefined
      return wrong(
        'an bool',
        `The value '${shown(value)}' is not a valid boolean.  Valid booleans include: 0, 1, '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'`,
      )
    }
    case 'int':
    case 'float': {
      const number = scalar(value)
      const fine =
        typeof number === 'number' ||
        typeof number === 'bigint' ||
        typeof number === 'boolean' ||
        (typeof number === 'string' &&
          (type === 'int' ? /^\s*[-+]?\d+\s*$/ : /^\s*[-+]?[\d.]+(e[-+]?\d+)?\s*$/i).test(number))
      if (fine) return undefined
      const literal =
        typeof value === 'string'
          ? `invalid literal for int() with base 10: '${value}'`
          : `${typeName(value)} is not a number`
      return wrong(type === 'int' ? 'an int' : 'a float', literal)
    }
    case 'percent': {
      const number = typeof value === 'string' ? value.replace('%', '') : scalar(value)
      const fine = !Number.isNaN(Number(number)) && number !== '' && !isDict(value) && !isList(value)
      return fine ? undefined : wrong('an percent', `could not convert string to float: '${shown(value)}'`)
    }
    default:
      return undefined
  }
}

/** What is wrong with a value that should be a list of texts; one text is a list, too. */
export function wrongItem(name: string, value: Value): string | undefined {
  const items = isList(value) ? value : [value]
  const wrong = items.find(item => typeof item !== 'string' && !isTemplate(item))
  if (wrong === undefined) return undefined
  return `the field '${name}' should be a list of (<class 'str'>,), but the item '${shown(wrong)}' is a <class '${typeName(wrong)}'>`
}

/** Nothing in it: where Ansible expects a list or a dict, either will do then. */
export const isEmpty = (value: Value): boolean =>
  value === null || value === '' || (isList(value) && value.length === 0) || (isDict(value) && value.size === 0)

const scalar = (value: Value): unknown => (value instanceof PyFloat ? value.value : value)

const shown = (value: Value): string =>
  textOf(value) ??
  (value instanceof PyFloat ? `${value.value}` : isDict(value) || isList(value) ? typeName(value) : String(value))

const identifier = /^[A-Za-z_]\w*$/
const pythonWords = new Set(
  `False None True and as assert async await break class continue def del elif else except finally for from global if import in is
  lambda nonlocal not or pass raise return try while with yield`.split(/\s+/),
)

export const isIdentifier = (name: Value): name is string =>
  typeof name === 'string' && identifier.test(name) && !pythonWords.has(name)

/** `vars:` of any level: a dict, or (old) a list of dicts. */
export function varsFrom(loading: Loading, value: Value | undefined, holder: Dict, name: string): Dict {
  if (value === undefined || value === null) return new Map()
  const parts = isList(value) ? value : [value]
  if (!parts.every(isDict)) {
    loading.problem(`Vars in a ${name} must be specified as a dictionary, or a list of dictionaries`, {
      code: 'vars-type',
      at: placeOfValue(holder, 'vars'),
    })
    return new Map()
  }
  for (const part of parts) for (const key of part.keys()) checkVariableName(loading, key, part, name)
  if (parts.length === 1) return parts[0]!
  const all: Dict = new Map()
  for (const part of parts) for (const [key, one] of part) all.set(key, one)
  return all
}

function checkVariableName(loading: Loading, key: Value, dict: Dict, name: string): void {
  if (isIdentifier(key)) return
  loading.problem(
    `Invalid variable name in vars specified for ${name}: '${String(key)}' is not a valid variable name`,
    {
      code: 'variable-name',
      at: keyPosition(dict, key) ?? positionOf(dict),
      hint: 'A name is letters, digits and underscores, does not begin with a digit and is no word of Python.',
    },
  )
}

/** `tags:` must be text or a list of texts. */
export function checkTags(loading: Loading, value: Value | undefined, dict: Dict): void {
  if (value === undefined || isTemplate(value) || typeof value === 'string') return
  if (isList(value)) {
    const bad = value.findIndex(tag => isDict(tag) || isList(tag))
    if (bad === -1) return
    loading.problem(
      `the field 'tags' should be a list of (<class 'str'>, <class 'int'>), but the item '${shown(value[bad]!)}' is a ${typeName(value[bad]!)}`,
      { code: 'keyword-type', at: valuePosition(value, bad) ?? placeOfValue(dict, 'tags') },
    )
    return
  }
  loading.problem('tags must be specified as a list', { code: 'tags-type', at: placeOfValue(dict, 'tags') })
}
