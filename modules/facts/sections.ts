/** Facts are gathered by one shell script; each piece of raw data in its output is a section with a name. */

/** POSIX sh: `section NAME` starts a section, `bring NAME FILE` puts a readable file into one, `first FILE` prints line 1. */
export const sectionFunctions = `section() { printf '\\n\\036%s\\n' "$1"; }
bring() { [ ! -r "$2" ] || { section "$1"; cat "$2" 2>/dev/null; }; }
has() { command -v "$1" >/dev/null 2>&1; }
`

export class Sections {
  readonly #all = new Map<string, string>()

  constructor(output: string) {
    for (const part of output.split('\n\x1e').slice(1)) {
      const end = part.indexOf('\n')
      this.#all.set(end === -1 ? part : part.slice(0, end), end === -1 ? '' : part.slice(end + 1))
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
  /** `NAME=value` lines with shell quoting, as in os-release. */
  assignments(name: string): { [key: string]: string } {
    const found: { [key: string]: string } = {}
    for (const line of this.lines(name)) {
      const [, key, value] = /^\s*(\w+)=(.*)$/.exec(line) ?? []
      if (key) found[key] = value!.trim().replace(/^(["'])(.*)\1$/, '$2')
    }
    return found
  }
  /** Names of the sections that start with a prefix, without it. */
  after(prefix: string): string[] {
    return [...this.#all.keys()].filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length))
  }
}
