import { describe, expect, test } from 'vitest'
import {
  alternativeNames,
  authorityKeyIdentifier,
  distributionPoints,
  keyIdentifier,
  nameConstraints,
} from './wished-extensions.js'

const hex = (bytes: Buffer) => bytes.toString('hex')

describe('alternative names', () => {
  test.each([
    ['DNS:ü.de', '300c820a786e2d2d7464612e6465'],
    ['email:a@b', '30058103614062'],
    ['IP:::1', '3012871000000000000000000000000000000001'],
    ['IP:10.0.0.0/8', '300a87080a000000ff000000'],
    ['RID:1.2.840.113549', '300888062a864886f70d'],
    ['otherName:1.2.3.4;UTF8:abc', '300ea00c06032a0304a0050c03616263'],
    ['otherName:1.2.3.4;0C:03:61:62:63', '300ea00c06032a0304a0050c03616263'],
    ['dirName:/CN=a+O=b', '3014a4123010310e300c06035504030c05612b4f3d62'],
    ['dirName:CN=a\\, b', '3013a411300f310d300b06035504030c04612c2062'],
    ['dirName:/C=DE/CN=x', '301da41b3019310a300806035504030c0178310b3009060355040613024445'],
  ])('%s', (name, want) => expect(hex(alternativeNames([name]))).toBe(want))

  const what = (name: string) => `Cannot parse Subject Alternative Name "${name}"`
  const part = (text: string) => `Error while parsing distinguished name "${text}"`
  test.each([
    ['foo', `${what('foo')} (forgot "DNS:" prefix?)`],
    ['dns:a', `${what('dns:a')} (potentially unsupported by cryptography backend)`],
    ['IP:1.2.3', `${what('IP:1.2.3')}: '1.2.3' does not appear to be an IPv4 or IPv6 address`],
    ['IP:10.0.0.1/8', `${what('IP:10.0.0.1/8')}: 10.0.0.1/8 has host bits set`],
    ['RID:abc', `${what('RID:abc')}: ${what('RID:abc')}`],
    ['email:Bob <a@b>', `${what('email:Bob <a@b>')}: Invalid rfc822name value`],
    ['dirName:foo', `${what('dirName:foo')}: ${part('foo')}: cannot start part in "foo"`],
    ['dirName:/CN=a/', `${what('dirName:/CN=a/')}: ${part('/CN=a/')}: unexpected end of string`],
    ['dirName:cn=a', `${what('dirName:cn=a')}: ${part('cn=a')}: Cannot find OID for "cn"`],
    ['dirName:C=x', `${what('dirName:C=x')}: Country name must be a 2 character country code`],
    [
      'otherName:1.2.3.4;IA5:x',
      `${what('1.2.3.4;IA5:x')}: The ASN.1 serialized string is not a known type "IA5", only UTF8 types are supported`,
    ],
  ])('%s is refused', (name, want) => expect(() => alternativeNames([name])).toThrow(want))
})

test('identifiers of keys', () => {
  expect(hex(keyIdentifier('00:11:AA'))).toBe('04030011aa')
  expect(hex(authorityKeyIdentifier('0:011', undefined, undefined))).toBe('300480020011')
  expect(hex(authorityKeyIdentifier(undefined, ['DNS:a'], 2n ** 128n - 1n))).toBe(
    `3018a1038201618211${'00'}${'ff'.repeat(16)}`,
  )
  expect(() => keyIdentifier('zz')).toThrow('Cannot parse subject_key_identifier: Non-hexadecimal digit found')
  expect(() => authorityKeyIdentifier('0', undefined, undefined)).toThrow(
    'Cannot parse authority_key_identifier: Odd-length string',
  )
})

test('constraints of names take networks, not addresses', () => {
  expect(hex(nameConstraints(['DNS:.x'], ['IP:0.0.0.0/0']))).toBe('3016a006300482022e78a10c300a87080000000000000000')
  expect(() => nameConstraints([], ['IP:1.2.3.4'])).toThrow(
    'Error while parsing name constraint: IPAddress name constraints must be an IPv4Network or IPv6Network object',
  )
})

test('where revocations are listed', () => {
  expect(hex(distributionPoints([{ full_name: ['URI:a'], reasons: ['key_compromise', 'aa_compromise'] }]))).toBe(
    '300e300ca005a0038601618103074080',
  )
  expect(() => distributionPoints([{ crl_issuer: ['DNS:a'] }, { relative_name: ['foo'] }])).toThrow(
    'Error while parsing CRL distribution point #1: Error while parsing relative distinguished name "foo": cannot start part in "foo"',
  )
  expect(() => distributionPoints([{ full_name: [] }])).toThrow('#0: full_name must not be empty')
})
