import { createHash, randomBytes } from 'node:crypto'
import { posix } from 'node:path'
import bcrypt from 'bcryptjs'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { PyBytes } from '../engine/python/bytes.js'
import { sh } from '../engine/remote/quote.js'
import { attributesOf } from './files/attributes.js'
import { apr1 } from './keys/apr1.js'

export default defineModule({
  name: 'community.general.htpasswd',
  summary: 'Keep users and passwords for web servers',
  check: 'full',
  resultAsIs: true,
  args: {
    path: { type: 'path', required: true, aliases: ['dest', 'destfile'], summary: 'file to keep them in' },
    name: { type: 'str', required: true, aliases: ['username'], summary: 'the user' },
    password: { type: 'str', noLog: true, summary: 'the password' },
    crypt_scheme: {
      type: 'str',
      default: 'apr_md5_crypt',
      aliases: ['hash_scheme'],
      summary: 'apr_md5_crypt, bcrypt, ldap_sha1, md5_crypt, sha256_crypt, sha512_crypt or plaintext',
    },
    state: {
      type: 'str',
      choices: ['present', 'absent'],
      default: 'present',
      summary: 'whether the user should be there',
    },
    create: { type: 'bool', default: true, summary: 'create the file when it is missing' },
    ...fileAttributes,
  },
  examples: `
- community.general.htpasswd:
    path: /etc/nginx/passwdfile
    name: janedoe
    password: '9s36?;fyNp'
    owner: root
    group: www-data
    mode: '0640'
`,

  async run({ args, remote, fail }) {
    const { path, name, state, password } = args
    if (state === 'present' && password === undefined)
      fail('state is present but all of the following are missing: password')
    const file = await remote.file(path, { want: 'text' })
    if (!file.exists && state === 'present' && !args.create) fail(`Destination ${path} does not exist`)
    if (!file.exists && state === 'absent') return { msg: `${name} not present`, changed: false }

    const wrongName = /[:\n\r\t\0]/.test(name)
    if (wrongName && (file.exists || !remote.checkMode))
      fail(`user contains invalid characters: ${new PyBytes(Buffer.from(name)).repr()}`)
    // Ansible takes blank lines out, for its library knows none.
    let lines = file.lines.filter(line => line.trim() !== '')
    const malformed = lines.findIndex(line => !line.trim().startsWith('#') && line.split(':').length !== 2)
    if (malformed !== -1) fail(`malformed htpasswd file (error reading line ${malformed + 1})`)
    const at = lines.findIndex(line => line.startsWith(`${name}:`))
    const held = at === -1 ? undefined : lines[at]!.slice(name.length + 1)
    let msg = `${name} already present`
    if (state === 'absent') {
      msg = at === -1 ? `${name} not present` : `Remove ${name}`
      lines = lines.filter((_, index) => index !== at)
    } else if (held === undefined || !(await verifies(held))) {
      const line = `${name}:${await hashed(saltOf(undefined))}`
      msg = file.exists ? `Add/update ${name}` : `Created ${path} and added ${name}`
      lines = at === -1 ? [...lines, line] : lines.with(at, line)
    }
    if (!file.exists) {
      if (remote.checkMode) msg = `Create ${path}`
      await remote.exec({ argv: ['mkdir', '-p', posix.dirname(path)], why: 'make its directory', changes: false })
    }
    // Attributes come even where no line changes.
    await file.put({ text: lines.map(line => `${line}\n`).join(''), ...attributesOf(args), diff: 'none' })
    return { msg }

    async function verifies(hash: string): Promise<boolean> {
      if (hash.startsWith('$2')) return bcrypt.compare(password!, hash.replace(/^\$2y/, '$2b'))
      return (await hashed(saltOf(hash), schemeOf(hash))) === hash
    }
    async function hashed(salt: string, scheme: string = args.crypt_scheme): Promise<string> {
      switch (scheme) {
        case 'apr_md5_crypt':
        case 'portable':
        case 'portable_apache22':
          return apr1(password!, salt)
        case 'bcrypt':
          return (await bcrypt.hash(password!, 12)).replace(/^\$2b/, '$2y')
        case 'ldap_sha1':
          return `{SHA}${createHash('sha1').update(password!).digest('base64')}`
        case 'plaintext':
          return password!
        case 'md5_crypt':
        case 'sha256_crypt':
        case 'sha512_crypt': {
          const flag = { md5_crypt: '-1', sha256_crypt: '-5', sha512_crypt: '-6' }[scheme]
          const done = await remote.exec({
            shell: sh`openssl passwd ${flag} -salt ${salt} -stdin`,
            stdin: `${password}\n`,
            why: 'hash the password',
            changes: false,
            inCheckMode: true,
          })
          if (done.rc !== 0) fail(`Could not hash the password: ${done.stderr.trim()}`)
          return done.stdout.trim()
        }
        default:
          return fail(
            `crypt_scheme ${scheme} is not supported: use apr_md5_crypt, bcrypt, ldap_sha1, md5_crypt, sha256_crypt, sha512_crypt or plaintext`,
          )
      }
    }
  },
})

const schemeOf = (hash: string): string => {
  if (hash.startsWith('$apr1$')) return 'apr_md5_crypt'
  if (hash.startsWith('$1$')) return 'md5_crypt'
  if (hash.startsWith('$5$')) return 'sha256_crypt'
  if (hash.startsWith('$6$')) return 'sha512_crypt'
  return hash.startsWith('{SHA}') ? 'ldap_sha1' : 'plaintext'
}
/** The salt of a hash, or a new one. */
const saltOf = (hash: string | undefined): string =>
  (hash && /^\$(?:apr1|1|5|6)\$([^$]*)\$/.exec(hash)?.[1]) ||
  [...randomBytes(8)]
    .map(byte => './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'[byte & 63])
    .join('')
