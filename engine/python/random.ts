/** Python's random.Random: the Mersenne Twister with Python's seeding, so that a seed gives the same choice for ever. */
import { createHash, randomBytes } from 'node:crypto'
import { PyError, typeError, valueError } from './errors.js'
import { PyFloat, type Value } from './values.js'

const N = 624
const M = 397

/** Random numbers with Python's methods: seeded and repeatable, or from the system when there is no seed. */
export interface Random {
  /** 0 <= x < 1, with 53 bits. */
  random(): number
  /** An integer of `bits` random bits. */
  bits(bits: number): bigint
  /** 0 <= n < limit */
  below(limit: number): number
  /** randrange() for numbers beyond what a double holds exactly. */
  bigRange(start: bigint, stop: bigint, step?: bigint): bigint
  range(start: number, stop: number, step?: number): number
  choice<T>(items: readonly T[]): T
  /** Shuffles in place. */
  shuffle<T>(items: T[]): T[]
  sample<T>(items: readonly T[], count: number): T[]
}

/** What random.Random(seed) is: seeds are ints, floats, strings; null takes the system's randomness. */
export function random(seed: Value): Random {
  if (seed === null) return new Methods(() => randomBytes(4).readUInt32LE())
  return new Methods(twister(seedKey(seed)))
}

function seedKey(seed: Value): number[] {
  if (typeof seed === 'string') {
    const bytes = Buffer.from(seed, 'utf8')
    const all = Buffer.concat([bytes, createHash('sha512').update(bytes).digest()])
    return words(BigInt(`0x${all.toString('hex')}`))
  }
  if (typeof seed === 'boolean') return words(seed ? 1n : 0n)
  if (typeof seed === 'bigint') return words(seed < 0n ? -seed : seed)
  if (typeof seed === 'number' && Number.isInteger(seed)) return words(BigInt(Math.abs(seed)))
  if (seed instanceof PyFloat) return words(floatHash(seed.value))
  if (typeof seed === 'number') return words(floatHash(seed))
  throw typeError('The only supported seed types are: None,\nint, float, str, bytes, and bytearray.')
}

/** hash(float) of 64-bit CPython as the unsigned number that seeds: modulo the Mersenne prime 2^61 - 1. */
function floatHash(value: number): bigint {
  const prime = (1n << 61n) - 1n
  if (Number.isNaN(value)) return 0n
  if (!Number.isFinite(value)) return 314159n
  let mantissa = Math.abs(value)
  let exponent = 0
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2
    exponent++
  }
  let hash = BigInt(mantissa) % prime
  // Halving modulo the prime is multiplying by 2^60.
  for (let step = 0; step < exponent; step++) hash = (hash * (1n << 60n)) % prime
  if (value < 0) hash = -hash
  return hash < 0n ? -hash : hash
}

function words(value: bigint): number[] {
  const out: number[] = []
  for (let rest = value; rest > 0n; rest >>= 32n) out.push(Number(rest & 0xffffffffn))
  return out.length > 0 ? out : [0]
}

function twister(key: number[]): () => number {
  const state = new Uint32Array(N)
  state[0] = 19650218
  for (let i = 1; i < N; i++) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30)
    state[i] = Math.imul(1812433253, previous) + i
  }
  let i = 1
  let j = 0
  for (let k = Math.max(N, key.length); k > 0; k--) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30)
    state[i] = (state[i]! ^ Math.imul(previous, 1664525)) + key[j]! + j
    if (++i >= N) {
      state[0] = state[N - 1]!
      i = 1
    }
    if (++j >= key.length) j = 0
  }
  for (let k = N - 1; k > 0; k--) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30)
    state[i] = (state[i]! ^ Math.imul(previous, 1566083941)) - i
    if (++i >= N) {
      state[0] = state[N - 1]!
      i = 1
    }
  }
  state[0] = 0x80000000

  let index = N
  return () => {
    if (index >= N) {
      for (let k = 0; k < N; k++) {
        const y = (state[k]! & 0x80000000) | (state[(k + 1) % N]! & 0x7fffffff)
        state[k] = state[(k + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
      }
      index = 0
    }
    let y = state[index++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    y ^= y >>> 18
    return y >>> 0
  }
}

class Methods implements Random {
  constructor(private readonly next: () => number) {}

  random(): number {
    const high = this.next() >>> 5
    const low = this.next() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }

  bits(bits: number): bigint {
    let out = 0n
    for (let done = 0; done < bits; done += 32) {
      const want = Math.min(32, bits - done)
      out |= BigInt(this.next() >>> (32 - want)) << BigInt(done)
    }
    return out
  }

  below(limit: number): number {
    const bits = limit.toString(2).length
    let drawn: number
    do drawn = Number(this.bits(bits))
    while (drawn >= limit)
    return drawn
  }

  range(start: number, stop: number, step = 1): number {
    if (step === 0) throw valueError('zero step for randrange()')
    const count = step > 0 ? Math.ceil((stop - start) / step) : Math.ceil((start - stop) / -step)
    if (count <= 0) {
      const message =
        step === 1 ? `empty range for randrange() (${start}, ${stop}, ${stop - start})` : 'empty range for randrange()'
      throw valueError(message)
    }
    return start + step * this.below(count)
  }

  bigRange(start: bigint, stop: bigint, step = 1n): bigint {
    if (step === 0n) throw valueError('zero step for randrange()')
    const distance = step > 0n ? stop - start + step - 1n : start - stop - step - 1n
    const count = distance / (step > 0n ? step : -step)
    if (count <= 0n) throw valueError('empty range for randrange()')
    const bits = count.toString(2).length
    let drawn: bigint
    do drawn = this.bits(bits)
    while (drawn >= count)
    return start + step * drawn
  }

  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new PyError('IndexError', 'Cannot choose from an empty sequence')
    return items[this.below(items.length)]!
  }

  shuffle<T>(items: T[]): T[] {
    for (let at = items.length - 1; at > 0; at--) {
      const other = this.below(at + 1)
      const kept = items[at]!
      items[at] = items[other]!
      items[other] = kept
    }
    return items
  }

  sample<T>(items: readonly T[], count: number): T[] {
    const total = items.length
    if (count < 0 || count > total) throw valueError('Sample larger than population or is negative')
    let small = 21
    if (count > 5) small += 4 ** Math.ceil(Math.log(count * 3) / Math.log(4))
    if (total <= small) {
      const pool = [...items]
      return Array.from({ length: count }, (_, drawn) => {
        const at = this.below(total - drawn)
        const picked = pool[at]!
        pool[at] = pool[total - drawn - 1]!
        return picked
      })
    }
    const taken = new Set<number>()
    return Array.from({ length: count }, () => {
      let at = this.below(total)
      while (taken.has(at)) at = this.below(total)
      taken.add(at)
      return items[at]!
    })
  }
}
