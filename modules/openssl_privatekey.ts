import { createPrivateKey, type KeyObject } from 'node:crypto'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { missingProgram } from './commands/missing-program.js'
import { attributesOf } from './files/attributes.js'
import { fingerprints } from './openssl/key-data.js'
import { outputFile, removed, shownContent } from './openssl/output-file.js'

const curves =
  'secp224r1 secp256k1 secp256r1 secp384r1 secp521r1 secp192r1 brainpoolP256r1 brainpoolP384r1 brainpoolP512r1 sect163k1 sect163r2 sect233k1 sect233r1 sect283k1 sect283r1 sect409k1 sect409r1 sect571k1 sect571r1'.split(
    ' ',
  )
/** openssl's names where they are others. */
const opensslCurves: { readonly [name: string]: string } = { secp256r1: 'prime256v1', secp192r1: 'prime192v1' }

export default defineModule({
  name: 'community.crypto.openssl_privatekey',
  summary: 'Make private keys',
  check: 'full',
  args: {
    path: { type: 'path', required: true, summary: 'file of the key' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
    type: {
      type: 'str',
      choices: ['DSA', 'ECC', 'Ed25519', 'Ed448', 'RSA', 'X25519', 'X448'],
      default: 'RSA',
      summary: 'kind of key',
    },
    size: { type: 'int', default: 4096, summary: 'bits of an RSA or DSA key' },
    curve: { type: 'str', choices: curves, summary: 'curve of an ECC key' },
    passphrase: { type: 'str', noLog: true, summary: 'passphrase of the key' },
    cipher: { type: 'str', summary: 'cipher for the passphrase; auto is aes256' },
    format: {
      type: 'str',
      choices: ['pkcs1', 'pkcs8', 'raw', 'auto', 'auto_ignore'],
      default: 'auto_ignore',
      summary: 'how it is written',
    },
    format_mismatch: {
      type: 'str',
      choices: ['regenerate', 'convert'],
      default: 'regenerate',
      summary: 'what to do with another format',
    },
    regenerate: {
      type: 'str',
      choices: ['never', 'fail', 'partial_idempotence', 'full_idempotence', 'always'],
      default: 'full_idempotence',
      summary: 'when to make a new key',
    },
    force: { type: 'bool', default: false, summary: 'make a new key' },
    backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old key' },
    return_content: { type: 'bool', default: false, summary: 'return the key' },
    select_crypto_backend: {
      type: 'str',
      choices: ['auto', 'cryptography'],
      default: 'auto',
      summary: 'does nothing here: openssl is used',
    },
    ...fileAttributes,
  },
  rules: { requiredIf: [['type', 'ECC', 'curve']] },
  notes: ['The key is made by openssl on the host and never leaves it, but for reading what kind it is.'],
  returns: {
    filename: 'file of the key',
    type: 'kind of key',
    size: 'bits',
    fingerprint: 'digests of the public key',
    privatekey: 'the key, with return_content',
  },
  examples: `
- community.crypto.openssl_privatekey:
    path: /etc/ssl/private/ansible.com.pem
    size: 2048
`,

  async run({ args, remote, fail }) {
    const { path, state, type, size, curve, passphrase } = args
    const file = await outputFile({ remote, fail }, path)
    const base = { filename: path, type, size, ...(curve ? { curve } : {}) }
    if (state === 'absent') {
      return { ...base, ...(await removed({ remote, fail }, file, args, 'privatekey')) }
    }
    const cipher =
      passphrase === undefined ? undefined : !args.cipher || args.cipher === 'auto' ? 'aes256' : args.cipher
    const key = loaded(file.text, passphrase)
    const why = file.exists ? wrong(key, file.text, args) : undefined
    const { regenerate } = args
    if (file.exists && why && !args.force && regenerate !== 'always') {
      if (why === 'unreadable' && regenerate !== 'full_idempotence')
        fail(
          'Unable to read the key. The key is protected with a another passphrase / no passphrase or broken. Will not proceed. To force regeneration, call the module with `generate` set to `full_idempotence` or `always`, or with `force=true`.',
        )
      if (regenerate === 'fail' || regenerate === 'never')
        if (regenerate === 'fail')
          fail(
            'Key has wrong type and/or size. Will not proceed. To force regeneration, call the module with `generate` set to `partial_idempotence`, `full_idempotence` or `always`, or with `force=true`.',
          )
    }
    const make = !file.exists || args.force || regenerate === 'always' || (why !== undefined && regenerate !== 'never')
    // Secrets are read by their owner alone unless somebody says otherwise.
    const attributes = {
      ...attributesOf(args),
      ...(args.mode === undefined || args.mode === null ? (make ? { mode: '0600' } : {}) : {}),
    }
    if (!make) {
      await file.setAttributes(attributes)
      return result(key, file.text)
    }
    const made = await generated()
    const put = await file.put({ text: made, ...attributes, backup: args.backup, replaceLink: true, diff: 'none' })
    return result(remote.checkMode ? key : loaded(made, passphrase), made, put.backup_file)

    async function generated(): Promise<string> {
      const options =
        type === 'RSA'
          ? ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${size}`]
          : type === 'ECC'
            ? [
                '-algorithm',
                'EC',
                '-pkeyopt',
                `ec_paramgen_curve:${opensslCurves[curve!] ?? curve}`,
                '-pkeyopt',
                'ec_param_enc:named_curve',
              ]
            : ['-algorithm', type.toUpperCase()]
      const traditional = args.format === 'pkcs1' || (/^auto/.test(args.format) && /^(RSA|ECC|DSA)$/.test(type))
      const text = type === 'DSA' ? `openssl dsaparam -genkey -noout ${size}` : `openssl genpkey ${options.join(' ')}`
      const convert = traditional
        ? `openssl ${type === 'ECC' ? 'ec' : type === 'DSA' ? 'dsa' : 'rsa'} ${cipher ? `-${cipher} -passout fd:3` : ''} $(openssl ${type === 'ECC' ? 'ec' : type === 'DSA' ? 'dsa' : 'rsa'} -help 2>&1 | grep -o -e -traditional | head -n 1)`
        : `openssl pkcs8 -topk8 ${cipher ? `-v2 ${cipher === 'aes256' ? 'aes-256-cbc' : cipher} -passout fd:3` : '-nocrypt'}`
      const done = await remote.exec({
        shell: `umask 077; ${cipher ? 'exec 3<&0 </dev/null; ' : ''}command -v openssl >/dev/null || exit 91; ${text} 2>/dev/null | ${convert} 2>/dev/null`,
        ...(cipher ? { stdin: `${passphrase}\n` } : {}),
        why: `make a ${type} key`,
        changes: false,
      })
      if (done.rc === 91) await missingProgram({ remote, fail }, 'openssl')
      if (done.rc !== 0 || (!done.skipped && !done.stdout.includes('PRIVATE KEY')))
        fail(`Unable to generate the key: ${done.stderr.trim() || `exit code ${done.rc}`}`)
      if (args.format !== 'raw' || done.skipped) return done.stdout
      return fail('format raw is not supported here: a raw key is no text')
    }
    async function result(shown: KeyObject | undefined, text: string, backup_file?: string) {
      return {
        ...base,
        changed: remote.recorded.changed,
        fingerprint: shown ? fingerprints(shown) : null,
        ...shownContent('privatekey', args, remote.checkMode, file, text),
        ...(backup_file === undefined ? {} : { backup_file }),
      }
    }
  },
})

function loaded(text: string, passphrase: string | undefined): KeyObject | undefined {
  try {
    return text === ''
      ? undefined
      : createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch {
    return undefined
  }
}

const types: { readonly [type: string]: string } = {
  RSA: 'rsa',
  DSA: 'dsa',
  ECC: 'ec',
  Ed25519: 'ed25519',
  Ed448: 'ed448',
  X25519: 'x25519',
  X448: 'x448',
}

/** What is wrong about the key that is there; undefined: nothing. */
function wrong(
  key: KeyObject | undefined,
  text: string,
  wanted: { type: string; size: number; curve?: string | undefined; passphrase?: string | undefined; format: string },
): string | undefined {
  if (!key) return 'unreadable'
  const encrypted = /ENCRYPTED/.test(text)
  if (encrypted !== (wanted.passphrase !== undefined)) return 'unreadable'
  if (key.asymmetricKeyType !== types[wanted.type]) return 'type'
  const details = key.asymmetricKeyDetails
  if (/^(RSA|DSA)$/.test(wanted.type) && details?.modulusLength !== wanted.size) return 'size'
  if (wanted.type === 'ECC' && details?.namedCurve !== (opensslCurves[wanted.curve!] ?? wanted.curve)) return 'curve'
  const isPkcs8 = /BEGIN (ENCRYPTED )?PRIVATE KEY/.test(text)
  if (wanted.format === 'pkcs8' && !isPkcs8) return 'format'
  if (wanted.format === 'pkcs1' && isPkcs8) return 'format'
  return undefined
}
