/** The flags that say where vault passwords come from, as commands of their own name them. */
import type { Flags } from './flags.js'

export const vaultFlags = {
  vaultId: { names: ['--vault-id'], kind: 'list', metavar: 'VAULT_IDS', summary: 'the vault identity to use' },
  ask: {
    names: ['-J', '--ask-vault-password', '--ask-vault-pass'],
    kind: 'switch',
    group: 'password',
    summary: 'ask for vault password',
  },
  passwordFile: {
    names: ['--vault-password-file', '--vault-pass-file'],
    kind: 'list',
    group: 'password',
    metavar: 'VAULT_PASSWORD_FILES',
    summary: 'vault password file',
  },
} as const satisfies Flags
