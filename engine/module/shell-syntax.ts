/** Whether shell text is understood by the shells that hosts have as /bin/sh; for tests. */
import { spawnSync } from 'node:child_process'
import { encodeText } from '../python/surrogateescape.js'

/** As command lines; dash is Debian's, bash --posix Red Hat's, ash that of BusyBox. */
const shells = [['dash'], ['bash', '--posix'], ['busybox', 'ash']] as const

const installed = () => shells.filter(([program]) => spawnSync(program, ['-c', 'true']).error === undefined)

/** One line for each text and shell that does not understand it. Nothing is run. */
export function syntaxErrors(texts: Iterable<string>): string[] {
  const all = [...texts]
  return installed().flatMap(shell => {
    const check = (text: string) =>
      spawnSync(shell[0], [...shell.slice(1), '-n'], { input: encodeText(text), encoding: 'utf8', env: {} }).stderr
    // Most are right: they are read together, each as a function, which no text can leave by itself.
    if (check(all.map((text, i) => `f${i}() {\n${text}\n}\n`).join('')) === '') return []
    return all.flatMap(text => {
      const said = check(text)
      return said === '' ? [] : [`${shell.join(' ')}: ${said.trim()}\n${text}`]
    })
  })
}
