/** What the inventory and the group_vars and host_vars folders say about a host: levels 3 to 10 of the precedence. */
import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Inventory } from '../inventory/inventory.js'
import type { Group, Host } from '../inventory/tree.js'
import type { Dict } from '../python/values.js'
import type { VarsFiles } from './files.js'
import { type HashBehaviour, mergeInto } from './merge.js'

/** VARIABLE_PRECEDENCE: the order in which groups' variables are laid over each other. */
export const GROUP_PRECEDENCE: readonly string[] = [
  'all_inventory',
  'groups_inventory',
  'all_plugins_inventory',
  'all_plugins_play',
  'groups_plugins_inventory',
  'groups_plugins_play',
]

export interface HostVariablesOptions {
  readonly inventory: Inventory
  readonly files: VarsFiles
  readonly hashBehaviour?: HashBehaviour
  /** VARIABLE_PRECEDENCE. */
  readonly precedence?: readonly string[]
}

/** Folders whose group_vars and host_vars count, from the inventory's sources. */
export function inventoryFolders(sources: readonly string[]): string[] {
  const folders: string[] = []
  for (const source of sources) {
    if (source.includes(',') && !existsSync(source)) continue
    folders.push(isFolder(source) ? source : dirname(source))
  }
  return [...new Set(folders)]
}

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

export class HostVariables {
  readonly #options: HostVariablesOptions
  readonly #folders: readonly string[]

  constructor(options: HostVariablesOptions) {
    this.#options = options
    this.#folders = inventoryFolders(options.inventory.sources)
  }

  /** Everything merged, weakest first. */
  of(host: Host, playbookDir?: string): Dict {
    const { inventory, precedence = GROUP_PRECEDENCE } = this.#options
    const result: Dict = new Map()
    const groups = inventory.groupsOf(host).filter(group => group !== inventory.all)
    const play = playbookDir === undefined ? [] : [playbookDir]
    for (const level of precedence) {
      const members = level.startsWith('all_') ? [inventory.all] : groups
      if (level.endsWith('_plugins_inventory')) for (const one of members) this.#group(result, one, this.#folders)
      else if (level.endsWith('_plugins_play')) for (const one of members) this.#group(result, one, play)
      else for (const one of members) this.#lay(result, one.vars)
    }
    this.#lay(result, host.vars)
    for (const folder of [...this.#folders, ...play]) {
      for (const dict of this.#options.files.load(folder, 'host_vars', host.name)) this.#lay(result, dict)
    }
    return result
  }

  /** What is said about a group itself, its parents left out. */
  ofGroup(group: Group, playbookDir?: string): Dict {
    const result: Dict = new Map(group.vars)
    this.#group(result, group, [...this.#folders, ...(playbookDir === undefined ? [] : [playbookDir])])
    return result
  }

  /** What is said about the host alone. */
  ofHostAlone(host: Host, playbookDir?: string): Dict {
    const result: Dict = new Map(host.vars)
    for (const folder of [...this.#folders, ...(playbookDir === undefined ? [] : [playbookDir])]) {
      for (const dict of this.#options.files.load(folder, 'host_vars', host.name)) this.#lay(result, dict)
    }
    return result
  }

  #group(result: Dict, group: Group, folders: readonly string[]): void {
    for (const folder of folders) {
      for (const dict of this.#options.files.load(folder, 'group_vars', group.name)) this.#lay(result, dict)
    }
  }

  #lay(result: Dict, over: Dict): void {
    mergeInto(result, over, this.#options.hashBehaviour ?? 'replace')
  }
}
