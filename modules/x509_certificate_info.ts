import { X509Certificate } from 'node:crypto'
import { defineModule } from '../engine/module/define.js'
import { isDict, type Json, type Value } from '../engine/python/values.js'
import { digests, fingerprints } from './openssl_privatekey.js'

const longNames: { readonly [name: string]: string } = {
  CN: 'commonName',
  C: 'countryName',
  ST: 'stateOrProvinceName',
  L: 'localityName',
  O: 'organizationName',
  OU: 'organizationalUnitName',
}
const kinds: { readonly [type: string]: string } = {
  rsa: 'RSA',
  dsa: 'DSA',
  ec: 'ECC',
  ed25519: 'Ed25519',
  ed448: 'Ed448',
}

export default defineModule({
  name: 'community.crypto.x509_certificate_info',
  aliases: ['ansible.builtin.openssl_certificate_info', 'community.crypto.openssl_certificate_info'],
  summary: 'Tell what a certificate says',
  check: 'full',
  args: {
    path: { type: 'path', summary: 'file of the certificate' },
    content: { type: 'str', summary: 'the certificate' },
    valid_at: { type: 'dict', summary: 'names and times: +1w, 20300101000000Z' },
    name_encoding: {
      type: 'str',
      choices: ['ignore', 'idna', 'unicode'],
      default: 'ignore',
      summary: 'how to write names that are not ASCII',
    },
    select_crypto_backend: {
      type: 'str',
      choices: ['auto', 'cryptography'],
      default: 'auto',
      summary: 'does nothing here',
    },
  },
  rules: { oneOf: [['path', 'content']], exclusive: [['path', 'content']] },
  notes: ['Names, validity, key and other names; extensions beyond these are not told.'],
  returns: {
    expired: 'whether it is',
    not_after: 'when it ends',
    not_before: 'when it begins',
    subject: 'whom it is for',
    issuer: 'who signed it',
    subject_alt_name: 'other names',
    fingerprints: 'digests',
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
    const file = args.path === undefined ? undefined : await remote.file(args.path, { want: 'text' })
    if (file && !file.exists) fail(`The file ${args.path} does not exist`)
    let certificate: X509Certificate
    try {
      certificate = new X509Certificate(args.content ?? file!.text)
    } catch (error) {
      return fail(`The certificate cannot be read: ${(error as Error).message}`)
    }
    const [from, until] = [new Date(certificate.validFrom), new Date(certificate.validTo)]
    const asTime = (date: Date) => date.toISOString().replace(/[-:T]|\.\d+/g, '')
    const names = (text: string) =>
      (text ?? '')
        .split('\n')
        .filter(Boolean)
        .map(line => {
          const [name, ...value] = line.split('=')
          return [longNames[name!] ?? name!, value.join('=')] as const
        })
    const subject = names(certificate.subject)
    const issuer = names(certificate.issuer)
    const key = certificate.publicKey
    const valid = isDict(args.valid_at as Value)
      ? [...(args.valid_at as Map<string, Value>)].map(
          ([name, when]) => [name, from <= at(String(when)) && at(String(when)) <= until] as const,
        )
      : []
    return {
      changed: false,
      expired: until < new Date(),
      not_before: asTime(from),
      not_after: asTime(until),
      subject: Object.fromEntries(subject),
      subject_ordered: subject.map(pair => [...pair]) as Json,
      issuer: Object.fromEntries(issuer),
      issuer_ordered: issuer.map(pair => [...pair]) as Json,
      subject_alt_name:
        certificate.subjectAltName?.split(', ').map(name => name.replace(/^IP Address:/, 'IP:')) ?? null,
      serial_number: BigInt(`0x${certificate.serialNumber}`),
      public_key: String(key.export({ type: 'spki', format: 'pem' })),
      public_key_type: kinds[key.asymmetricKeyType!] ?? key.asymmetricKeyType!,
      public_key_fingerprints: fingerprints(key),
      fingerprints: digests(certificate.raw),
      basic_constraints: certificate.ca ? ['CA:TRUE'] : null,
      valid_at: Object.fromEntries(valid),
    }
  },
})

/** `+1w2d` from now, or YYYYMMDDHHMMSSZ. */
function at(text: string): Date {
  const fixed = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (fixed) return new Date(`${fixed[1]}-${fixed[2]}-${fixed[3]}T${fixed[4]}:${fixed[5]}:${fixed[6]}Z`)
  const units: { readonly [unit: string]: number } = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 }
  const seconds = [...text.matchAll(/(\d+)([wdhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit!]!,
    0,
  )
  return new Date(Date.now() + (text.startsWith('-') ? -1000 : 1000) * seconds)
}
