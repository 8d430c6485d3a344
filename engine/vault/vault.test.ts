import { expect, it } from 'vitest'
import { seal } from './aes256.js'
import { Vault, type VaultSecret } from './vault.js'

// Made by ansible-vault 2.14 with the passwords pw1 and pw2.
const PLAIN = 'a: 1\nü: "{{ x }}"\n'
const WITHOUT_ID = `$ANSIBLE_VAULT;1.1;AES256
66333666613865326132613062623530333933626238343539303530656565383265323964363636
3635313037613834303032393537316463323439373930620a303261386537656336393536323037
36616635376662303239393364623739633838363031323937313261643366376465313063393333
6635633834336664650a326263633062353933656135653334346666363437343062376466343633
64626639356165666264366235353335616530626337363136666261643664333239
`
const WITH_ID = `$ANSIBLE_VAULT;1.2;AES256;prod
39393337653961383234316232366165653933356130636230363135643366386134333166626566
6163353237386435363933343436313232336230306665390a353234643236623935313733333032
30383134636666343735313738613631373437323538376330363965376130366231653466653032
6136646135306461630a343132613735396532613136323938346366356365346364396137643762
33386365643361336538633436663262363039613336626363393638653634346337
`

const secret = (id: string, password: string): VaultSecret => ({ id, password: Buffer.from(password) })

it('opens what ansible-vault encrypted, with and without an id', () => {
  const vault = new Vault([secret('default', 'pw1'), secret('prod', 'pw2')])
  expect(vault.decrypt(WITHOUT_ID)).toBe(PLAIN)
  expect(vault.decrypt(WITH_ID)).toBe(PLAIN)
  expect(vault.openText(WITH_ID).secret.id).toBe('prod')
})

it('makes the very bytes that ansible-vault made from the same salt', () => {
  const hex = Buffer.from(WITH_ID.split('\n').slice(1).join(''), 'hex').toString('latin1')
  const salt = Buffer.from(hex.split('\n')[0]!, 'hex')
  expect(seal(Buffer.from(PLAIN), Buffer.from('pw2'), 'prod', salt)).toBe(WITH_ID)
})

it('tries every secret in order unless ids must match', () => {
  const secrets = [secret('dev', 'wrong'), secret('other', 'pw2')]
  expect(new Vault(secrets).decrypt(WITH_ID)).toBe(PLAIN)
  expect(() => new Vault(secrets, { idMatch: true }).decrypt(WITH_ID)).toThrow(
    'Decryption failed (no vault secrets were found that could decrypt)',
  )
})

it('says what is missing or damaged', () => {
  expect(() => new Vault([]).decryptFile(Buffer.from(WITH_ID), 'x.yml')).toThrow(
    'Attempting to decrypt but no vault secrets found',
  )
  const vault = new Vault([secret('default', 'pw1')])
  expect(() => vault.decrypt(WITHOUT_ID.slice(0, -3))).toThrow('Odd-length string')
  expect(() => vault.decrypt('$ANSIBLE_VAULT;1.1;AES')).toThrow('AES cipher could not be found')
  expect(() => vault.decrypt(WITHOUT_ID.replace(/3(\d)\n$/, '4$1\n'))).toThrow('Non-hexadecimal digit found')
  expect(vault.decryptFile(Buffer.from('plain'), 'x.yml').toString()).toBe('plain')
})

it.each([0, 1, 15, 16, 17, 4096])('opens its own envelope of %i bytes', size => {
  const plain = Buffer.alloc(size, 7)
  const vault = new Vault([secret('k', 'p')])
  expect(vault.decryptFile(Buffer.from(vault.encrypt(plain, vault.secrets[0]!)), 'x').equals(plain)).toBe(true)
})
