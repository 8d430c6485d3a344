import type { ArgsOf } from '../engine/args.js'
import { defineModule, fileAttributes, type ModuleContext } from '../engine/module/define.js'
import { pyStr } from '../engine/python/repr.js'
import { isDict, type Json, type Value } from '../engine/python/values.js'
import { quote, raw, sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'
import { attributesOf } from './files/attributes.js'
import { NameError } from './openssl/general-name.js'
import { outputFile, removed, shownContent } from './openssl/output-file.js'
import { passphraseCheck } from './openssl/passphrase.js'
import { type CsrWish, type Extension, opensslConfig, shortNames } from './openssl/request.js'
import {
  alternativeNames,
  authorityKeyIdentifier,
  distributionPoints,
  keyIdentifier,
  nameConstraints,
  reasons,
} from './openssl/wished-extensions.js'

const args = {
  path: { type: 'path', required: true, summary: 'file of the request' },
  state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
  privatekey_path: { type: 'path', summary: 'file of the private key' },
  privatekey_content: { type: 'str', noLog: true, summary: 'the private key' },
  privatekey_passphrase: { type: 'str', noLog: true, summary: 'its passphrase' },
  digest: { type: 'str', default: 'sha256', summary: 'digest to sign with' },
  version: { type: 'int', choices: [1], default: 1, summary: 'version of the request' },
  subject: { type: 'dict', summary: 'more of the subject' },
  subject_ordered: { type: 'list', elements: 'dict', summary: 'the subject, in order' },
  country_name: { type: 'str', aliases: ['C', 'countryName'], summary: 'country' },
  state_or_province_name: { type: 'str', aliases: ['ST', 'stateOrProvinceName'], summary: 'state' },
  locality_name: { type: 'str', aliases: ['L', 'localityName'], summary: 'place' },
  organization_name: { type: 'str', aliases: ['O', 'organizationName'], summary: 'organization' },
  organizational_unit_name: { type: 'str', aliases: ['OU', 'organizationalUnitName'], summary: 'unit of it' },
  common_name: { type: 'str', aliases: ['CN', 'commonName'], summary: 'name' },
  email_address: { type: 'str', aliases: ['E', 'emailAddress'], summary: 'mail address' },
  subject_alt_name: { type: 'list', elements: 'str', aliases: ['subjectAltName'], summary: 'other names: DNS:x, IP:y' },
  subject_alt_name_critical: {
    type: 'bool',
    default: false,
    aliases: ['subjectAltName_critical'],
    summary: 'must be understood',
  },
  use_common_name_for_san: {
    type: 'bool',
    default: true,
    aliases: ['useCommonNameForSAN'],
    summary: 'common_name is one of the other names when none is given',
  },
  key_usage: { type: 'list', elements: 'str', aliases: ['keyUsage'], summary: 'what the key is for' },
  key_usage_critical: { type: 'bool', default: false, aliases: ['keyUsage_critical'], summary: 'must be understood' },
  extended_key_usage: {
    type: 'list',
    elements: 'str',
    aliases: ['extKeyUsage', 'extendedKeyUsage'],
    summary: 'more that the key is for',
  },
  extended_key_usage_critical: {
    type: 'bool',
    default: false,
    aliases: ['extKeyUsage_critical', 'extendedKeyUsage_critical'],
    summary: 'must be understood',
  },
  basic_constraints: { type: 'list', elements: 'str', aliases: ['basicConstraints'], summary: 'CA:TRUE, pathlen:0' },
  basic_constraints_critical: {
    type: 'bool',
    default: false,
    aliases: ['basicConstraints_critical'],
    summary: 'must be understood',
  },
  ocsp_must_staple: { type: 'bool', default: false, aliases: ['ocspMustStaple'], summary: 'the server must staple' },
  ocsp_must_staple_critical: {
    type: 'bool',
    default: false,
    aliases: ['ocspMustStaple_critical'],
    summary: 'must be understood',
  },
  name_constraints_permitted: { type: 'list', elements: 'str', summary: 'names a CA may sign' },
  name_constraints_excluded: { type: 'list', elements: 'str', summary: 'names a CA may not sign' },
  name_constraints_critical: { type: 'bool', default: false, summary: 'must be understood' },
  create_subject_key_identifier: { type: 'bool', default: false, summary: 'put an identifier of the key in' },
  subject_key_identifier: { type: 'str', summary: 'identifier of the key' },
  authority_key_identifier: { type: 'str', summary: 'identifier of the CA’s key, in hexadecimal' },
  authority_cert_issuer: { type: 'list', elements: 'str', summary: 'names of who issued the CA’s certificate' },
  authority_cert_serial_number: { type: 'int', summary: 'number of the CA’s certificate' },
  crl_distribution_points: {
    type: 'list',
    elements: 'dict',
    options: {
      full_name: { type: 'list', elements: 'str', summary: 'names of the list: URI:https://…' },
      relative_name: { type: 'list', elements: 'str', summary: 'its name below that of who issues it: CN=x' },
      crl_issuer: { type: 'list', elements: 'str', summary: 'names of who issues it' },
      reasons: { type: 'list', elements: 'str', choices: reasons, summary: 'the reasons that it tells of' },
    },
    rules: {
      exclusive: [['full_name', 'relative_name']],
      oneOf: [['full_name', 'relative_name', 'crl_issuer']],
    },
    summary: 'where revocations are listed',
  },
  force: { type: 'bool', default: false, summary: 'make a new request' },
  backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
  return_content: { type: 'bool', default: false, summary: 'return the request' },
  select_crypto_backend: {
    type: 'str',
    choices: ['auto', 'cryptography'],
    default: 'auto',
    summary: 'does nothing here: openssl is used',
  },
  ...fileAttributes,
} as const
type Args = ArgsOf<typeof args>
type Fail = ModuleContext<unknown>['fail']

export default defineModule({
  name: 'community.crypto.openssl_csr',
  summary: 'Make certificate signing requests',
  check: 'full',
  args,
  rules: {
    exclusive: [
      ['privatekey_path', 'privatekey_content'],
      ['subject', 'subject_ordered'],
    ],
    together: [['authority_cert_issuer', 'authority_cert_serial_number']],
    requiredIf: [['state', 'present', ['privatekey_path', 'privatekey_content']]],
  },
  notes: ['The request that is wanted is made beside and compared: only another one replaces it.'],
  returns: {
    filename: 'the file',
    subject: 'the subject',
    subjectAltName: 'other names',
    csr: 'the request, with return_content',
  },
  examples: `
- community.crypto.openssl_csr:
    path: /etc/ssl/csr/www.ansible.com.csr
    privatekey_path: /etc/ssl/private/ansible.com.pem
    common_name: www.ansible.com
`,

  async run({ args, remote, fail }) {
    const { path, privatekey_path } = args
    const file = await outputFile({ remote, fail }, path)
    const wish = wishOf(args, fail)
    const base = {
      filename: path,
      privatekey: privatekey_path ?? null,
      subject: wish.subject.map(([name, value]) => [shortNames[name] ?? name, value]) as Json,
      subjectAltName: alternatives(args) ?? null,
      keyUsage: args.key_usage ?? null,
      extendedKeyUsage: args.extended_key_usage ?? null,
      basicConstraints: args.basic_constraints ?? null,
      ocspMustStaple: args.ocsp_must_staple,
      name_constraints_permitted: args.name_constraints_permitted ?? [],
      name_constraints_excluded: args.name_constraints_excluded ?? [],
    }
    if (args.state === 'absent') {
      return { ...base, ...(await removed({ remote, fail }, file, args, 'csr')) }
    }
    if (privatekey_path === undefined && args.privatekey_content === undefined)
      fail('state is present but any of the following are missing: privatekey_path, privatekey_content')
    // Passphrase, key and configuration come on standard input; the signature differs each time, so texts without it are compared.
    const input = [args.privatekey_passphrase ?? '', opensslConfig(wish), args.privatekey_content ?? '']
      .map(part => Buffer.from(part).toString('base64'))
      .join('\n')
    const show = '-noout -text -nameopt utf8,multiline -certopt no_sigdump -reqopt no_sigdump,no_version'
    const done = await remote.exec({
      shell: sh`umask 077; command -v openssl >/dev/null || exit 91; t=$(mktemp -d) || exit; trap 'rm -rf "$t"' EXIT
IFS= read -r p; IFS= read -r c; IFS= read -r k
printf '%s\\n' "$p" | openssl base64 -d -A >"$t/pass"; printf '%s' "$c" | openssl base64 -d -A >"$t/conf"
if [ -n "$k" ]; then printf '%s' "$k" | openssl base64 -d -A >"$t/key"; key=$t/key; else key=${privatekey_path ?? ''}; fi
[ -r "$key" ] || exit 92
${raw(passphraseCheck(args.privatekey_passphrase !== undefined, 'pass'))}
openssl req -new -${raw(quote(args.digest))} -key "$key" ${raw(args.privatekey_passphrase === undefined ? '' : '-passin "file:$t/pass"')} -config "$t/conf" ${raw(wish.subject.length === 0 ? '-subj /' : '')} -out "$t/csr" 2>"$t/err" || { cat "$t/err" >&2; exit 93; }
text() { openssl req -in "$1" ${raw(show.replace('-certopt no_sigdump ', ''))} 2>/dev/null | sed '/Signature Algorithm/,$ { /Signature Algorithm/p; d; }'; }
if [ -f ${path} ] && openssl req -in ${path} -noout -verify >/dev/null 2>&1 && [ "$(text "$t/csr")" = "$(text ${path})" ]; then echo same; else cat "$t/csr"; fi`,
      stdin: `${input}\n`,
      why: `make a request for ${args.common_name ?? path}`,
      changes: false,
      inCheckMode: true,
    })
    if (done.rc === 91) await missingProgram({ remote, fail }, 'openssl')
    // In check mode a task before this one may be what makes the private key.
    if (done.rc === 92 && remote.checkMode && !file.exists)
      return { ...base, changed: true, ...shownContent('csr', args, true, file, '') }
    if (done.rc === 92) fail(`The private key ${privatekey_path} does not exist`)
    if (done.rc === 94) fail(done.stderr.trim())
    if (done.rc !== 0) fail(`Unable to make the request: ${done.stderr.trim()}`, { rc: done.rc })
    const same = done.stdout.trim() === 'same' && !args.force
    const text = same || done.stdout.trim() === 'same' ? file.text : done.stdout
    if (args.force && done.stdout.trim() === 'same') remote.changed(`make ${path} again`)
    const put = same
      ? await file.setAttributes(attributesOf(args))
      : await file.put({ text, ...attributesOf(args), backup: args.backup, replaceLink: true, diff: 'none' })
    return {
      ...base,
      changed: remote.recorded.changed,
      ...shownContent('csr', args, remote.checkMode, file, text),
      ...('backup_file' in put && put.backup_file ? { backup_file: put.backup_file as string } : {}),
    }
  },
})

const usages: { readonly [name: string]: string } = {
  'digital signature': 'digitalSignature',
  'content commitment': 'nonRepudiation',
  contentCommitment: 'nonRepudiation',
  'non repudiation': 'nonRepudiation',
  'key encipherment': 'keyEncipherment',
  'data encipherment': 'dataEncipherment',
  'key agreement': 'keyAgreement',
  'certificate sign': 'keyCertSign',
  'crl sign': 'cRLSign',
  'encipher only': 'encipherOnly',
  'decipher only': 'decipherOnly',
}

const alternatives = (args: Args): readonly string[] | undefined =>
  args.subject_alt_name ?? (args.use_common_name_for_san && args.common_name ? [`DNS:${args.common_name}`] : undefined)

/** A name that is none fails the task. */
function encoded(make: () => Buffer, fail: Fail): Buffer {
  try {
    return make()
  } catch (error) {
    if (error instanceof NameError) return fail(error.message)
    throw error
  }
}

function wishOf(args: Args, fail: Fail): CsrWish {
  const pairs = (dict: Value | undefined): [string, string][] =>
    isDict(dict)
      ? [...dict].flatMap(([name, value]) =>
          (Array.isArray(value) ? value : [value]).map(one => [pyStr(name), pyStr(one)] as [string, string]),
        )
      : []
  // An empty name is none, as from a variable that is not set.
  const named = [
    ['countryName', args.country_name],
    ['stateOrProvinceName', args.state_or_province_name],
    ['localityName', args.locality_name],
    ['organizationName', args.organization_name],
    ['organizationalUnitName', args.organizational_unit_name],
    ['commonName', args.common_name],
    ['emailAddress', args.email_address],
  ].filter((pair): pair is [string, string] => Boolean(pair[1]))
  const subject = args.subject_ordered
    ? (args.subject_ordered as Value[]).flatMap(pairs)
    : [...named, ...pairs(args.subject as Value)]

  const extensions: Extension[] = []
  const add = (name: string, critical: boolean, value: string | undefined) => {
    if (value) extensions.push({ name, critical, value })
  }
  const made = (name: string, critical: boolean, wanted: boolean, make: () => Buffer) => {
    if (wanted) extensions.push({ name, critical, value: encoded(make, fail) })
  }
  const names = alternatives(args) ?? []
  made('subjectAltName', args.subject_alt_name_critical, names.length > 0, () => alternativeNames(names))
  add(
    'keyUsage',
    args.key_usage_critical,
    args.key_usage?.map(one => usages[one] ?? usages[one.toLowerCase()] ?? one).join(','),
  )
  add('extendedKeyUsage', args.extended_key_usage_critical, args.extended_key_usage?.join(','))
  add('basicConstraints', args.basic_constraints_critical, args.basic_constraints?.join(','))
  add('tlsfeature', args.ocsp_must_staple_critical, args.ocsp_must_staple ? 'status_request' : undefined)
  const { name_constraints_permitted: permitted = [], name_constraints_excluded: excluded = [] } = args
  made('nameConstraints', args.name_constraints_critical, permitted.length + excluded.length > 0, () =>
    nameConstraints(permitted, excluded),
  )
  const { subject_key_identifier, authority_key_identifier, authority_cert_issuer } = args
  if (args.create_subject_key_identifier && subject_key_identifier !== undefined)
    fail('subject_key_identifier cannot be specified if create_subject_key_identifier is true')
  add('subjectKeyIdentifier', false, args.create_subject_key_identifier ? 'hash' : undefined)
  made('subjectKeyIdentifier', false, subject_key_identifier !== undefined, () =>
    keyIdentifier(subject_key_identifier!),
  )
  const serial = args.authority_cert_serial_number
  if (serial !== undefined && serial < 0) fail('authority_cert_serial_number must not be negative')
  made('authorityKeyIdentifier', false, (authority_key_identifier ?? serial) !== undefined, () =>
    authorityKeyIdentifier(
      authority_key_identifier,
      authority_cert_issuer,
      serial === undefined ? undefined : BigInt(serial),
    ),
  )
  const points = args.crl_distribution_points ?? []
  made('crlDistributionPoints', false, points.length > 0, () => distributionPoints(points))
  return { subject, extensions }
}
