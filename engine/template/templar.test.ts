import { describe, expect, it, test } from 'vitest'
import { Diagnostic } from '../diagnostics.js'
import { UndeterminedCondition, Unknown } from '../python/unknown.js'
import { fromJson, type Value } from '../python/values.js'
import { TemplateString, trusted, VaultString } from '../yaml/trust.js'
import { createEngine, createTemplar, templarOf } from './create.js'
import { defineFilter, defineLookup, type Lookup } from './define.js'
import { LazyDict } from './lazy-dict.js'
import { OMIT } from './omit.js'
import type { Scope } from './scope.js'
import type { TemplarHost } from './templar.js'

const warnings: string[] = []
const host: TemplarHost = {
  readFile(path) {
    throw Object.assign(new Error(path), { code: 'ENOENT' })
  },
  environ: {},
  setting: () => undefined,
  warn: message => void warnings.push(message),
}

/** Templates in plain data, as a vars file would have them. */
function written(data: unknown): Value {
  if (typeof data === 'string') return trusted(data)
  if (Array.isArray(data)) return data.map(written)
  if (data instanceof Object && Object.getPrototypeOf(data) === Object.prototype) {
    return new Map(Object.entries(data).map(([key, value]) => [key, written(value)]))
  }
  return data as Value
}

function scopeOf(vars: { [name: string]: unknown }, searchPath: string[] = []): Scope {
  const values = new Map(Object.entries(vars).map(([name, value]) => [name, written(value)]))
  return { get: name => values.get(name), names: () => values.keys(), searchPath }
}

const templar = createTemplar(host)
const at = { file: 'play.yml', line: 7, column: 10 }
const render = (text: string, vars: { [name: string]: unknown } = {}) =>
  templar.renderNow(new TemplateString(text, at), scopeOf(vars))
function failure(work: () => unknown): Diagnostic {
  try {
    work()
  } catch (error) {
    if (error instanceof Diagnostic) return error
    throw error
  }
  throw new Error('did not fail')
}

describe('lazy variables', () => {
  it('render only what is looked at', () => {
    expect(render('{{ d.ok }}', { d: { ok: 1, bad: '{{ nosuch }}' } })).toBe(1)
    expect(render('{{ l[0] }}', { l: ['a', '{{ nosuch }}'] })).toBe('a')
    expect(render('{% for x in l %}{{ x.ok }}{% endfor %}', { l: [{ ok: 'k', bad: '{{ nosuch }}' }] })).toBe('k')
    expect(render('{{ alias.ok }}', { alias: '{{ d }}', d: { ok: 1, bad: '{{ nosuch }}' } })).toBe(1)
    expect(render('{{ d.bad is defined }}', { d: { bad: '{{ nosuch }}' } })).toBe(false)
  })
  it('keep their type when they are written as a block, whose last newline Jinja takes away', () => {
    expect(render('{{ t }}\n', { t: true })).toBe(true)
    expect(render('{{ n }}\n', { n: 3 })).toBe(3)
    expect(render('{{ n }}\n', { n: null })).toBe(null)
    expect(render('{% if t %}{{ t }}{% endif %}\n', { t: true })).toBe(true)
    expect(render('{{ s }}\n', { s: 'a' })).toBe('a\n')
    expect(render('{{ n }}\n\n', { n: 3 })).toBe('3\n\n')
  })
  it('render through any number of variables', () => {
    expect(render('{{ a }}', { a: '{{ b }}', b: '{{ c.d }}', c: { d: ['{{ e }}'] }, e: 5 })).toEqual([5])
  })
  it('that are undefined cannot be asked what they are when the whole variable is used', () => {
    const d = { a: '{{ nosuch }}', b: { x: 1 } }
    const kept = (test: string) => `{{ d | dict2items | ${test} | map(attribute='key') | list }}`
    expect(() => render(kept("rejectattr('value', 'mapping')"), { d })).toThrow("'nosuch' is undefined")
    expect(() => render("{{ d.values() | select('string') | list }}", { d })).toThrow("'nosuch' is undefined")
    expect(render(kept("selectattr('value', 'defined')"), { d })).toEqual(['b'])
    expect(render('{{ d.a is mapping }}', { d })).toBe(false)
  })

  it('name the whole way to what is undefined', () => {
    const error = failure(() => render('{{ url }}', { url: 'http://{{ base }}/', base: '{{ hsot }}', host: 1 }))
    expect(error.message).toBe("'hsot' is undefined")
    expect(error.hint).toContain("in 'url' -> 'base'")
    expect(error.hint).toContain("did you mean 'host'?")
    expect(error.at).toEqual(at.line === 7 ? { file: 'play.yml', line: 7, column: 13 } : undefined)
  })
  it('name a cycle', () => {
    const vars = { a: '{{ b }}', b: 'x{{ a }}' }
    expect(failure(() => render('{{ a }}', vars)).message).toContain('a -> b -> a')
    expect(failure(() => render('{{ a }}', { a: '{{ a }}' })).message).toContain('a -> a')
  })
  it('give Jinja functions and list methods their own copies', () => {
    const vars = { l: [1, 2] }
    const scope = scopeOf(vars)
    expect(templar.renderNow(new TemplateString('{% set _ = l.append(3) %}{{ l }}'), scope)).toEqual([1, 2, 3])
    expect(scope.get('l')).toEqual([1, 2])
  })
})

describe('trust', () => {
  it('never renders data', () => {
    const data = fromJson({ out: '{{ secret }}', list: ['{% x %}'] })
    const scope: Scope = { get: name => (name === 'r' ? data : undefined), names: () => ['r'], searchPath: [] }
    expect(templar.renderNow(new TemplateString('{{ r.out }}'), scope)).toBe('{{ secret }}')
    expect(templar.renderNow(new TemplateString("{{ r.list | join('') ~ r.out }}"), scope)).toBe('{% x %}{{ secret }}')
    expect(templar.renderNow(data, scope)).toEqual(data)
  })
  it('does not render what a template gives', () => {
    expect(render("{{ '{{ 1 }}' }}")).toBe('{{ 1 }}')
    expect(render('{{ a }}', { a: "{{ '{{' }} b {{ '}}' }}" })).toBe('{{ b }}')
  })
  it('decrypts a secret when it is used, and does not render it', () => {
    let opened = 0
    const secret = new VaultString('c', () => {
      opened++
      return '{{ x }}'
    })
    expect(render('{{ 1 }}', { secret })).toBe(1)
    expect(opened).toBe(0)
    expect(render('{{ secret }}!', { secret })).toBe('{{ x }}!')
    expect(opened).toBe(1)
  })
})

describe('results', () => {
  it('keep the type of a sole expression', () => {
    expect(render('{{ 1 }}')).toBe(1)
    expect(render("{{ '1' }}")).toBe('1')
    expect(render('{{ x }}', { x: null })).toBe(null)
    expect(render('{{ range(3) }}')).toEqual([0, 1, 2])
    expect(render("{{ '[1]' }}")).toBe('[1]')
  })
  it('are text for several parts, unless that reads as a list, dict or bool', () => {
    expect(render('{{ 1 }}{{ 2 }}')).toBe('12')
    expect(render('[{% for x in [1, 2] %}{{ x }},{% endfor %}]')).toEqual([1, 2])
    expect(render('{% if true %}True{% else %}False{% endif %}')).toBe(true)
    expect(render("{'a': {{ 1 }}}")).toEqual(new Map([['a', 1]]))
    expect(render('{{ none }}x')).toBe('x')
  })
  it('drop what is omitted, from dicts and lists', () => {
    expect(templar.renderNow(written({ a: '{{ omit }}', b: ['{{ x | default(omit) }}', 1] }), scopeOf({}))).toEqual(
      new Map<Value, Value>([['b', [1]]]),
    )
    expect(render('{{ nosuch | default(omit) }}')).toBe(OMIT)
  })
  it('leave containers without templates as they are', () => {
    const value = written({ a: [1, { b: 'x' }] })
    expect(templar.renderNow(value, scopeOf({}))).toBe(value)
  })
  it('keep newlines at the end of a block scalar', () => {
    expect(render('{{ a }}\n', { a: 'x' })).toBe('x\n')
    expect(render('{{ a }}\n', { a: [1] })).toEqual([1])
  })
})

describe('lazy dicts', () => {
  class Facts extends LazyDict {
    asked: string[] = []
    constructor(
      private readonly facts: Map<string, Value>,
      override readonly scope?: Scope,
    ) {
      super()
    }
    get(key: string) {
      this.asked.push(key)
      return this.facts.get(key)
    }
    keys() {
      return this.facts.keys()
    }
  }
  it('are asked only for what is used', () => {
    const facts = new Facts(new Map([['a', 1]]))
    expect(render("{{ f.a }}{{ f['a'] }}{{ f.get('b', 2) }}{{ f.b is defined }}{{ 'a' in f }}", { f: facts })).toBe(
      '112FalseTrue',
    )
    expect(facts.asked).not.toContain('c')
  })
  it("render against another host's variables", () => {
    const other = scopeOf({ name: 'h2', ip: '{{ name }}.example' })
    const hostvars = new Facts(new Map<string, Value>([['h2', new Facts(new Map([['ip', other.get('ip')!]]), other)]]))
    expect(render("{{ hostvars['h2'].ip }} {{ hostvars.h2['ip'] }}", { hostvars, name: 'h1' })).toBe(
      'h2.example h2.example',
    )
    expect(render("{{ ['h2'] | map('extract', hostvars, 'ip') | list }}", { hostvars })).toEqual(['h2.example'])
    expect(render('{{ hostvars.h2 | dict2items }}', { hostvars })).toEqual([
      new Map([
        ['key', 'ip'],
        ['value', 'h2.example'],
      ]),
    ])
  })
})

describe('what is not known', () => {
  const result = new Unknown('task one')
  it('is absorbed by operators, access, filters and calls', () => {
    for (const text of [
      '{{ r.rc }}',
      '{{ r.stdout | length + 1 }}',
      "{{ r['x'] ~ 'a' }}",
      '{{ r.rc == 0 }}',
      'a {{ r }} b',
      '{{ r.lines[0].strip() }}',
      '{{ v }}',
    ]) {
      const value = render(text, { r: result, v: '{{ r.stdout }}' })
      expect(value, text).toBeInstanceOf(Unknown)
      expect((value as Unknown).dependsOn).toBe('task one')
    }
    expect(render('{{ r is defined }}', { r: result })).toBeInstanceOf(Unknown)
  })
  it('makes a condition undetermined', async () => {
    await expect(templar.truth('r.rc == 0', scopeOf({ r: result }))).rejects.toThrow(UndeterminedCondition)
    await expect(templar.truth('false and r.rc == 0', scopeOf({ r: result }))).resolves.toBe(false)
  })
})

describe('conditions', () => {
  it('are bare expressions', async () => {
    expect(await templar.truth("a == 'x' and b is defined", scopeOf({ a: 'x', b: 1 }))).toBe(true)
    expect(await templar.truth(true, scopeOf({}))).toBe(true)
    expect(await templar.truth(['true', 'a'], scopeOf({ a: false }))).toBe(false)
    expect(await templar.truth('', scopeOf({}))).toBe(true)
  })
  it('that are not bool count by their truth, with a warning that names the line', async () => {
    warnings.length = 0
    expect(await templar.truth('s', scopeOf({ s: 'false' }), at)).toBe(true)
    expect(await templar.truth('l', scopeOf({ l: [] }), at)).toBe(false)
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toContain('play.yml:7')
  })
  it('with delimiters work, with a warning; text that comes out is a condition, without lookups', async () => {
    warnings.length = 0
    expect(await templar.truth(new TemplateString('{{ a }}'), scopeOf({ a: '{{ b == 1 }}', b: 1 }))).toBe(true)
    expect(await templar.truth(new TemplateString("'{{ a }}' == 'x'"), scopeOf({ a: 'x' }))).toBe(true)
    expect(await templar.truth(new TemplateString('{{ a }}'), scopeOf({ a: 'b == 2', b: 1 }))).toBe(false)
    expect(warnings[0]).toContain('jinja2 templating delimiters')
    await expect(templar.truth(new TemplateString('{{ a }}'), scopeOf({ a: "lookup('pipe', 'id')" }))).rejects.toThrow(
      /lookups are not allowed/,
    )
  })
  it('say which condition failed', async () => {
    await expect(templar.truth('nosuch == 1', scopeOf({}), at)).rejects.toThrow(
      "The conditional check 'nosuch == 1' failed. The error was: error while evaluating conditional (nosuch == 1): 'nosuch' is undefined",
    )
  })
})

describe('lookups that wait', () => {
  const engine = createEngine(host)
  const calls: string[] = []
  const slow = defineLookup({
    summary: 'waits',
    examples: [],
    run: async ({ terms }) => {
      calls.push(String(terms[0]))
      await Promise.resolve()
      if (terms[0] === 'bad') throw new Diagnostic('no such thing')
      return terms.map(term => `<${String(term)}>`)
    },
  })
  const opens = defineLookup({
    summary: 'opens variables',
    examples: [],
    run: ({ terms, context }) => terms.map(term => context.variable(String(term)) ?? null),
  })
  const own: { readonly [name: string]: Lookup } = { slow, opens }
  const withSlow = templarOf(Object.assign(engine, { lookup: (name: string) => own[name] }))

  it('suspend the render and run once each', async () => {
    const scope = scopeOf({ v: "{{ lookup('slow', 'v') }}" })
    const text = "{{ lookup('slow', 'a') }}{{ lookup('slow', 'b') }}{{ v }}{{ v }}{{ lookup('slow', 'a') }}"
    expect(await withSlow.render(new TemplateString(text), scope)).toBe('<a><b><v><v><a>')
    expect(calls).toEqual(['a', 'b', 'v', 'a'])
    expect(() => withSlow.renderNow(new TemplateString(text), scope)).toThrow(/no result yet/)
  })
  it('may stand in variables that another lookup opens', async () => {
    calls.length = 0
    const scope = scopeOf({ v: "{{ lookup('slow', 'v') }}", w: "{{ lookup('opens', 'v') }}{{ lookup('slow', 'w') }}" })
    const text =
      "{{ lookup('opens', 'v') }}{{ lookup('slow', 'a') }}{{ v }}{{ lookup('opens', 'w') }}{{ lookup('slow', 'z') }}"
    expect(await withSlow.render(new TemplateString(text), scope)).toBe('<v><a><v><v><w><z>')
    expect(calls).toEqual(['v', 'a', 'w', 'z'])
  })
  it('fail in a variable that another lookup opens', async () => {
    const scope = scopeOf({ v: "{{ lookup('slow', 'bad') }}" })
    const text = "{{ lookup('opens', 'v', errors='ignore') is none }}{{ lookup('slow', 'a') }}"
    expect(await withSlow.render(new TemplateString(text), scope)).toBe('True<a>')
  })
  it('fail where they are called', async () => {
    await expect(withSlow.render(new TemplateString("{{ lookup('slow', 'bad') }}"), scopeOf({}))).rejects.toThrow(
      'no such thing',
    )
    expect(await withSlow.render(new TemplateString("{{ lookup('slow', 'bad', errors='ignore') }}"), scopeOf({}))).toBe(
      null,
    )
    expect(await withSlow.render(new TemplateString("{{ q('slow', 'bad', errors='ignore') }}"), scopeOf({}))).toEqual(
      [],
    )
  })
})

describe('the registry', () => {
  it("takes filters in nunjucks' way and in ours, and tags", () => {
    const engine = createEngine(host)
    engine.environment.addFilter(
      'shout',
      (text: string, options?: { mark?: string }) => text.toUpperCase() + (options?.mark ?? '!'),
    )
    engine.addFilter('twice', defineFilter({ summary: 'twice', examples: [], apply: (value: string) => value + value }))
    engine.environment.addExtension('shouting', {
      tags: ['shouting'],
      parse(parser, nodes, _lexer) {
        parser.nextToken()
        parser.advanceAfterBlockEnd('shouting')
        const body = parser.parseUntilBlocks('endshouting')
        parser.advanceAfterBlockEnd()
        // biome-ignore lint/suspicious/noExplicitAny: nunjucks' own constructor
        return new (nodes as any).CallExtension('shouting', 'run', null, [body])
      },
      run: (_context: unknown, body: () => string) => body().toUpperCase(),
    })
    const own = templarOf(engine)
    const scope = scopeOf({ x: 'a' })
    expect(own.renderNow(new TemplateString("{{ x | shout }}{{ x | shout(mark='?') }}{{ x | twice }}"), scope)).toBe(
      'A!A?aa',
    )
    expect(own.renderNow(new TemplateString('{% shouting %}b{{ x }}{% endshouting %}'), scope)).toBe('BA')
  })
  it('says what was meant', () => {
    const error = failure(() => render('{{ 1 | joiin }}'))
    expect(error.message).toBe("No filter named 'joiin'.")
    expect(error.hint).toBe("did you mean 'join'?")
    expect(error.at).toEqual({ file: 'play.yml', line: 7, column: 17 })
  })
})

describe('a check before anything runs', () => {
  it('finds bad syntax and unknown filters and tests, and renders nothing', () => {
    expect(templar.check('{{ nosuch | upper }}', 'template')).toBeUndefined()
    expect(templar.check('{{ x | uper }}', 'template', at)?.message).toBe("No filter named 'uper'.")
    expect(templar.check('{% if x %}', 'template', at)?.at).toMatchObject({ file: 'play.yml', line: 7 })
    expect(templar.check('x is defned', 'expression')?.hint).toBe("did you mean 'defined'?")
    expect(templar.check('x ==', 'expression')).toBeInstanceOf(Diagnostic)
    expect(templar.check('x == 1', 'expression')).toBeUndefined()
  })
})

describe('places of errors', () => {
  it('are found in the text of a template file', async () => {
    const text = 'a\n{% if true %}\n  {{ 1 + "a" }}\n{% endif %}\n'
    await expect(templar.renderText(text, scopeOf({}), { file: 't.j2' })).rejects.toMatchObject({
      at: { file: 't.j2', line: 3, column: 8 },
    })
    await expect(templar.renderText('x\n{{ 1 +', scopeOf({}), { file: 't.j2' })).rejects.toMatchObject({
      at: { file: 't.j2', line: 2 },
    })
  })
})

describe('rows that filters make of lists', () => {
  it('are an error before memory ends when they cannot be held', () => {
    const many = Array.from({ length: 40 }, (_, item) => item)
    expect(() => render('{{ many | permutations }}', { many })).toThrow(
      '8.16e+47 combinations are more than can be held',
    )
    expect(() => render('{{ many | product(many, repeat=3) }}', { many })).toThrow('more than can be held')
    expect(render('{{ many[:3] | combinations(5) }}', { many })).toEqual([])
  })
})

test('a secret is known as one where a variable, or a member of one, holds it', () => {
  const secret = new VaultString('c', () => 'plain')
  const vars = { secret, kept: { in: [secret] }, other: 'x', name: 'in' }
  const told = [
    'secret is vault_encrypted',
    'kept.in[0] is vault_encrypted',
    "kept['in'][-1] is vault_encrypted",
    'kept[name][0] is vault_encrypted',
  ]
  for (const text of told) expect(render(`{{ ${text} }}`, vars), text).toBe(true)
  const not = ['other is vault_encrypted', 'kept is vault_encrypted', '(secret | upper) is vault_encrypted']
  for (const text of not) expect(render(`{{ ${text} }}`, vars), text).toBe(false)
  expect(render("{% set secret = 'own' %}{{ secret is vault_encrypted }}", vars)).toBe(false)
})

describe('what Python calls on text', () => {
  test.each([
    ['3 | indent', "'int' object has no attribute 'splitlines'"],
    ['[1] | comment', "'list' object has no attribute 'replace'"],
    ['none | wordwrap', "'NoneType' object has no attribute 'splitlines'"],
    ['3 | urldecode', "'int' object has no attribute 'replace'"],
    ['{} | urlsplit', "'dict' object has no attribute 'decode'"],
    ['3 | truncate(5)', "object of type 'int' has no len()"],
    ['3 | strftime', 'strftime() argument 1 must be str, not int'],
    ["' a' | trim(1)", 'strip arg must be None or str'],
    ['{1: 2} | xmlattr', "expected string or bytes-like object, got 'int'"],
    ['1 | to_json(2)', 'dumps() takes 1 positional argument but 2 positional arguments'],
    ["'ab' | union([1])", 'can only concatenate str (not "list") to str'],
    ['{} | symmetric_difference([1])', "unsupported operand type(s) for +: 'dict' and 'list'"],
    ["'a' is match(1)", 'first argument must be string or compiled pattern'],
    ['[[1]] is subset([1])', "unhashable type: 'list'"],
    ['[1] | permutations(-1) | list', 'r must be non-negative'],
    ['[1] | community.general.version_sort', "expected string or bytes-like object, got 'int'"],
    ["'x' | ansible.utils.keep_keys(['a'])", 'Input is not valid for keep operation'],
    ['none | ansible.utils.ipaddr', "Unrecognized type <<class 'NoneType'>> for ipaddr filter <value>"],
    ['1 | ansible.utils.ipwrap', "Unrecognized type <<class 'int'>> for ipwrap filter <value>"],
  ])('fails for anything else: %s', (expression, message) => {
    expect(failure(() => render(`{{ ${expression} }}`)).message).toContain(message)
  })
  it('passes a short list through truncate', () => expect(render('{{ [1] | truncate(5) }}')).toEqual([1]))
})
