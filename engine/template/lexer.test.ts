import { expect, it } from 'vitest'
import { Diagnostic } from '../diagnostics.js'
import { TemplateString } from '../yaml/trust.js'
import { createTemplar } from './create.js'
import { FILE_SYNTAX } from './environment.js'
import { lex, TemplateSyntaxError } from './lexer.js'

const PIECES = [
  '{{', '}}', '{%', '%}', '{#', '#}', '-', '+', '~', '|', '(', ')', '[', ']', '{', '}', ',', ':', '.', '..', "'", '"', '\\', '\n', ' ', 'if', 'else', 'endif', 'for', 'in', 'endfor',
  'set', 'raw', 'endraw', 'macro', 'endmacro', 'is', 'not', 'and', 'x', 'defined', '1', '2.5', '0x', '1e', '_', 'é', '😀', '\u0000', '\ud800', 'upper', '=', '==', '*', '**', '%', '//', 'block', 'endblock', 'extends',
  'include', 'filter', 'call', 'do', 'with', 'namespace', 'loop', '#jinja2: a', 'none',
] // biome-ignore format: a list

/** A small generator with a seed, so that a failure can be repeated. */
function generator(seed: number) {
  let state = seed
  return (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state % limit
  }
}

it('gives a diagnostic with a place for any text that it cannot read', () => {
  const pick = generator(7)
  const templar = createTemplar({ readFile: () => Buffer.from(''), environ: {}, setting: () => undefined, warn() {} })
  const scope = { get: () => undefined, names: () => [], searchPath: [] }
  for (let round = 0; round < 6000; round++) {
    const text = Array.from({ length: 1 + pick(14) }, () => PIECES[pick(PIECES.length)]).join(pick(3) === 0 ? ' ' : '')
    const inside = pick(2) === 0 ? `{{ ${text} }}` : text
    try {
      templar.renderNow(new TemplateString(inside, { file: 'f', line: 1, column: 1 }), scope)
    } catch (error) {
      if (!(error instanceof Diagnostic))
        throw new Error(`${JSON.stringify(inside)}: ${error instanceof Error ? error.stack : error}`)
      if (error instanceof TemplateSyntaxError) expect(error.at, inside).toBeDefined()
    }
  }
})

it('counts lines and columns', () => {
  const tokens = lex('a\n  {{ b\n  .c }}', FILE_SYNTAX)
  expect(tokens.map(token => [token.type, token.lineno, token.colno])).toEqual([
    ['data', 0, 0],
    ['variable-start', 1, 2],
    ['symbol', 1, 5],
    ['operator', 2, 2],
    ['symbol', 2, 3],
    ['variable-end', 2, 5],
  ])
})

it('takes a name whole, whatever follows it', () => {
  const symbols = (text: string) =>
    lex(text, FILE_SYNTAX)
      .filter(token => token.type === 'symbol')
      .map(token => token.value)
  // A blank that does not break lines is a blank; a letter beyond ASCII belongs to the name.
  expect(symbols('{{ item\u00a0}} {{ some_name2\u00a0}}')).toEqual(['item', 'some_name2'])
  expect(symbols('{{ namé }} {{ été }}')).toEqual(['namé', 'été'])
})

it('reads line statements and line comments when they are asked for', () => {
  const syntax = { ...FILE_SYNTAX, line_statement_prefix: '%', line_comment_prefix: '##' }
  const tokens = lex('% if true\nx ## note\n% endif\n', syntax)
  expect(tokens.map(token => token.value)).toEqual(['', 'if', 'true', '', 'x', '\n', '', 'endif', ''])
})

it('stops at expressions that nest without end', () => {
  const deep = `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`
  const templar = createTemplar({ readFile: () => Buffer.from(''), environ: {}, setting: () => undefined, warn() {} })
  expect(() =>
    templar.renderNow(new TemplateString(deep), { get: () => undefined, names: () => [], searchPath: [] }),
  ).toThrow(Diagnostic)
})
