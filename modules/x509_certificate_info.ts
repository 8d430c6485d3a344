import { X509Certificate } from 'node:crypto'
import { defineModule } from '../engine/module/define.js'
import { isDict, type Json, type Value } from '../engine/python/values.js'
import { type Der, insideOf, integer, oid, readDer, tagged } from './openssl/der.js'
import { accessUris, distinguishedName, extensionFacts, extensionsOf } from './openssl/extensions.js'
import { nameEncoding, sourceArgs, sourceBytes, sourceRules } from './openssl/info-source.js'
import { digests, publicKeyFacts } from './openssl/key-data.js'
import { signatures } from './openssl/object-names.js'
import { timeOf } from './openssl/time-spec.js'

export default defineModule({
  name: 'community.crypto.x509_certificate_info',
  summary: 'Tell what a certificate says',
  check: 'full',
  args: {
    ...sourceArgs('certificate'),
    valid_at: { type: 'dict', summary: 'names and times: +1w, 20300101000000Z' },
    ...nameEncoding,
  },
  rules: sourceRules,
  returns: {
    expired: 'whether it is',
    not_after: 'when it ends',
    not_before: 'when it begins',
    subject: 'whom it is for',
    subject_ordered: 'the same as pairs, in order',
    issuer: 'who signed it',
    issuer_ordered: 'the same as pairs, in order',
    subject_alt_name: 'other names',
    basic_constraints: 'whether it is a CA',
    key_usage: 'what the key may be used for',
    extended_key_usage: 'what it may be used for',
    extensions_by_oid: 'every extension, in Base64',
    authority_key_identifier: "digest of the issuer's key",
    ocsp_uri: 'where to ask whether it was revoked',
    issuer_uri: "where the issuer's certificate is",
    fingerprints: 'digests',
    public_key: 'the public key',
    public_key_data: 'its numbers',
    serial_number: 'its number',
    signature_algorithm: 'how it was signed',
    version: 'version of the format',
    valid_at: 'name → whether it is valid then',
  },
  examples: `
- community.crypto.x509_certificate_info:
    path: /etc/ssl/crt/ansible.com.crt
    valid_at:
      point_1: +1d
  register: result
`,

  async run({ args, remote, fail }) {
    const bytes = await sourceBytes(remote, args, 'certificate', fail)
    let certificate: X509Certificate
    try {
      certificate = new X509Certificate(bytes)
    } catch (error) {
      return fail(`The certificate cannot be read: ${(error as Error).message}`)
    }
    const [from, until] = [new Date(certificate.validFrom), new Date(certificate.validTo)]
    const asTime = (date: Date) => date.toISOString().replace(/[-:T]|\.\d+/g, '')
    const { version, algorithm, issuer, subject, extensions } = parts(certificate.raw)
    const key = certificate.publicKey
    const valid = isDict(args.valid_at as Value)
      ? [...(args.valid_at as Map<string, Value>)].map(([name, when]) => {
          const time = timeOf(String(when), `valid_at.${name}`, fail)
          return [name, from <= time && time <= until] as const
        })
      : []
    return {
      changed: false,
      expired: until < new Date(),
      not_before: asTime(from),
      not_after: asTime(until),
      subject: subject.dict,
      subject_ordered: subject.ordered,
      issuer: issuer.dict,
      issuer_ordered: issuer.ordered,
      ...withoutConstraints(extensionFacts(extensions, args.name_encoding)),
      ...accessUris(extensions),
      version,
      signature_algorithm: algorithm,
      serial_number: BigInt(`0x${certificate.serialNumber}`),
      ...publicKeyFacts(key),
      fingerprints: digests(certificate.raw),
      valid_at: Object.fromEntries(valid),
    }
  },
})

/** Ansible tells those of requests only. */
const withoutConstraints = (facts: { [name: string]: Json }) =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => !name.startsWith('name_constraints_')))

/** What Node's own reader does not tell. */
function parts(raw: Buffer) {
  const [signed, algorithm] = insideOf(readDer(raw)) as [Der, Der]
  const all = insideOf(signed)
  const version = tagged(all, 0)
  const [, , issuer, , subject] = version ? all.slice(1) : all
  const extensions = tagged(all, 3)
  const id = oid(insideOf(algorithm)[0]!)
  return {
    version: version ? Number(integer(insideOf(version)[0]!)) + 1 : 1,
    algorithm: signatures[id]?.name ?? id,
    issuer: distinguishedName(issuer!),
    subject: distinguishedName(subject!),
    extensions: extensionsOf(extensions && insideOf(extensions)[0]),
  }
}
