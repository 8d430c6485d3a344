import { expect, it } from 'vitest'
import { Diagnostic } from '../diagnostics.js'
import type { Value } from '../python/values.js'
import { TemplateString } from '../yaml/trust.js'
import { createTemplar } from './create.js'
import { Pending } from './pending.js'
import type { Scope } from './scope.js'

const templar = createTemplar({
  readFile(path) {
    throw Object.assign(new Error(path), { code: 'ENOENT' })
  },
  environ: {},
  setting: () => undefined,
  warn() {},
})
const vars = new Map<string, Value>([
  ['s', 'text'],
  ['l', [1, 'two']],
  ['d', new Map<Value, Value>([['k', 'v']])],
  ['n', 3],
  ['f', 1.5],
  ['t', new TemplateString('{{ s }}')],
])
const scope: Scope = { get: name => vars.get(name), names: () => vars.keys(), searchPath: [] }
const NAMES = [
  'constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'Symbol', '__class__', '__mro__', '__globals__', '__subclasses__',
  '__init__', 'call', 'apply', 'bind', 'caller', 'arguments', 'length', 'size', 'then', 'concat', 'entries', 'forEach', 'run', 'evaluation', 'host', 'self',
  'instance', 'frame', 'engine', 'state', 'process', 'globalThis', 'require', 'text', 'plain', 'decrypt', 'ciphertext', 'repr', 'str', 'truth', 'typeName', 'value',
] // biome-ignore format: a list
const BASES = [
  "''",
  's',
  'l',
  'd',
  'n',
  'f',
  't',
  'none',
  'true',
  '(1,)',
  'range',
  'lookup',
  'dict',
  'namespace()',
  "cycler('a')",
  'joiner()',
  's.upper',
  'd.items',
  'omit',
  'undef()',
  'now()',
  'range(2)',
  'm',
  'loop',
  'self',
  'caller',
  'super',
  'varargs',
  'nosuch',
]

/** Everything a template may hold is a Python value; a JS function or object would show as something else. */
function isValue(value: unknown): boolean {
  if (value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return true
  if (Array.isArray(value)) return value.every(isValue)
  if (value instanceof Map) return [...value].flat().every(isValue)
  return typeof value === 'object' && value !== null && 'typeName' in value
}

it('reaches no JavaScript object by attribute, item, filter or call', () => {
  for (const base of BASES) {
    for (const name of NAMES) {
      for (const form of [
        `${base}.${name}`,
        `${base}['${name}']`,
        `${base} | attr('${name}')`,
        `[${base}] | map(attribute='${name}') | list`,
        `'{0.${name}}'.format(${base})`,
        `'%(${name})s' % {'x': ${base}}`,
        `${base}.${name}.${name}`,
        `${base}.${name}('return process')()`,
      ]) {
        const text = `{% macro m() %}x{% endmacro %}{% for i in [1] %}{{ ${form} }}{% endfor %}`
        for (const template of [text, `{{ ${form} }}`]) {
          let value: unknown
          try {
            value = templar.renderNow(new TemplateString(template), scope)
          } catch (error) {
            if (!(error instanceof Diagnostic) && !(error instanceof Pending))
              throw new Error(`${template}: ${String(error)}`)
            continue
          }
          if (!isValue(value)) throw new Error(`${template} reached ${String(value)}`)
          const shown = String(value)
          if (/native code|\[object|function \(|=>|process\b/.test(shown) && !form.includes("'{0."))
            throw new Error(`${template} shows ${shown}`)
        }
      }
    }
  }
})

it('does not reach the global scope by name', () => {
  for (const name of [
    'process',
    'globalThis',
    'require',
    'Object',
    'Function',
    'console',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
  ]) {
    expect(templar.renderNow(new TemplateString(`{{ ${name} is defined }}`), scope), name).toBe(false)
    for (const kind of ['filter', 'test']) {
      const text = kind === 'filter' ? `{{ 1 | ${name} }}` : `{{ 1 is ${name} }}`
      expect(() => templar.renderNow(new TemplateString(text), scope), text).toThrow(/No (filter|test) named/)
    }
  }
})

it('leaves prototypes alone', () => {
  templar.renderNow(
    new TemplateString(
      "{% set ns = namespace() %}{% set ns.__proto__ = 1 %}{% set d = {'__proto__': {'x': 1}} %}{{ dict(__proto__=1) }}{{ d | combine({'constructor': 1}) }}",
    ),
    scope,
  )
  expect(({} as { x?: number }).x).toBeUndefined()
  expect(Object.prototype.constructor).toBe(Object)
})
