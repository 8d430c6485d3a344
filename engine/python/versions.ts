/** The ways to compare version numbers that Ansible offers: loose, strict, semantic, PEP 440. */
import { createRequire } from 'node:module'
import { pyCompare, pyEquals } from './compare.js'
import { valueError } from './errors.js'
import { int, type Value } from './values.js'

/** Negative, zero or positive; throws for text that is no version of this kind. */
export type VersionOrder = (left: string, right: string) => number

export const versionOrders: Record<string, VersionOrder> = {
  loose: looseOrder,
  strict: strictOrder,
  semver: semanticOrder,
  semantic: semanticOrder,
  pep440: pep440Order,
}

/** LooseVersion's parts: numbers and runs of lower-case letters; everything else as it stands, without the dots. */
export function looseParts(version: string): Value[] {
  return version
    .split(/(\d+|[a-z]+|\.)/)
    .filter(part => part !== '' && part !== '.')
    .map(part => (/^\p{Nd}+$/u.test(part) ? int(BigInt(part)) : part))
}

/** Compares as lists of numbers and words; a number next to a word is Python's error. */
export function looseOrder(left: string, right: string): number {
  const [a, b] = [looseParts(left), looseParts(right)]
  return pyEquals(a, b) ? 0 : pyCompare(a, b)
}

function strictParts(version: string): { numbers: number[]; pre: [string, number] | undefined } {
  const found = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(version)
  if (!found) throw valueError(`invalid version number '${version}'`)
  return {
    numbers: [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)],
    pre: found[4] === undefined ? undefined : [found[4], Number(found[5])],
  }
}

function strictOrder(left: string, right: string): number {
  const [a, b] = [strictParts(left), strictParts(right)]
  return ordered(a.numbers, b.numbers) || (a.pre ? (b.pre ? ordered(a.pre, b.pre) : -1) : b.pre ? 1 : 0)
}

const SEMANTIC =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/

function semanticOrder(left: string, right: string): number {
  for (const version of [left, right])
    if (!SEMANTIC.test(version)) throw valueError(`invalid semantic version '${version}'`)
  // Loaded when first needed: it compiles fifty patterns.
  const { compare } = createRequire(import.meta.url)('semver') as typeof import('semver')
  return compare(left, right)
}

const PEP440 =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?((?:-(\d+))|(?:[-_.]?(post|rev|r)[-_.]?(\d*)))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i

type Key = (number | string | Key)[]

function pep440Key(version: string): Key {
  const found = PEP440.exec(version)
  if (!found) throw valueError(`Invalid version: '${version}'`)
  const [, epoch, release, preName, preNumber, postAny, postPlain, , postNumber, dev, devNumber, local] = found
  const numbers = release!.split('.').map(Number)
  while (numbers.length > 1 && numbers.at(-1) === 0) numbers.pop()
  if (numbers.length === 1 && numbers[0] === 0) numbers.pop()
  const letter = preName?.toLowerCase()
  const names: Record<string, string> = { alpha: 'a', beta: 'b', c: 'rc', pre: 'rc', preview: 'rc' }
  // -Infinity and Infinity order what is absent, as packaging's key does.
  const pre: Key =
    letter !== undefined
      ? [0, names[letter] ?? letter, Number(preNumber || 0)]
      : postAny === undefined && dev !== undefined
        ? [-1]
        : [1]
  const post = postAny === undefined ? -1 : Number(postPlain ?? (postNumber || 0))
  const devKey = dev === undefined ? Number.POSITIVE_INFINITY : Number(devNumber || 0)
  const localKey: Key = local
    ? [1, local.split(/[-_.]/).map((part): Key => (/^\d+$/.test(part) ? [1, Number(part)] : [0, part.toLowerCase()]))]
    : [0]
  return [Number(epoch ?? 0), numbers, pre, post, devKey, localKey]
}

function pep440Order(left: string, right: string): number {
  return orderedKeys(pep440Key(left), pep440Key(right))
}

function orderedKeys(a: Key, b: Key): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [left, right] = [a[at]!, b[at]!]
    const order =
      Array.isArray(left) && Array.isArray(right) ? orderedKeys(left, right) : left < right ? -1 : left > right ? 1 : 0
    if (order !== 0) return order
  }
  return a.length - b.length
}

function ordered(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const at = a.findIndex((part, index) => part !== b[index])
  return at === -1 ? 0 : a[at]! < b[at]! ? -1 : 1
}
