/**
 * A lab host has a root folder of its own without the rights that a chroot needs: the paths of its files are rewritten in
 * the shell text that arrives, and written back in what the host prints.
 */
import { Transform } from 'node:stream'

/** What belongs to a lab host; everything else (/bin, /usr, /dev, /proc) is the machine's. */
const OWN = [
  '/clouddeploy',
  '/etc',
  '/home',
  '/opt',
  '/proc/1/comm',
  '/root',
  '/run/systemd',
  '/sbin/apk',
  '/sbin/init',
  '/srv',
  '/tmp',
  '/usr/bin/apt-get',
  '/usr/bin/dnf',
  '/usr/bin/dnf-3',
  '/usr/bin/dnf5',
  '/usr/bin/microdnf',
  '/usr/bin/pacman',
  '/usr/bin/yum',
  '/usr/bin/zypper',
  '/usr/lib/os-release',
  '/usr/local',
  '/var/lib',
  '/var/log',
  '/var/tmp',
  '/var/www',
]

/** Not in the middle of a path or word: $HOME/etc and http://host/etc stay. */
const OWN_PATHS = new RegExp(`(?<![\\w./$})~*-])(?:${OWN.join('|')})(?![\\w.-])`, 'g')

export const inLab = (text: string, root: string): string => text.replace(OWN_PATHS, path => root + path)

/** The start of a file's bytes as Understudy sends them: the format of a printf, up to its closing quote. */
const CONTENT = /(?<=^|[;{] )printf '(?!\\'')/m

/** Behind the closing quote; inside, a quote is written '\\''. -1 when the word goes on in the next line. */
function endOfContent(text: string): number {
  let at = text.indexOf("'")
  while (at !== -1 && text.startsWith("'\\''", at)) at = text.indexOf("'", at + 4)
  return at === -1 ? -1 : at + 1
}

/** How a script says that it reads bytes from the shell's own input, and how many. */
const FED = /^_b (\d+) >/

/** Shell text on its way in, line by line. Contents of files pass as they are, and so does what a taken shell is fed. */
export function intoLab(root: string): Transform {
  let waiting = ''
  let inContent = false
  /** Bytes to pass as they are: Infinity when the shell was given to one command. */
  let raw = 0
  let taken = false
  let fed = 0
  const rewritten = (text: string): string => {
    let done = ''
    for (let rest = text; rest !== ''; ) {
      const start = inContent ? undefined : CONTENT.exec(rest)
      const end = inContent ? endOfContent(rest) : start ? start.index + start[0].length : -1
      const piece = end === -1 ? rest : rest.slice(0, end)
      done += inContent ? piece : inLab(piece, root)
      if (end !== -1) inContent = !inContent
      rest = rest.slice(piece.length)
    }
    return done
  }
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      // Latin-1 keeps every byte.
      waiting += chunk.toString('latin1')
      let out = ''
      for (;;) {
        if (raw > 0) {
          const piece = waiting.slice(0, raw)
          out += piece
          raw -= piece.length
          waiting = waiting.slice(piece.length)
        }
        const newline = waiting.indexOf('\n')
        if (newline === -1) break
        const line = waiting.slice(0, newline + 1)
        waiting = waiting.slice(newline + 1)
        out += rewritten(line)
        if (line.startsWith('{ _n taken')) taken = true
        if (!taken) continue
        fed = Number(FED.exec(line)?.[1] ?? fed)
        if (line === 'exit $?; }\n') raw = Number.POSITIVE_INFINITY
        else if (fed > 0 && line === '}\n') {
          raw = fed
          fed = 0
          taken = false
        }
      }
      done(null, Buffer.from(out, 'latin1'))
    },
    flush(done) {
      done(null, Buffer.from(rewritten(waiting), 'latin1'))
    },
  })
}

/** What a host prints, without its root folder; text that may be the beginning of it waits for more. */
export function outOfLab(root: string): Transform {
  const hidden = Buffer.from(root).toString('latin1')
  let waiting = ''
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = (waiting + chunk.toString('latin1')).replaceAll(hidden, '')
      const keep = beginningAtEnd(text, hidden)
      waiting = text.slice(text.length - keep)
      done(null, Buffer.from(text.slice(0, text.length - keep), 'latin1'))
    },
    flush(done) {
      done(null, Buffer.from(waiting, 'latin1'))
    },
  })
}

/** How many characters at the end of text could be the start of `word`. */
function beginningAtEnd(text: string, word: string): number {
  for (let length = Math.min(word.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(word.slice(0, length))) return length
  }
  return 0
}
