import { describe, expect, it } from 'vitest'
import { Diagnostic, formatDiagnostic } from '../diagnostics.js'
import { PyDate, PyDateTime } from '../python/datetime.js'
import { PySet } from '../python/set.js'
import { isDict, isList, PyFloat, Tuple, type Value } from '../python/values.js'
import libyamlCases from './libyaml-cases.json' with { type: 'json' }
import { loadYaml } from './load.js'
import { keyPosition, valuePosition } from './positions.js'
import { TemplateString, VaultString } from './trust.js'

/** The notation of the recorded cases. */
function canonical(value: Value): string {
  if (value === null) return 'N'
  if (typeof value === 'boolean') return value ? 'T' : 'F'
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) return `i${value}`
  if (typeof value === 'number') return hex(value)
  if (value instanceof PyFloat) return hex(value.value)
  if (typeof value === 'string') return `s${Buffer.byteLength(value)}:${value}`
  if (value instanceof TemplateString) return canonical(value.text)
  if (value instanceof VaultString) return `V${value.ciphertext}`
  if (value instanceof PyDate || value instanceof PyDateTime) return `D${value.isoformat()}`
  if (value instanceof PySet) return `S${[...value.items].map(String).sort().join(',')}`
  if (value instanceof Tuple) return `(${value.map(item => `${canonical(item)},`).join('')})`
  if (isList(value)) return `[${value.map(item => `${canonical(item)},`).join('')}]`
  if (isDict(value)) return `{${[...value].map(([key, item]) => `${canonical(key)}=${canonical(item)},`).join('')}}`
  throw new Error(`unexpected ${value.typeName}`)
}

/** Each mapping merges the one before it twice. */
function doubling(count: number): string {
  const name = (index: number) => (index === 0 ? 'a' : `m${index}`)
  return Array.from({ length: count }, (_, index) => {
    const before = `*${name(index)}`
    return `${name(index + 1)}: &${name(index + 1)}\n  <<: [${before}, ${before}]\n`
  }).join('')
}

function hex(value: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return `f${bytes.toString('hex')}`
}

const load = (text: string, warn?: (message: string) => void) => loadYaml(text, { file: 'x.yml', trusted: true, warn })
const value = (text: string) => (load(`k: ${text}\n`) as Map<Value, Value>).get('k')
const failure = (text: string): Diagnostic => {
  try {
    load(text)
  } catch (error) {
    if (error instanceof Diagnostic) return error
    throw error
  }
  throw new Error('loaded without an error')
}

describe('scalars of YAML 1.1', () => {
  const cases: [string, Value][] = [
    ['yes', true],
    ['Off', false],
    ['yEs', 'yEs'],
    ['y', 'y'],
    ['~', null],
    ['', null],
    ['NULL', null],
    ['012', 10],
    ['08', '08'],
    ['0o17', '0o17'],
    ['0x1f', 31],
    ['0b101', 5],
    ['1_000', 1000],
    ['1:30', 90],
    ['-1:30', -90],
    ['22:60', '22:60'],
    ['1e3', '1e3'],
    ['1.0e+3', new PyFloat(1000)],
    ['1.', new PyFloat(1)],
    ['1.5', 1.5],
    ['.inf', Number.POSITIVE_INFINITY],
    ['99999999999999999999', 99999999999999999999n],
    ['2001-12-14', new PyDate(2001, 12, 14)],
    ['2001-12-14T21:59:43.10-05:00', new PyDateTime(2001, 12, 14, 21, 59, 43, 100000, -300)],
    ['"yes"', 'yes'],
    ['!!str 12', '12'],
    ['!!int "12"', 12],
    ['1.2.3', '1.2.3'],
  ]
  it.each(cases)('reads %s', (text, expected) => {
    expect(value(text)).toEqual(expected)
  })
})

describe('text', () => {
  it('becomes a template with its position when it holds a delimiter', () => {
    const made = value('"{{ x }}"')
    expect(made).toBeInstanceOf(TemplateString)
    expect((made as TemplateString).at).toEqual({ file: 'x.yml', line: 1, column: 4 })
  })
  it('stays data under !unsafe, deeply', () => {
    expect(value('!unsafe ["{{ x }}"]')).toEqual(['{{ x }}'])
  })
  it('is decrypted only when a vault value is used', () => {
    const made = value('!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3030') as VaultString
    expect(made).toBeInstanceOf(VaultString)
    expect(() => made.plain).toThrow('no vault secrets')
  })
})

describe('collections', () => {
  it('keeps integer keys and order', () => {
    expect([...(load('b: 1\n2: x\na: 3') as Map<Value, Value>).keys()]).toEqual(['b', 2, 'a'])
  })
  it('puts merged keys first and lets written ones win', () => {
    const made = load('b: &b {a: 1, z: 2}\nx:\n  c: 3\n  <<: *b\n  a: 5\n') as Map<Value, Value>
    expect([...(made.get('x') as Map<Value, Value>)]).toEqual([
      ['a', 5],
      ['z', 2],
      ['c', 3],
    ])
  })
  it('warns about duplicate keys and takes the last', () => {
    const warnings: string[] = []
    expect(load('a: 1\na: 2', text => warnings.push(text))).toEqual(new Map([['a', 2]]))
    expect(warnings).toEqual([
      'While constructing a mapping from x.yml, line 1, column 1, found a duplicate dict key (a). Using last defined value only.',
    ])
  })
  it('lets a container hold itself', () => {
    const made = load('&a [1, *a]') as Value[]
    expect(made[1]).toBe(made)
  })
  it('remembers where keys and values were written', () => {
    const made = load('a:\n  - b: 1\n    c: 2\n') as Map<Value, Value>
    const item = (made.get('a') as Value[])[0]
    expect(keyPosition(item, 'c')).toEqual({ file: 'x.yml', line: 3, column: 5 })
    expect(valuePosition(item, 'c')).toEqual({ file: 'x.yml', line: 3, column: 8 })
  })
})

describe('libyaml', () => {
  // Texts made by mutation, with what PyYAML's CSafeLoader 6.0 says (a canonical form, or ERR).
  it.each(libyamlCases as [string, string][])('%j', (text, expected) => {
    let got: string
    try {
      got = canonical(load(text))
    } catch (error) {
      if (!(error instanceof Diagnostic)) throw error
      got = 'ERR'
    }
    expect(got).toBe(expected)
  })
})

describe('mistakes', () => {
  it('says of a JSON file what is wrong with it as JSON, too', () => {
    const read = (file: string) => {
      try {
        loadYaml('{ }}', { file, trusted: true })
      } catch (error) {
        return (error as Diagnostic).hint
      }
    }
    expect(read('vars.json')).toContain('JSON: Extra data: line 1 column 4 (char 3)')
    expect(read('vars.yml') ?? '').not.toContain('JSON')
  })

  it('shows how to write a task whose module stands left of its name', () => {
    const text = '- hosts: all\n  tasks:\n    - name: Retrieve list\n     shell: openstack list\n     register: x\n'
    const problem = failure(text)
    expect(problem.at).toEqual({ file: 'x.yml', line: 4, column: 6 })
    expect(formatDiagnostic(problem, { readFile: () => text })).toMatchInlineSnapshot(`
      "ERROR! Syntax Error while loading YAML. 'shell' must stand under 'name'
        x.yml:4:6

        2 |   tasks:
        3 |     - name: Retrieve list
        4 |      shell: openstack list
          |      ^
        5 |      register: x

      hint: 'shell' begins in column 6, but 'name' in line 3 begins in column 7: keys of one item must begin in the same column. Write:
            - name: Retrieve list
              shell: openstack list
              register: x"
    `)
  })
  it('asks for quotes around a template that begins a value', () => {
    const problem = failure('a: 1\nb: {{ foo }}/x # why\n')
    expect(problem.at).toEqual({ file: 'x.yml', line: 2, column: 4 })
    expect(problem.hint).toContain('b: "{{ foo }}/x"')
  })
  it('points at a tab', () => {
    expect(failure('a:\n\tb: 1\n').at).toEqual({ file: 'x.yml', line: 2, column: 1 })
  })
  it('points at a second colon in a value', () => {
    const problem = failure('- name: a: b\n')
    expect(problem.at).toEqual({ file: 'x.yml', line: 1, column: 10 })
    expect(problem.hint).toContain('- name: "a: b"')
  })
  it('points at the quote that is never closed', () => {
    expect(failure('a: "foo\nb: 1\n').at).toEqual({ file: 'x.yml', line: 1, column: 4 })
  })
  it.each([
    [
      '- copy: src=a dest=b\n    mode: 1\n',
      2,
      5,
      "'mode' must stand under 'copy'",
      '- copy: src=a dest=b\n    mode: 1',
    ],
    ['- hosts: all\n  vars:\n    a: 1\n   b: 2\n', 4, 4, 'same column', 'begins in column 4'],
    ['- when: "foo" in bar\n', 1, 14, 'after a closing quote', `when: '"foo" in bar'`],
    ['a: [1, 2\nb: 3\n', 1, 4, 'a [ is never closed', 'Add the ]'],
    ['a:b\nc: d\n', 1, 1, "could not find expected ':'", 'a: b'],
    ['a: - b\n', 1, 4, 'a list cannot begin on the line of its key', 'a:\n    - b'],
    ['a: @x\n', 1, 4, 'reserved character', 'a: "@x"'],
    ['- debug: msg="a: b"\n', 1, 16, 'second ": "', `- debug: 'msg="a: b"'`],
  ])('explains %j', (text, line, column, message, hint) => {
    const problem = failure(text)
    expect(problem.at).toEqual({ file: 'x.yml', line, column })
    expect(problem.message).toContain(message)
    expect(problem.hint).toContain(hint)
  })
  it.each([
    ['deep brackets', '['.repeat(20000)],
    ['deep lists', `${'- '.repeat(5000)}x`],
    ['merges that double', `a: &a {k: 1}\n${doubling(26)}`],
    ['long blanks', `a: "${' '.repeat(100_000)}x\n y"`],
  ])('reads or refuses %s, and does not hang', (_, text) => {
    try {
      load(text)
    } catch (error) {
      expect(error).toBeInstanceOf(Diagnostic)
    }
  })
  it('refuses a second document and unknown tags', () => {
    expect(failure('a: 1\n---\nb: 2\n').message).toContain('single document')
    expect(failure('a: !foo 1').message).toContain("could not determine a constructor for the tag '!foo'")
  })
})
