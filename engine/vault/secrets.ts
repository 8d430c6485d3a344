/** Where vault passwords come from: vault ids, password files, scripts, prompts. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { basename, extname, isAbsolute, resolve } from 'node:path'
import { Diagnostic } from '../diagnostics.js'
import type { Settings } from '../settings/settings.js'
import { Vault, type VaultSecret } from './vault.js'

/** Asks on the terminal; rejects when there is none. */
export type AskSecret = (prompt: string) => Promise<string>

export interface SecretSources {
  /** `--vault-id`, in order: `label@source`, `label@prompt`, or a source alone. */
  readonly ids?: readonly string[]
  /** `--vault-password-file`. */
  readonly passwordFiles?: readonly string[]
  /** `--ask-vault-pass`. */
  readonly ask?: boolean
  readonly settings: Settings
  readonly cwd: string
  readonly environ: Readonly<Record<string, string | undefined>>
  readonly prompt: AskSecret
  readonly warn?: (message: string) => void
  /** Ask for new passwords, twice (create, rekey). */
  readonly create?: boolean
  /** Ask when nothing else gives a password (the vault commands). */
  readonly autoPrompt?: boolean
  /** Leaves the settings' own ids and password file out (rekey's new secret). */
  readonly only?: boolean
}

/** Every secret there is, in the order it is tried; a source that gives none is an error. */
export async function loadSecrets(sources: SecretSources): Promise<VaultSecret[]> {
  const secrets: VaultSecret[] = []
  let failure: Diagnostic | undefined
  for (const { id, source } of vaultIds(sources)) {
    try {
      const password = await secretFrom(source, id, secrets, sources)
      secrets.push({ id: id || sources.settings.string('DEFAULT_VAULT_IDENTITY'), password })
    } catch (error) {
      if (!(error instanceof Diagnostic)) throw error
      failure = error
      sources.warn?.(
        `Error ${/not found$/.test(error.message) ? 'getting vault password file' : 'in vault password file loading'} (${id}): ${error.message}`,
      )
    }
  }
  // As with Ansible, one bad source only matters when no other gave a secret.
  if (failure && secrets.length === 0) throw failure
  return secrets
}

interface VaultId {
  readonly id: string
  readonly source: string
}

function vaultIds(sources: SecretSources): VaultId[] {
  const { settings } = sources
  const fallback = settings.string('DEFAULT_VAULT_IDENTITY')
  const ids = [...(sources.only ? [] : settings.list('DEFAULT_VAULT_IDENTITY_LIST')), ...(sources.ids ?? [])]
  const found = ids.map(text => splitId(text, fallback))
  const files = [...(sources.passwordFiles ?? [])]
  const configured = sources.only ? '' : settings.string('DEFAULT_VAULT_PASSWORD_FILE')
  if (configured !== '') files.push(configured)
  for (const source of files) found.push({ id: fallback, source })
  if (sources.ask || (sources.autoPrompt && found.length === 0)) {
    found.push({ id: fallback, source: 'prompt_ask_vault_pass' })
  }
  return found
}

/** `label@source`, where only the first `@` counts; text without one is a source. */
export function splitId(text: string, fallback = 'default'): VaultId {
  const at = text.indexOf('@')
  return at === -1 ? { id: fallback, source: text } : { id: text.slice(0, at), source: text.slice(at + 1) }
}

async function secretFrom(
  source: string,
  id: string,
  known: readonly VaultSecret[],
  sources: SecretSources,
): Promise<Buffer> {
  if (source === 'prompt' || source === 'prompt_ask_vault_pass') return ask(source, id, sources)
  const file = isAbsolute(source) ? source : resolve(sources.cwd, expandHome(source, sources.environ))
  let isFile = false
  try {
    isFile = !statSync(file).isDirectory()
  } catch {
    throw new Diagnostic(`The vault password file ${file} was not found`, { code: 'vault-password-file' })
  }
  if (!isFile) throw new Diagnostic(`The vault password file ${file} is a directory`, { code: 'vault-password-file' })
  const password = isExecutable(file) ? fromScript(file, id, sources) : fromFile(file, known)
  if (password.length === 0) {
    const what = isExecutable(file) ? 'script' : 'file'
    throw new Diagnostic(`Invalid vault password was provided from ${what} (${file})`, {
      code: 'vault-password-file',
      hint: `The ${what} gives an empty password.`,
    })
  }
  return password
}

const expandHome = (path: string, environ: SecretSources['environ']): string =>
  path === '~' || path.startsWith('~/') ? (environ.HOME ?? '') + path.slice(1) : path

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    // Root may "execute" anything for which one execute bit is set; without a bit accessSync already said no.
    return (statSync(file).mode & 0o111) !== 0
  } catch {
    return false
  }
}

function fromFile(file: string, known: readonly VaultSecret[]): Buffer {
  let data: Buffer
  try {
    data = readFileSync(file)
  } catch (error) {
    throw new Diagnostic(`Could not read vault password file ${file}: ${(error as Error).message}`, {
      code: 'vault-password-file',
    })
  }
  return trim(new Vault(known).decryptFile(trim(data), file))
}

function trim(data: Buffer): Buffer {
  const text = data.toString('latin1')
  return Buffer.from(text.replace(/^[\s]+|[\s]+$/g, ''), 'latin1')
}

/** A script whose name ends in -client is told which vault id is wanted. */
function fromScript(file: string, id: string, { environ, cwd }: SecretSources): Buffer {
  const client = basename(file, extname(file)).endsWith('-client')
  const done = spawnSync(file, client ? ['--vault-id', id] : [], {
    stdio: ['inherit', 'pipe', client ? 'pipe' : 'inherit'],
    env: environ as NodeJS.ProcessEnv,
    cwd,
  })
  if (done.error) {
    throw new Diagnostic(
      `Problem running vault password script ${file} (${done.error.message}). If this is not a script, remove the executable bit from the file.`,
      { code: 'vault-password-script' },
    )
  }
  const stderr = client ? `: ${done.stderr.toString('utf8').trim()}` : ''
  if (client && done.status === 2) {
    throw new Diagnostic(`Vault password client script ${file} did not find a secret for vault-id=${id}${stderr}`, {
      code: 'vault-password-script',
    })
  }
  if (done.status !== 0) {
    throw new Diagnostic(
      `Vault password ${client ? 'client ' : ''}script ${file} returned non-zero (${done.status ?? done.signal})${client ? ` when getting secret for vault-id=${id}` : ''}${stderr}`,
      {
        code: 'vault-password-script',
        hint: 'If this is no script but holds the password, remove its executable bit.',
      },
    )
  }
  return Buffer.from(done.stdout.toString('latin1').replace(/^[\r\n]+|[\r\n]+$/g, ''), 'latin1')
}

async function ask(source: string, id: string, { prompt, create }: SecretSources): Promise<Buffer> {
  const plain = source === 'prompt_ask_vault_pass'
  const prompts = create
    ? plain
      ? ['New Vault password: ', 'Confirm New Vault password: ']
      : [`New vault password (${id}): `, `Confirm new vault password (${id}): `]
    : [plain ? 'Vault password: ' : `Vault password (${id}): `]
  const answers: string[] = []
  for (const text of prompts) answers.push((await prompt(text)).trim())
  if (answers.some(answer => answer !== answers[0])) {
    throw new Diagnostic('Passwords do not match', { code: 'vault-prompt' })
  }
  if (!answers[0]) throw new Diagnostic('Invalid vault password was provided', { code: 'vault-prompt' })
  return Buffer.from(answers[0], 'utf8')
}

/** The vault for a run: all secrets, and how ids are matched. */
export async function loadVault(sources: SecretSources): Promise<Vault> {
  return new Vault(await loadSecrets(sources), { idMatch: sources.settings.bool('DEFAULT_VAULT_ID_MATCH') })
}
