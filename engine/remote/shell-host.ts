/** A real host: requests and changes as shell text on the lanes of its connection, for one task. */
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { posix } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Unreachable } from '../connection/connection.js'
import { retryPause } from '../connection/retry-pause.js'
import { decodeBytes, encodeText } from '../python/surrogateescape.js'
import { changeText, inlineLimit, printfs, readChange } from './change-text.js'
import type { Answer, Change, ChangeAnswer, Host, Identity, QueryAnswer, Request } from './host.js'
import { endAllUnder } from './kill.js'
import { type Ended, type Lane, LaneClosed, ShellEnded, type Taken, type Traffic, textOfStream } from './lane.js'
import type { Lanes } from './lanes.js'
import { groupWrites, groupWriteText } from './many-writes.js'
import { quote, quoteAll, sh } from './quote.js'
import { type Dialogue, type Effect, type Outcome, RemoteFailure, type ShellText } from './remote.js'
import { scratchText } from './scratch-text.js'
import type { ShellStart } from './start-shell.js'
import { readTerminal, type TerminalMaker, terminalMaker, terminalText } from './terminal.js'

export interface HostTask {
  readonly environment: ReadonlyMap<string, string>
  /** Seconds for each effect, 0 for ever. */
  readonly timeout: number
  readonly onOutput?: Effect['onOutput']
  /** Counts what the task sends and gets. */
  readonly traffic: Traffic
  /** Ends kept shells of users whom this shell text names, for they stand in the way of what changes or removes users. */
  readonly leaveUsers?: (text: string) => Promise<void>
}

const removesUsers = /\b(?:l?user(?:del|mod)|deluser)\b/

const shellName = /^[A-Za-z_][A-Za-z0-9_]*$/

export class ShellHost implements Host {
  #identity: Identity = { uid: 0, gid: 0, user: '', group: '', umask: 0o022 }
  /** Directories to remove, and the lanes that would remove them if the connection were cut. */
  readonly #scratches = new Map<string, Lane>()

  constructor(
    private readonly lanes: Lanes,
    private readonly key: string,
    private readonly start: ShellStart,
    private readonly task: HostTask,
  ) {}

  get identity(): Identity {
    return this.#identity
  }

  async ask(requests: readonly Request[]): Promise<readonly Answer[]> {
    const exports = this.#exports()
    const sent = requests.map(request =>
      request.kind === 'query' ? { ...request, command: `${exports}_p; ${request.command}` as ShellText } : request,
    )
    try {
      return await this.#with(lane => lane.ask(sent))
    } catch (error) {
      // Questions change nothing: when a kept connection turned out to be dead they are asked again on a new one.
      if (!(error instanceof LaneClosed || error instanceof ShellEnded)) throw error
      return await this.#with(lane => lane.ask(sent))
    }
  }

  async run(effect: Effect): Promise<Omit<Outcome, 'skipped'>> {
    const { stdin } = effect
    const again = typeof stdin === 'string' || stdin === undefined || Buffer.isBuffer(stdin)
    return this.#retried(again, () => this.#run(effect))
  }

  change(changes: readonly Change[]): Promise<readonly ChangeAnswer[]> {
    return this.#retried(true, () => this.#change(changes))
  }

  /** ansible_ssh_retries: what a lost connection cut off is done again, after 0, 1, 3, 7, … seconds. */
  async #retried<T>(again: boolean, work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (!again || !(error instanceof LaneClosed) || attempt >= this.lanes.retries) throw error
        await sleep(retryPause(attempt))
      }
    }
  }

  async #run(effect: Effect): Promise<Omit<Outcome, 'skipped'>> {
    const command = this.#command(effect)
    if (removesUsers.test(command)) await this.task.leaveUsers?.(command)
    // Connecting, and questions to the person while it lasts, are not the command's time.
    let times = stopwatch()
    const begin = () => {
      times = stopwatch()
    }
    const { stdin, onOutput = this.task.onOutput } = effect
    if (effect.terminal) {
      const ended = await this.#onTerminal(command, effect.terminal, { onOutput, begin })
      return { ...ended, ...times() }
    }
    const input = typeof stdin === 'string' ? encodeText(stdin) : stdin
    const timeout = effect.timeout ?? (this.task.timeout || undefined)
    const ended =
      input === undefined || (Buffer.isBuffer(input) && input.length <= inlineLimit)
        ? await this.#with(lane => {
            begin()
            return this.#timed(lane, timeout, lane.run(command, input && (printfs(input).join('; ') || ':'), onOutput))
          })
        : await this.#streamed(command, Buffer.isBuffer(input) ? chunksOf(input) : input, timeout, { onOutput, begin })
    return { ...ended, ...times() }
  }

  async #change(changes: readonly Change[]): Promise<readonly ChangeAnswer[]> {
    const answers: ChangeAnswer[] = Array.from({ length: changes.length })
    const small: { readonly change: Change; readonly place: number }[] = []
    for (const [place, change] of changes.entries()) {
      const here = await withSmallContent(change)
      if (isLarge(here)) answers[place] = await this.#upload(here)
      else small.push({ change: here, place })
    }
    if (small.length === 0) return answers
    const said = await this.#with(lane =>
      this.#changeSmall(
        lane,
        small.map(({ change }) => change),
      ),
    )
    small.forEach(({ place }, index) => {
      answers[place] = said[index]!
    })
    return answers
  }

  /** One trip; a second one where the host refused some of what was to be done together. */
  async #changeSmall(lane: Lane, changes: readonly Change[]): Promise<ChangeAnswer[]> {
    await this.#meet(lane)
    const { umask } = this.#identity
    const groups = groupWrites(changes)
    const grouped = new Set(groups.flatMap(({ places }) => places))
    const alone = changes.map((_, place) => place).filter(place => !grouped.has(place))
    const answers: ChangeAnswer[] = Array.from({ length: changes.length })
    const said = await lane.scripts([
      ...groups.map(group => groupWriteText(group, umask)),
      ...alone.map(place => changeText(changes[place]!, umask)),
    ])
    const refused: number[] = []
    groups.forEach(({ places }, index) => {
      const answer = readChange(said[index]!)
      for (const place of places) answers[place] = answer
      if (answer.step !== 'done') refused.push(...places)
    })
    alone.forEach((place, index) => {
      answers[place] = readChange(said[groups.length + index]!)
    })
    if (refused.length === 0) return answers
    const again = await lane.scripts(refused.map(place => changeText(changes[place]!, umask)))
    refused.forEach((place, index) => {
      answers[place] = readChange(again[index]!)
    })
    return answers
  }

  async download(path: string): Promise<Readable> {
    const lane = await this.#acquire({ whole: true })
    const taken = await lane.take(`cat <${quote(path.startsWith('-') ? `./${path}` : path)} || exit 1`)
    taken.stdin.end()
    const said = textOfStream(taken.stderr)
    const stream = new PassThrough()
    taken.stdout.on('error', error => stream.destroy(error))
    taken.stdout.pipe(stream, { end: false })
    const ended = new Promise<void>(resolve => taken.stdout.once('end', resolve))
    void Promise.all([taken.exit, said]).then(async ([{ code, signal }, text]) => {
      this.lanes.release(this.key, lane)
      if (code === null && signal === undefined) {
        stream.destroy(taken.lost())
        return
      }
      if (code !== 0) {
        stream.destroy(new RemoteFailure(text.trim() || `reading ${path} was cut off`, { path }))
        return
      }
      await ended
      stream.end()
    })
    stream.once('close', () => {
      if (!taken.stdout.readableEnded) taken.kill()
    })
    return stream
  }

  async scratch(use?: 'programs'): Promise<string> {
    const lane = await this.#acquire()
    try {
      // Each lane removes its own on the way out, so a cut connection leaves nothing either.
      const text = `${scratchText(use)} && T="$T $_x"; _q=$?; printf %s "$_x"; _n $_q; _m\n`
      const [said] = await lane.scripts([text])
      const { out, error } = said!
      const path = decodeBytes(out.body)
      if (out.words[0] !== '0' || path === '') {
        throw new RemoteFailure(`could not make a temporary directory: ${decodeBytes(error.body).trim()}`)
      }
      lane.scratches += 1
      this.#scratches.set(path, lane)
      return path
    } finally {
      this.lanes.release(this.key, lane)
    }
  }

  /** Removes the scratch directories of the task. */
  async dispose(): Promise<void> {
    if (this.#scratches.size === 0) return
    const paths = [...this.#scratches.keys()]
    const lanes = [...this.#scratches.values()]
    this.#scratches.clear()
    for (const lane of lanes) lane.scratches -= 1
    // Shells that lost their connection have removed theirs on the way out.
    if (this.lanes.alive) {
      await this.#query(sh`rm -rf ${paths}`).catch(error => {
        if (!(error instanceof Unreachable)) throw error
      })
    }
    for (const lane of lanes) if (lane.tainted && lane.scratches === 0) this.lanes.release(this.key, lane)
  }

  async #acquire({ whole = false } = {}): Promise<Lane> {
    const lane = await this.lanes.acquire(this.key, this.start, { whole })
    lane.tally = this.task.traffic
    await this.#meet(lane)
    return lane
  }

  async #meet(lane: Lane): Promise<void> {
    this.#identity = (await lane.hello).identity
  }

  /** What is asked first travels with the greeting of a shell that has just begun: who commands run as is known after. */
  async #with<T>(use: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = await this.lanes.acquire(this.key, this.start)
    lane.tally = this.task.traffic
    try {
      const answer = await use(lane)
      await this.#meet(lane)
      return answer
    } finally {
      this.lanes.release(this.key, lane)
    }
  }

  #exports(): string {
    let text = ''
    for (const [name, value] of this.task.environment) {
      if (shellName.test(name)) text += `${name}=${quote(value)}; export ${name}; `
    }
    return text
  }

  #command({
    argv,
    shell,
    executable = '/bin/sh',
    cwd,
    environment = {},
    givenPath,
    givenLocale,
    terminal,
  }: Effect): string {
    const program = argv ? quoteAll(argv) : quoteAll([executable, '-c', shell ?? ''])
    const enter = cwd === undefined ? '' : `cd -P ${quote(posix.isAbsolute(cwd) ? cwd : `./${cwd}`)} || exit 1; `
    // Names that no shell variable can have still reach the program through env(1).
    const odd = [...this.task.environment].filter(([name]) => !shellName.test(name))
    const given = [...odd, ...Object.entries(environment)].map(([name, value]) => `${name}=${value}`)
    // What asks at a terminal is a person's command, and runs in a shell that lacks the prelude.
    const path = givenPath || terminal ? '' : '_p; '
    const locale = givenLocale || terminal ? '' : '_u; '
    return `${enter}${this.#exports()}${locale}${path}exec ${given.length ? `env ${quoteAll(given)} ` : ''}${program}`
  }

  /** Kills a command that takes too long, and all that it started. */
  async #timed(
    lane: Lane,
    timeout: number | undefined,
    running: Promise<Ended>,
  ): Promise<Ended & { timedOut: boolean }> {
    if (timeout === undefined) return { ...(await running), timedOut: false }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>(resolve => {
      timer = setTimeout(() => resolve('late'), timeout * 1000)
    })
    const first = await Promise.race([running, late]).finally(() => clearTimeout(timer))
    if (first !== 'late') return { ...first, timedOut: false }
    running.catch(() => {})
    const { stdout, stderr } = lane.partial()
    lane.tainted = true
    await this.#killUnder(lane)
    return { rc: 124, stdout, stderr, timedOut: true }
  }

  async #killUnder(lane: Lane): Promise<void> {
    const { pid } = await lane.hello
    try {
      await endAllUnder(pid, async command => (await this.#query(command)).stdout)
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
    }
    lane.kill()
  }

  #query(command: string): Promise<QueryAnswer> {
    return this.#with(
      async lane => (await lane.ask([{ kind: 'query', command: command as ShellText }]))[0] as QueryAnswer,
    )
  }

  async #streamed(
    command: string,
    stdin: Readable,
    timeout: number | undefined,
    { onOutput, begin }: Watching,
  ): Promise<Ended & { timedOut: boolean }> {
    const lane = await this.#acquire({ whole: true })
    begin()
    try {
      if (lane.merged) {
        const input = Buffer.concat((await stdin.toArray()) as Buffer[])
        return await this.#timed(lane, timeout, lane.run(command, printfs(input).join('; ') || ':', onOutput))
      }
      const taken = await lane.take(`(${command}\n)`)
      const output = Promise.all([
        textOfStream(taken.stdout, text => onOutput?.('stdout', text)),
        textOfStream(taken.stderr, text => onOutput?.('stderr', text)),
      ])
      // A command may end without reading all of its input.
      taken.feed(stdin).catch(() => {})
      const ended = async (): Promise<Ended> => {
        const { code, signal } = await taken.exit
        stdin.destroy()
        if (code === null && signal === undefined) {
          throw taken.lost()
        }
        const [stdout, stderr] = await output
        return { rc: code ?? 128 + 9, stdout, stderr }
      }
      return await this.#timed(lane, timeout, ended())
    } finally {
      this.lanes.release(this.key, lane)
    }
  }

  /** On a terminal that the host makes, else on one that the connection gives the shell. */
  async #onTerminal(
    command: string,
    dialogue: Dialogue,
    { onOutput, begin }: Watching,
  ): Promise<Ended & { timedOut: boolean }> {
    const maker = (await this.#query(terminalMaker)).stdout.trim() as TerminalMaker | ''
    const start = maker === '' ? { ...this.start, terminal: true } : this.start
    const key = maker === '' ? `${this.key} terminal` : this.key
    const lane = await this.lanes.acquire(key, start)
    lane.tally = this.task.traffic
    begin()
    try {
      if (maker === '' && !(await lane.hasTerminal())) {
        throw new RemoteFailure('the command needs a terminal, and the host has no script(1) to make one')
      }
      const mark = randomBytes(12).toString('hex')
      const on = { maker: lane.merged ? 'shell' : maker || 'shell', echo: dialogue.echo, mark } as const
      const taken = await lane.take(terminalText(command, on), { onTerminal: on.maker === 'shell' })
      return await this.#talk(lane, taken, { dialogue, mark, onOutput })
    } finally {
      this.lanes.release(key, lane)
    }
  }

  async #talk(
    lane: Lane,
    taken: Taken,
    { dialogue, mark, onOutput }: { dialogue: Dialogue; mark: string; onOutput: Effect['onOutput'] },
  ): Promise<Ended & { timedOut: boolean }> {
    void textOfStream(taken.stderr)
    let [hungUp, ended] = [false, false]
    const tell = dialogue.start({
      // A program that turns echo off throws away what was typed before: pexpect waits as long.
      type: text => void setTimeout(() => ended || taken.stdin.write(encodeText(text)), 50),
      hangUp: () => {
        if (ended) return
        hungUp = true
        void this.#killUnder(lane)
      },
    })
    const said = await readTerminal(taken.stdout, mark, text => {
      onOutput?.('stdout', text)
      tell(text)
    })
    ended = true
    const { code, signal } = await taken.exit
    if (!hungUp && said.rc === undefined && code === null && signal === undefined) {
      throw taken.lost()
    }
    return { rc: hungUp ? 124 : (said.rc ?? code ?? 128 + 9), stdout: said.text, stderr: '', timedOut: hungUp }
  }

  async #upload(change: LargeWrite): Promise<ChangeAnswer> {
    const { content } = change
    const size = 'bytes' in content ? content.bytes.length : content.size
    const source =
      'bytes' in content ? chunksOf(content.bytes) : createReadStream(content.local, { highWaterMark: 256 * 1024 })
    const lane = await this.#acquire()
    try {
      if (lane.merged) {
        const bytes = Buffer.concat((await source.toArray()) as Buffer[])
        const [said] = await lane.scripts([changeText({ ...change, content: { bytes } }, this.#identity.umask)])
        return readChange(said!)
      }
      const { out, error } = await lane.feed(changeText(change, this.#identity.umask, { size }), source, size)
      return readChange({ out, error })
    } finally {
      this.lanes.release(this.key, lane)
    }
  }
}

type Write = Extract<Change, { readonly kind: 'write' }>
type LargeWrite = Write & {
  readonly content: { readonly bytes: Buffer } | { readonly local: string; readonly size: number }
}

/** Small local files are read: they travel inside the script. */
async function withSmallContent(change: Change): Promise<Change | LargeWrite> {
  if (change.kind !== 'write' || !('local' in change.content)) return change
  const { local } = change.content
  const { size } = await stat(local)
  return { ...change, content: size > inlineLimit ? { local, size } : { bytes: await readFile(local) } }
}

const isLarge = (change: Change | LargeWrite): change is LargeWrite =>
  change.kind === 'write' &&
  ('local' in change.content || ('bytes' in change.content && change.content.bytes.length > inlineLimit))

/** Who is told of a command's begin and output. */
interface Watching {
  readonly onOutput: Effect['onOutput']
  begin(): void
}

/** When it was and when it is now, in seconds; a clock that is set meanwhile makes no command longer or shorter. */
function stopwatch(): () => { readonly start: number; readonly end: number } {
  const start = Date.now() / 1000
  const since = performance.now()
  return () => ({ start, end: start + (performance.now() - since) / 1000 })
}

function chunksOf(bytes: Buffer): Readable {
  const size = 64 * 1024
  return Readable.from(
    (function* () {
      for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
    })(),
  )
}
