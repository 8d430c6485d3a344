/** Password hashes as passlib makes them: md5, sha256, sha512 and bcrypt. Long ones are computed beside everything else. */
import { createHash, randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import bcrypt from 'bcryptjs'
import { encrypt } from 'unixcrypt'
import { Diagnostic } from '../diagnostics.js'

export interface CryptOptions {
  /** Empty or missing: a random one. */
  readonly salt?: string | undefined
  readonly saltSize?: number | undefined
  readonly rounds?: number | undefined
  readonly ident?: string | undefined
}

interface Scheme {
  readonly name: string
  readonly saltSize: number
  readonly exact?: boolean
  readonly rounds?: number
  readonly leastRounds?: number
  readonly mostRounds?: number
}

const schemes: Record<string, Scheme> = {
  md5_crypt: { name: 'md5_crypt', saltSize: 8 },
  sha256_crypt: { name: 'sha256_crypt', saltSize: 16, rounds: 535000, leastRounds: 1000, mostRounds: 999999999 },
  sha512_crypt: { name: 'sha512_crypt', saltSize: 16, rounds: 656000, leastRounds: 1000, mostRounds: 999999999 },
  bcrypt: { name: 'bcrypt', saltSize: 22, exact: true, rounds: 12, leastRounds: 4, mostRounds: 31 },
}
const aliases: Record<string, string> = {
  md5: 'md5_crypt',
  sha256: 'sha256_crypt',
  sha512: 'sha512_crypt',
  blowfish: 'bcrypt',
}

/** What a hash of this kind needs of salt; 8 for kinds that are not known. */
export const saltSizeOf = (scheme: string): number => schemes[aliases[scheme] ?? scheme]?.saltSize ?? 8

/** The ident that passlib would take when none is given. */
export const implicitIdent = (scheme: string): string | undefined =>
  (aliases[scheme] ?? scheme) === 'bcrypt' ? '2b' : undefined

const ITOA = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BCRYPT = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Random characters that a salt may hold. */
export const randomSalt = (length = 8): string => Array.from({ length }, () => ITOA[randomInt(ITOA.length)]!).join('')

const bad = (message: string) => new Diagnostic(`Could not hash the secret.. ${message}`, { code: 'crypt' })

/** The hash, with its salt and rounds, as /etc/shadow holds it. */
export async function cryptPassword(secret: string, kind: string, options: CryptOptions = {}): Promise<string> {
  const scheme = schemes[aliases[kind] ?? kind]
  if (!scheme) throw new Diagnostic(`passlib does not support '${kind}' algorithm`, { code: 'crypt' })
  const salt = options.salt ? options.salt : randomSalt(checkedSize(scheme, options.saltSize))
  checkSalt(scheme, salt)
  const rounds = checkedRounds(scheme, options.rounds)
  switch (scheme.name) {
    case 'md5_crypt':
      return md5Crypt(Buffer.from(secret, 'utf8'), salt)
    case 'bcrypt':
      return bcryptHash(secret, salt, rounds, options.ident)
  }
  const mark = scheme.name === 'sha256_crypt' ? '$5$' : '$6$'
  return shaCrypt(secret, rounds === 5000 ? mark + salt : `${mark}rounds=${rounds}$${salt}`, rounds)
}

function checkedSize(scheme: Scheme, size: number | undefined): number {
  if (size === undefined) return scheme.saltSize
  if (scheme.exact && size !== scheme.saltSize)
    throw bad(`${scheme.name}: salt_size (${size}) must be exactly ${scheme.saltSize}`)
  return Math.min(size, scheme.saltSize)
}

function checkSalt(scheme: Scheme, salt: string): void {
  const length = [...salt].length
  const wanted = `(${scheme.name} requires ${scheme.exact ? 'exactly' : '<='} ${scheme.saltSize} chars)`
  if (!/^[./0-9A-Za-z]*$/.test(salt)) throw bad(`invalid characters in ${scheme.name} salt`)
  if (length > scheme.saltSize) throw bad(`salt too large ${wanted}`)
  if (scheme.exact && length < scheme.saltSize) throw bad(`salt too small ${wanted}`)
}

function checkedRounds(scheme: Scheme, rounds: number | undefined): number {
  if (rounds === undefined || scheme.rounds === undefined) return scheme.rounds ?? 0
  if (rounds < scheme.leastRounds!)
    throw bad(`${scheme.name}: min_desired_rounds (${rounds}) is too low, must be at least ${scheme.leastRounds}`)
  if (rounds > scheme.mostRounds!)
    throw bad(`${scheme.name}: min_desired_rounds (${rounds}) is too high, must be at most ${scheme.mostRounds}`)
  return rounds
}

async function bcryptHash(secret: string, salt: string, rounds: number, ident = '2b'): Promise<string> {
  if (!['2', '2a', '2b', '2y'].includes(ident)) throw bad(`invalid ident: '${ident}'`)
  // The last character carries two bits only; passlib clears the others.
  const last = BCRYPT[BCRYPT.indexOf(salt.at(-1)!) & 0x30]!
  const made = await bcrypt.hash(secret, `$2b$${String(rounds).padStart(2, '0')}$${salt.slice(0, -1)}${last}`)
  return made.replace('$2b$', `$${ident}$`)
}

/** Hundreds of thousands of rounds take seconds: they run in a thread, so that other hosts go on. */
function shaCrypt(secret: string, setting: string, rounds: number): Promise<string> | string {
  const library = rounds < 20_000 ? undefined : libraryFile()
  return library === undefined ? encrypt(secret, setting) : inThread(library, secret, setting)
}

async function inThread(library: string, secret: string, setting: string): Promise<string> {
  const { Worker } = await import('node:worker_threads')
  return new Promise((resolve, reject) => {
    const work = `const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.library).then(({ encrypt }) => parentPort.postMessage(encrypt(workerData.secret, workerData.setting)))`
    const worker = new Worker(work, { eval: true, workerData: { library, secret, setting } })
    worker.once('message', (hash: string) => {
      resolve(hash)
      void worker.terminate()
    })
    worker.once('error', reject)
  })
}

/** Where the library is, for the thread; undefined when all is bundled in one file (then the hash is computed here). */
function libraryFile(): string | undefined {
  const folders = createRequire(import.meta.url).resolve.paths('unixcrypt') ?? []
  const file = folders.map(folder => join(folder, 'unixcrypt/dist/index.js')).find(path => existsSync(path))
  return file === undefined ? undefined : pathToFileURL(file).href
}

/** The md5 crypt of FreeBSD: a thousand rounds over password and salt. */
function md5Crypt(secret: Buffer, salt: string): string {
  const md5 = (...parts: (Buffer | string)[]) => {
    const hash = createHash('md5')
    for (const part of parts) hash.update(part)
    return hash.digest()
  }
  const inner = md5(secret, salt, secret)
  const parts: (Buffer | string)[] = [secret, '$1$', salt]
  for (let left = secret.length; left > 0; left -= 16) parts.push(inner.subarray(0, Math.min(16, left)))
  for (let bits = secret.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? Buffer.from([0]) : secret.subarray(0, 1))
  let digest = md5(...parts)
  for (let round = 0; round < 1000; round++) {
    digest = md5(
      round & 1 ? secret : digest,
      round % 3 ? salt : '',
      round % 7 ? secret : '',
      round & 1 ? digest : secret,
    )
  }
  let out = ''
  const put = (value: number, characters: number) => {
    for (let rest = value, count = characters; count > 0; count--, rest >>= 6) out += ITOA[rest & 0x3f]
  }
  for (const [a, b, c] of [
    [0, 6, 12],
    [1, 7, 13],
    [2, 8, 14],
    [3, 9, 15],
    [4, 10, 5],
  ] as const)
    put((digest[a]! << 16) | (digest[b]! << 8) | digest[c]!, 4)
  put(digest[11]!, 2)
  return `$1$${salt}$${out}`
}
