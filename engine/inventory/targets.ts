/** Whether there is anybody to work on, said before anything begins, as Ansible says it. */
import { Diagnostic } from '../diagnostics.js'
import type { Settings } from '../settings/settings.js'
import type { Inventory } from './inventory.js'
import type { Host } from './tree.js'

const LOCALHOST = new Set(['127.0.0.1', 'localhost', '::1'])

export interface TargetOptions {
  readonly inventory: Inventory
  readonly pattern: string
  readonly limit: string | undefined
  readonly settings: Settings
  warn(text: string): void
}

/** The hosts of the pattern; an inventory without hosts is worth a warning, a limit that leaves none is an error. */
export function targets({ inventory, pattern, limit, settings, warn }: TargetOptions): Host[] {
  const empty = inventory.match('all', { limit: false }).length === 0
  if (empty && settings.bool('LOCALHOST_WARNING') && !LOCALHOST.has(pattern)) {
    warn(
      "provided hosts list is empty, only localhost is available. Note that the implicit localhost does not match 'all'",
    )
  }
  const hosts = inventory.match(pattern)
  if (hosts.length === 0 && !empty && limit !== undefined) {
    throw new Diagnostic('Specified inventory, host pattern and/or --limit leaves us with no hosts to target.', {
      code: 'no-hosts',
      hint: `--limit ${limit} leaves none of the hosts that ${pattern} selects.`,
    })
  }
  return hosts
}
