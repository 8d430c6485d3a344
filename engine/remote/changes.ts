/**
 * The gate: every look and every change of a module goes through here. It knows what was seen, decides what differs,
 * records it as `changed` and diff, and sends it unless the task only checks.
 */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { decodeBytes, encodeText } from '../python/surrogateescape.js'
import { isEmpty, missing, newbornFacts, planAttributes } from './attributes.js'
import { Batch } from './batch.js'
import type { Answer, Change, ChangeAnswer, Content, FileFacts, Host, Identity, QueryAnswer, Request } from './host.js'
import { joinLines, splitLines } from './lines.js'
import { digestsOfFile } from './local-digests.js'
import { missingProgram, searchedInVain } from './missing-program.js'
import {
  type Attributes,
  type DiffEntry,
  type Effect,
  type FileLook,
  type Outcome,
  type PutOptions,
  type PutOutcome,
  type Query,
  RemoteFailure,
  type RemoteFile,
  type ShellText,
  type TaskRemote,
  ValidateFailed,
} from './remote.js'

/** Ansible shows no diff of files larger than this. */
const diffLimit = 104_448
/** Files up to this size are read into memory when a module wants text. */
const textLimit = 64 * 1024 * 1024

export interface GateOptions {
  readonly checkMode: boolean
  readonly diffMode: boolean
  /** Called once when the task ends. */
  readonly onDispose?: () => Promise<void>
  /** For backup names; the controller's clock unless a test says otherwise. */
  readonly now?: () => Date
}

/** The `Remote` of one task, on a host. */
export function openRemote(host: Host, options: GateOptions): TaskRemote {
  return new Gate(host, options)
}

class Gate implements TaskRemote {
  readonly checkMode: boolean
  readonly diffMode: boolean
  readonly recorded = { changed: false, diffs: [] as DiffEntry[], why: [] as string[] }
  readonly #batch: Batch<Request, Answer>
  readonly #changes: Batch<Change, ChangeAnswer>
  /** Questions that are under way. */
  readonly #asked = new Map<string, Promise<QueryAnswer>>()
  readonly #scratches: string[] = []

  constructor(
    private readonly host: Host,
    private readonly options: GateOptions,
  ) {
    this.checkMode = options.checkMode
    this.diffMode = options.diffMode
    this.#batch = new Batch(requests => host.ask(requests), queueMicrotask)
    // Puts that begin together do not get here in the same microtask: each has compared its own content.
    this.#changes = new Batch(changes => host.change(changes), setImmediate)
  }

  async file(path: string, look: FileLook = {}): Promise<RemoteFile> {
    const { want = 'text', follow = true } = look
    // No file has this name; the shell would take it for the directory that it is in.
    if (path === '') return new SeenFile(this, path, follow, missing(path))
    const textBelow = want === 'text' ? textLimit : want === 'sha1' && this.diffMode ? diffLimit : 0
    const facts = (await this.#batch.add({ kind: 'file', path, want, follow, textBelow })) as FileFacts
    const hashless = want === 'sha1' && facts.kind === 'file' && !facts.sha1 && facts.unreadable === undefined
    // The host has no program that hashes: the content itself is fetched.
    if (hashless) return this.file(path, { want: 'text', follow })
    return new SeenFile(this, path, follow, facts)
  }

  async glob(pattern: string): Promise<RemoteFile[]> {
    const found = (await this.#batch.add({ kind: 'glob', pattern })) as readonly FileFacts[]
    return found.map(facts => new SeenFile(this, facts.path, false, facts))
  }

  async query<T>(query: Query<T>): Promise<T> {
    const answer = (await this.#batch.add({ kind: 'query', command: query.command })) as QueryAnswer
    if (answer.rc === 127 && query.needs !== undefined) await this.#demand(query.needs)
    return query.parse(answer.stdout, answer.rc, answer.stderr)
  }

  /** Ends the task when the host lacks a program. */
  async #demand(program: string): Promise<void> {
    const paths = await this.query(searchedInVain(program))
    if (paths !== undefined) throw new RemoteFailure(missingProgram(program, paths))
  }

  get identity(): Identity {
    return this.host.identity
  }

  /** A question about names or flags; who owns a thousand files is asked once. */
  ask(command: ShellText): Promise<QueryAnswer> {
    const known = this.#asked.get(command)
    if (known) return known
    const asking = this.#batch.add({ kind: 'query', command }) as Promise<QueryAnswer>
    this.#asked.set(command, asking)
    asking.finally(() => this.#asked.delete(command)).catch(() => {})
    return asking
  }

  download(path: string): Promise<Readable> {
    return this.host.download(path)
  }

  async exec(effect: Effect): Promise<Outcome> {
    if (effect.changes !== false) this.changed(effect.why)
    if (this.checkMode && !effect.inCheckMode) {
      const now = Date.now() / 1000
      return { rc: 0, stdout: '', stderr: '', start: now, end: now, timedOut: false, skipped: true }
    }
    const outcome = await this.host.run(effect)
    // What a person wrote may miss its program in peace: `command` and `script` have words of their own for it.
    const program = effect.givenPath || effect.terminal ? undefined : effect.argv?.[0]
    if (outcome.rc === 127 && program !== undefined && !program.includes('/')) await this.#demand(program)
    return { ...outcome, skipped: false }
  }

  async scratch(use?: 'programs'): Promise<string> {
    const path = await this.host.scratch(use)
    this.#scratches.push(`${path}/`)
    return path
  }

  /** Files that a module makes for its own use (a passphrase for ssh-keygen, a script) are nobody's diff. */
  isScratch(path: string): boolean {
    return this.#scratches.some(scratch => path.startsWith(scratch))
  }

  changed(why: string, diff?: DiffEntry): void {
    this.recorded.changed = true
    this.recorded.why.push(why)
    // Facts (owner, mode, state) are few and some modules return them always; contents only when someone will look.
    if (diff && (this.diffMode || typeof diff.before !== 'string')) this.recorded.diffs.push(diff)
  }

  async change(change: Change): Promise<void> {
    if (this.checkMode) return
    if (change.path === '') throw new RemoteFailure("[Errno 2] No such file or directory: b''", { path: '' })
    const answer = await this.#changes.add(change)
    if (answer.step !== 'done') throw failure(change, answer)
  }

  backupName(path: string): string {
    const now = this.options.now?.() ?? new Date()
    const two = (part: number) => String(part).padStart(2, '0')
    const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
    const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`
    return `${path}.${process.pid}.${date}@${time}~`
  }

  async dispose(): Promise<void> {
    try {
      await this.options.onDispose?.()
    } catch {
      // The task's result stands; a lost host has cleaned up by itself when its shell ended.
    }
  }
}

class SeenFile implements RemoteFile {
  declare readonly kind: FileFacts['kind']
  declare readonly mode: number
  declare readonly uid: number
  declare readonly gid: number
  declare readonly owner: string
  declare readonly group: string
  declare readonly size: number
  declare readonly mtime: number
  declare readonly atime: number
  declare readonly ctime: number
  declare readonly inode: number
  declare readonly device: number
  declare readonly links: number
  declare readonly blockSize: number
  declare readonly blocks: number
  declare readonly deviceType: number
  declare readonly target: string | undefined
  declare readonly realPath: string
  declare readonly sha1: string | undefined
  declare readonly secontext: string | undefined
  #text: string | undefined
  #facts: FileFacts

  constructor(
    private readonly gate: Gate,
    readonly path: string,
    private readonly follow: boolean,
    facts: FileFacts,
  ) {
    this.#facts = facts
    const { path: _, bytes: __, unreadable: ___, ...rest } = facts
    Object.assign(this, rest)
  }

  get exists(): boolean {
    return this.kind !== 'missing'
  }
  get isDirectory(): boolean {
    return this.kind === 'directory'
  }
  get isFile(): boolean {
    return this.kind === 'file'
  }
  get isLink(): boolean {
    return this.kind === 'link'
  }
  get bytes(): Buffer {
    if (this.#facts.bytes) return this.#facts.bytes
    if (this.kind !== 'file') return Buffer.alloc(0)
    if (this.#facts.unreadable !== undefined) {
      throw new RemoteFailure(`could not read ${this.path}: ${this.#facts.unreadable}`, { path: this.path })
    }
    throw new Error(`the content of ${this.path} was not asked for: remote.file(path, { want: 'text' })`)
  }
  get text(): string {
    this.#text ??= decodeBytes(this.bytes)
    return this.#text
  }
  get lines(): string[] {
    return splitLines(this.text)
  }

  async put(want: PutOptions): Promise<PutOutcome> {
    if (this.isDirectory) throw new RemoteFailure(`Path ${this.path} is a directory !`, { path: this.path })
    const content = this.#content(want)
    const asFile = this.isLink ? newbornFacts(this.path, this.gate.identity) : this.#facts
    const current = asFile.kind === 'missing' ? newbornFacts(this.path, this.gate.identity) : asFile
    const same = this.exists && !this.isLink && (await this.#holds(content))
    if (same) return await this.#setAttributes(want, (want.diff ?? 'all') === 'all')

    // The command matters once it is to run.
    const validated = want.validate !== undefined && want.validate !== null && !this.gate.checkMode
    if (validated && !want.validate.includes('%s'))
      throw new RemoteFailure(`validate must contain %s: ${want.validate}`)
    const { plan, before, after } = await planAttributes(current, want, this.gate)
    // Through a link the file it points to is written; a link that was looked at itself is replaced.
    const path = this.follow && !want.replaceLink ? this.realPath || this.path : this.path
    const backup =
      want.backup && this.exists
        ? this.gate.backupName(want.backup === 'target' ? this.realPath : this.path)
        : undefined
    const shown = this.gate.diffMode && want.diff !== 'none' && !this.gate.isScratch(path)
    this.gate.changed(`write ${path}`, shown ? await this.#contentDiff(content, want) : undefined)
    if (this.exists && !isEmpty(plan)) {
      const header = `${this.path} (file attributes)`
      const diff = { before_header: header, after_header: header, before, after }
      this.gate.changed(`set attributes of ${path}`, (want.diff ?? 'all') === 'all' ? diff : undefined)
    }
    const { mode, uid, gid, secontext } = this.#facts
    await this.gate.change({
      kind: 'write',
      path,
      content,
      keep: this.exists && !this.isLink ? { mode, uid, gid, secontext } : undefined,
      plan,
      backup,
      validate: want.validate ?? undefined,
      unsafe: want.unsafe_writes ?? false,
    })
    return {
      changed: true,
      ...(backup !== undefined && !this.gate.checkMode && { backup_file: backup }),
      ...(!isEmpty(plan) && { attributes: { before, after } }),
    }
  }

  setAttributes(want: Attributes): Promise<PutOutcome> {
    return this.#setAttributes(want, true)
  }

  async #setAttributes(want: Attributes, shown: boolean): Promise<PutOutcome> {
    const { plan, before, after } = await planAttributes(this.#facts, want, this.gate)
    if (isEmpty(plan)) return { changed: false }
    const diff = { before: { path: this.path, ...before }, after: { path: this.path, ...after } }
    this.gate.changed(`set attributes of ${this.path}`, shown ? diff : undefined)
    if (this.exists) await this.gate.change({ kind: 'attributes', path: this.path, link: this.isLink, plan })
    return { changed: true, attributes: { before, after } }
  }

  async remove(): Promise<{ changed: boolean }> {
    if (!this.exists) return { changed: false }
    const state = this.kind === 'directory' || this.kind === 'link' ? this.kind : 'file'
    this.gate.changed(`remove ${this.path}`, {
      before: { path: this.path, state },
      after: { path: this.path, state: 'absent' },
    })
    await this.gate.change({ kind: 'remove', path: this.path })
    return { changed: true }
  }

  #content(want: PutOptions): Content {
    if (want.lines !== undefined) return { bytes: encodeText(joinLines(want.lines, this.exists ? this.text : '')) }
    if (want.text !== undefined) return { bytes: encodeText(want.text) }
    if (want.bytes !== undefined) return { bytes: want.bytes }
    if (want.fromLocal !== undefined) return { local: want.fromLocal }
    if (want.fromRemote !== undefined) return { remote: want.fromRemote }
    throw new Error('put() needs one of text, bytes, lines, fromLocal, fromRemote')
  }

  async #holds(content: Content): Promise<boolean> {
    if ('bytes' in content) {
      if (this.size !== content.bytes.length && this.kind === 'file') return false
      if (this.#facts.bytes) return this.#facts.bytes.equals(content.bytes)
      return (await this.#sha1()) === createHash('sha1').update(content.bytes).digest('hex')
    }
    if ('local' in content) {
      if ((await stat(content.local)).size !== this.size && this.kind === 'file') return false
      const [theirs, ours] = await Promise.all([this.#sha1(), digestsOfFile(content.local, ['sha1'])])
      return theirs === ours.sha1
    }
    const other = await this.gate.file(content.remote, { want: 'sha1' })
    return other.sha1 !== undefined && other.sha1 === (await this.#sha1())
  }

  async #sha1(): Promise<string | undefined> {
    return this.sha1 ?? (await this.gate.file(this.path, { want: 'sha1', follow: this.follow })).sha1
  }

  async #contentDiff(content: Content, want: PutOptions): Promise<DiffEntry> {
    const diff: { -readonly [K in keyof DiffEntry]: DiffEntry[K] } & { [key: string]: unknown } = {}
    // Of a link, what it leads to is what a reader would have seen.
    const was = this.isLink ? await this.gate.file(this.path, { want: 'stat' }) : this
    const old = await this.#oldBytes(was)
    if (old === 'large') diff.dst_larger = diffLimit
    else if (old.includes(0)) diff.dst_binary = 1
    else {
      diff.before = decodeBytes(old)
      // A file that was not there has no name in the diff, unless the module gives it one.
      if (want.diffBefore !== undefined || was.exists) diff.before_header = want.diffBefore ?? this.path
    }
    const fresh = await this.#newBytes(content)
    if (fresh === 'large') diff.src_larger = diffLimit
    else if (fresh.includes(0)) diff.src_binary = 1
    else {
      diff.after = decodeBytes(fresh)
      diff.after_header = want.diffAfter ?? ('local' in content ? content.local : this.path)
    }
    return diff
  }

  async #oldBytes(was: RemoteFile): Promise<Buffer | 'large'> {
    if (!was.isFile) return Buffer.alloc(0)
    if (was.size > diffLimit) return 'large'
    if (was === this && this.#facts.bytes) return this.#facts.bytes
    return (await this.gate.file(this.path, { want: 'text', follow: was !== this || this.follow })).bytes
  }

  async #newBytes(content: Content): Promise<Buffer | 'large'> {
    if ('bytes' in content) return content.bytes.length > diffLimit ? 'large' : content.bytes
    if ('local' in content) {
      return (await stat(content.local)).size > diffLimit ? 'large' : await readFile(content.local)
    }
    const source = await this.gate.file(content.remote, { want: 'stat' })
    if (source.size > diffLimit) return 'large'
    return (await this.gate.file(content.remote, { want: 'text' })).bytes
  }
}

/** A validator that the host does not have is told by its name, like any program that cannot be started. */
function notThere(change: Change, rc: number, stderr: string): RemoteFailure | undefined {
  const cmd = (change.kind === 'write' && change.validate) || ''
  const program = /^\s*(\S+)/.exec(cmd)?.[1]
  // dash and busybox say "x: not found", bash "x: command not found".
  const told = stderr.trimEnd().replace(/: command not found$/, ': not found')
  if (rc !== 127 || !program || !told.endsWith(`${program}: not found`)) return undefined
  const words = `[Errno 2] No such file or directory: b'${program}'`
  return new RemoteFailure(words, { cmd, rc: 2, stdout: '', stderr: '' })
}

function failure(change: Change, { step, rc, stdout, stderr }: ChangeAnswer): RemoteFailure {
  const said = stderr.trim() || stdout.trim()
  const { path } = change
  const plan = change.kind === 'remove' ? {} : change.plan
  switch (step) {
    case 'validate':
      return notThere(change, rc, stderr) ?? new ValidateFailed(rc, stdout, stderr)
    case 'owner':
      return new RemoteFailure(`chown failed: ${said}`, { path, owner: plan.owner })
    case 'group':
      return new RemoteFailure(`chgrp failed: ${said}`, { path, group: plan.group })
    case 'mode':
      return new RemoteFailure('chmod failed', { path, details: said })
    case 'secontext':
      return new RemoteFailure('set selinux context failed', { path, details: said })
    case 'flags':
      return new RemoteFailure('chattr failed', { path, details: said })
    case 'backup':
      return new RemoteFailure(`Could not make backup of ${path}: ${said}`, { path })
    case 'remove':
      return new RemoteFailure(`rmtree failed: ${said}`, { path })
    default:
      return new RemoteFailure(`Could not replace ${path}: ${said}`, { path })
  }
}
