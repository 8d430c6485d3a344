import { expect, test } from 'vitest'
import { judge, keyType, knownName, parseKnownHosts, preferKnown } from './known-hosts.js'

/** A public key blob that says it is of a type. */
function blob(type: string, body: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(type.length)
  return Buffer.concat([length, Buffer.from(type), Buffer.from(body)])
}
const ours = blob('ssh-ed25519', 'ours')
const other = blob('ssh-ed25519', 'other')
const line = (hosts: string, key = ours) => `${hosts} ${keyType(key)} ${key.toString('base64')} a comment\n`
const verdict = (text: string, name: string, key = ours) => judge(parseKnownHosts(text, name, 'f'), key).kind

test('names, lists, patterns, negation and ports', () => {
  expect(verdict(line('web1'), 'web1')).toBe('known')
  expect(verdict(line('db,web1,10.0.0.1'), 'web1')).toBe('known')
  expect(verdict(line('web?,!web2'), 'web1')).toBe('known')
  expect(verdict(line('web?,!web2'), 'web2')).toBe('unknown')
  expect(verdict(line('*.example.org'), 'a.b.example.org')).toBe('known')
  expect(verdict(line('[web1]:2222'), knownName('WEB1', 2222))).toBe('known')
  expect(verdict(line('web1'), knownName('web1', 2222))).toBe('unknown')
})

test('hashed names, as ssh-keygen -H writes them', () => {
  const hashed = '|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg='
  expect(verdict(line(hashed), '192.168.1.61')).toBe('known')
  expect(verdict(line(hashed), '192.168.1.62')).toBe('unknown')
})

test('a different key of the same type is a change; of another type it is unknown', () => {
  expect(verdict(line('web1', other), 'web1')).toBe('changed')
  expect(verdict(line('web1', blob('ssh-rsa', 'x')), 'web1')).toBe('unknown')
  expect(verdict(line('web1', other) + line('web1'), 'web1')).toBe('known')
})

test('a revoked key is refused even where it is listed as good', () => {
  expect(verdict(`${line('web1')}@revoked ${line('*')}`, 'web1')).toBe('revoked')
})

test('comments, blank and broken lines are passed over', () => {
  expect(verdict(`# x\n\nnonsense\n@unknown-marker ${line('web1')}`, 'web1')).toBe('unknown')
})

test('the host is asked first for keys of the types that are known', () => {
  const known = parseKnownHosts(line('web1', blob('ssh-rsa', 'x')), 'web1', 'f')
  expect(preferKnown(['ssh-ed25519', 'rsa-sha2-512', 'ecdsa-sha2-nistp256', 'ssh-rsa'], known)).toEqual([
    'rsa-sha2-512',
    'ssh-rsa',
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
  ])
})
