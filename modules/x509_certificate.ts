import { X509Certificate } from 'node:crypto'
import type { ArgsOf } from '../engine/args.js'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { quote, raw, sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'
import { attributesOf } from './files/attributes.js'
import { outputFile, removed, shownContent } from './openssl/output-file.js'
import { passphraseCheck } from './openssl/passphrase.js'
import { timeOf } from './openssl/time-spec.js'

const acme = {
  unsupported: 'provider acme is not built: use the acme client of the host',
  summary: 'for provider acme',
} as const
const entrust = { unsupported: 'provider entrust is not built', summary: 'for provider entrust' } as const
const identifiers = ['create_if_not_provided', 'always_create', 'never_create'] as const
const args = {
  path: { type: 'path', required: true, summary: 'file of the certificate' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
  provider: { type: 'str', choices: ['acme', 'entrust', 'ownca', 'selfsigned'], summary: 'who signs it' },
  csr_path: { type: 'path', summary: 'file of the request' },
  csr_content: { type: 'str', summary: 'the request' },
  privatekey_path: { type: 'path', summary: 'file of the private key' },
  privatekey_content: { type: 'str', noLog: true, summary: 'the private key' },
  privatekey_passphrase: { type: 'str', noLog: true, summary: 'its passphrase' },
  selfsigned_digest: { type: 'str', default: 'sha256', summary: 'digest to sign with' },
  selfsigned_version: { type: 'int', default: 3, choices: [2, 3], summary: 'version of the certificate; 2 fails' },
  selfsigned_not_before: {
    type: 'str',
    default: '+0s',
    aliases: ['selfsigned_notBefore'],
    summary: 'from when it is valid',
  },
  selfsigned_not_after: {
    type: 'str',
    default: '+3650d',
    aliases: ['selfsigned_notAfter'],
    summary: 'until when it is valid',
  },
  selfsigned_create_subject_key_identifier: {
    type: 'str',
    choices: identifiers,
    default: 'create_if_not_provided',
    summary: 'identifier of the key',
  },
  ownca_path: { type: 'path', summary: 'file of the CA’s certificate' },
  ownca_content: { type: 'str', summary: 'the CA’s certificate' },
  ownca_privatekey_path: { type: 'path', summary: 'file of the CA’s key' },
  ownca_privatekey_content: { type: 'str', noLog: true, summary: 'the CA’s key' },
  ownca_privatekey_passphrase: { type: 'str', noLog: true, summary: 'its passphrase' },
  ownca_digest: { type: 'str', default: 'sha256', summary: 'digest to sign with' },
  ownca_version: { type: 'int', default: 3, choices: [2, 3], summary: 'version of the certificate; 2 fails' },
  ownca_not_before: { type: 'str', default: '+0s', summary: 'from when it is valid' },
  ownca_not_after: { type: 'str', default: '+3650d', summary: 'until when it is valid' },
  ownca_create_subject_key_identifier: {
    type: 'str',
    choices: identifiers,
    default: 'create_if_not_provided',
    summary: 'identifier of the key',
  },
  ownca_create_authority_key_identifier: { type: 'bool', default: true, summary: 'identifier of the CA’s key' },
  ignore_timestamps: { type: 'bool', default: true, choices: [true], summary: 'do not compare when it is valid' },
  force: { type: 'bool', default: false, summary: 'make a new one' },
  backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
  return_content: { type: 'bool', default: false, summary: 'return the certificate' },
  select_crypto_backend: {
    type: 'str',
    choices: ['auto', 'cryptography'],
    default: 'auto',
    summary: 'does nothing here: openssl is used',
  },
  acme_accountkey_path: { type: 'path', ...acme },
  acme_challenge_path: { type: 'path', ...acme },
  acme_chain: { type: 'bool', default: false, ...acme },
  acme_directory: { type: 'str', default: 'https://acme-v02.api.letsencrypt.org/directory', ...acme },
  entrust_cert_type: { type: 'str', default: 'STANDARD_SSL', ...entrust },
  entrust_not_after: { type: 'str', default: '+365d', ...entrust },
  entrust_requester_email: { type: 'str', ...entrust },
  entrust_requester_name: { type: 'str', ...entrust },
  entrust_requester_phone: { type: 'str', ...entrust },
  entrust_api_user: { type: 'str', ...entrust },
  entrust_api_key: { type: 'str', noLog: true, ...entrust },
  entrust_api_client_cert_path: { type: 'path', ...entrust },
  entrust_api_client_cert_key_path: { type: 'path', ...entrust },
  entrust_api_specification_path: {
    type: 'path',
    default: 'https://cloud.entrust.net/EntrustCloud/documentation/cms-api-2.1.0.yaml',
    ...entrust,
  },
  ...fileAttributes,
} as const
type Args = ArgsOf<typeof args>

export default defineModule({
  name: 'community.crypto.x509_certificate',
  summary: 'Make certificates: self-signed, or by a CA of one’s own',
  check: 'full',
  args,
  rules: {
    exclusive: [
      ['csr_path', 'csr_content'],
      ['privatekey_path', 'privatekey_content'],
      ['ownca_path', 'ownca_content'],
      ['ownca_privatekey_path', 'ownca_privatekey_content'],
    ],
    requiredIf: [['state', 'present', 'provider']],
  },
  returns: {
    filename: 'the file',
    certificate: 'the certificate, with return_content',
    notBefore: 'from when it counts',
    notAfter: 'until when it counts',
    serial_number: 'its number',
    backup_file: 'name of the backup',
  },
  examples: `
- community.crypto.x509_certificate:
    path: /etc/ssl/crt/ansible.com.crt
    privatekey_path: /etc/ssl/private/ansible.com.pem
    csr_path: /etc/ssl/csr/ansible.com.csr
    provider: selfsigned
`,

  async run({ args, remote, fail }) {
    const { path, provider } = args
    const file = await outputFile({ remote, fail }, path)
    const base = {
      filename: path,
      privatekey: args.privatekey_path ?? null,
      csr: args.csr_path ?? null,
      ...(provider === 'ownca' && {
        ca_cert: args.ownca_path ?? null,
        ca_privatekey: args.ownca_privatekey_path ?? null,
      }),
    }
    if (args.state === 'absent') {
      return { ...base, ...(await removed({ remote, fail }, file, args, 'certificate')) }
    }
    if (provider === 'acme' || provider === 'entrust') fail(`provider ${provider} is not built`)
    const own = provider === 'ownca'
    if (args[own ? 'ownca_version' : 'selfsigned_version'] === 2)
      fail('The cryptography backend does not support v2 certificates')
    for (const name of own ? (['ownca', 'ownca_privatekey'] as const) : (['privatekey'] as const)) {
      if (!args[`${name}_path`] && !args[`${name}_content`])
        fail(`One of ${name}_path and ${name}_content must be specified for the ${provider} provider.`)
    }
    if (own && !args.csr_path && !args.csr_content) fail('csr_path or csr_content is required for ownca provider')
    const moment = (edge: 'not_before' | 'not_after') => {
      const option = `${own ? 'ownca' : 'selfsigned'}_${edge}` as const
      return timeOf(args[option], option, fail)
    }
    const done = await remote.exec({
      shell: script(args, [moment('not_before'), moment('not_after')]),
      stdin: `${[args.csr_content, own ? args.ownca_privatekey_content : args.privatekey_content, own ? args.ownca_content : undefined, own ? args.ownca_privatekey_passphrase : args.privatekey_passphrase].map(part => Buffer.from(part ?? '').toString('base64')).join('\n')}\n`,
      why: `make the certificate ${path}`,
      changes: false,
      inCheckMode: true,
    })
    if (done.rc === 91) await missingProgram({ remote, fail }, 'openssl')
    if (done.rc === 92 || done.rc === 94) fail(done.stderr.trim())
    if (done.rc !== 0) fail(`Unable to make the certificate: ${done.stderr.trim()}`, { rc: done.rc })
    const same = done.stdout.trim() === 'same'
    const text = same ? file.text : done.stdout
    const put = same
      ? await file.setAttributes(attributesOf(args))
      : await file.put({ text, ...attributesOf(args), backup: args.backup, replaceLink: true, diff: 'none' })
    return {
      ...base,
      changed: remote.recorded.changed,
      ...momentAndNumber(text),
      ...shownContent('certificate', args, remote.checkMode, file, text),
      ...('backup_file' in put && put.backup_file ? { backup_file: put.backup_file as string } : {}),
    }
  },
})

/** What Ansible tells of the certificate; nothing of what is none. */
function momentAndNumber(pem: string) {
  try {
    const { validFrom, validTo, serialNumber } = new X509Certificate(pem)
    const [notBefore, notAfter] = [validFrom, validTo].map(date =>
      new Date(date).toISOString().replace(/[-:T]|\.\d+/g, ''),
    )
    return { notBefore: notBefore!, notAfter: notAfter!, serial_number: BigInt(`0x${serialNumber}`) }
  } catch {
    return {}
  }
}

const asDate = (time: Date) => time.toISOString().replace(/[-:T]|\.\d+/g, '')

/** Compares what is there with what is asked for, and signs anew when they differ. */
function script(args: Args, [from, until]: readonly [Date, Date]) {
  const own = args.provider === 'ownca'
  const digest = own ? args.ownca_digest : args.selfsigned_digest
  const ski = own ? args.ownca_create_subject_key_identifier : args.selfsigned_create_subject_key_identifier
  const pass =
    (own ? args.ownca_privatekey_passphrase : args.privatekey_passphrase) === undefined ? '' : '-passin "file:$t/pass"'
  const secrets = '-nameopt utf8 2>/dev/null'
  const extensions = `openssl req -in "$csr" -noout -text 2>/dev/null`
  const extensionsOf = `awk '/(Requested Extensions|X509v3 extensions):/{on=1;next} /Signature Algorithm/{on=0} on{gsub(/^ +| +$/,"");print}' | sed '/Subject Key Identifier/,+1d; /Authority Key Identifier/,+1d; /^keyid:/d; /^DirName:/d; /^serial:/d'`
  return sh`umask 077; command -v openssl >/dev/null || exit 91; t=$(mktemp -d) || exit; trap 'rm -rf "$t"' EXIT
for n in csr key ca pass; do IFS= read -r v; [ -z "$v" ] || printf '%s' "$v" | openssl base64 -d -A >"$t/$n"; done
crt=${args.path} csr=${args.csr_path ?? ''} key=${(own ? args.ownca_privatekey_path : args.privatekey_path) ?? ''} ca=${(own ? args.ownca_path : undefined) ?? ''}
[ -n "$csr" ] || { [ ! -f "$t/csr" ] || csr=$t/csr; }; [ -n "$key" ] || key=$t/key; [ -n "$ca" ] || ca=$t/ca
[ -z "$csr" ] || [ -r "$csr" ] || { echo "The certificate signing request file $csr does not exist" >&2; exit 92; }
[ -r "$key" ] || { echo "The private key $key does not exist" >&2; exit 92; }
${raw(passphraseCheck(pass !== '', 'pass'))}
if [ -z "$csr" ]; then printf '[req]\nprompt=no\ndistinguished_name=dn\n[dn]\n' >"$t/c0"; openssl req -new -key "$key" ${raw(pass)} -config "$t/c0" -subj / -out "$t/csr" 2>&1 >/dev/null || exit 93; csr=$t/csr; fi
${raw(own ? '[ -r "$ca" ] || { echo "The CA certificate $ca does not exist" >&2; exit 92; }' : '')}
if [ -f "$crt" ] && ${raw(args.force ? 'false' : 'openssl x509 -in "$crt" -noout 2>/dev/null')}; then
  a=$(openssl req -in "$csr" -noout -pubkey -subject ${raw(secrets)}; ${raw(extensions)} | ${raw(extensionsOf)})
  b=$(openssl x509 -in "$crt" -noout -pubkey 2>/dev/null; openssl x509 -in "$crt" -noout -subject ${raw(secrets)}; openssl x509 -in "$crt" -noout -text 2>/dev/null | ${raw(extensionsOf)})
  if [ "$a" = "$b" ] ${raw(own ? '&& [ "$(openssl x509 -in "$crt" -noout -issuer -nameopt utf8 | sed s/^issuer//)" = "$(openssl x509 -in "$ca" -noout -subject -nameopt utf8 | sed s/^subject//)" ] && openssl verify -partial_chain -no_check_time -CAfile "$ca" "$crt" >/dev/null 2>&1' : '')}; then echo same; exit 0; fi
fi
cat >"$t/conf" <<'CONF'
[ca]
default_ca = d
[d]
policy = p
copy_extensions = copyall
unique_subject = no
email_in_dn = yes
x509_extensions = x
[p]
commonName = optional
countryName = optional
stateOrProvinceName = optional
localityName = optional
organizationName = optional
organizationalUnitName = optional
emailAddress = optional
serialNumber = optional
givenName = optional
surname = optional
domainComponent = optional
[x]
${raw(ski === 'never_create' ? '' : 'subjectKeyIdentifier = hash')}
${raw(own && args.ownca_create_authority_key_identifier ? 'authorityKeyIdentifier = keyid' : '')}
CONF
: >"$t/index"; openssl rand -hex 19 >"$t/serial"; mkdir "$t/new"
printf 'database = %s\nserial = %s\nnew_certs_dir = %s\n' "$t/index" "$t/serial" "$t/new" >"$t/more"
awk -v f="$t/more" '{ print } $0 == "[d]" { while ((getline line < f) > 0) print line }' "$t/conf" >"$t/full"
openssl ca -batch -notext -preserveDN -utf8 -config "$t/full" -md ${raw(quote(digest))} -startdate ${asDate(from)} -enddate ${asDate(until)} -keyfile "$key" ${raw(pass)} ${raw(own ? '-cert "$ca"' : '-selfsign')} -in "$csr" -out "$t/crt" >"$t/out" 2>&1 || { cat "$t/out" >&2; exit 93; }
openssl x509 -in "$t/crt"`
}
