import { createPublicKey, type KeyObject } from 'node:crypto'
import { defineModule } from '../engine/module/define.js'
import { sourceArgs, sourceBytes, sourceRules } from './openssl/info-source.js'
import { fingerprints, publicNumbers, typeOfKey } from './openssl/key-data.js'

export default defineModule({
  name: 'community.crypto.openssl_publickey_info',
  summary: 'Tell what kind a public key is',
  check: 'full',
  args: sourceArgs('public key'),
  rules: sourceRules,
  returns: {
    type: 'kind of key',
    fingerprints: 'its digests',
    public_data: 'the numbers it consists of',
  },
  examples: `
- community.crypto.openssl_publickey_info:
    path: /etc/ssl/public/ansible.com.pem
  register: result
`,

  async run({ args, remote, fail }) {
    // These say the same always: Ansible's module sets them for private keys only.
    const unread = { can_load_key: false, can_parse_key: false, key_is_consistent: null }
    const bytes = await sourceBytes(remote, args, 'public key', fail, unread)
    let key: KeyObject
    try {
      if (/PRIVATE KEY-----/.test(bytes.toString('latin1'))) throw new Error('it is a private key')
      key = createPublicKey(bytes)
    } catch (error) {
      return fail(`Error while deserializing key: ${(error as Error).message}`, unread)
    }
    return {
      changed: false,
      ...unread,
      fingerprints: fingerprints(key),
      type: typeOfKey(key),
      public_data: publicNumbers(key),
    }
  },
})
