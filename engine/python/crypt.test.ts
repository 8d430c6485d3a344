import { expect, it } from 'vitest'
import { cryptPassword } from './crypt.js'

it('makes the hashes that passlib makes', async () => {
  const hash = (kind: string, salt: string, rounds?: number) => cryptPassword('secret', kind, { salt, rounds })
  expect(await hash('md5', 'mysalt')).toBe('$1$mysalt$n/EfEiV74OYgBdqhKQzSW/')
  expect(await hash('sha512', 'mysalt', 10000)).toBe(
    '$6$rounds=10000$mysalt$9XTP7570fxVN/uTspSrH6kRPdR4KKGzGz7.TmJjDYGrKSwZuavW/3YaLur8JX6WP75Czcxa.megIO0lKreY0R.',
  )
  expect(await cryptPassword('secret', 'bcrypt', { salt: '1234567890123456789012', rounds: 5, ident: '2a' })).toBe(
    '$2a$05$123456789012345678901u.97m5mwuxOR3RvRKYm9sasohx5Mnzwq',
  )
})

it('computes many rounds in a thread', async () => {
  expect(await cryptPassword('secret', 'sha256', { salt: 'mysalt', rounds: 20001 })).toMatch(
    /^\$5\$rounds=20001\$mysalt\$/,
  )
})

it('says what is wrong with a salt', async () => {
  await expect(cryptPassword('x', 'md5', { salt: 'abcdefghij' })).rejects.toThrow(
    'salt too large (md5_crypt requires <= 8 chars)',
  )
  await expect(cryptPassword('x', 'bcrypt', { salt: 'short' })).rejects.toThrow(
    'salt too small (bcrypt requires exactly 22 chars)',
  )
  await expect(cryptPassword('x', 'sha512', { salt: 'in valid!' })).rejects.toThrow(
    'invalid characters in sha512_crypt salt',
  )
})
