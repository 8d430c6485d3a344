/** What all plays of a run share. */
import type { Semaphore } from '../connection/semaphore.js'
import type { Inventory } from '../inventory/inventory.js'
import type { Loader } from '../playbook/load.js'
import type { HostPool } from '../remote/pool.js'
import type { Settings } from '../settings/settings.js'
import type { Templar } from '../template/templar.js'
import type { Memory } from '../vars/facts.js'
import type { Variables } from '../vars/variables.js'
import type { Emit } from './events.js'
import type { Interruption } from './interruption.js'
import type { RunOptions } from './options.js'
import type { Stats } from './stats.js'

export interface Run {
  readonly options: RunOptions
  readonly settings: Settings
  readonly inventory: Inventory
  readonly loader: Loader
  readonly variables: Variables
  readonly memory: Memory
  readonly templar: Templar
  readonly pool: HostPool
  readonly stats: Stats
  readonly emit: Emit
  readonly interruption: Interruption
  /** `forks` host tasks at once. */
  readonly slots: Semaphore
  /** One at a time where the debugger may talk with the person. */
  readonly console: Semaphore
  /** Hosts that failed, or could not be reached, in any play so far. */
  readonly failedHosts: Set<string>
  readonly unreachableHosts: Set<string>
  /**
   * Hosts with an include that could not be opened and a rescue for it: they finish their batch but count as failed for
   * everybody else, and have no part in what comes after it.
   */
  readonly failedIncludes: Set<string>
  /** Asynchronous tasks that nobody waits for; the run ends after them. */
  readonly jobs: Set<Promise<void>>
  /** --start-at-task: still looking for it. */
  startAt: string | undefined
  /** --step: still asking. */
  stepping: boolean
  /** Reads the inventory again (meta: refresh_inventory). */
  refreshInventory(): Promise<void>
}
