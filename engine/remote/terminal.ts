/**
 * Commands that want a terminal: how a host gives them one without Python, what was said on it, and how it ended.
 * script(1) makes a terminal on the host; where it is missing, the shell itself is started on one.
 */
import type { Readable } from 'node:stream'
import { decodeBytes, wholeCharacters } from '../python/surrogateescape.js'
import { quote, sh } from './quote.js'
import type { ShellText } from './remote.js'

/** Who makes the terminal: util-linux's or busybox's script(1), that of the BSDs, or the shell has one already. */
export type TerminalMaker = 'script' | 'bsd-script' | 'shell'

/** Says on a host which script(1) it has. */
export const terminalMaker: ShellText = sh`if script -qc : /dev/null </dev/null >/dev/null 2>&1; then echo script
elif script -q /dev/null true </dev/null >/dev/null 2>&1; then echo bsd-script; fi`

export interface OnTerminal {
  readonly maker: TerminalMaker
  readonly echo: boolean
  /** A word that nobody else prints, to tell the exit code behind. */
  readonly mark: string
}

/** Shell text that runs `command` on a terminal as large as pexpect's: 24 lines of 80 columns. */
export function terminalText(command: string, { maker, echo, mark }: OnTerminal): string {
  const size = `stty sane ${echo ? '' : '-echo '}rows 24 cols 80 2>/dev/null`
  const inside = `${size}; (${command}\n); printf '\\n${mark} %s\\n' $?`
  if (maker === 'shell') return `(${inside}) </dev/tty >/dev/tty 2>&1`
  if (maker === 'bsd-script') return `script -q /dev/null /bin/sh -c ${quote(inside)}`
  // This one starts $SHELL, which may be anything.
  const given = `if [ "\${_S+x}" ]; then SHELL=$_S; unset _S; else unset SHELL; fi; ${inside}`
  return `(if [ "\${SHELL+x}" ]; then _S=$SHELL; export _S; fi; SHELL=/bin/sh; export SHELL; exec script -qc ${quote(given)} /dev/null)`
}

export interface SaidOnTerminal {
  readonly text: string
  /** Undefined when it ended without telling (killed, cut off). */
  readonly rc: number | undefined
}

/** Reads until the terminal is closed; `heard` is told whole characters as they come. */
export async function readTerminal(
  stream: Readable,
  mark: string,
  heard: (text: string) => void,
): Promise<SaidOnTerminal> {
  const chunks: Buffer[] = []
  let untold = Buffer.alloc(0)
  const tell = (until: number) => {
    if (until > 0) heard(decodeBytes(untold.subarray(0, until)))
    untold = untold.subarray(until)
  }
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer)
    untold = Buffer.concat([untold, chunk as Buffer])
    const end = endMark(untold, mark)
    if (end === undefined) tell(wholeCharacters(untold))
    else if (end > 0) tell(end)
  }
  const all = Buffer.concat(chunks)
  const at = endMark(all, mark)
  if (at === undefined) tell(untold.length)
  const told = at === undefined ? undefined : /(\d+)\s*$/.exec(decodeBytes(all.subarray(at)))?.[1]
  return { text: decodeBytes(all.subarray(0, at)), rc: told === undefined ? undefined : Number(told) }
}

/** Where the last line begins, which says how it ended; the newline before it is ours as well. */
function endMark(bytes: Buffer, mark: string): number | undefined {
  const at = bytes.lastIndexOf(`\n${mark} `)
  if (at === -1) return undefined
  return bytes[at - 1] === 13 ? at - 1 : at
}
