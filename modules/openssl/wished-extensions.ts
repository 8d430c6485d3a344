/** Extensions of a request that are made of names and numbers, as DER (RFC 5280, 4.2.1). */
import { isIP } from 'node:net'
import { element, integerBody, sequence } from './der.js'
import { fromHex, generalName, NameError, relativeName } from './general-name.js'

export interface DistributionPoint {
  readonly full_name?: readonly string[] | undefined
  readonly relative_name?: readonly string[] | undefined
  readonly crl_issuer?: readonly string[] | undefined
  readonly reasons?: readonly string[] | undefined
}

/** Bits of a ReasonFlags, from 1. */
export const reasons = [
  'key_compromise',
  'ca_compromise',
  'affiliation_changed',
  'superseded',
  'cessation_of_operation',
  'certificate_hold',
  'privilege_withdrawn',
  'aa_compromise',
] as const

const names = (texts: readonly string[], what: string) => texts.map(text => generalName(text, what))

export const alternativeNames = (texts: readonly string[]): Buffer =>
  sequence(...names(texts, 'Subject Alternative Name'))

export function nameConstraints(permitted: readonly string[], excluded: readonly string[]): Buffer {
  const single = [...permitted, ...excluded].find(text => text.startsWith('IP:') && isIP(text.slice(3)) !== 0)
  if (single !== undefined)
    throw new NameError(
      'Error while parsing name constraint: IPAddress name constraints must be an IPv4Network or IPv6Network object',
    )
  const trees = (tag: number, texts: readonly string[], what: string) =>
    texts.length === 0 ? [] : [element(tag, ...names(texts, what).map(name => sequence(name)))]
  return sequence(
    ...trees(0xa0, permitted, 'name constraints permitted'),
    ...trees(0xa1, excluded, 'name constraints excluded'),
  )
}

export const keyIdentifier = (text: string): Buffer => element(0x04, identifierBytes(text, 'subject_key_identifier'))

const identifierBytes = (text: string, option: string) => within(`Cannot parse ${option}`, () => fromHex(text))

/** What was being read stands before why it cannot be. */
function within<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof NameError ? new NameError(`${what}: ${error.message}`) : error
  }
}

/** RFC 5280, 4.2.1.1: the key's identifier, and issuer and number of its certificate. */
export function authorityKeyIdentifier(
  identifier: string | undefined,
  issuer: readonly string[] | undefined,
  serial: bigint | undefined,
): Buffer {
  return sequence(
    ...(identifier === undefined ? [] : [element(0x80, identifierBytes(identifier, 'authority_key_identifier'))]),
    ...(issuer === undefined ? [] : [element(0xa1, ...names(issuer, 'authority cert issuer'))]),
    ...(serial === undefined ? [] : [element(0x82, integerBody(serial))]),
  )
}

/** RFC 5280, 4.2.1.13. */
export const distributionPoints = (points: readonly DistributionPoint[]): Buffer =>
  sequence(
    ...points.map((point, index) =>
      within(`Error while parsing CRL distribution point #${index}`, () => distributionPoint(point)),
    ),
  )

function distributionPoint({ full_name, relative_name, crl_issuer, reasons: given }: DistributionPoint): Buffer {
  if (full_name?.length === 0) throw new NameError('full_name must not be empty')
  if (relative_name?.length === 0) throw new NameError('relative_name must not be empty')
  return sequence(
    ...(full_name ? [element(0xa0, element(0xa0, ...names(full_name, 'full name')))] : []),
    ...(relative_name ? [element(0xa0, element(0xa1, relativeName(relative_name)))] : []),
    ...(given?.length ? [element(0x81, flags(given))] : []),
    ...(crl_issuer ? [element(0xa2, ...names(crl_issuer, 'CRL issuer'))] : []),
  )
}

/** A named bit list: no zero bits at its end, and how many the last byte has too many. */
function flags(given: readonly string[]): Buffer {
  const bits = given.map(reason => reasons.indexOf(reason as (typeof reasons)[number]) + 1)
  const last = Math.max(...bits)
  const bytes = Buffer.alloc((last >> 3) + 1)
  for (const bit of bits) bytes[bit >> 3]! |= 0x80 >> (bit & 7)
  return Buffer.concat([Buffer.from([7 - (last & 7)]), bytes])
}
