/** A task's result as text: which keys are shown, and how. */
import type { TaskInfo, TaskOutcome } from '../executor/events.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isDict, type Value } from '../python/values.js'
import { asWritten } from '../yaml/trust.js'
import { jsonText } from './json-text.js'

export interface DumpStyle {
  readonly verbosity: number
  /** Spaces per level; undefined: one line. */
  readonly indent?: number | undefined
  readonly sortKeys?: boolean
  /** Keep the module's arguments although -vvv was not given. */
  readonly keepInvocation?: boolean
  /** Keep warnings and deprecations, as Ansible does for an item of a loop. */
  readonly keepNotices?: boolean
}

/** A result without the keys that are not shown. */
export function shownResult(result: Dict, { verbosity, keepInvocation, keepNotices }: DumpStyle): Dict {
  const kept: Dict = new Map()
  for (const [key, value] of result) {
    if (typeof key === 'string' && key.startsWith('_ansible_')) continue
    if (key === 'invocation' && !keepInvocation && verbosity < 3) continue
    if (key === 'diff' && verbosity < 3) continue
    if (key === 'exception') continue
    if (!keepNotices && (key === 'warnings' || key === 'deprecations')) continue
    kept.set(key, value)
  }
  return kept
}

/** The result as JSON, as Ansible's callbacks dump it. */
export function resultText(result: Dict, style: DumpStyle): string {
  const { indent, sortKeys = true } = style
  return jsonText(shownResult(result, style), { indent: indent ?? null, sortKeys })
}

const DEBUG_MESSAGE_KEYS = new Set<Value>(['msg', 'exception', 'warnings', 'deprecations'])
const HIDDEN_IN_DEBUG = new Set<Value>(['changed', 'failed', 'skipped', 'invocation', 'skip_reason'])

/** A debug task shows its message alone, or its variable without what every result has. */
export function withoutDebugNoise(result: Dict, { action }: TaskInfo): Dict {
  if (action !== 'ansible.builtin.debug') return result
  const keep = result.has('msg')
    ? (key: Value) => DEBUG_MESSAGE_KEYS.has(key) || (typeof key === 'string' && key.startsWith('_'))
    : (key: Value) => !HIDDEN_IN_DEBUG.has(key)
  return new Map([...result].filter(([key]) => keep(key)))
}

const includes = new Set(['include_tasks', 'include_role', 'include'].map(name => `ansible.builtin.${name}`))
export const isInclude = ({ action }: TaskInfo): boolean => includes.has(action)

type Labelled = Pick<TaskOutcome, 'host' | 'delegatedAddress'> & Partial<Pick<TaskOutcome, 'delegatedTo' | 'status'>>

/** `host`, or `host -> delegate(address)`; Ansible does not know the address of a host that it could not reach. */
export function hostLabel({ host, delegatedTo, delegatedAddress, status }: Labelled): string {
  if (delegatedTo === undefined) return host
  const plain =
    delegatedAddress === undefined ||
    delegatedAddress === delegatedTo ||
    delegatedTo === 'localhost' ||
    status === 'unreachable'
  return `${host} -> ${delegatedTo}${plain ? '' : `(${delegatedAddress})`}`
}

/** What stands behind `item=`. */
export const itemLabel = (label: Value): string => pyStr(label)

/** Name of a task in banners: with its role. */
export function taskName({ name, role }: TaskInfo): string {
  return role === undefined || name.startsWith(`${role} : `) ? name : `${role} : ${name}`
}

/** A task's arguments as `a=1, b=x`; templates as they were written. */
export const argumentsText = (args: Dict): string =>
  [...args].map(([name, value]) => `${pyStr(name)}=${pyStr(asWritten(value))}`).join(', ')

/** A result's list of strings under `key` (warnings, …). */
export function textsUnder(result: Dict, key: string): string[] {
  const value = result.get(key)
  return Array.isArray(value) ? value.map(one => (isDict(one) ? pyStr(one.get('msg') ?? '') : pyStr(one))) : []
}

const COMMANDS = new Set(
  ['command', 'shell', 'raw', 'script', 'win_command', 'win_shell'].flatMap(name => [
    `ansible.builtin.${name}`,
    `ansible.windows.${name}`,
  ]),
)
/** Modules whose result is a program's output rather than data. */
export const isCommand = ({ action }: TaskInfo): boolean => COMMANDS.has(action)
