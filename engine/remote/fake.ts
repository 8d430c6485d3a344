/**
 * A host in memory, for tests: files with modes, owners and links, users and groups, commands by pattern. A command it
 * does not expect is an error, and every round trip is counted.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { decodeBytes, encodeText } from '../python/surrogateescape.js'
import { missing } from './attributes.js'
import { coreutils } from './fake-coreutils.js'
import type {
  Answer,
  AttributePlan,
  Change,
  ChangeAnswer,
  FileFacts,
  Host,
  Identity,
  QueryAnswer,
  Request,
} from './host.js'
import { quoteAll } from './quote.js'
import type { Dialogue, Effect, FileKind, Outcome } from './remote.js'

/** One thing in the fake file system. */
export interface FakeFile {
  kind: Exclude<FileKind, 'missing'>
  bytes: Buffer
  mode: number
  uid: number
  gid: number
  mtime: number
  target: string | undefined
  secontext: string | undefined
  flags: string
  /** Equal for hard links. */
  inode: number
}

/** How a test writes a file: its text, or an object; `null` or undefined where nothing should be. */
export type FakeEntry =
  | string
  | Buffer
  | null
  | undefined
  | {
      readonly kind?: FakeFile['kind']
      readonly text?: string
      readonly bytes?: Buffer
      readonly mode?: number
      readonly owner?: string | number
      readonly group?: string | number
      readonly mtime?: number
      /** Makes it a symbolic link. */
      readonly target?: string
      /** Makes it a directory. */
      readonly directory?: true
      readonly secontext?: string
    }

/** A command as the fake host sees it. */
export interface FakeCall {
  /** The command as one line of shell text: argv quoted where needed, or the text itself. */
  readonly text: string
  readonly argv: readonly string[] | undefined
  readonly stdin: string
  readonly cwd: string | undefined
  readonly environment: Readonly<Record<string, string>>
  /** True for `query`, false for `exec`. */
  readonly query: boolean
  /** On a terminal: prints this, and gives what was typed in answer at once; undefined after a hang-up. */
  readonly say?: (text: string) => string | undefined
}

export type FakeAnswer =
  | string
  | { readonly rc?: number; readonly stdout?: string; readonly stderr?: string; readonly timedOut?: boolean }
export type FakeHandler = (call: FakeCall, host: FakeHost) => FakeAnswer | undefined | Promise<FakeAnswer | undefined>
/** Pattern → answer. In a string `*` stands for any text; the first pattern that fits (and answers) wins. */
export type FakeCommands =
  | { readonly [pattern: string]: FakeAnswer | FakeHandler }
  | readonly (readonly [string | RegExp | ((call: FakeCall) => boolean), FakeAnswer | FakeHandler])[]

/** For commands that keep state: what is `now` so, `before` until `change` is called (which prints `said`), then `after`. */
export function changing<T>(
  before: T,
  after: T,
  said: FakeAnswer = '',
): { readonly now: () => T; readonly change: () => FakeAnswer } {
  let state = before
  return {
    now: () => state,
    change() {
      state = after
      return said
    },
  }
}

export interface FakeHostOptions {
  readonly files?: { readonly [path: string]: FakeEntry }
  readonly commands?: FakeCommands
  readonly users?: { readonly [name: string]: number }
  readonly groups?: { readonly [name: string]: number }
  /** Who commands run as (default root). */
  readonly user?: string
  readonly umask?: number
}

const umaskDefault = 0o022

export class FakeHost implements Host {
  /** Round trips so far. */
  trips = 0
  /** Commands that were run with `exec`, as text. */
  readonly ran: string[] = []
  /** Every command, questions too. */
  readonly asked: string[] = []
  readonly files = new Map<string, FakeFile>()
  readonly users: Map<string, number>
  readonly groups: Map<string, number>
  /** A place for command handlers to keep what they changed. */
  readonly state: { [name: string]: unknown } = {}
  umask: number
  #user: string
  #commands: (readonly [(call: FakeCall) => boolean, FakeAnswer | FakeHandler])[]
  #inode = 2
  #scratch = 0
  clock = 1_700_000_000

  constructor({ files = {}, commands = {}, users, groups, user = 'root', umask = umaskDefault }: FakeHostOptions = {}) {
    this.users = new Map(Object.entries({ root: 0, nobody: 65534, ...users }))
    this.groups = new Map(Object.entries({ root: 0, nogroup: 65534, ...groups }))
    this.#user = user
    this.umask = umask
    const entries = Array.isArray(commands) ? commands : Object.entries(commands)
    this.#commands = (entries as [string | RegExp | ((call: FakeCall) => boolean), FakeAnswer | FakeHandler][]).map(
      ([pattern, answer]) => [matcher(pattern), answer],
    )
    for (const directory of [
      '/',
      '/etc',
      '/tmp',
      '/root',
      '/home',
      '/usr',
      '/usr/bin',
      '/var',
      '/var/log',
      '/opt',
      '/srv',
    ]) {
      this.add(directory, { directory: true, mode: directory === '/tmp' ? 0o1777 : 0o755 })
    }
    for (const [path, entry] of Object.entries(files)) this.add(path, entry)
  }

  get identity(): Identity {
    const uid = this.users.get(this.#user) ?? 0
    const gid = this.groups.get(this.#user) ?? 0
    return { uid, gid, user: this.#user, group: this.nameOf(this.groups, gid), umask: this.umask }
  }

  /** Puts a file there as a test describes it, with the directories above it. */
  add(path: string, entry: FakeEntry): void {
    if (entry === undefined || entry === null) {
      this.files.delete(path)
      return
    }
    const given = typeof entry === 'string' ? { text: entry } : Buffer.isBuffer(entry) ? { bytes: entry } : entry
    const kind = given.kind ?? (given.target !== undefined ? 'link' : given.directory ? 'directory' : 'file')
    const above = posix.dirname(path)
    if (above !== path && !this.files.has(above)) this.add(above, { directory: true })
    this.files.set(path, {
      kind,
      bytes: given.bytes ?? encodeText(given.text ?? ''),
      mode: given.mode ?? (kind === 'directory' ? 0o755 : kind === 'link' ? 0o777 : 0o644),
      uid: this.id(this.users, given.owner ?? 0),
      gid: this.id(this.groups, given.group ?? 0),
      mtime: given.mtime ?? this.clock,
      target: given.target,
      secontext: given.secontext,
      flags: '',
      inode: this.#inode++,
    })
  }

  /** Text of a file, undefined when there is none. */
  text(path: string): string | undefined {
    const file = this.files.get(this.resolve(path))
    return file?.kind === 'file' ? decodeBytes(file.bytes) : undefined
  }

  /** Everything that a change could show in, for comparing. Times and scratch directories are left out. */
  snapshot(): { [path: string]: unknown } {
    const shown: { [path: string]: unknown } = {}
    for (const [path, { kind, bytes, mode, uid, gid, target, secontext, flags }] of [...this.files].sort()) {
      // They go when the task ends.
      if (path.startsWith('/tmp/understudy-')) continue
      shown[path] = { kind, text: decodeBytes(bytes), mode: mode.toString(8), uid, gid, target, secontext, flags }
    }
    return shown
  }

  async ask(requests: readonly Request[]): Promise<readonly Answer[]> {
    this.trips += 1
    return Promise.all(
      requests.map(request => {
        if (request.kind === 'file') return this.look(request.path, request.follow, request.want, request.textBelow)
        if (request.kind === 'glob') return this.glob(request.pattern)
        return this.#query(request.command)
      }),
    )
  }

  async run(effect: Effect): Promise<Omit<Outcome, 'skipped'>> {
    this.trips += 1
    const text = effect.argv ? quoteAll(effect.argv) : (effect.shell ?? '')
    this.ran.push(text)
    this.asked.push(text)
    const call: FakeCall = {
      text,
      argv: effect.argv,
      stdin: await textOf(effect.stdin),
      cwd: effect.cwd,
      environment: effect.environment ?? {},
      query: false,
    }
    const start = this.clock
    if (effect.terminal) return { ...(await this.#onTerminal(call, effect.terminal)), start, end: this.clock }
    const answer = await this.#answer(call)
    const stdout = answer.stdout ?? ''
    const stderr = answer.stderr ?? ''
    if (stdout) effect.onOutput?.('stdout', stdout)
    if (stderr) effect.onOutput?.('stderr', stderr)
    return { rc: answer.rc ?? 0, stdout, stderr, start, end: this.clock, timedOut: answer.timedOut ?? false }
  }

  async #onTerminal(call: FakeCall, dialogue: Dialogue): Promise<Omit<Outcome, 'skipped' | 'start' | 'end'>> {
    let [shown, typed, timedOut] = ['', '', false]
    const tell = dialogue.start({
      type: text => {
        typed += text
      },
      hangUp: () => {
        timedOut = true
      },
    })
    const say = (text: string) => {
      shown += text
      tell(text)
      const answer = typed
      typed = ''
      if (dialogue.echo) shown += answer.replaceAll('\n', '\r\n')
      return timedOut ? undefined : answer
    }
    const { rc = 0, stdout = '' } = await this.#answer({ ...call, say })
    if (stdout) say(stdout)
    return { rc, stdout: shown, stderr: '', timedOut }
  }

  async change(changes: readonly Change[]): Promise<readonly ChangeAnswer[]> {
    this.trips += 1
    const answers: ChangeAnswer[] = []
    for (const change of changes) answers.push(await this.#change(change))
    return answers
  }

  async #change(change: Change): Promise<ChangeAnswer> {
    try {
      if (change.kind === 'remove') this.remove(change.path)
      else if (change.kind === 'attributes') this.#apply(change.path, change.plan)
      else return await this.#write(change)
      return done
    } catch (error) {
      const step = change.kind === 'remove' ? 'remove' : change.kind === 'attributes' ? 'mode' : 'write'
      return { step, rc: 1, stdout: '', stderr: (error as Error).message }
    }
  }

  async download(path: string): Promise<Readable> {
    this.trips += 1
    const file = this.files.get(this.resolve(path))
    if (file?.kind !== 'file') throw new Error(`cannot open ${path}: No such file or directory`)
    return Readable.from([file.bytes])
  }

  async scratch(): Promise<string> {
    this.trips += 1
    const path = `/tmp/understudy-${++this.#scratch}`
    this.add(path, { directory: true, mode: 0o700, owner: this.#user })
    return path
  }

  /** What is at a path, as a `file` request is answered. */
  look(
    path: string,
    follow: boolean,
    want: 'stat' | 'sha1' | 'text' = 'text',
    textBelow = Number.MAX_SAFE_INTEGER,
  ): FileFacts {
    const target = this.resolve(path)
    const itself = this.parentResolved(path)
    const realPath = this.files.get(itself)?.kind === 'link' ? target : path
    const file = this.files.get(follow ? target : itself)
    if (!file) return { ...missing(path), realPath }
    const content = file.kind === 'file' && want !== 'stat'
    const links = [...this.files.values()].filter(other => other.inode === file.inode).length
    return {
      path,
      kind: file.kind,
      mode: file.mode,
      uid: file.uid,
      gid: file.gid,
      owner: this.nameOf(this.users, file.uid),
      group: this.nameOf(this.groups, file.gid),
      size:
        file.kind === 'link' ? Buffer.byteLength(file.target!) : file.kind === 'directory' ? 4096 : file.bytes.length,
      mtime: file.mtime,
      atime: file.mtime,
      ctime: file.mtime,
      inode: file.inode,
      device: 1,
      links: file.kind === 'directory' ? 2 : links,
      blockSize: 4096,
      blocks: Math.ceil(file.bytes.length / 4096) * 8,
      deviceType: 0,
      target: file.target,
      realPath,
      sha1: content ? createHash('sha1').update(file.bytes).digest('hex') : undefined,
      bytes: content && file.bytes.length <= textBelow ? file.bytes : undefined,
      secontext: file.secontext,
      unreadable: undefined,
    }
  }

  glob(pattern: string): FileFacts[] {
    const parts = pattern.split('/').map(part => globPart(part))
    return [...this.files.keys()]
      .sort()
      .filter(path => {
        const names = path.split('/')
        return names.length === parts.length && names.every((name, index) => parts[index]!.test(name))
      })
      .map(path => this.look(path, false, 'stat'))
  }

  /** Where a path leads through all symbolic links. */
  resolve(path: string, depth = 0): string {
    if (depth > 40) throw new Error(`${path}: Too many levels of symbolic links`)
    let at = '/'
    const parts = path.split('/').filter(part => part !== '' && part !== '.')
    for (let index = 0; index < parts.length; index++) {
      at = posix.join(at, parts[index]!)
      const file = this.files.get(at)
      if (file?.kind !== 'link') continue
      return this.resolve(
        posix.join(posix.resolve(posix.dirname(at), file.target!), ...parts.slice(index + 1)),
        depth + 1,
      )
    }
    return at
  }

  /** The path with links resolved in all but its last part. */
  parentResolved(path: string): string {
    const clean = posix.resolve('/', path)
    return clean === '/' ? clean : posix.join(this.resolve(posix.dirname(clean)), posix.basename(clean))
  }

  remove(path: string): void {
    const at = this.parentResolved(path)
    for (const one of [...this.files.keys()]) if (one === at || one.startsWith(`${at}/`)) this.files.delete(one)
  }

  id(names: Map<string, number>, name: string | number): number {
    if (typeof name === 'number' || /^\d+$/.test(name)) return Number(name)
    const id = names.get(name)
    if (id === undefined) throw new Error(`invalid user or group: '${name}'`)
    return id
  }

  nameOf(names: Map<string, number>, id: number): string {
    for (const [name, one] of names) if (one === id) return name
    return ''
  }

  async #query(text: string): Promise<QueryAnswer> {
    this.asked.push(text)
    const call: FakeCall = { text, argv: undefined, stdin: '', cwd: undefined, environment: {}, query: true }
    const { rc = 0, stdout = '', stderr = '' } = await this.#answer(call)
    return { rc, stdout, stderr }
  }

  async #answer(call: FakeCall): Promise<Exclude<FakeAnswer, string>> {
    for (const [fits, answer] of this.#commands) {
      if (!fits(call)) continue
      const given = typeof answer === 'function' ? await answer(call, this) : answer
      if (given !== undefined) return typeof given === 'string' ? { stdout: given } : given
    }
    const builtin = coreutils(call, this)
    if (builtin) return builtin
    throw new Error(`the fake host did not expect this ${call.query ? 'query' : 'command'}: ${call.text}`)
  }

  async #write(change: Extract<Change, { kind: 'write' }>): Promise<ChangeAnswer> {
    const { path, content, keep, plan, backup, validate } = change
    const bytes =
      'bytes' in content
        ? content.bytes
        : 'local' in content
          ? await readFile(content.local)
          : this.files.get(this.resolve(content.remote))!.bytes
    const at = this.parentResolved(path)
    if (this.files.get(posix.dirname(at))?.kind !== 'directory') {
      return { step: 'write', rc: 1, stdout: '', stderr: `cannot create ${path}: No such file or directory` }
    }
    const { uid, gid } = this.identity
    const fresh = { mode: 0o666 & ~this.umask, uid, gid, secontext: undefined, ...keep }
    const old = this.files.get(at)
    if (validate !== undefined) {
      const temporary = `${posix.dirname(at)}/.understudy-new`
      this.add(temporary, { bytes })
      const command = validate.replaceAll('%s', temporary)
      this.asked.push(command)
      const answer = await this.#answer({
        text: command,
        argv: undefined,
        stdin: '',
        cwd: undefined,
        environment: {},
        query: false,
      })
      this.remove(temporary)
      if (answer.rc)
        return { step: 'validate', rc: answer.rc, stdout: answer.stdout ?? '', stderr: answer.stderr ?? '' }
    }
    if (backup !== undefined && old) this.files.set(this.parentResolved(backup), { ...old, inode: this.#inode++ })
    this.add(at, {
      bytes,
      mode: fresh.mode,
      owner: fresh.uid,
      group: fresh.gid,
      ...(fresh.secontext && { secontext: fresh.secontext }),
    })
    this.#apply(path, plan)
    return done
  }

  #apply(path: string, plan: AttributePlan): void {
    const at = this.files.has(this.parentResolved(path)) ? this.parentResolved(path) : this.resolve(path)
    const file =
      this.files.get(at)?.kind === 'link' && plan.mode !== undefined
        ? this.files.get(this.resolve(path))
        : this.files.get(at)
    if (!file) throw new Error(`${path}: No such file or directory`)
    if (plan.owner !== undefined) file.uid = this.id(this.users, plan.owner)
    if (plan.group !== undefined) file.gid = this.id(this.groups, plan.group)
    if (plan.mode !== undefined) file.mode = plan.mode
    if (plan.secontext !== undefined) file.secontext = plan.secontext
    if (plan.flags !== undefined) {
      const letters = plan.flags.slice(1)
      const rest = [...file.flags].filter(flag => !letters.includes(flag)).join('')
      file.flags = plan.flags.startsWith('-') ? rest : plan.flags.startsWith('+') ? rest + letters : letters
    }
  }
}

const done: ChangeAnswer = { step: 'done', rc: 0, stdout: '', stderr: '' }

function matcher(pattern: string | RegExp | ((call: FakeCall) => boolean)): (call: FakeCall) => boolean {
  if (typeof pattern === 'function') return pattern
  if (pattern instanceof RegExp) return call => pattern.test(call.text)
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  const regexp = new RegExp(`^${source}$`, 's')
  return call => call.text === pattern || regexp.test(call.text)
}

/** One path segment of a shell glob. */
function globPart(part: string): RegExp {
  const source = part
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^')
  return new RegExp(`^${/^[*?[]/.test(part) ? '(?!\\.)' : ''}${source}$`, 's')
}

async function textOf(stdin: Effect['stdin']): Promise<string> {
  if (stdin === undefined) return ''
  if (typeof stdin === 'string') return stdin
  if (Buffer.isBuffer(stdin)) return decodeBytes(stdin)
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Buffer))
  return decodeBytes(Buffer.concat(chunks))
}
