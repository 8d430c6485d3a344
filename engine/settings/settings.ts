/** Settings by Ansible's constant names (DEFAULT_FORKS, …): default < ansible.cfg < environment < command line. */
import type { Value } from '../python/values.js'

/** Kinds of plugins that Ansible's settings are grouped by. */
export const pluginTypes = [
  'become',
  'cache',
  'callback',
  'cliconf',
  'connection',
  'httpapi',
  'inventory',
  'lookup',
  'netconf',
  'shell',
  'vars',
] as const

export interface Settings {
  /** The value in its declared type; throws for a name that the table does not have. */
  get(name: string): Value
  has(name: string): boolean
  string(name: string): string
  number(name: string): number
  bool(name: string): boolean
  list(name: string): string[]
  /** Where the value came from: default, a file's path, env: NAME, or a flag. */
  origin(name: string): string
}
