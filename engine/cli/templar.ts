/** The template engine, loaded only by those commands and sources that render something. */
import { readFileSync } from 'node:fs'
import type { LoadedSettings } from '../settings/load.js'
import type { Templar } from '../template/templar.js'
import type { Vault } from '../vault/vault.js'
import type { Io } from './io.js'

export interface TemplarContext {
  readonly settings: LoadedSettings
  readonly io: Io
  readonly vault: Vault
  readonly warn: (message: string) => void
}

export async function makeTemplar({ settings, io, vault, warn }: TemplarContext): Promise<Templar> {
  const { createTemplar } = await import('../template/create.js')
  return createTemplar({
    readFile: path => vault.decryptFile(readFileSync(path), path),
    environ: io.env,
    setting: name => (settings.has(name) ? settings.get(name) : undefined),
    warn,
  })
}
