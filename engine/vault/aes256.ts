/** The vault envelope: `$ANSIBLE_VAULT;1.1;AES256` and 1.2 with an id; PBKDF2-SHA256, AES-256-CTR, HMAC-SHA256. */
import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { Diagnostic } from '../diagnostics.js'

export const VAULT_HEADER = '$ANSIBLE_VAULT'
const ITERATIONS = 10000
const LINE = 80

export interface Envelope {
  readonly version: string
  /** The vault id of a 1.2 header. */
  readonly id: string | undefined
  readonly salt: Buffer
  readonly hmac: Buffer
  readonly ciphertext: Buffer
}

/** True when text or bytes are a vault envelope, as decided by how they begin. */
export const isVault = (data: string | Buffer): boolean =>
  typeof data === 'string' ? data.startsWith(VAULT_HEADER) : data.subarray(0, VAULT_HEADER.length).equals(HEADER_BYTES)
const HEADER_BYTES = Buffer.from(VAULT_HEADER)

/** Takes an envelope apart; throws when it is damaged or of a kind that is not known. */
export function parseEnvelope(text: string): Envelope {
  const [first = '', ...rest] = text.trim().split(/\r?\n/)
  const [magic, version, cipher, id] = first.trim().split(';')
  if (magic !== VAULT_HEADER) throw new Diagnostic('input is not vault encrypted data. ', { code: 'vault-format' })
  if (version !== '1.1' && version !== '1.2') {
    throw new Diagnostic(`vault format ${version} is not supported`, {
      code: 'vault-format',
      hint:
        version === '1.0' ? 'Format 1.0 (before Ansible 1.5.1) must be rekeyed with an old ansible-vault.' : undefined,
    })
  }
  if (cipher !== 'AES256') throw new Diagnostic(`${cipher} cipher could not be found`, { code: 'vault-format' })
  const [salt, hmac, ciphertext] = unhex(rest.map(line => line.trim()).join(''))
    .toString('latin1')
    .split('\n')
  if (salt === undefined || hmac === undefined || ciphertext === undefined) throw damaged('the vault text is damaged')
  return { version, id, salt: unhex(salt), hmac: unhex(hmac), ciphertext: unhex(ciphertext) }
}

function unhex(text: string): Buffer {
  if (!/^[0-9a-fA-F]*$/.test(text)) throw damaged('Non-hexadecimal digit found')
  if (text.length % 2 !== 0) throw damaged('Odd-length string')
  return Buffer.from(text, 'hex')
}

const damaged = (why: string) =>
  new Diagnostic(`Vault format unhexlify error: ${why}`, {
    code: 'vault-format',
    hint: 'An envelope is a header line and lines of hexadecimal digits only; was it cut off or reindented?',
  })

function deriveKeys(password: Buffer, salt: Buffer) {
  const derived = pbkdf2Sync(password, salt, ITERATIONS, 80, 'sha256')
  return { cipher: derived.subarray(0, 32), hmac: derived.subarray(32, 64), iv: derived.subarray(64, 80) }
}

/** The plain bytes, or undefined when the password is not the one. */
export function open({ salt, hmac, ciphertext }: Envelope, password: Buffer): Buffer | undefined {
  const keys = deriveKeys(password, salt)
  const expected = createHmac('sha256', keys.hmac).update(ciphertext).digest()
  if (hmac.length !== expected.length || !timingSafeEqual(hmac, expected)) return undefined
  const decipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.iv)
  const padded = Buffer.concat([decipher.update(ciphertext), decipher.final()])
  const padding = padded.at(-1) ?? 0
  if (padding < 1 || padding > 16 || padding > padded.length) throw damaged('the vault text is damaged')
  return padded.subarray(0, padded.length - padding)
}

/** An envelope with a final newline; the header is 1.2 when an id is given. */
export function seal(plain: Buffer, password: Buffer, id?: string, salt: Buffer = randomBytes(32)): string {
  const keys = deriveKeys(password, salt)
  const padding = 16 - (plain.length % 16)
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.iv)
  const ciphertext = Buffer.concat([
    cipher.update(plain),
    cipher.update(Buffer.alloc(padding, padding)),
    cipher.final(),
  ])
  const hmac = createHmac('sha256', keys.hmac).update(ciphertext).digest()
  const body = Buffer.from([salt, hmac, ciphertext].map(part => part.toString('hex')).join('\n')).toString('hex')
  const header = id ? `${VAULT_HEADER};1.2;AES256;${id}` : `${VAULT_HEADER};1.1;AES256`
  const lines = [header]
  for (let at = 0; at < body.length; at += LINE) lines.push(body.slice(at, at + LINE))
  return `${lines.join('\n')}\n`
}
