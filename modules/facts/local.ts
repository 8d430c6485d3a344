/** Facts that the host keeps itself: *.fact files, JSON or INI, or programs that print one of them. */
import type { Json } from '../../engine/python/values.js'
import { quote } from '../../engine/remote/quote.js'
import type { Collector } from './collector.js'
import type { Sections } from './sections.js'

export const localFacts = (path: string, warn: (text: string) => void): Collector => ({
  name: 'local',
  also: [],
  minimal: true,
  script: `for fact in ${path.startsWith('~') ? path : quote(path)}/*.fact; do
  [ ! -L "$fact" ] || [ -e "$fact" ] || { section "localdead/$fact"; continue; }
  [ -f "$fact" ] || continue
  if [ -x "$fact" ]; then
    section "local/$fact"; "$fact" 2>/dev/null </dev/null; code=$?
    [ $code = 0 ] || { section "localfailed/$fact"; echo $code; "$fact" 2>&1 >/dev/null </dev/null; }
  else bring "local/$fact" "$fact"
  fi
done
`,
  read: sections => {
    const found: { [name: string]: Json } = {}
    const nameOf = (file: string) => file.slice(file.lastIndexOf('/') + 1).replace(/\.fact$/, '')
    for (const file of sections.after('local/')) found[nameOf(file)] = factOf(file, sections, warn)
    for (const file of sections.after('localdead/')) {
      const text = `Could not stat fact (${file}): [Errno 2] No such file or directory: '${file}'`
      warn(text)
      found[nameOf(file)] = text
    }
    return { local: found }
  },
})

function factOf(file: string, sections: Sections, warn: (text: string) => void): Json {
  const failed = sections.lines(`localfailed/${file}`)
  if (failed.length > 0) {
    const text = `Failure executing fact script (${file}), rc: ${failed[0]}, err: ${failed.slice(1).join('\n')}`
    warn(text)
    return text
  }
  const text = sections.text(`local/${file}`)
  try {
    return JSON.parse(text) as Json
  } catch {
    const ini = readIni(text)
    if (ini) return ini
    const problem = `error loading facts as JSON or ini - please check content: ${file}`
    warn(problem)
    return problem
  }
}

/** Python's ConfigParser: names of options in lower case, values of more lines by indentation. */
export function readIni(text: string): { [section: string]: { [name: string]: string } } | undefined {
  const all: { [section: string]: { [name: string]: string } } = {}
  let section: { [name: string]: string } | undefined
  let last: string | undefined
  for (const line of text.split('\n')) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue
    const header = /^\[(.+)\]\s*$/.exec(line)?.[1]
    if (header !== undefined) {
      section = all[header] ??= {}
      last = undefined
      continue
    }
    if (section && last !== undefined && /^\s/.test(line)) {
      section[last] += `\n${line.trim()}`
      continue
    }
    const [, name, value] = /^\s*([^=:]+?)\s*[=:]\s*(.*)$/.exec(line) ?? []
    if (!section || name === undefined) return undefined
    last = name.toLowerCase()
    section[last] = value!.trim()
  }
  return all
}
