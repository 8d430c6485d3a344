/** Opens and makes vault text with the secrets at hand. */
import { Diagnostic } from '../diagnostics.js'
import type { VaultDecrypter } from '../yaml/load.js'
import { isVault, open, parseEnvelope, seal } from './aes256.js'

export interface VaultSecret {
  /** Label of the vault id; `default` for a password that was given without one. */
  readonly id: string
  readonly password: Buffer
}

export interface VaultOptions {
  /** DEFAULT_VAULT_ID_MATCH: only secrets whose id the envelope names are tried. */
  readonly idMatch?: boolean
}

export class Vault implements VaultDecrypter {
  constructor(
    readonly secrets: readonly VaultSecret[],
    private readonly options: VaultOptions = {},
  ) {}

  /** The plain text of an inline value. */
  decrypt(ciphertext: string): string {
    return this.openText(ciphertext).plain.toString('utf8')
  }

  /** A file's bytes as they are, or decrypted when they are an envelope. */
  decryptFile(data: Buffer, file: string): Buffer {
    return isVault(data) ? this.openText(data.toString('latin1'), file).plain : data
  }

  /** Decrypts and tells which secret did. `id`: the one that the header names. */
  openText(
    ciphertext: string,
    file?: string,
  ): { readonly plain: Buffer; readonly secret: VaultSecret; readonly id: string | undefined } {
    const on = file === undefined ? '' : ` on ${file}`
    if (this.secrets.length === 0) {
      throw new Diagnostic('Attempting to decrypt but no vault secrets found', {
        code: 'vault-no-secret',
        hint: `Give the password${file === undefined ? '' : ` for ${file}`} with --vault-id, --vault-password-file or --ask-vault-pass.`,
      })
    }
    const envelope = withFile(file, () => parseEnvelope(ciphertext))
    const named = this.secrets.filter(secret => secret.id === envelope.id)
    const others = this.secrets.filter(secret => secret.id !== envelope.id)
    for (const secret of this.options.idMatch && envelope.id !== undefined ? named : [...named, ...others]) {
      const plain = withFile(file, () => open(envelope, secret.password))
      if (plain) return { plain, secret, id: envelope.id }
    }
    throw new Diagnostic(`Decryption failed (no vault secrets were found that could decrypt)${on}`, {
      code: 'vault-wrong-secret',
      hint:
        envelope.id === undefined
          ? `Tried the vault ids ${[...new Set(this.secrets.map(secret => secret.id))].join(', ')}.`
          : `It was encrypted with vault id '${envelope.id}'.`,
    })
  }

  /** Encrypts with one secret; the id goes into the header unless it is the default one. */
  encrypt(plain: Buffer, secret: VaultSecret, salt?: Buffer): string {
    return seal(plain, secret.password, secret.id === 'default' ? undefined : secret.id, salt)
  }
}

function withFile<T>(file: string | undefined, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Diagnostic && file !== undefined) error.at ??= { file, line: 1, column: 1 }
    throw error
  }
}
