/** Questions on the terminal: passwords unseen, names seen. */
import { closeSync, openSync } from 'node:fs'
import { ReadStream, WriteStream } from 'node:tty'
import { Diagnostic } from '../diagnostics.js'
import type { Io } from './io.js'

/** One line from a person; the controlling terminal is used even when stdin is a pipe. */
export async function ask(
  io: Io,
  prompt: string,
  { hidden = true, signal }: { readonly hidden?: boolean; readonly signal?: AbortSignal } = {},
): Promise<string> {
  if (io.ask) return io.ask(prompt, { hidden })
  let descriptor: number
  try {
    descriptor = openSync('/dev/tty', 'r+')
  } catch {
    return askPlain(io, prompt)
  }
  const output = new WriteStream(descriptor)
  const input = new ReadStream(descriptor)
  try {
    output.write(prompt)
    return await readLine(input, output, hidden, signal)
  } finally {
    input.destroy()
    try {
      closeSync(descriptor)
    } catch {
      // The stream closed it already.
    }
  }
}

function readLine(input: ReadStream, output: WriteStream, hidden: boolean, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = ''
    input.setRawMode(true)
    const done = (finish: () => void) => {
      input.setRawMode(false)
      output.write('\n')
      finish()
    }
    signal?.addEventListener('abort', () => done(() => reject(signal.reason)), { once: true })
    input.on('data', (chunk: Buffer) => {
      for (const char of chunk.toString('utf8')) {
        if (char === '\r' || char === '\n') return done(() => resolve(line))
        if (char === '\u0003')
          return done(() => reject(new Diagnostic('User interrupted execution', { code: 'interrupted' })))
        if (char === '\u0004' && line === '') return done(() => resolve(line))
        if (char === '\u007f' || char === '\b') {
          if (line !== '' && !hidden) output.write('\b \b')
          line = [...line].slice(0, -1).join('')
        } else if (char === '\u0015') line = ''
        else {
          line += char
          if (!hidden) output.write(char)
        }
      }
    })
    input.on('error', reject)
  })
}

/** Without a terminal the answer is a line of stdin, as with Python's getpass. */
async function askPlain(io: Io, prompt: string): Promise<string> {
  io.stderr.write(prompt)
  let text = ''
  for await (const chunk of io.stdin) {
    text += String(chunk)
    const end = text.indexOf('\n')
    if (end !== -1) {
      io.stdin.unshift(Buffer.from(text.slice(end + 1)))
      return text.slice(0, end).replace(/\r$/, '')
    }
  }
  if (text === '') {
    throw new Diagnostic('A password is asked for, but there is no terminal to ask on', {
      code: 'no-terminal',
      hint: 'Give it with --vault-password-file or in the settings.',
    })
  }
  return text
}
