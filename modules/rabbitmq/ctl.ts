/** The rabbitmqctl of the host: questions are answered as JSON, passwords travel on standard input. */
import type { ArgSpecs } from '../../engine/args.js'
import type { ModuleContext } from '../../engine/module/define.js'
import { missingProgram } from '../../engine/remote/missing-program.js'
import { quoteAll, raw, sh } from '../../engine/remote/quote.js'
import type { Query, Remote } from '../../engine/remote/remote.js'

export const nodeArgs = {
  node: { type: 'str', default: 'rabbit', summary: 'Erlang node of the broker' },
} as const satisfies ArgSpecs

export type Row = { readonly [column: string]: unknown }
type Fail = ModuleContext<unknown>['fail']

/** Several lists at once: the rows of each, undefined where the broker knows no such thing. */
export function lists(
  node: string,
  questions: readonly (readonly string[])[],
  fail: Fail,
): Query<(readonly Row[] | undefined)[]> {
  const mark = 'UNDERSTUDY_END_OF_LIST'
  return {
    command: sh`command -v rabbitmqctl >/dev/null 2>&1 || { printf %s "$PATH"; exit 91; }
${raw(questions.map(words => sh`rabbitmqctl -q -n ${node} ${[...words]} --formatter json; echo; echo ${mark} $?`).join('\n'))}`,
    parse: (stdout, rc, stderr) => {
      if (rc === 91) return fail(missingProgram('rabbitmqctl', stdout))
      return questions.map((_, index) => {
        const text = stdout.split(new RegExp(`^${mark} \\d+\\n`, 'm'))[index] ?? ''
        const code = [...stdout.matchAll(new RegExp(`^${mark} (\\d+)$`, 'gm'))][index]?.[1]
        if (code === '0') return JSON.parse(text.trim() || '[]') as Row[]
        if (/no_such_(?:user|vhost)|does not exist|not found/i.test(`${stderr}${text}`)) return undefined
        return fail(`Error:${stderr.trim() || text.trim()}`, { rc: Number(code ?? rc) })
      })
    },
  }
}

export async function ctl(
  remote: Remote,
  node: string,
  words: readonly string[],
  fail: Fail,
  stdin?: string,
): Promise<void> {
  const argv = ['rabbitmqctl', '-q', '-n', node, ...words]
  const done = await remote.exec({
    argv,
    ...(stdin === undefined ? {} : { stdin: `${stdin}\n` }),
    why: words.slice(0, 2).join(' '),
  })
  const { rc, stdout, stderr } = done
  if (rc !== 0) fail((stderr || stdout).trimEnd(), { cmd: quoteAll(argv), rc, stdout, stderr })
}
