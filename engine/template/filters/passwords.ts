/** Hashes of passwords, and text locked by a vault. */
import { Diagnostic } from '../../diagnostics.js'
import { truthy } from '../../python/compare.js'
import { cryptPassword } from '../../python/crypt.js'
import { typeError } from '../../python/errors.js'
import { wholeNumber } from '../../python/numbers.js'
import { pyStr } from '../../python/repr.js'
import { typeName, type Value } from '../../python/values.js'
import { isVault, seal } from '../../vault/aes256.js'
import { Vault } from '../../vault/vault.js'
import { VaultString } from '../../yaml/trust.js'
import { defineFilter } from '../define.js'

const textOr = (value: Value) => (value === null ? undefined : pyStr(value))

export const passwordHash = defineFilter({
  summary: 'The hash of a password for /etc/shadow: sha512, sha256, md5, bcrypt',
  examples: [
    [
      "{{ 'secret' | password_hash('sha512', 'mysalt', rounds=5000) }}",
      '$6$mysalt$UX6P1VKOf6dr0s2pg4pLNvIUB6hLXvP6M5f/Yj9hJgMPdAJ4oArvk5YUD9/XWtk1JOpVwt/JTsczMJr8sFVML1',
    ],
    ["{{ 'secret' | password_hash('md5', 'mysalt') }}", '$1$mysalt$n/EfEiV74OYgBdqhKQzSW/'],
    ["{{ 'x' | password_hash('nosuch') }}", { error: "passlib does not support 'nosuch' algorithm" }],
  ],
  signature: "hashtype='sha512', salt=None, salt_size=None, rounds=None, ident=None",
  applyIn: (context, value: Value, type: Value, salt: Value, size: Value, rounds: Value, ident: Value) => {
    if (typeof value !== 'string') throw typeError(`secret must be unicode or bytes, not ${typeName(value)}`)
    return context.once(() =>
      cryptPassword(value, pyStr(type), {
        salt: textOr(salt),
        saltSize: size === null ? undefined : wholeNumber(size),
        rounds: rounds === null ? undefined : wholeNumber(rounds),
        ident: textOr(ident),
      }),
    )
  },
})

const bad = (message: string) => new Diagnostic(message, { code: 'filter-type' })

export const vault = defineFilter({
  summary: 'The text encrypted as a vault does it',
  examples: [["{{ 'x' | vault('key', 'salt') is match('.ANSIBLE_VAULT;1.2;AES256;filter_default') }}", true]],
  signature: "secret, salt=None, vault_id='filter_default', wrap_object=False, vaultid=None",
  applyIn: (context, value: Value, secret: Value, salt: Value, id: Value, wrap: Value, oldId: Value) => {
    if (typeof secret !== 'string')
      throw bad(`Secret passed is required to be a string, instead we got: <class '${typeName(secret)}'>`)
    if (typeof value !== 'string') throw bad(`Can only vault strings, instead we got: <class '${typeName(value)}'>`)
    const password = Buffer.from(secret, 'utf8')
    const vaultId = pyStr(oldId ?? id)
    const make = (): string =>
      seal(
        Buffer.from(value, 'utf8'),
        password,
        vaultId === 'default' ? undefined : vaultId,
        salt === null ? undefined : Buffer.from(pyStr(salt), 'utf8'),
      )
    const text = salt === null ? pyStr(context.once(make)) : make()
    if (!truthy(wrap)) return text
    const opened = new Vault([{ id: vaultId, password }])
    return new VaultString(text, ciphertext => opened.decrypt(ciphertext))
  },
})

export const unvault = defineFilter({
  summary: 'The text that a vault has encrypted',
  examples: [["{{ 'x' | vault('key') | unvault('key') }}", 'x']],
  signature: "secret, vault_id='filter_default', vaultid=None",
  apply: (value: Value, secret: Value, id: Value, oldId: Value) => {
    if (typeof secret !== 'string')
      throw bad(`Secret passed is required to be as string, instead we got: <class '${typeName(secret)}'>`)
    const text = value instanceof VaultString ? value.ciphertext : value
    if (typeof text !== 'string')
      throw bad(`Vault should be in the form of a string, instead we got: <class '${typeName(value)}'>`)
    if (!isVault(text)) return text
    return new Vault([{ id: pyStr(oldId ?? id), password: Buffer.from(secret, 'utf8') }]).decrypt(text)
  },
})
