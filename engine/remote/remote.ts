/** What a module may do on a host: few words, one trip, check mode for free. */
import type { Readable } from 'node:stream'
import type { Value } from '../python/values.js'

/** Shell text whose arguments were quoted by `sh`; a plain string cannot get in by accident. */
export type ShellText = string & { readonly __shell: unique symbol }

/** A question: a command that changes nothing, and how to read its answer. */
export interface Query<T> {
  readonly command: ShellText
  parse(stdout: string, rc: number, stderr: string): T
  /** Program whose absence fails the task: looked for when the command ends with 127. */
  readonly needs?: string
}

export type FileKind = 'missing' | 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'block' | 'char'

/** How much of a file to bring along: each includes the ones before it. `text` is for files up to a few MB. */
export type Want = 'stat' | 'sha1' | 'text'

export interface FileLook {
  readonly want?: Want
  /** Look through symbolic links (default true, as open(2) does); false describes the link itself. */
  readonly follow?: boolean
}

/** Owner, mode and security context that a file should have; what is left out stays as it is. */
export interface Attributes {
  /** Octal number or text ('0644', 420, 'u=rw,g=r', 'preserve' is resolved by the caller). */
  readonly mode?: Value | undefined
  readonly owner?: string | undefined
  readonly group?: string | undefined
  readonly seuser?: string | undefined
  readonly serole?: string | undefined
  readonly setype?: string | undefined
  readonly selevel?: string | undefined
  readonly attributes?: string | undefined
}

export interface PutOptions extends Attributes {
  /** The new content: exactly one of text, bytes, lines (joined with the file's own newline), local path, remote path. */
  readonly text?: string
  readonly bytes?: Buffer
  readonly lines?: readonly string[]
  readonly fromLocal?: string
  readonly fromRemote?: string
  /**
   * Keep a dated copy of the old file; its path is in `PutOutcome.backup_file`. It stands beside the path as it was given, be
   * that a link; `target`: beside the file that the link leads to.
   */
  readonly backup?: boolean | 'target'
  /** A link gives way to a file of its own; without this, what it leads to is written, also where that does not exist yet. */
  readonly replaceLink?: boolean
  /** Command that must accept the new file, written as %s. */
  readonly validate?: string | undefined
  readonly unsafe_writes?: boolean | undefined
  /** Header names for the diff instead of the path. */
  readonly diffBefore?: string
  readonly diffAfter?: string
  /** What of the change is in the diff (default all): `none` where Ansible shows none, and for secrets such as keys. */
  readonly diff?: 'all' | 'content' | 'none'
}

export interface PutOutcome {
  readonly changed: boolean
  readonly backup_file?: string
  /** Mode, owner, … where they change, also those of a file that is new. */
  readonly attributes?: { readonly before: AttributeFacts; readonly after: AttributeFacts }
}

/** Facts by Ansible's names: mode as '0644', owner and group as ids. */
export type AttributeFacts = { readonly [name: string]: unknown }

/** What stat says of a file; `kind` 'missing' where there is none. */
export interface FileStat {
  readonly path: string
  readonly kind: FileKind
  /** Permission bits incl. setuid/sticky, e.g. 0o644. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Names, or '' when the host has none for the id. */
  readonly owner: string
  readonly group: string
  readonly size: number
  /** Seconds since the epoch, with fraction where the host gives one. */
  readonly mtime: number
  readonly atime: number
  readonly ctime: number
  readonly inode: number
  readonly device: number
  readonly links: number
  /** Bytes that one read should take, blocks of 512 bytes in use, and number of a device; 0 where the host cannot tell. */
  readonly blockSize: number
  readonly blocks: number
  readonly deviceType: number
  /** What a link points to, as written. */
  readonly target: string | undefined
  /** Where a link leads in the end (readlink -f); of anything else the path as it was asked for. */
  readonly realPath: string
  /** Only with want 'sha1' or 'text'. */
  readonly sha1: string | undefined
  /** user:role:type:level, or undefined where SELinux is off. */
  readonly secontext: string | undefined
}

export interface RemoteFile extends FileStat {
  readonly exists: boolean
  readonly isDirectory: boolean
  readonly isFile: boolean
  readonly isLink: boolean
  /** UTF-8 with surrogateescape, so that any bytes survive; '' when missing. Only with want 'text'. */
  readonly text: string
  /** Lines without their newline. Only with want 'text'. */
  readonly lines: string[]
  readonly bytes: Buffer
  /** Make the content (and attributes) so; sends nothing when it already is. Atomic: written beside, then renamed. */
  put(want: PutOptions): Promise<PutOutcome>
  /** Make only owner, mode, … so. */
  setAttributes(want: Attributes): Promise<PutOutcome>
  /** Remove it, directories with all they hold. */
  remove(): Promise<{ changed: boolean }>
}

/** A conversation with a command that thinks a person sits at its terminal. */
export interface Dialogue {
  /** Whether the terminal shows what is typed. */
  readonly echo: boolean
  /** Called when the command starts; what it gives is told all that comes, as it comes. */
  readonly start: (keyboard: Keyboard) => (said: string) => void
}

export interface Keyboard {
  type(text: string): void
  /** Ends the command with all it started; the outcome has `timedOut`. */
  hangUp(): void
}

/** A command that changes something. */
export interface Effect {
  /** Program and arguments, or shell text. */
  readonly argv?: readonly string[]
  readonly shell?: ShellText | string
  /** With `shell`: program that reads it (default /bin/sh). */
  readonly executable?: string
  readonly stdin?: string | Buffer | Readable
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Seconds before it is killed. */
  readonly timeout?: number
  /** Run it on a terminal of its own, where stderr comes with stdout; instead of `stdin` and `timeout`; with `givenPath`. */
  readonly terminal?: Dialogue
  /** For the log and for `--check`: what this is for. */
  readonly why: string
  /** False: does not by itself mean that something changed (default true). */
  readonly changes?: boolean
  /** Called with output as it comes, for `-v` on a terminal. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void
  /** A command that a person wrote: its PATH is as the host gives it, without the folders that modules look into as well. */
  readonly givenPath?: boolean
  /** A command that Ansible hands to the shell of the login, without its Python: the locale is as the host gives it. */
  readonly givenLocale?: boolean
  /** Also run in check mode: for commands that cannot change anything but need stdin or much output. */
  readonly inCheckMode?: boolean
}

export interface Outcome {
  readonly rc: number
  readonly stdout: string
  readonly stderr: string
  /** Seconds since the epoch, on the controller's clock. */
  readonly start: number
  readonly end: number
  readonly timedOut: boolean
  /** True when check mode kept it from running. */
  readonly skipped: boolean
}

export interface DiffEntry {
  readonly before?: string | { readonly [key: string]: unknown }
  readonly after?: string | { readonly [key: string]: unknown }
  readonly before_header?: string
  readonly after_header?: string
  readonly prepared?: string
}

export interface Remote {
  readonly checkMode: boolean
  readonly diffMode: boolean
  // Look: also happens in check mode. Calls made before an `await` share one round trip.
  file(path: string, look?: FileLook): Promise<RemoteFile>
  glob(pattern: string): Promise<RemoteFile[]>
  query<T>(query: Query<T>): Promise<T>
  /** Content of a remote file as a stream, for files of any size. */
  download(path: string): Promise<Readable>
  // Change: recorded as `changed` and diff; not sent in check mode.
  exec(effect: Effect): Promise<Outcome>
  /**
   * A fresh directory on the host, mode 0700, removed when the task ends. For `programs` it is one from which the host starts
   * them: in the home where /tmp is mounted noexec, as hardened hosts have it.
   */
  scratch(use?: 'programs'): Promise<string>
  /** Record a change that was made (or, in check mode, would be made) by other means. */
  changed(why: string, diff?: DiffEntry): void
  /** What was recorded so far. */
  readonly recorded: {
    readonly changed: boolean
    readonly diffs: readonly DiffEntry[]
    readonly why: readonly string[]
  }
}

/** The `Remote` of one task on one host: also what the executor ends it with. */
export interface TaskRemote extends Remote {
  /** Removes what the task left on the host (scratch directories). Never throws. */
  dispose(): Promise<void>
}

/** The host refused: a file could not be written, an owner is unknown, … The task fails with this text and these values. */
export class RemoteFailure extends Error {
  constructor(
    message: string,
    readonly extra: { readonly [key: string]: string | number | boolean | undefined } = {},
  ) {
    super(message)
    this.name = 'RemoteFailure'
  }
}

/** `validate` said no; modules word this differently, so its parts are here. */
export class ValidateFailed extends RemoteFailure {
  constructor(
    readonly rc: number,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(`failed to validate: rc:${rc} error:${stderr}`)
    this.name = 'ValidateFailed'
  }
}
