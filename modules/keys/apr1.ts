import { createHash } from 'node:crypto'

const letters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const md5 = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** Apache's variant of MD5 crypt: a thousand rounds, as its documentation and openssl passwd -apr1 have it. */
export function apr1(password: string, salt: string): string {
  const key = Buffer.from(password)
  const inner = md5(key, salt, key)
  const start: (string | Buffer)[] = [key, '$apr1$', salt]
  for (let left = key.length; left > 0; left -= 16) start.push(inner.subarray(0, Math.min(16, left)))
  for (let bits = key.length; bits > 0; bits >>= 1) start.push(bits & 1 ? Buffer.from([0]) : key.subarray(0, 1))
  let digest = md5(...start)
  for (let round = 0; round < 1000; round++) {
    const parts: (string | Buffer)[] = [round & 1 ? key : digest]
    if (round % 3) parts.push(salt)
    if (round % 7) parts.push(key)
    parts.push(round & 1 ? digest : key)
    digest = md5(...parts)
  }
  const encode = (value: number, length: number) =>
    Array.from({ length }, (_, index) => letters[(value >> (6 * index)) & 63]).join('')
  const triples = [0, 1, 2, 3, 4].map(index =>
    encode((digest[index]! << 16) | (digest[index + 6]! << 8) | digest[index === 4 ? 5 : index + 12]!, 4),
  )
  return `$apr1$${salt}$${triples.join('')}${encode(digest[11]!, 2)}`
}
