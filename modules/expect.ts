import { defineModule } from '../engine/module/define.js'
import { pythonRegExp } from '../engine/python/regexp.js'
import { pyRepr, pyStr } from '../engine/python/repr.js'
import { encodeText } from '../engine/python/surrogateescape.js'
import type { Value } from '../engine/python/values.js'
import { givenPath, sh } from '../engine/remote/quote.js'
import type { Keyboard, Query } from '../engine/remote/remote.js'
import { duration, timestamp } from './commands/timing.js'

interface Question {
  readonly text: string
  readonly pattern: RegExp
  /** One answer for every time, or one after the other. */
  readonly answers: string | string[]
}

export default defineModule({
  name: 'ansible.builtin.expect',
  summary: 'Run a command that asks questions, and answer them',
  notes: [
    'The command gets a terminal: from script(1) of the host, or from the connection where the host has none.',
    'No shell reads the command. A question is a regular expression over all that was printed since the last answer.',
  ],
  check: 'none',
  args: {
    command: { type: 'str', required: true, summary: 'the command line' },
    responses: { type: 'dict', required: true, summary: 'regular expression → answer, or answers one after the other' },
    timeout: { type: 'int', default: 30, summary: 'seconds to wait for a question or the end; null: for ever' },
    echo: { type: 'bool', default: false, summary: 'show the answers in the output' },
    chdir: { type: 'path', summary: 'directory to run in' },
    creates: { type: 'path', summary: 'do not run when this path exists' },
    removes: { type: 'path', summary: 'do not run when this path does not exist' },
  },
  returns: {
    cmd: 'the command line',
    stdout: 'what the terminal showed',
    rc: 'exit code; null when the command was ended',
    start: 'when it started',
    end: 'when it ended',
    delta: 'how long it took',
  },
  examples: `
- name: Set a password
  ansible.builtin.expect:
    command: passwd username
    responses:
      (?i)password: "{{ password }}"
  no_log: true

- name: Answers one after the other
  ansible.builtin.expect:
    command: /path/to/custom/command
    responses:
      Question:
        - response1
        - response2
`,

  async run({ args, remote, fail }) {
    const { command, chdir, creates, removes } = args
    if (command.trim() === '') return fail('no command given', { rc: 256 })
    const questions = [...(args.responses as Map<Value, Value>)].map(([text, answer]) => question(text, answer, fail))
    const argv = words(command)

    const seen = await remote.query(lookAround({ chdir, creates, removes, program: argv[0]! }))
    if (seen.nochdir) fail(`[Errno 2] No such file or directory: ${pyRepr(chdir!)}`)
    const kept = seen.created
      ? `skipped, since ${creates} exists`
      : seen.gone
        ? `skipped, since ${removes} does not exist`
        : undefined
    if (kept !== undefined) return { cmd: command, stdout: kept, changed: false, rc: 0 }
    if (seen.noprogram) fail(`The command was not found or was not executable: ${argv[0]}.`)

    let unanswered: string | undefined
    const done = await remote.exec({
      argv,
      ...(chdir === undefined ? {} : { cwd: chdir }),
      terminal: {
        echo: args.echo,
        start: keyboard =>
          listener(questions, args.timeout ?? undefined, keyboard, msg => {
            unanswered = msg
          }),
      },
      why: `run ${argv[0]}`,
    })
    if (unanswered !== undefined) fail(unanswered)
    const result = {
      cmd: command,
      stdout: done.stdout.replace(/[\r\n]+$/, ''),
      rc: done.timedOut ? null : done.rc,
      start: timestamp(done.start),
      end: timestamp(done.end),
      delta: duration(done.end - done.start),
      changed: true,
    }
    if (done.timedOut) fail('command exceeded timeout', result)
    if (done.rc !== 0) fail('non-zero return code', result)
    return result
  },
})

function question(text: Value, answer: Value, fail: (msg: string) => never): Question {
  const line = (one: Value) => `${pyStr(one).replace(/\n+$/, '')}\n`
  try {
    return {
      text: pyStr(text),
      pattern: pythonRegExp(pyStr(text), { dotall: true, ascii: true }),
      answers: Array.isArray(answer) ? answer.map(line) : line(answer),
    }
  } catch (error) {
    return fail(`${pyStr(text)} in responses is not a regular expression: ${(error as Error).message}`)
  }
}

/** Answers each question as it comes up; the clock starts anew after each answer. */
function listener(
  questions: readonly Question[],
  timeout: number | undefined,
  keyboard: Keyboard,
  unanswered: (msg: string) => void,
): (said: string) => void {
  const given = new Map<Question, number>()
  let open = ''
  let timer: NodeJS.Timeout | undefined
  const wait = () => {
    clearTimeout(timer)
    if (timeout !== undefined) timer = setTimeout(keyboard.hangUp, Math.max(0, timeout) * 1000).unref()
  }
  wait()
  return said => {
    open += said
    for (;;) {
      const asked = firstAsked(questions, open)
      if (!asked) return
      const { one, end } = asked
      const count = given.get(one) ?? 0
      const answer = typeof one.answers === 'string' ? one.answers : one.answers[count]
      if (answer === undefined) {
        unanswered(`No remaining responses for '${one.text}', output was '${bytesRepr(open.slice(0, end))}'`)
        clearTimeout(timer)
        keyboard.hangUp()
        return
      }
      given.set(one, count + 1)
      keyboard.type(answer)
      wait()
      const rest = open.slice(end)
      // What matches the empty text would match for ever.
      if (rest === open) return
      open = rest
    }
  }
}

/** The question that begins first; of two at the same place the one written first. */
function firstAsked(questions: readonly Question[], said: string): { one: Question; end: number } | undefined {
  let first: { one: Question; at: number; end: number } | undefined
  for (const one of questions) {
    const found = one.pattern.exec(said)
    if (found && (!first || found.index < first.at)) {
      first = { one, at: found.index, end: found.index + found[0].length }
    }
  }
  return first
}

/** Python's `repr` of the text's bytes. */
function bytesRepr(text: string): string {
  const escaped: { readonly [byte: number]: string } = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' }
  const bytes = [...encodeText(text)]
  const mark = bytes.includes(39) && !bytes.includes(34) ? '"' : "'"
  const shown = bytes.map(byte => {
    if (byte === 39 && mark === "'") return "\\'"
    if (byte < 32 || byte > 126 || byte === 92) return escaped[byte] ?? `\\x${byte.toString(16).padStart(2, '0')}`
    return String.fromCharCode(byte)
  })
  return `b${mark}${shown.join('')}${mark}`
}

interface Around {
  readonly nochdir: boolean
  readonly created: boolean
  readonly gone: boolean
  readonly noprogram: boolean
}

/** All that can keep the command from running, in one question. Paths are taken from chdir on. */
function lookAround(about: {
  chdir: string | undefined
  creates: string | undefined
  removes: string | undefined
  program: string
}): Query<Around> {
  const { chdir = '.', creates = '', removes = '/', program } = about
  return {
    command: sh`cd -- ${chdir} 2>/dev/null || { echo nochdir; exit 0; }
[ -z ${creates} ] || [ ! -e ${creates} ] || echo created
[ -z ${removes} ] || [ -e ${removes} ] || echo gone
case ${program} in */*) [ -f ${program} ] && [ -x ${program} ] ;;
*) (IFS=:; for d in ${givenPath}; do [ -f "$d"/${program} ] && [ -x "$d"/${program} ] && exit 0; done; exit 1) ;; esac || echo noprogram`,
    parse: stdout => {
      const words = stdout.split('\n')
      return {
        nochdir: words.includes('nochdir'),
        created: words.includes('created'),
        gone: words.includes('gone'),
        noprogram: words.includes('noprogram'),
      }
    },
  }
}

/** Words as pexpect splits a command line: no escapes inside quotes, and a quote may be left open. */
export function words(line: string): string[] {
  const found: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!
    if (/\s/.test(char)) {
      if (word !== undefined) found.push(word)
      word = undefined
    } else if (char === '\\') {
      word = (word ?? '') + (line[++at] ?? '')
    } else if (char === "'" || char === '"') {
      const end = line.indexOf(char, at + 1)
      word = (word ?? '') + line.slice(at + 1, end === -1 ? undefined : end)
      at = end === -1 ? line.length : end
    } else word = (word ?? '') + char
  }
  if (word) found.push(word)
  return found
}
