/** The contract of outputs: events in, text out. An output never sees the executor's objects. */
import type { Event } from '../executor/events.js'
import type { Settings } from '../settings/settings.js'
import type { Screen } from './screen.js'

/** What an output may use. */
export interface OutputContext {
  readonly settings: Settings
  readonly screen: Screen
  readonly verbosity: number
  readonly checkMode: boolean
  /** Writes a report file, making its folder. */
  writeFile(path: string, text: string): void
  appendFile(path: string, text: string): void
  /** Wall clock, milliseconds. */
  now(): number
  readonly environ: Readonly<Record<string, string | undefined>>
  /** What `-t` of an ad-hoc command says. */
  readonly treeDirectory?: string | undefined
}

/** One hook per kind of event; the last event of a run is `stats`. */
export type Output = { readonly [Kind in Event['type']]?: (event: Extract<Event, { type: Kind }>) => void }

export interface OutputPlugin {
  readonly name: string
  readonly summary: string
  /** `stdout` outputs replace each other; `aggregate` ones run beside, when callbacks_enabled names them. */
  readonly kind: 'stdout' | 'aggregate'
  create(context: OutputContext): Output
}

export const defineOutput = (plugin: OutputPlugin): OutputPlugin => plugin

/** Hands an event to the hook for its kind, if there is one. */
export function deliver(output: Output, event: Event): void {
  const hook = output[event.type] as ((event: Event) => void) | undefined
  hook?.(event)
}
