import { createPrivateKey, createPublicKey } from 'node:crypto'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { attributesOf } from './files/attributes.js'
import { fingerprints } from './openssl/key-data.js'
import { outputFile, removed, shownContent } from './openssl/output-file.js'
import { closedKey, unfitPassphrase } from './openssl/passphrase.js'

export default defineModule({
  name: 'community.crypto.openssl_publickey',
  summary: 'Write the public key of a private one',
  check: 'full',
  args: {
    path: { type: 'path', required: true, summary: 'file of the public key' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
    privatekey_path: { type: 'path', summary: 'file of the private key' },
    privatekey_content: { type: 'str', noLog: true, summary: 'the private key' },
    privatekey_passphrase: { type: 'str', noLog: true, summary: 'its passphrase' },
    format: { type: 'str', choices: ['OpenSSH', 'PEM'], default: 'PEM', summary: 'how it is written' },
    force: { type: 'bool', default: false, summary: 'write it again' },
    backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
    return_content: { type: 'bool', default: false, summary: 'return the key' },
    select_crypto_backend: {
      type: 'str',
      choices: ['auto', 'cryptography'],
      default: 'auto',
      summary: 'does nothing here',
    },
    ...fileAttributes,
  },
  rules: {
    exclusive: [['privatekey_path', 'privatekey_content']],
    requiredIf: [['state', 'present', ['privatekey_path', 'privatekey_content']]],
  },
  returns: {
    filename: 'file of the key',
    fingerprint: 'digests of the key',
    publickey: 'the key, with return_content',
  },
  examples: `
- community.crypto.openssl_publickey:
    path: /etc/ssl/public/ansible.com.pem
    privatekey_path: /etc/ssl/private/ansible.com.pem
`,

  async run({ args, remote, fail }) {
    const { path, state, format } = args
    const [file, source, ssh] = await Promise.all([
      outputFile({ remote, fail }, path, directory => `'${directory}'`),
      args.privatekey_path === undefined ? undefined : remote.file(args.privatekey_path, { want: 'text' }),
      format === 'OpenSSH' && args.privatekey_path !== undefined
        ? remote.query({
            command: sh`ssh-keygen -y -P '' -f ${args.privatekey_path} 2>/dev/null`,
            parse: out => out.trim(),
          })
        : undefined,
    ])
    const base = { privatekey: args.privatekey_path ?? null, filename: path, format }
    if (state === 'absent') {
      return { ...base, ...(await removed({ remote, fail }, file, args, 'publickey')) }
    }
    // In check mode a task before this one may be what makes the private key.
    if (source && !source.exists && remote.checkMode && !file.exists)
      return { ...base, changed: true, fingerprint: {}, ...shownContent('publickey', args, true, file, '') }
    if (source && !source.exists) fail(`The private key ${args.privatekey_path} does not exist`)
    const pem = args.privatekey_content ?? source!.text
    const unfit = unfitPassphrase(pem, args.privatekey_passphrase)
    if (unfit) fail(unfit)
    const key = (() => {
      try {
        return createPublicKey(
          createPrivateKey({
            key: pem,
            ...(args.privatekey_passphrase === undefined ? {} : { passphrase: args.privatekey_passphrase }),
          }),
        )
      } catch (error) {
        return fail(closedKey(args.privatekey_passphrase, (error as Error).message))
      }
    })()
    const sshText = ssh ? ssh.split(' ').slice(0, 2).join(' ') : undefined
    if (format === 'OpenSSH' && !sshText)
      fail('ssh-keygen of the host could not read the private key: format OpenSSH needs a file without passphrase')
    const text = format === 'PEM' ? String(key.export({ type: 'spki', format: 'pem' })) : `${sshText}`
    const same = file.text.trim() === text.trim()
    const put =
      same && !args.force
        ? await file.setAttributes(attributesOf(args))
        : await file.put({ text, ...attributesOf(args), backup: args.backup, replaceLink: true, diff: 'none' })
    if (args.force && same) remote.changed(`write ${path}`)
    return {
      ...base,
      changed: remote.recorded.changed,
      fingerprint: remote.checkMode ? {} : fingerprints(key),
      ...shownContent('publickey', args, remote.checkMode, file, text),
      ...('backup_file' in put && put.backup_file ? { backup_file: put.backup_file as string } : {}),
    }
  },
})
