/** ansible.utils' walks through nested data: paths, keys, positions. */
import { Diagnostic } from '../../diagnostics.js'
import { truthy } from '../../python/compare.js'
import { dictGet, dictSet } from '../../python/dict.js'
import { matchAt, pythonRegExp } from '../../python/regexp.js'
import { pyRepr, pyStr } from '../../python/repr.js'
import { type Dict, isDict, isList, typeName, type Value } from '../../python/values.js'
import { type Context, defineFilter } from '../define.js'
import { isUndef, UndefinedError } from '../undefined.js'

const bad = (message: string) => new Diagnostic(message, { code: 'filter-argument' })

export const toPaths = defineFilter({
  summary: 'Every value deep inside, under the path that leads to it',
  examples: [["{{ {'a': [{'b': 1}]} | ansible.utils.to_paths }}", { 'a[0].b': 1 }]],
  signature: 'prepend=None, wantlist=False',
  apply: (value: Value, prepend: Value, wantlist: Value): Value => {
    const made: Dict = new Map()
    const walk = (inside: Value, path: string) => {
      if (isDict(inside) && inside.size > 0) {
        for (const [key, item] of inside) {
          if (typeof key === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
            walk(item, path === '' ? key : `${path}.${key}`)
          else walk(item, `${path}[${typeof key === 'string' ? `'${key}'` : pyStr(key)}]`)
        }
      } else if (isList(inside) && inside.length > 0)
        for (const [at, item] of inside.entries()) walk(item, `${path}[${at}]`)
      else made.set(path, inside)
    }
    walk(value, prepend === null ? '' : pyStr(prepend))
    return truthy(wantlist) ? [made] : made
  },
})

export const getPath = defineFilter({
  summary: 'What a path leads to',
  examples: [["{{ {'a': [{'b': 'x'}]} | ansible.utils.get_path('a[0].b') }}", 'x']],
  signature: 'path, wantlist=False',
  applyIn: (context, value: Value, path: Value, wantlist: Value): Value => {
    let found = value
    const text = pyStr(path)
    const step = /\.?([A-Za-z_][\w-]*|\d+)|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+))\]/y
    let at = 0
    while (at < text.length) {
      step.lastIndex = at
      const part = step.exec(text)
      if (!part) throw bad(`get_path: cannot read the path at "${text.slice(at)}"`)
      at = step.lastIndex
      const name = part[1] ?? part[2] ?? part[3]
      const key: Value = name !== undefined && !/^\d+$/.test(name) ? name : Number(part[4] ?? name)
      const next = context.item(found, key)
      if (isUndef(next)) throw found === value ? new UndefinedError(`'${pyStr(key)}' is undefined`) : next.error()
      found = next
    }
    return truthy(wantlist) && !isList(found) ? [found] : found
  },
})

export const indexOf = defineFilter({
  summary: 'The positions of the items for which a test holds; one position by itself',
  examples: [
    ["{{ ['a', 'b'] | ansible.utils.index_of('eq', 'b') }}", 1],
    ["{{ [1, 2, 3] | ansible.utils.index_of('gt', 1) }}", [1, 2]],
  ],
  signature: 'test, value=None, key=None, fail_on_missing=False, wantlist=False',
  applyIn: (context, data: Value, test: Value, value: Value, key: Value, failOnMissing: Value, wantlist: Value) => {
    const found: Value[] = []
    const all = isList(data) ? data : [data]
    all.forEach((item, at) => {
      const keys = key === null ? [null] : isList(key) ? key : [key]
      const holds = keys.every(name => {
        if (name === null) return tested(context, item, pyStr(test), value)
        const member = isDict(item) ? dictGet(item, name) : undefined
        if (member === undefined) {
          if (truthy(failOnMissing))
            throw bad(
              `Error when using plugin 'index_of': ${pyRepr(name)} was not found in '${pyStr(item)}' at [${at}]. fail_on_missing=True`,
            )
          return false
        }
        return tested(context, member, pyStr(test), value)
      })
      if (holds) found.push(at)
    })
    return found.length === 1 && !truthy(wantlist) ? found[0]! : found
  },
})

function tested(context: Context, item: Value, test: string, value: Value): boolean {
  const negated = test.startsWith('!') && test !== '!='
  const name = negated ? test.slice(1).trim() : test
  if (!context.hasTest(name))
    throw bad(
      `Error when using plugin 'index_of': Error encountered when testing value '${pyStr(item)}' (type=${typeName(item)}) against '${pyStr(value)}' (type=${typeName(value)}) with '${test}'.  Error was: the test '${test}' was not found.`,
    )
  return context.test(name, item, value === null ? [] : [value]) !== negated
}

type Matcher = (key: string, target: string) => boolean
const matchers: Record<string, Matcher> = {
  equality: (key, target) => key === target,
  starts_with: (key, target) => key.startsWith(target),
  ends_with: (key, target) => key.endsWith(target),
  regex: (key, target) => matchAt(pythonRegExp(target), key) !== null,
}

function matcherFor(how: Value): Matcher {
  const matcher = matchers[pyStr(how)]
  if (!matcher)
    throw bad(`value of matching_parameter must be one of: starts_with, ends_with, regex, got: ${pyStr(how)}`)
  return matcher
}
const texts = (target: Value) => (isList(target) ? target : [target]).map(pyStr)

export const keepKeys = defineFilter({
  summary: 'Only these keys, wherever they are, and what leads to them',
  examples: [["{{ {'a': {'b': 1, 'c': 2}} | ansible.utils.keep_keys(target=['b']) }}", { a: { b: 1 } }]],
  signature: "target, matching_parameter='equality'",
  apply: (value: Value, target: Value, how: Value): Value => {
    if (!isList(value) && !isDict(value))
      throw bad("Error when using plugin 'keep_keys': Input is not valid for keep operation")
    const [matches, wanted] = [matcherFor(how), texts(target)]
    const keep = (inside: Value): Value | undefined => {
      if (isList(inside)) {
        const kept = inside.flatMap(item => keep(item) ?? [])
        return kept.length > 0 ? kept : undefined
      }
      if (!isDict(inside)) return undefined
      const made: Dict = new Map()
      for (const [key, item] of inside) {
        const kept = wanted.some(one => matches(pyStr(key), one)) && !isList(item) && !isDict(item) ? item : keep(item)
        const whole = wanted.some(one => matches(pyStr(key), one)) && kept === undefined ? item : kept
        if (whole !== undefined) made.set(key, whole)
      }
      return made.size > 0 ? made : undefined
    }
    return keep(value) ?? (isList(value) ? [] : new Map())
  },
})

const without = (inside: Value, drops: (key: string) => boolean): Value => {
  if (isList(inside)) return inside.map(item => without(item, drops))
  if (!isDict(inside)) return inside
  return new Map([...inside].filter(([key]) => !drops(pyStr(key))).map(([key, item]) => [key, without(item, drops)]))
}

export const removeKeys = defineFilter({
  summary: 'Without these keys, wherever they are',
  examples: [["{{ {'a': {'b': 1, 'c': 2}} | ansible.utils.remove_keys(target=['b']) }}", { a: { c: 2 } }]],
  signature: "target, matching_parameter='equality'",
  apply: (value: Value, target: Value, how: Value) => {
    if (!isList(value) && !isDict(value))
      throw bad("Error when using plugin 'remove_keys': Input is not valid for attribute removal")
    const [matches, dropped] = [matcherFor(how), texts(target)]
    return without(value, key => dropped.some(one => matches(key, one)))
  },
})

export const replaceKeys = defineFilter({
  summary: 'With other names for these keys, wherever they are',
  examples: [["{{ {'a': 1} | ansible.utils.replace_keys(target=[{'before': 'a', 'after': 'b'}]) }}", { b: 1 }]],
  signature: "target, matching_parameter='equality'",
  apply: (value: Value, target: Value, how: Value): Value => {
    const matches = matcherFor(how)
    const pairs = (isList(target) ? target : [target]).map((pair): [string, Value] => {
      const before = isDict(pair) ? dictGet(pair, 'before') : undefined
      const after = isDict(pair) ? dictGet(pair, 'after') : undefined
      if (before === undefined || after === undefined) throw bad('replace_keys: every target needs before and after')
      return [pyStr(before), after]
    })
    const rename = (inside: Value): Value => {
      if (isList(inside)) return inside.map(rename)
      if (!isDict(inside)) return inside
      // Renamed keys come last, as if each had been taken out and put back.
      const renamed = [...inside].map(([key, item]) => {
        const pair = pairs.find(([before]) => matches(pyStr(key), before))
        return { moved: pair !== undefined, entry: [pair?.[1] ?? key, rename(item)] as [Value, Value] }
      })
      return new Map([...renamed.filter(one => !one.moved), ...renamed.filter(one => one.moved)].map(one => one.entry))
    }
    return rename(value)
  },
})

export const consolidate = defineFilter({
  summary: 'Several lists of dicts as one dict: by the value of a key, then by the name of the source',
  examples: [
    [
      "{{ [{'data': [{'n': 'a', 'x': 1}], 'match_key': 'n', 'name': 'one'}] | ansible.utils.consolidate }}",
      { a: { one: { n: 'a', x: 1 } } },
    ],
  ],
  signature: 'fail_missing_match_key=False, fail_missing_match_value=False, fail_duplicate=False',
  apply: (value: Value, failKey: Value, failValue: Value, failDuplicate: Value) => {
    const fail = (message: string) => bad(`Error when using plugin 'consolidate': ${message}`)
    const sources = (isList(value) ? value : []).map((source, at) => {
      if (!isDict(source)) throw fail(`data source ${at + 1} is not a dictionary`)
      const [data, matchKey, name] = ['data', 'match_key', 'name'].map(key => source.get(key) ?? null)
      const entries = isDict(data!) ? [...data.values()] : isList(data!) ? data : []
      const byValue: Dict = new Map()
      entries.forEach((entry, index) => {
        const of = isDict(entry) ? dictGet(entry, matchKey!) : undefined
        if (of === undefined) {
          if (truthy(failKey))
            throw fail(
              `'fail_missing_match_key' reported missing match key '${pyStr(matchKey!)}' in data source ${at + 1} in list entry ${index + 1}`,
            )
          return
        }
        if (dictGet(byValue, of) !== undefined && truthy(failDuplicate))
          throw fail(`'fail_duplicate' reported duplicate values in data source ${at + 1}`)
        dictSet(byValue, of, entry)
      })
      return { name: name!, byValue }
    })
    const made: Dict = new Map()
    for (const { byValue } of sources)
      for (const key of byValue.keys()) if (dictGet(made, key) === undefined) dictSet(made, key, new Map())
    for (const [key, merged] of made)
      sources.forEach(({ name, byValue }, at) => {
        const entry = dictGet(byValue, key)
        if (entry !== undefined) dictSet(merged as Dict, name, entry)
        else if (truthy(failValue))
          throw fail(`'fail_missing_match_value' reported missing match value ${pyStr(key)} in data source ${at + 1}`)
        else dictSet(merged as Dict, name, new Map())
      })
    return made
  },
})
