/** The command line of a program that did not start, as Ansible returns it: quoted for a shell, its passwords hidden. */
import { shlexQuote } from '../../engine/python/shlex.js'

const hidden = '********'

/** Hides what follows `--password`, `pass=` and the like, and the passwords in addresses; joins the words for a shell. */
export function shownCommand(argv: readonly string[]): string {
  const shown: string[] = []
  let passwordIsNext = false
  for (const word of argv) {
    const option = /^-{0,2}pass/.test(word)
    const equals = word.indexOf('=')
    if (passwordIsNext) shown.push(hidden)
    else if (option && equals >= 0) shown.push(`${word.slice(0, equals)}=${hidden}`)
    else shown.push(word.replaceAll(/(:\/\/[^/@:\s]*:)[^/@\s]+@/g, `$1${hidden}@`))
    passwordIsNext = !passwordIsNext && option && equals < 0
  }
  return shown.map(shlexQuote).join(' ')
}
