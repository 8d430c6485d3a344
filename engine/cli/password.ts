/** Connection and become passwords: asked for, or read from a file or script. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Diagnostic } from '../diagnostics.js'
import type { LoadedSettings } from '../settings/load.js'
import { ask } from './ask.js'
import type { ParsedFlags } from './flags.js'
import type { Io } from './io.js'

export interface Passwords {
  readonly connectionPassword?: string
  readonly becomePassword?: string
}

export async function readPasswords(flags: ParsedFlags, settings: LoadedSettings, io: Io): Promise<Passwords> {
  const connectionPassword = await connection(flags, settings, io)
  const becomePassword = await become(flags, settings, io, connectionPassword)
  return {
    ...(connectionPassword === undefined ? {} : { connectionPassword }),
    ...(becomePassword === undefined ? {} : { becomePassword }),
  }
}

async function connection(flags: ParsedFlags, settings: LoadedSettings, io: Io): Promise<string | undefined> {
  const file = flags.value('connectionPasswordFile')
  const asked = flags.has('askPass') || (file === undefined && settings.bool('DEFAULT_ASK_PASS'))
  if (asked) return ask(io, 'SSH password: ')
  const path = file ?? settings.string('CONNECTION_PASSWORD_FILE')
  return path === '' ? undefined : passwordFrom(resolve(io.cwd, path), 'Connection')
}

async function become(
  flags: ParsedFlags,
  settings: LoadedSettings,
  io: Io,
  connectionPassword: string | undefined,
): Promise<string | undefined> {
  const file = flags.value('becomePasswordFile')
  const asked =
    flags.has('askBecomePass') ||
    (file === undefined &&
      (settings.bool('DEFAULT_BECOME_ASK_PASS') ||
        settings.bool('DEFAULT_ASK_SUDO_PASS') ||
        settings.bool('DEFAULT_ASK_SU_PASS')))
  if (asked) {
    const method = settings.bool('AGNOSTIC_BECOME_PROMPT')
      ? 'BECOME'
      : settings.string('DEFAULT_BECOME_METHOD').toUpperCase()
    const defaults = connectionPassword === undefined ? '' : '[defaults to SSH password]'
    const answer = await ask(io, `${method} password${defaults}: `)
    return answer === '' && connectionPassword !== undefined ? connectionPassword : answer
  }
  const path = file ?? settings.string('BECOME_PASSWORD_FILE')
  return path === '' ? undefined : passwordFrom(resolve(io.cwd, path), 'Become')
}

function passwordFrom(path: string, what: string): string {
  const fail = (message: string, hint?: string) => new Diagnostic(message, { code: 'password-file', hint })
  if (!statSync(path, { throwIfNoEntry: false })) throw fail(`The password file ${path} was not found`)
  let text: string
  if (isProgram(path)) {
    const { stdout, stderr, status, error } = spawnSync(path, { encoding: 'utf8', stdio: ['inherit', 'pipe', 'pipe'] })
    if (error) throw fail(`Problem occured when trying to run the password script ${path} (${error.message})`)
    if (status !== 0) throw fail(`The password script ${path} had an error (rc=${status}): ${stderr.trim()}`)
    text = stdout
  } else {
    try {
      text = readFileSync(path, 'utf8')
    } catch (error) {
      throw fail(`Could not read password file ${path}: ${(error as Error).message}`)
    }
  }
  const password = text.replace(/^[\r\n]+|[\r\n]+$/g, '')
  if (password === '')
    throw fail(`Empty password was provided from file (${path})`, `${what} passwords must not be empty.`)
  return password
}

function isProgram(path: string): boolean {
  if (!statSync(path).isFile()) return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
