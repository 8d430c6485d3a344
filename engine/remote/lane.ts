/**
 * A lane: one kept `sh` on a host. Questions and most effects go through it, one framed message each way; an effect that
 * needs a stdin of its own takes a whole lane for itself.
 */
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel, Connection } from '../connection/connection.js'
import { Unreachable } from '../connection/connection.js'
import { decodeBytes, encodeText, wholeCharacters } from '../python/surrogateescape.js'
import type { Answer, FileFacts, QueryAnswer, Request } from './host.js'
import { groupFiles, groupText, manyFilesPrelude, readGroup } from './many-files.js'
import { sh } from './quote.js'
import { RemoteFailure } from './remote.js'
import { Segments } from './segments.js'
import {
  type Hello,
  hello,
  parseHello,
  prelude,
  readAnswer,
  readMerged,
  readOutput,
  requestText,
  type Segment,
} from './shell.js'

/** Counted over all lanes of a pool. */
export interface Traffic {
  trips: number
  sent: number
  received: number
}

export interface Ended {
  readonly rc: number
  readonly stdout: string
  readonly stderr: string
}

/** How long output may still come from what an ended command left running, before it is given up. */
const lingerMs = 400

export class Lane {
  readonly hello: Promise<Hello>
  /** Something that a command left behind still holds this lane's output; it must not be used again. */
  tainted = false
  closed = false
  /** Counts for whoever has the lane now. */
  tally: Traffic | undefined
  /** Scratch directories that live as long as this lane. */
  scratches = 0
  readonly #out: Segments
  readonly #error: Segments
  readonly #nonce = randomBytes(12).toString('hex')
  #greeted = false

  constructor(
    private readonly channel: Channel,
    private readonly traffic: Traffic,
    /** True on a terminal, where stderr has no stream of its own. */
    readonly merged: boolean,
    private readonly connection: Pick<Connection, 'alive' | 'lost'>,
  ) {
    this.#out = new Segments(channel.stdout, this.#nonce, count => {
      this.#count('received', count)
    })
    this.#error = new Segments(channel.stderr, this.#nonce, count => {
      this.#count('received', count)
    })
    void channel.exit.then(async ended => {
      const meant = this.closed
      this.closed = true
      const why = meant ? this.#lost() : await this.#whyEnded(ended)
      this.#out.fail(why)
      this.#error.fail(why)
    })
    channel.stdin.on('error', () => {
      // The exit of the channel tells what happened.
    })
    this.hello = this.#greet()
    // Nobody may be waiting yet.
    this.hello.catch(() => {})
  }

  async #greet(): Promise<Hello> {
    this.#write(prelude(this.#nonce) + manyFilesPrelude + hello)
    await this.#out.next()
    const { body } = await this.#out.next()
    if (!this.merged) await this.#error.next()
    this.#greeted = true
    return parseHello(body)
  }

  /** A killed shell and a lost connection begin alike, but only one of them leaves the host reachable. */
  async #whyEnded({ code, signal }: Awaited<Channel['exit']>): Promise<Error> {
    const said = this.#error.leftover() + this.#out.leftover()
    const how = signal ? `signal ${signal}` : `exit code ${code}`
    const told = code !== null || signal !== undefined
    if (told && !this.#greeted) return new LaneClosed(`the shell on the host ended (${how})`, said)
    await sleep(told ? 300 : 0)
    return told && this.connection.alive ? new ShellEnded(how, code ?? 255) : this.#lost()
  }

  #lost(): LaneClosed {
    return new LaneClosed(this.connection.lost ?? 'the connection to the host was lost', '')
  }

  /** One round trip. */
  async ask(requests: readonly Request[]): Promise<readonly Answer[]> {
    this.#count('trips', 1)
    const groups = groupFiles(requests)
    const grouped = new Set(groups.flatMap(group => group.places))
    const single = requests.map((request, place) => ({ request, place })).filter(({ place }) => !grouped.has(place))
    const texts = [...groups.map(groupText), ...single.map(({ request }) => requestText(request, this.merged))]
    this.#write(`{\n_l=\n${texts.join('')}}\n`)
    await this.hello
    const answers: Answer[] = Array.from({ length: requests.length })
    const next = () => this.#out.next()
    for (const group of groups) {
      const facts = await readGroup(group, next)
      group.places.forEach((place, index) => {
        answers[place] = facts[index]!
      })
    }
    let before: FileFacts | undefined
    for (const { request, place } of single) {
      const answer = await readAnswer(request, next, () => this.#error.next(), this.merged, before)
      if (request.kind === 'file' && !request.follow) before = answer as FileFacts
      answers[place] = answer
    }
    return answers
  }

  /** Runs scripts that each end with an end line on both streams, and gives both. One round trip. */
  async scripts(texts: readonly string[]): Promise<{ out: Segment; error: Segment }[]> {
    this.#count('trips', 1)
    for (const text of texts) this.#write(this.merged ? `{\n${text}} 2>&1\n` : text)
    await this.hello
    const said: { out: Segment; error: Segment }[] = []
    for (const _ of texts) {
      const out = await this.#out.next()
      // On a terminal both end lines arrive on one stream.
      if (this.merged) await this.#out.next()
      said.push({ out, error: this.merged ? { body: Buffer.alloc(0), words: [] } : await this.#error.next() })
    }
    return said
  }

  /**
   * Runs a command. Its exit code is told as soon as it ends; a second line follows when nothing it left running holds
   * its output any more (fd 9 is the write end of a pipe that whoever inherits it keeps open).
   */
  async run(
    command: string,
    stdin: string | undefined,
    onOutput?: (stream: 'stdout' | 'stderr', text: string) => void,
  ): Promise<Ended> {
    this.#count('trips', 1)
    const fed = stdin === undefined ? '</dev/null' : '<&7'
    const feed = stdin === undefined ? '' : `{ ${stdin}; } | `
    if (this.merged) return this.#runMerged(command, feed)
    // LVM's programs complain about descriptors that they did not open.
    const calm = /\b(?:lv|vg|pv)[a-z]+\b/.test(command) ? 'export LVM_SUPPRESS_FD_WARNINGS=1; ' : ''
    const inner = `{ _r=$( (${calm}${command}\n) 9>&1 1>&8 8>&- ${fed} 7<&-; _n $? >&8; _m ) || { _n; _m; }; _n clean; } 8>&1`
    this.#write(feed ? `${feed}{ ${inner}; } 7<&0\n` : `${inner}\n`)
    await this.hello
    this.#out.listen(chunk => onOutput?.('stdout', chunk))
    this.#error.listen(chunk => onOutput?.('stderr', chunk))
    const out = await this.#out.next()
    const error = await this.#error.next()
    if (out.words[0] === '') {
      this.tainted = true
      throw new ShellEnded('signal', 255)
    }
    this.#out.listen(undefined)
    this.#error.listen(undefined)
    const clean = await Promise.race([this.#out.next().then(() => true), sleep(lingerMs, false)])
    if (clean) return readOutput(out, error)
    this.tainted = true
    return readOutput(out, error)
  }

  async #runMerged(command: string, feed: string): Promise<Ended> {
    this.#write(
      `${feed ? `${feed}{ ` : ''}{ _e=$({ (${command}\n) ${feed ? '' : '</dev/null'} 2>&3 3>&- >&4 4>&-; printf %s. $?; } 3>&1); _n; printf %s "$_e"; _n; } 4>&1${feed ? '; }' : ''}\n`,
    )
    await this.hello
    return readMerged(await this.#out.next(), await this.#out.next())
  }

  /**
   * Gives the whole lane to one command with a stdin of its own. The shell is told the script, says that it has read it,
   * and from there on the channel is the command's. What a shell on a terminal says goes through a pipe, and a
   * command that writes to the terminal itself could overtake it: for such a one it is said `onTerminal`, too.
   */
  async take(script: string, { onTerminal = false } = {}): Promise<Taken> {
    this.#count('trips', 1)
    this.tainted = true
    this.#write(`{ _n taken${onTerminal ? ' >/dev/tty' : ''}; ${this.merged ? '' : '_m; '}${script}\nexit $?; }\n`)
    await this.hello
    await this.#out.next()
    if (!this.merged) await this.#error.next()
    return {
      stdin: this.channel.stdin,
      stdout: this.#out.rest(),
      stderr: this.#error.rest(),
      exit: this.channel.exit,
      feed: async (source: Readable) => {
        await pipeline(source, this.channel.stdin)
      },
      lost: () => this.#lost(),
      kill: () => this.channel.kill(),
    }
  }

  /**
   * Runs a script that reads `size` bytes from its stdin and ends with an end line on both streams. The shell says that it
   * has read the script before the bytes are sent, and goes on after them; when the script has not read them all, the
   * shell ends, so that nobody takes them for commands. Not for terminals.
   */
  async feed(script: string, source: Readable, size: number): Promise<{ out: Segment; error: Segment }> {
    this.#count('trips', 1)
    this.#write(`{ _n taken $_k; _m\n${script}\n}\n`)
    await this.hello
    const { words } = await this.#out.next()
    await this.#error.next()
    const answer = this.#out.next()
    const early = answer.then(
      () => true,
      () => true,
    )
    let sent = 0
    try {
      sent = await this.#send(source, size, early)
    } finally {
      // Fewer bytes than were promised, or a host that reads to the end because it cannot count.
      if (sent < size || words[1] !== 'head') {
        this.tainted = true
        this.channel.stdin.end()
      }
    }
    const out = await answer
    if (out.words[2] === 'unread') this.tainted = true
    return { out, error: await this.#error.next() }
  }

  /** Sends at most `size` bytes, until `early` settles: how many it were. */
  async #send(source: Readable, size: number, early: Promise<unknown>): Promise<number> {
    const { stdin } = this.channel
    let sent = 0
    let over = false
    let wake = () => {}
    const stop = () => {
      over = true
      wake()
    }
    void early.then(stop)
    void this.channel.exit.then(stop)
    for await (const chunk of source) {
      const piece = (chunk as Buffer).subarray(0, size - sent)
      sent += piece.length
      if (over || !stdin.writable) break
      this.#count('sent', piece.length)
      if (!stdin.write(piece)) {
        await new Promise<void>(resolve => {
          wake = resolve
          stdin.once('drain', resolve)
        })
      }
      if (sent === size) break
    }
    return sent
  }

  /** Whether there is a terminal behind this lane; not every connection gives one when asked. */
  async hasTerminal(): Promise<boolean> {
    const [answer] = await this.ask([{ kind: 'query', command: sh`test -t 0 </dev/tty` }])
    return (answer as QueryAnswer).rc === 0
  }

  /** What came of the running command so far. */
  partial(): { stdout: string; stderr: string } {
    return { stdout: this.#out.leftover(), stderr: this.#error.leftover() }
  }

  /** Ends the shell: it removes its scratch directories on the way out. */
  async close(): Promise<void> {
    this.closed = true
    // A terminal in raw mode knows no end of file.
    if (this.merged) this.#write('exit\n')
    else this.channel.stdin.end()
    const ended = await Promise.race([this.channel.exit.then(() => true), sleep(lingerMs, false)])
    if (!ended) this.channel.kill()
  }

  kill(): void {
    this.closed = true
    this.channel.kill()
  }

  #count(what: keyof Traffic, by: number): void {
    this.traffic[what] += by
    if (this.tally) this.tally[what] += by
  }

  #write(text: string): void {
    const bytes = encodeText(text)
    this.#count('sent', bytes.length)
    if (!this.channel.stdin.destroyed && this.channel.stdin.writable) this.channel.stdin.write(bytes)
  }
}

/** A lane that serves one command only. */
export interface Taken {
  readonly stdin: Channel['stdin']
  readonly stdout: Readable
  readonly stderr: Readable
  readonly exit: Channel['exit']
  /** Why the connection is gone, when the exit has neither code nor signal. */
  lost(): LaneClosed
  feed(source: Readable): Promise<void>
  kill(): void
}

/** The shell went away; `said` is what it printed that nobody had asked for. */
export class LaneClosed extends Unreachable {
  constructor(
    message: string,
    readonly said: string,
  ) {
    super(said.trim() ? `${message}: ${said.trim()}` : message)
    this.name = 'LaneClosed'
  }
}

/** Somebody ended the shell on the host, which can still be reached: the task failed. */
export class ShellEnded extends RemoteFailure {
  constructor(how: string, rc: number) {
    super(`the shell on the host was ended while it worked (${how})`, { rc })
    this.name = 'ShellEnded'
  }
}

/** Text of everything a stream gives; `onText` is told whole characters as they come. */
export async function textOfStream(stream: Readable, onText?: (text: string) => void): Promise<string> {
  const chunks: Buffer[] = []
  let untold = Buffer.alloc(0)
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer)
    if (!onText) continue
    untold = Buffer.concat([untold, chunk as Buffer])
    const whole = wholeCharacters(untold)
    if (whole > 0) onText(decodeBytes(untold.subarray(0, whole)))
    untold = untold.subarray(whole)
  }
  if (untold.length > 0) onText?.(decodeBytes(untold))
  return decodeBytes(Buffer.concat(chunks))
}
