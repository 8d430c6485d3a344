/** The seam under `Remote`: what a host can be asked and told. Made real by a shell (lane.ts) and in memory (fake.ts). */
import type { Readable } from 'node:stream'
import type { Effect, FileStat, Outcome, ShellText, Want } from './remote.js'

/** Something to look at. Several of these are one round trip. */
export type Request =
  | {
      readonly kind: 'file'
      readonly path: string
      readonly want: Want
      readonly follow: boolean
      /** With want 'sha1': bring the content of files up to this size anyway (for the diff). */
      readonly textBelow: number
    }
  | { readonly kind: 'glob'; readonly pattern: string }
  | { readonly kind: 'query'; readonly command: ShellText }

/** What was seen of a file. */
export interface FileFacts extends FileStat {
  readonly bytes: Buffer | undefined
  /** Why the content could not be read, in the host's words. */
  readonly unreadable: string | undefined
}

export interface QueryAnswer {
  readonly stdout: string
  readonly stderr: string
  readonly rc: number
}

/** Answers stand in the order of the requests: facts, a list of facts, an output. */
export type Answer = FileFacts | readonly FileFacts[] | QueryAnswer

/** Attributes resolved to what has to be done; absent members stay as they are. */
export interface AttributePlan {
  readonly mode?: number
  /** Name or number. */
  readonly owner?: string
  readonly group?: string
  /** Whole user:role:type:level. */
  readonly secontext?: string
  /** A chattr operand: `+i`, `-a`, `=e`. */
  readonly flags?: string
}

export type Content = { readonly bytes: Buffer } | { readonly local: string } | { readonly remote: string }

export type Change =
  | {
      readonly kind: 'write'
      readonly path: string
      readonly content: Content
      /** What the new file gets before `plan`: the old file's owner, mode and context. */
      readonly keep: { mode: number; uid: number; gid: number; secontext: string | undefined } | undefined
      readonly plan: AttributePlan
      readonly backup: string | undefined
      /** With %s. */
      readonly validate: string | undefined
      readonly unsafe: boolean
    }
  | { readonly kind: 'attributes'; readonly path: string; readonly link: boolean; readonly plan: AttributePlan }
  | { readonly kind: 'remove'; readonly path: string }

export interface ChangeAnswer {
  /** What went wrong, or 'done'. */
  readonly step:
    | 'done'
    | 'write'
    | 'backup'
    | 'validate'
    | 'owner'
    | 'group'
    | 'mode'
    | 'secontext'
    | 'flags'
    | 'move'
    | 'remove'
  readonly rc: number
  readonly stdout: string
  readonly stderr: string
}

/** Who commands run as on the host. */
export interface Identity {
  readonly uid: number
  readonly gid: number
  readonly user: string
  readonly group: string
  readonly umask: number
}

export interface Host {
  /** One round trip. */
  ask(requests: readonly Request[]): Promise<readonly Answer[]>
  run(effect: Effect): Promise<Omit<Outcome, 'skipped'>>
  /** Several are one round trip but for large contents; each is tried, whatever became of those before it. */
  change(changes: readonly Change[]): Promise<readonly ChangeAnswer[]>
  download(path: string): Promise<Readable>
  scratch(use?: 'programs'): Promise<string>
  /** Known after the first answer. */
  readonly identity: Identity
}
