import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { defineModule } from '../engine/module/define.js'
import { sourceArgs, sourceBytes, sourceRules } from './openssl/info-source.js'
import { fingerprints, privateNumbers, publicNumbers, typeOfKey } from './openssl/key-data.js'

const source = sourceArgs('key')

export default defineModule({
  name: 'community.crypto.openssl_privatekey_info',
  summary: 'Tell what kind a private key is',
  check: 'full',
  args: {
    ...source,
    content: { ...source.content, noLog: true },
    passphrase: { type: 'str', noLog: true, summary: 'its passphrase' },
    return_private_key_data: { type: 'bool', default: false, summary: 'return what must be kept secret' },
    check_consistency: { type: 'bool', default: false, summary: 'check that both halves of the key belong together' },
  },
  rules: sourceRules,
  returns: {
    can_load_key: 'whether it could be read from the host',
    can_parse_key: 'whether it is a key',
    key_is_consistent: 'whether both halves belong together, with check_consistency',
    type: 'kind of key',
    public_key: 'the public key',
    public_key_fingerprints: 'its digests',
    public_data: 'the numbers that everybody may know',
    private_data: 'the numbers that must be kept secret, with return_private_key_data',
  },
  examples: `
- community.crypto.openssl_privatekey_info:
    path: /etc/ssl/private/ansible.com.pem
`,

  async run({ args, remote, fail }) {
    const unread = { can_load_key: false, can_parse_key: false, key_is_consistent: null }
    const bytes = await sourceBytes(remote, args, 'private key', fail, unread)
    const loaded = { ...unread, can_load_key: true }
    let key: KeyObject
    try {
      key = createPrivateKey({
        key: bytes,
        ...(args.passphrase === undefined ? {} : { passphrase: args.passphrase }),
      })
    } catch (error) {
      return fail(`The private key cannot be read: ${(error as Error).message}`, loaded)
    }
    const open = createPublicKey(key)
    const result = {
      changed: false,
      can_load_key: true,
      can_parse_key: true,
      key_is_consistent: args.check_consistency ? isConsistent(key, open) : null,
      type: typeOfKey(key),
      public_key: String(open.export({ type: 'spki', format: 'pem' })),
      public_key_fingerprints: fingerprints(open),
      public_data: publicNumbers(open),
      ...(args.return_private_key_data ? { private_data: privateNumbers(key) } : {}),
    }
    if (result.key_is_consistent === false) fail('Private key is not consistent!', result)
    return result
  },
})

/** What one half signs the other must know; keys that only exchange secrets cannot be asked. */
function isConsistent(key: KeyObject, open: KeyObject): boolean | null {
  if (/^x/.test(key.asymmetricKeyType!)) return null
  const hash = /^ed/.test(key.asymmetricKeyType!) ? null : 'sha256'
  const text = Buffer.from('understudy')
  try {
    return verify(hash, text, open, sign(hash, text, key))
  } catch {
    return false
  }
}
