/** Facts are gathered by one shell script; each piece of raw data in its output is a section with a name. */
import type { Collector } from './collector.js'

/** POSIX sh: `section NAME` starts a section, `bring NAME FILE` puts a readable file into one. */
const functions = `section() { printf '\\n\\036%s\\n' "$1"; }
bring() { [ ! -r "$2" ] || { section "$1"; cat "$2" 2>/dev/null; }; }
has() { command -v "$1" >/dev/null 2>&1; }
unset IFS
`

/** POSIX sh that prints the sections of all collectors. A program costs a host more than what it reads: one reads all files. */
export function rawDataScript(collectors: readonly Collector[]): string {
  const words = (what: 'files' | 'links') => [...new Set(collectors.flatMap(one => one[what] ?? []))].join(' ')
  return `${functions}section files; LC_ALL=C grep -as '' /dev/null ${words('files')}
section links; LC_ALL=C ls -ldn / ${words('links')} 2>/dev/null
${collectors.map(collector => collector.script ?? '').join('')}section end`
}

export class Sections {
  readonly #all = new Map<string, string>()
  /** By path, what `grep` printed as `path:line`; an empty file is none. */
  readonly #files = new Map<string, string[]>()
  /** Paths that exist, and where they point to when they are links. */
  readonly links = new Map<string, string | undefined>()

  constructor(output: string) {
    for (const part of output.split('\n\x1e').slice(1)) {
      const end = part.indexOf('\n')
      this.#all.set(end === -1 ? part : part.slice(0, end), end === -1 ? '' : part.slice(end + 1))
    }
    for (const line of this.lines('files')) {
      const [path = '', text = ''] = splitOnce(line, ':')
      const known = this.#files.get(path)
      if (known) known.push(text)
      else this.#files.set(path, [text])
    }
    for (const line of this.lines('links')) {
      const [path = '', to] = splitOnce(/^\S+(?:\s+\S+){4}.*? (\/.*)$/.exec(line)?.[1] ?? '', ' -> ')
      if (path !== '') this.links.set(path, to)
    }
  }
  has(name: string): boolean {
    return this.#all.has(name)
  }
  /** The raw text, '' when the host had nothing to say. */
  text(name: string): string {
    return this.#all.get(name) ?? ''
  }
  trimmed(name: string): string {
    return this.text(name).trim()
  }
  lines(name: string): string[] {
    return this.text(name)
      .split('\n')
      .filter(line => line !== '')
  }
  /** The text of a file that a collector named, '' when it is empty or not there. */
  file(path: string): string {
    return this.#files.get(path)?.join('\n') ?? ''
  }
  /** Its first line; undefined when the file is empty or not there. */
  firstLine(path: string): string | undefined {
    return this.#files.get(path)?.[0]
  }
  /** Names in the first group of a pattern that paths of files and links fit, in their order. */
  names(pattern: RegExp): string[] {
    const paths = [...this.links.keys(), ...this.#files.keys()]
    return [...new Set(paths.flatMap(path => pattern.exec(path)?.[1] ?? []))]
  }
  /** Names of the sections that start with a prefix, without it. */
  after(prefix: string): string[] {
    return [...this.#all.keys()].filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length))
  }
}

/** `NAME=value` lines with shell quoting, as in os-release. */
export function assignments(text: string): { [key: string]: string } {
  const found: { [key: string]: string } = {}
  for (const line of text.split('\n')) {
    const [, key, value] = /^\s*(\w+)=(.*)$/.exec(line) ?? []
    if (key) found[key] = value!.trim().replace(/^(["'])(.*)\1$/, '$2')
  }
  return found
}

function splitOnce(text: string, by: string): string[] {
  const at = text.indexOf(by)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + by.length)]
}
