/** Questions on the terminal: passwords unseen, names seen. */
import { closeSync, openSync, readFileSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { ReadStream, WriteStream } from 'node:tty'
import { Diagnostic } from '../diagnostics.js'
import type { Io } from './io.js'
import { TypedLine } from './typed-line.js'

export interface AskOptions {
  readonly hidden?: boolean
  readonly signal?: AbortSignal
  /** As `pause` asks: Ctrl-C offers to go on or to abort. */
  readonly pausing?: boolean
  /** The answer comes by itself after so long; until then only Ctrl-C counts. */
  readonly seconds?: number
}

interface Terminal {
  readonly input: ReadStream
  readonly output: WriteStream
}

/** What was typed beyond the line that answered a question belongs to the next question. */
let typedAhead = ''
/** Lines of the debugger, for the arrow keys. */
const history: string[] = []

/** One line from a person; the controlling terminal is used even when stdin is a pipe. */
export async function ask(io: Io, prompt: string, options: AskOptions = {}): Promise<string> {
  const { hidden = true } = options
  if (io.ask) return io.ask(prompt, { hidden })
  const answer = await onTerminal(terminal => {
    terminal.output.write(prompt)
    return readLine(terminal, { ...options, hidden })
  })
  return answer === undefined ? askPlain(io, prompt) : answer.given
}

/**
 * One line for a console, such as the debugger: it may be edited, old lines come back with the arrow keys, and a pipe will
 * do as well. Undefined: Ctrl-C or the end of the input.
 */
export async function askConsole(io: Io, prompt: string): Promise<string | undefined> {
  if (io.ask) return io.ask(prompt, { hidden: false })
  if (!io.stdin.isTTY) {
    io.stdout.write(prompt)
    return lineOf(io.stdin)
  }
  const answer = await onTerminal(({ input, output }) => editLine({ input, output }, prompt))
  return answer?.given
}

/** False in the background, where reading from the terminal would stop the process. */
export function inForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return group === foreground
  } catch {
    return true
  }
}

async function onTerminal<T>(use: (terminal: Terminal) => Promise<T>): Promise<{ given: T } | undefined> {
  let descriptor: number
  try {
    descriptor = openSync('/dev/tty', 'r+')
  } catch {
    return undefined
  }
  const output = new WriteStream(descriptor)
  const input = new ReadStream(descriptor)
  try {
    return { given: await use({ input, output }) }
  } finally {
    input.destroy()
    try {
      closeSync(descriptor)
    } catch {
      // The stream closed it already.
    }
  }
}

function readLine({ input, output }: Terminal, { hidden, signal, pausing, seconds }: AskOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder('utf8')
    const line = new TypedLine({ hidden, pausing, timed: seconds !== undefined })
    let over = false
    let alarm: NodeJS.Timeout | undefined
    const done = (finish: () => void) => {
      over = true
      clearTimeout(alarm)
      signal?.removeEventListener('abort', aborted)
      input.setRawMode(false)
      output.write('\n')
      finish()
    }
    const aborted = () => done(() => reject(signal!.reason))
    const take = (char: string) => {
      const { show, end } = line.key(char)
      if (show) output.write(show)
      if (line.choosing) clearTimeout(alarm)
      if (end === 'answered') done(() => resolve(line.text))
      else if (end) done(() => reject(endings[end]()))
    }
    const typed = (text: string) => {
      const chars = [...text]
      while (chars.length > 0 && !over) take(chars.shift() ?? '')
      typedAhead += chars.join('')
    }

    input.setRawMode(true)
    signal?.addEventListener('abort', aborted, { once: true })
    if (signal?.aborted) return aborted()
    if (seconds !== undefined) alarm = setTimeout(() => done(() => resolve(line.text)), seconds * 1000)
    const before = typedAhead
    typedAhead = ''
    typed(before)
    input.on('data', (chunk: Buffer) => typed(decoder.write(chunk)))
    input.on('error', reject)
  })
}

const endings = {
  interrupted: () => new Diagnostic('User interrupted execution', { code: 'interrupted' }),
  aborted: () => new Diagnostic('user requested abort!', { code: 'pause-aborted' }),
}

async function editLine({ input, output }: Terminal, prompt: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline')
  return new Promise(resolve => {
    const lines = createInterface({ input, output, terminal: true, history: [...history] })
    let answer: string | undefined
    lines.on('SIGINT', () => lines.close())
    lines.on('close', () => {
      if (answer === undefined) output.write('\n')
      resolve(answer)
    })
    lines.on('line', line => {
      // Lines that were pasted together arrive together.
      if (answer !== undefined) typedAhead += `${line}\n`
      else {
        answer = line
        if (line !== '' && line !== history[0]) history.unshift(line)
        setImmediate(() => lines.close())
      }
    })
    lines.setPrompt(prompt)
    lines.prompt()
    const before = typedAhead
    typedAhead = ''
    if (before !== '') lines.write(before)
  })
}

/** Without a terminal the answer is a line of stdin, as with Python's getpass. */
async function askPlain(io: Io, prompt: string): Promise<string> {
  io.stderr.write(prompt)
  const line = await lineOf(io.stdin)
  if (line === undefined) {
    throw new Diagnostic('A password is asked for, but there is no terminal to ask on', {
      code: 'no-terminal',
      hint: 'Give it with --vault-password-file or in the settings.',
    })
  }
  return line
}

/** The next line; what comes after it stays in the stream. Undefined at its end. */
function lineOf(stdin: Io['stdin']): Promise<string | undefined> {
  if ((stdin as { readableEnded?: boolean }).readableEnded) return Promise.resolve(undefined)
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const leave = () => {
      stdin.off('data', more)
      stdin.off('end', ended)
      stdin.off('error', reject)
      stdin.pause()
    }
    const more = (chunk: string | Buffer) => {
      bytes = Buffer.concat([bytes, Buffer.from(chunk as string)])
      const end = bytes.indexOf('\n')
      if (end === -1) return
      leave()
      if (end + 1 < bytes.length) stdin.unshift(bytes.subarray(end + 1))
      resolve(bytes.toString('utf8', 0, end).replace(/\r$/, ''))
    }
    const ended = () => {
      leave()
      resolve(bytes.length === 0 ? undefined : bytes.toString('utf8'))
    }
    stdin.on('data', more)
    stdin.on('end', ended)
    stdin.on('error', reject)
    stdin.resume()
  })
}
