import { defineModule } from '../engine/module/define.js'
import { basename } from '../engine/python/posixpath.js'
import { pythonRegExp, search } from '../engine/python/regexp.js'
import { sh } from '../engine/remote/quote.js'
import type { Query } from '../engine/remote/remote.js'

interface Process {
  readonly pid: number
  readonly name: string
  readonly program: string
  readonly words: readonly string[]
}

/** Where there is no /proc, ps knows as much; its words are parted by blanks. */
const processes: Query<Process[]> = {
  command: sh`if [ -r /proc/self/cmdline ]; then cd /proc; for p in [0-9]*; do [ "$p" != $$ ] || continue
{ IFS= read -r n <$p/comm; } 2>/dev/null || continue; printf '%s\\n%s\\n%s\\n' $p "$n" "$(readlink $p/exe 2>/dev/null)"; tr '\\000\\n' '\\001 ' 2>/dev/null <$p/cmdline; echo; done
else ps -Ao pid=,comm=,args= | while read -r p n a; do printf '%s\\n%s\\n%s\\n%s\\n' "$p" "\${n##*/}" "$n" "$a"; done; fi`,
  parse: stdout => {
    const lines = stdout.split('\n')
    return Array.from({ length: Math.floor(lines.length / 4) }, (_, at) => {
      const [pid = '', comm = '', program = '', line = ''] = lines.slice(at * 4, at * 4 + 4)
      const words = line.includes('\u0001') ? line.replace(/\u0001+$/, '').split('\u0001') : line.split(' ')
      // The kernel keeps 15 bytes of a name.
      const whole = basename(words[0] ?? '')
      const name = comm.length >= 15 && whole.startsWith(comm) ? whole : comm
      return { pid: Number(pid), name, program: basename(program), words: line === '' ? [] : words }
    })
  },
}

export default defineModule({
  name: 'community.general.pids',
  summary: 'Numbers of processes by name or command line',
  check: 'full',
  args: {
    name: { type: 'str', summary: 'the name, whatever its case' },
    pattern: { type: 'str', summary: 'regular expression that is looked for in command lines' },
    ignore_case: { type: 'bool', default: false, summary: 'whether the case of pattern does not count' },
  },
  rules: { oneOf: [['name', 'pattern']], exclusive: [['name', 'pattern']] },
  notes: ['Needs no psutil.'],
  returns: { pids: 'the numbers' },
  examples: `
- name: Processes of a program
  community.general.pids:
    pattern: python3\\s+myapp\\.py
`,

  async run({ args, remote, fail }) {
    const { name, pattern, ignore_case } = args
    if (pattern !== undefined) {
      const wanted = compiled(pattern)
      const found = (await remote.query(processes)).filter(({ words }) => search(wanted, words.join(' ')))
      return { changed: false, pids: found.map(({ pid }) => pid) }
    }
    const same = (text: string | undefined) => text?.toLowerCase() === name!.toLowerCase()
    const found = (await remote.query(processes)).filter(
      one => same(one.name) || same(one.program) || same(one.words[0]),
    )
    return { changed: false, pids: found.map(({ pid }) => pid) }

    function compiled(source: string): RegExp {
      try {
        return pythonRegExp(source, { ignorecase: ignore_case })
      } catch (error) {
        return fail(`'${source}' is not a valid regular expression: ${(error as Error).message}`)
      }
    }
  },
})
