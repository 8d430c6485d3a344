import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { defineModule } from '../engine/module/define.js'
import { bits, type Der, DerError, insideOf, integer, oid, readDer, tagged } from './openssl/der.js'
import { distinguishedName, extensionFacts, extensionsOf } from './openssl/extensions.js'
import { nameEncoding, sourceArgs, sourceBytes, sourceRules } from './openssl/info-source.js'
import { publicKeyFacts } from './openssl/key-data.js'
import { hashes, signatures } from './openssl/object-names.js'
import { pem } from './openssl/pem.js'

/** Attribute of a request that holds the extensions it asks for. */
const extensionRequest = '1.2.840.113549.1.9.14'

export default defineModule({
  name: 'community.crypto.openssl_csr_info',
  summary: 'Tell what a certificate signing request asks for',
  check: 'full',
  args: { ...sourceArgs('request'), ...nameEncoding },
  rules: sourceRules,
  returns: {
    signature_valid: 'whether it was signed with its key; the task fails when not',
    subject: 'whom it is for',
    subject_ordered: 'the same as pairs, in order',
    subject_alt_name: 'other names',
    basic_constraints: 'whether it asks for a CA',
    key_usage: 'what the key may be used for',
    extended_key_usage: 'what the certificate may be used for',
    extensions_by_oid: 'every extension, in Base64',
    ocsp_must_staple: 'whether servers must staple',
    name_constraints_permitted: 'names that the CA may sign',
    name_constraints_excluded: 'names that it may not',
    subject_key_identifier: 'digest of the key',
    authority_key_identifier: "digest of the issuer's key",
    public_key: 'the public key',
    public_key_type: 'its kind',
    public_key_data: 'its numbers',
    public_key_fingerprints: 'its digests',
  },
  examples: `
- name: See what is asked for
  community.crypto.openssl_csr_info:
    path: /etc/ssl/csr/www.ansible.com.csr
  register: result
`,

  async run({ args, remote, fail }) {
    const bytes = await sourceBytes(remote, args, 'CSR', fail)
    const block = pem(bytes.toString('latin1'))
    if (!block || !/CERTIFICATE REQUEST$/.test(block.label))
      return fail('Unable to load PEM file: it holds no certificate request')
    try {
      const [info, algorithm, signature] = insideOf(readDer(block.bytes)) as [Der, Der, Der]
      const [, subject, spki, ...rest] = insideOf(info) as [Der, Der, Der, ...Der[]]
      const key = createPublicKey({ key: spki.raw, format: 'der', type: 'spki' })
      const name = distinguishedName(subject)
      const result = {
        changed: false,
        signature_valid: isSigned(info.raw, algorithm, bits(signature), key),
        subject: name.dict,
        subject_ordered: name.ordered,
        ...extensionFacts(extensionsOf(requested(rest)), args.name_encoding),
        ...publicKeyFacts(key),
      }
      if (!result.signature_valid) fail('CSR signature is invalid!', result)
      return result
    } catch (error) {
      if (!(error instanceof DerError) && !(error as NodeJS.ErrnoException).code) throw error
      return fail(`The certificate request cannot be read: ${(error as Error).message}`)
    }
  },
})

function requested(rest: readonly Der[]): Der | undefined {
  const attributes = tagged(rest, 0)
  const found = attributes && insideOf(attributes).find(one => oid(insideOf(one)[0]!) === extensionRequest)
  return found && insideOf(insideOf(found)[1]!)[0]
}

function isSigned(data: Buffer, algorithm: Der, signature: Buffer, key: KeyObject): boolean {
  const [id, parameters] = insideOf(algorithm)
  const known = signatures[oid(id!)]
  if (!known) return false
  if (known.name !== 'rsassaPss') return verify(known.hash, data, key, signature)
  const given = parameters ? insideOf(parameters) : []
  const [hash, salt] = [tagged(given, 0), tagged(given, 2)]
  return verify(
    hash ? hashes[oid(insideOf(insideOf(hash)[0]!)[0]!)] : 'sha1',
    data,
    { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt ? Number(integer(insideOf(salt)[0]!)) : 20 },
    signature,
  )
}
