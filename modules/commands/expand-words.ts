/**
 * `command` runs no shell, yet Ansible expands `$NAME`, `${NAME}` and a leading `~` in each argument on the host
 * (os.path.expandvars, expanduser). These words make a POSIX shell do exactly that and nothing more.
 */

const quoted = (text: string) => (text === '' ? '' : `'${text.replaceAll("'", `'\\''`)}'`)

/** Variables that a shell sets for itself; a program started without one would not see them. */
const ofTheShell = new Set(['IFS', 'OPTIND', 'PPID', 'PS1', 'PS2', 'PS4'])

/** True when the host has to expand something in this argument. */
export const needsExpansion = (word: string): boolean => /^~|\$(?:\w|\{)/.test(word)

/** The shell word for one argument: an unset variable stays as it was written. */
export function expandedWord(word: string): string {
  if (word === '') return "''"
  const tilde = /^~[\w.-]*(?=\/|$)/.exec(word)?.[0] ?? ''
  return (
    tilde +
    word
      .slice(tilde.length)
      .split(/(\$\w+|\$\{[^}]*\})/)
      .map(expandedPart)
      .join('')
  )
}

function expandedPart(part: string, index: number): string {
  if (index % 2 === 0) return quoted(part)
  const name = part.replace(/^\$\{?|\}$/g, '')
  if (!/^[A-Za-z_]\w*$/.test(name) || ofTheShell.has(name)) return quoted(part)
  return `"\${${name}-${part.replace(/[$}]/g, '\\$&')}}"`
}
