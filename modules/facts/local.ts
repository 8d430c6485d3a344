/** Facts that the host keeps itself: *.fact files, JSON or INI, or programs that print one of them. */
import { interpolated, parseIni } from '../../engine/python/configparser.js'
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
    return iniFacts(text, file, warn)
  }
}

/** Python's ConfigParser: names of options in lower case, `%(other)s` for the value of another option. */
function iniFacts(text: string, file: string, warn: (text: string) => void): Json {
  let sections: ReturnType<typeof parseIni>
  try {
    sections = parseIni(text)
  } catch {
    return problem('JSON or ini', '')
  }
  try {
    return Object.fromEntries(
      [...sections].map(([section, values]) => [
        section,
        Object.fromEntries([...values.keys()].map(name => [name, interpolated(values, name, { section })])),
      ]),
    )
  } catch (error) {
    return problem('ini', ` (${(error as Error).message})`)
  }

  function problem(kind: string, why: string): string {
    const said = `error loading facts as ${kind} - please check content: ${file}${why}`
    warn(said)
    return said
  }
}
