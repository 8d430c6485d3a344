/** What kind a key is, its digests and the numbers it consists of, by community.crypto's names. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import type { Json } from '../../engine/python/values.js'
import { bits, insideOf, integer, readDer } from './der.js'

export const keyTypes: { readonly [type: string]: string } = {
  rsa: 'RSA',
  'rsa-pss': 'RSA',
  dsa: 'DSA',
  ec: 'ECC',
  ed25519: 'Ed25519',
  ed448: 'Ed448',
  x25519: 'X25519',
  x448: 'X448',
}

type Numbers = { [name: string]: Json }

export const typeOfKey = (key: KeyObject): string =>
  keyTypes[key.asymmetricKeyType!] ?? `unknown (${key.asymmetricKeyType})`

const unsigned = (bytes: Buffer): number | bigint => integer({ body: Buffer.concat([Buffer.alloc(1), bytes]) })

/** The numbers that everybody may know. */
export function publicNumbers(key: KeyObject): Numbers {
  const open = key.type === 'private' ? createPublicKey(key) : key
  const [algorithm, value] = insideOf(readDer(open.export({ type: 'spki', format: 'der' })))
  const details = open.asymmetricKeyDetails ?? {}
  switch (keyTypes[open.asymmetricKeyType!]) {
    case 'RSA': {
      const [modulus, exponent] = insideOf(readDer(bits(value!)))
      return { size: details.modulusLength!, modulus: integer(modulus!), exponent: integer(exponent!) }
    }
    case 'DSA': {
      const [p, q, g] = insideOf(insideOf(algorithm!)[1]!).map(integer)
      return { size: details.modulusLength!, p: p!, q: q!, g: g!, y: integer(readDer(bits(value!))) }
    }
    case 'ECC': {
      const curve = { prime256v1: 'secp256r1', prime192v1: 'secp192r1' }[details.namedCurve!] ?? details.namedCurve!
      const point = bits(value!).subarray(1)
      const half = point.length / 2
      return {
        curve,
        exponent_size: Number(/\d+/.exec(curve)?.[0] ?? half * 8),
        x: unsigned(point.subarray(0, half)),
        y: unsigned(point.subarray(half)),
      }
    }
    default:
      return {}
  }
}

/** The numbers that must be kept secret. */
export function privateNumbers(key: KeyObject): Numbers {
  const inner = insideOf(readDer(key.export({ type: 'pkcs8', format: 'der' })))[2]!
  switch (keyTypes[key.asymmetricKeyType!]) {
    case 'RSA': {
      const [, , , exponent, p, q] = insideOf(readDer(inner.body)).map(integer)
      return { p: p!, q: q!, exponent: exponent! }
    }
    case 'DSA':
      return { x: integer(readDer(inner.body)) }
    case 'ECC':
      return { multiplier: unsigned(insideOf(readDer(inner.body))[1]!.body) }
    default:
      return {}
  }
}

/** Digests of the public key, two hex digits at a time. */
export function fingerprints(key: KeyObject): { [algorithm: string]: string } {
  return digests((key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' }))
}

/** Every digest that Ansible shows of these bytes. */
export function digests(der: Buffer): { [algorithm: string]: string } {
  const algorithms = [
    'blake2b',
    'blake2s',
    'md5',
    'sha1',
    'sha224',
    'sha256',
    'sha384',
    'sha3_224',
    'sha3_256',
    'sha3_384',
    'sha3_512',
    'sha512',
    'shake_128',
    'shake_256',
  ]
  const named = (name: string) =>
    ({ blake2b: 'blake2b512', blake2s: 'blake2s256' })[name] ?? name.replace('_', /^sha3/.test(name) ? '-' : '')
  const digest = (name: string) =>
    createHash(named(name), /^shake/.test(name) ? { outputLength: 32 } : {})
      .update(der)
      .digest('hex')
  return Object.fromEntries(algorithms.map(name => [name, digest(name).match(/../g)!.join(':')]))
}

/** What certificates and requests tell of the key that they are for. */
export const publicKeyFacts = (key: KeyObject) => ({
  public_key: String(key.export({ type: 'spki', format: 'pem' })),
  public_key_type: typeOfKey(key),
  public_key_data: publicNumbers(key),
  public_key_fingerprints: fingerprints(key),
})
