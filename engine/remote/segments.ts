/** Cuts a lane's output at its end lines. The buffer grows by doubling and is searched once, so large files stay cheap. */
import { PassThrough, type Readable } from 'node:stream'
import { decodeBytes, wholeCharacters } from '../python/surrogateescape.js'
import type { Segment } from './shell.js'

interface Waiter {
  readonly resolve: (segment: Segment) => void
  readonly reject: (error: Error) => void
}

export class Segments {
  #buffer = Buffer.allocUnsafe(16 * 1024)
  #start = 0
  #end = 0
  /** Where the search for the next end line goes on. */
  #searched = 0
  /** Up to where a listener was told. */
  #told = 0
  readonly #ready: Segment[] = []
  readonly #waiting: Waiter[] = []
  readonly #marker: Buffer
  #failed: Error | undefined
  #listener: ((text: string) => void) | undefined
  #passing: PassThrough | undefined

  constructor(
    private readonly stream: Readable,
    nonce: string,
    private readonly count: (bytes: number) => void,
  ) {
    this.#marker = Buffer.from(`\n${nonce}`)
    stream.on('data', (chunk: Buffer) => this.#take(chunk))
    // Whoever waited for a prompt has paused it.
    stream.resume()
    stream.on('error', () => {
      // The channel's exit tells.
    })
  }

  /** The next segment, when it is complete. */
  next(): Promise<Segment> {
    const ready = this.#ready.shift()
    if (ready) return Promise.resolve(ready)
    if (this.#failed) return Promise.reject(this.#failed)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
    })
  }

  /** Tells output as it comes, until the end line. */
  listen(listener: ((text: string) => void) | undefined): void {
    this.#listener = listener
    this.#told = this.#start
    if (listener) this.#tell()
  }

  /** Everything from here on, as a stream; no more segments. */
  rest(): Readable {
    const passing = new PassThrough()
    this.#passing = passing
    if (this.#end > this.#start) passing.write(Buffer.from(this.#buffer.subarray(this.#start, this.#end)))
    this.#start = this.#end
    if (this.#failed) passing.end()
    this.stream.on('end', () => passing.end())
    this.stream.on('close', () => passing.end())
    return passing
  }

  /** What came without an end line, for an error text. */
  leftover(): string {
    return decodeBytes(this.#buffer.subarray(this.#start, this.#end))
  }

  fail(error: Error): void {
    this.#failed = error
    this.#passing?.end()
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  #take(chunk: Buffer): void {
    this.count(chunk.length)
    if (this.#passing) {
      if (!this.#passing.writableEnded && !this.#passing.write(chunk)) {
        this.stream.pause()
        this.#passing.once('drain', () => this.stream.resume())
      }
      return
    }
    this.#append(chunk)
    for (;;) {
      const at = this.#buffer.subarray(0, this.#end).indexOf(this.#marker, this.#searched)
      if (at === -1) {
        this.#searched = Math.max(this.#start, this.#end - this.#marker.length + 1)
        break
      }
      const newline = this.#buffer.subarray(0, this.#end).indexOf(10, at + this.#marker.length)
      if (newline === -1) {
        this.#searched = at
        break
      }
      this.#deliver(at, newline)
    }
    this.#tell()
    if (this.#start === this.#end) this.#reset()
  }

  #deliver(at: number, newline: number): void {
    this.#tell(at)
    this.#listener = undefined
    const words = decodeBytes(this.#buffer.subarray(at + this.#marker.length, newline))
      .trim()
      .split(' ')
    const segment = { body: Buffer.from(this.#buffer.subarray(this.#start, at)), words }
    this.#start = newline + 1
    this.#searched = this.#start
    const waiter = this.#waiting.shift()
    if (waiter) waiter.resolve(segment)
    else this.#ready.push(segment)
  }

  /** Where an end line may have begun that has not come whole. */
  #endLineFrom(): number {
    const from = Math.max(this.#start, this.#end - this.#marker.length)
    const tail = this.#buffer.subarray(from, this.#end)
    const newline = tail.lastIndexOf(10)
    const begun = newline !== -1 && this.#marker.indexOf(tail.subarray(newline)) === 0
    return begun ? from + newline : this.#end
  }

  #tell(until = this.#endLineFrom()): void {
    if (!this.#listener || until <= this.#told) return
    const bytes = this.#buffer.subarray(this.#told, until)
    // Whole characters only: what is cut stays for the next time.
    const whole = until < this.#end ? bytes.length : wholeCharacters(bytes)
    const text = decodeBytes(bytes.subarray(0, whole))
    this.#told += whole
    if (text) this.#listener(text)
  }

  #append(chunk: Buffer): void {
    if (this.#end + chunk.length > this.#buffer.length) {
      const used = this.#end - this.#start
      let size = this.#buffer.length
      while (size < used + chunk.length) size *= 2
      const grown = size > this.#buffer.length ? Buffer.allocUnsafe(size) : this.#buffer
      this.#buffer.copy(grown, 0, this.#start, this.#end)
      this.#searched -= this.#start
      this.#told -= this.#start
      this.#start = 0
      this.#end = used
      this.#buffer = grown
    }
    chunk.copy(this.#buffer, this.#end)
    this.#end += chunk.length
  }

  #reset(): void {
    this.#start = 0
    this.#end = 0
    this.#searched = 0
    this.#told = 0
    if (this.#buffer.length > 1024 * 1024) this.#buffer = Buffer.allocUnsafe(16 * 1024)
  }
}
