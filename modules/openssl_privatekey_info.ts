import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { defineModule } from '../engine/module/define.js'
import { fingerprints } from './openssl_privatekey.js'

const shown: { readonly [type: string]: string } = {
  rsa: 'RSA',
  dsa: 'DSA',
  ec: 'ECC',
  ed25519: 'Ed25519',
  ed448: 'Ed448',
  x25519: 'X25519',
  x448: 'X448',
}

export default defineModule({
  name: 'community.crypto.openssl_privatekey_info',
  summary: 'Tell what kind a private key is',
  check: 'full',
  args: {
    path: { type: 'path', summary: 'file of the key' },
    content: { type: 'str', noLog: true, summary: 'the key' },
    passphrase: { type: 'str', noLog: true, summary: 'its passphrase' },
    return_private_key_data: {
      type: 'bool',
      default: false,
      unsupported: 'private numbers are not returned',
      summary: 'return what must be kept secret',
    },
    check_consistency: {
      type: 'bool',
      default: false,
      summary: 'does nothing here: openssl checks a key when it reads it',
    },
    select_crypto_backend: {
      type: 'str',
      choices: ['auto', 'cryptography'],
      default: 'auto',
      summary: 'does nothing here',
    },
  },
  rules: { oneOf: [['path', 'content']], exclusive: [['path', 'content']] },
  returns: {
    type: 'kind of key',
    public_key: 'the public key',
    public_key_fingerprints: 'its digests',
    public_data: 'size, exponent, curve',
  },
  examples: `
- community.crypto.openssl_privatekey_info:
    path: /etc/ssl/private/ansible.com.pem
`,

  async run({ args, remote, fail }) {
    const file = args.path === undefined ? undefined : await remote.file(args.path, { want: 'text' })
    if (file && !file.exists)
      fail(`The file ${args.path} does not exist`, {
        can_load_key: false,
        can_parse_key: false,
        key_is_consistent: null,
      })
    let key: KeyObject
    try {
      key = createPrivateKey({
        key: args.content ?? file!.text,
        ...(args.passphrase === undefined ? {} : { passphrase: args.passphrase }),
      })
    } catch (error) {
      return fail(`The private key cannot be read: ${(error as Error).message}`, {
        can_load_key: true,
        can_parse_key: false,
        key_is_consistent: null,
      })
    }
    const open = createPublicKey(key)
    const details = key.asymmetricKeyDetails ?? {}
    return {
      changed: false,
      can_load_key: true,
      can_parse_key: true,
      key_is_consistent: null,
      type: shown[key.asymmetricKeyType!] ?? key.asymmetricKeyType!,
      public_key: String(open.export({ type: 'spki', format: 'pem' })),
      public_key_fingerprints: fingerprints(open),
      public_data: {
        ...(details.modulusLength === undefined ? {} : { size: details.modulusLength }),
        ...(details.publicExponent === undefined ? {} : { exponent: Number(details.publicExponent) }),
        ...(details.namedCurve === undefined
          ? {}
          : { curve: details.namedCurve === 'prime256v1' ? 'secp256r1' : details.namedCurve }),
      },
    }
  },
})
