import { defineModule, fileAttributes } from '../engine/module/define.js'
import { quoteAll, raw, sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'
import { attributesOf } from './files/attributes.js'
import { removed } from './openssl/output-file.js'
import { passphraseCheck } from './openssl/passphrase.js'

export default defineModule({
  name: 'community.crypto.openssl_pkcs12',
  summary: 'Pack a key and certificates into a PKCS#12 file, or unpack one',
  notes: ['The openssl of the host does the work; passphrases and keys travel on standard input.'],
  check: 'full',
  args: {
    path: { type: 'path', required: true, summary: 'file to write' },
    action: { type: 'str', choices: ['export', 'parse'], default: 'export', summary: 'pack, or unpack src as PEM' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
    src: { type: 'path', summary: 'PKCS#12 file to unpack' },
    privatekey_path: { type: 'path', summary: 'file of the private key' },
    privatekey_content: { type: 'str', noLog: true, summary: 'the private key' },
    privatekey_passphrase: { type: 'str', noLog: true, summary: 'its passphrase' },
    certificate_path: { type: 'path', summary: 'file of its certificate' },
    certificate_content: { type: 'str', summary: 'its certificate' },
    other_certificates: {
      type: 'list',
      elements: 'path',
      aliases: ['ca_certificates'],
      summary: 'files of more certificates',
    },
    other_certificates_content: { type: 'list', elements: 'str', summary: 'more certificates' },
    other_certificates_parse_all: {
      type: 'bool',
      default: false,
      summary: 'take all certificates of these files, not the first of each',
    },
    friendly_name: { type: 'str', aliases: ['name'], summary: 'name of the key and its certificate' },
    passphrase: { type: 'str', noLog: true, summary: 'passphrase of the file' },
    encryption_level: {
      type: 'str',
      choices: ['auto', 'compatibility2022'],
      default: 'auto',
      summary: 'the encryption of openssl, or one that old software reads',
    },
    iter_size: { type: 'int', summary: 'rounds that a passphrase takes' },
    maciter_size: { type: 'int', summary: 'no use here: openssl takes as many rounds as iter_size says' },
    force: { type: 'bool', default: false, summary: 'write it again' },
    backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
    return_content: { type: 'bool', default: false, summary: 'return the file, in Base64' },
    select_crypto_backend: {
      type: 'str',
      choices: ['auto', 'cryptography', 'pyopenssl'],
      default: 'auto',
      summary: 'does nothing here',
    },
    ...fileAttributes,
  },
  rules: {
    exclusive: [
      ['privatekey_path', 'privatekey_content'],
      ['certificate_path', 'certificate_content'],
      ['other_certificates', 'other_certificates_content'],
    ],
    requiredIf: [['action', 'parse', 'src']],
  },
  returns: {
    filename: 'the file',
    privatekey: 'file of the private key',
    mode: 'permissions of the file',
    backup_file: 'the dated copy',
    pkcs12: 'the file in Base64, with return_content',
  },
  examples: `
- name: Pack a key and its certificate
  community.crypto.openssl_pkcs12:
    path: /opt/certs/ansible.p12
    friendly_name: raclette
    privatekey_path: /opt/certs/keys/key.pem
    certificate_path: /opt/certs/cert.pem
    other_certificates: /opt/certs/ca.pem

- name: Unpack
  community.crypto.openssl_pkcs12:
    action: parse
    src: /opt/certs/ansible.p12
    path: /opt/certs/ansible.pem
`,

  async run({ args, remote, fail }) {
    const { path } = args
    const file = await remote.file(path)
    const base = {
      filename: path,
      ...(args.privatekey_path === undefined ? {} : { privatekey_path: args.privatekey_path }),
    }
    if (args.state === 'absent') {
      return { ...base, ...(await removed({ remote, fail }, file, args, 'pkcs12')) }
    }
    if (args.friendly_name === undefined && args.action === 'export' && args.privatekey_path !== undefined) {
      fail('Friendly_name is required')
    }
    // In check mode that is what there is now, or nothing.
    const content = (made: Buffer): { pkcs12?: string | null } => {
      if (!args.return_content) return {}
      if (remote.checkMode && !file.exists) return { pkcs12: null }
      return { pkcs12: (remote.checkMode ? file.bytes : made).toString('base64') }
    }
    const done = await remote.exec({
      shell: args.action === 'parse' ? unpack(args.src!, path) : pack(args),
      stdin: [args.passphrase ?? '', args.privatekey_passphrase ?? '', args.privatekey_content ?? '']
        .map(part => `${Buffer.from(part).toString('base64')}\n`)
        .join(''),
      why: `make ${path}`,
      changes: false,
      inCheckMode: true,
    })
    if (done.rc === 91) await missingProgram({ remote, fail }, 'openssl')
    // In check mode tasks before this one may be what makes the files.
    if (done.rc === 92 && remote.checkMode && !file.exists) return { ...base, changed: true, ...content(file.bytes) }
    if (done.rc !== 0) fail(done.stderr.trim() || `openssl ended with exit code ${done.rc}`, { rc: done.rc })
    const same = done.stdout.startsWith('same\n')
    const fresh = Buffer.from(done.stdout.replace(/^same\n/, ''), 'base64')
    const wanted = same && !args.force ? file.bytes : fresh
    // The salt makes the same content other bytes each time.
    const attributes = attributesOf(args)
    const mode = attributes.mode ?? (file.exists ? undefined : '0400')
    const put = await file.put({
      bytes: wanted,
      replaceLink: true,
      ...attributes,
      ...(mode === undefined ? {} : { mode }),
      backup: args.backup,
    })
    return {
      ...base,
      changed: remote.recorded.changed,
      ...(remote.checkMode
        ? {}
        : {
            mode: `0${(typeof mode === 'string' && /^[0-7]+$/.test(mode) ? Number.parseInt(mode, 8) : file.mode).toString(8)}`,
          }),
      ...content(wanted),
      ...(put.backup_file === undefined ? {} : { backup_file: put.backup_file }),
    }
  },
})

/** Reads what standard input brings into files that only the caller can read. */
const start = `umask 077; command -v openssl >/dev/null || exit 91; t=$(mktemp -d) || exit; trap 'rm -rf "$t"' EXIT
IFS= read -r a; IFS= read -r b; IFS= read -r c
plain() { printf '%s' "$1" | openssl base64 -d -A; }
{ plain "$a"; echo; } >"$t/pass"; { plain "$b"; echo; } >"$t/keypass"
need() { [ -r "$1" ] || { echo "File $1 does not exist or cannot be read" >&2; exit 92; }; }
# Files of old software need the algorithms that openssl 3 keeps apart.
dump() { openssl pkcs12 -in "$1" -nodes -passin "file:$t/pass" 2>"$t/err" || openssl pkcs12 -legacy -in "$1" -nodes -passin "file:$t/pass" 2>/dev/null || { cat "$t/err" >&2; return 1; }; }
blocks() { sed -n '/^-----BEGIN/,/^-----END/p'; }
only() { sed -n "/^-----BEGIN .*$1-----/,/^-----END .*$1-----/p"; }
first() { sed '/^-----END/q'; }
`

interface Packing {
  readonly path: string
  readonly privatekey_path: string | undefined
  readonly privatekey_content: string | undefined
  readonly privatekey_passphrase: string | undefined
  readonly certificate_path: string | undefined
  readonly certificate_content: string | undefined
  readonly other_certificates: readonly string[] | undefined
  readonly other_certificates_content: readonly string[] | undefined
  readonly other_certificates_parse_all: boolean
  readonly friendly_name: string | undefined
  readonly encryption_level: 'auto' | 'compatibility2022'
  readonly iter_size: number | undefined
}

/** Packs, and prints "same" before the Base64 when the file that is there holds the same, in whatever order. */
function pack(args: Packing): string {
  const hasKey = args.privatekey_path !== undefined || args.privatekey_content !== undefined
  const options = [
    ...(args.friendly_name === undefined ? [] : [hasKey ? '-name' : '-caname', args.friendly_name]),
    ...(args.encryption_level === 'compatibility2022'
      ? ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'SHA1']
      : []),
    ...(args.iter_size === undefined ? [] : ['-iter', String(args.iter_size)]),
  ]
  const key =
    args.privatekey_path === undefined
      ? 'plain "$c" >"$t/key"'
      : sh`need ${args.privatekey_path}; cat ${args.privatekey_path} >"$t/key"`
  const withKey = `${key}
key=$t/key; ${passphraseCheck(args.privatekey_passphrase !== undefined, 'keypass')}
openssl pkey -in "$t/key" -passin "file:$t/keypass" >"$t/open" 2>"$t/err" || { echo "The private key cannot be read: $(cat "$t/err")" >&2; exit 93; }`
  const all = raw(args.other_certificates_parse_all ? 'cat' : 'first')
  const others = [
    ...(args.other_certificates ?? []).map(other => sh`need ${other}; blocks <${other} | ${all} >>"$t/others"`),
    ...(args.other_certificates_content ?? []).map(text => sh`printf '%s\\n' ${text} | blocks | ${all} >>"$t/others"`),
  ]
  const certificate =
    args.certificate_content !== undefined
      ? sh`printf '%s\\n' ${args.certificate_content} | blocks | first >"$t/cert"`
      : args.certificate_path === undefined
        ? ''
        : sh`need ${args.certificate_path}; blocks <${args.certificate_path} | first >"$t/cert"`
  return `${start}: >"$t/others"
${certificate}
${hasKey ? withKey : ''}
${others.join('\n')}
cat "$t/cert" "$t/others" >"$t/in" 2>/dev/null
[ ! -s "$t/others" ] || set -- -certfile "$t/others"
${hasKey && certificate !== '' ? 'set -- "$@" -in "$t/cert" -inkey "$t/open"' : hasKey ? 'set -- "$@" -in "$t/open" -nocerts' : 'set -- -in "$t/in" -nokeys'}
openssl pkcs12 -export "$@" ${quoteAll(options)} -passout "file:$t/pass" -out "$t/p12" 2>"$t/err" || { cat "$t/err" >&2; exit 94; }
if [ -f ${quoteAll([args.path])} ] && dump ${quoteAll([args.path])} >"$t/old" 2>/dev/null && dump "$t/p12" >"$t/new" && [ "$(sort "$t/old")" = "$(sort "$t/new")" ]; then echo same; fi
openssl base64 -in "$t/p12"`
}

/** Key, certificate and other certificates, without what stands between them. */
const unpack = (src: string, path: string): string => `${start}need ${quoteAll([src])}
all=$(dump ${quoteAll([src])}) || exit 95
{ printf '%s\\n' "$all" | only 'PRIVATE KEY' >"$t/key"; [ ! -s "$t/key" ] || openssl pkey -in "$t/key" -traditional; printf '%s\\n' "$all" | only CERTIFICATE; } >"$t/pem"
[ ! -f ${quoteAll([path])} ] || ! cmp -s "$t/pem" ${quoteAll([path])} || echo same
openssl base64 -in "$t/pem"`
