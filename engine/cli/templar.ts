/** The template engine, loaded only by those commands and sources that render something. */
import { Diagnostic } from '../diagnostics.js'
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

export async function makeTemplar(_context: TemplarContext): Promise<Templar> {
  throw new Diagnostic('inventories that compute are not built in yet', { code: 'unsupported' })
}
