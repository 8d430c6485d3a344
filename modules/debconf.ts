import { defineModule } from '../engine/module/define.js'
import { quote, sh } from '../engine/remote/quote.js'
import type { Query } from '../engine/remote/remote.js'

type Answers = { readonly [question: string]: string }

const answers = (pkg: string): Query<{ answers: Answers; rc: number; stderr: string }> => ({
  command: sh`debconf-show ${pkg}`,
  needs: 'debconf-show',
  parse: (stdout, rc, stderr) => ({
    rc,
    stderr,
    answers: Object.fromEntries(
      stdout.split('\n').flatMap(line => {
        const [, question, value] = /^\*?\s*([^:]+):(.*)$/.exec(line.trim()) ?? []
        return question ? [[question.trim(), value!.trim()]] : []
      }),
    ),
  }),
})

/** The stored value of a password question, which debconf-show does not tell. */
const secret = (pkg: string, question: string): Query<string> => ({
  command: sh`printf 'GET %s\n' ${question} | debconf-communicate ${pkg}`,
  parse: stdout => stdout.replace(/^0 ?/, '').replace(/\n$/, ''),
})

export default defineModule({
  name: 'ansible.builtin.debconf',
  summary: 'Answers to the questions of Debian packages',
  check: 'full',
  args: {
    name: { type: 'str', required: true, aliases: ['pkg'], summary: 'the package' },
    question: { type: 'str', aliases: ['selection', 'setting'], summary: 'the question' },
    vtype: {
      type: 'str',
      choices: ['boolean', 'error', 'multiselect', 'note', 'password', 'seen', 'select', 'string', 'text', 'title'],
      summary: 'type of the answer',
    },
    value: { type: 'raw', aliases: ['answer'], summary: 'the answer' },
    unseen: { type: 'bool', default: false, summary: 'do not mark the question as seen' },
  },
  rules: { together: [['question', 'vtype', 'value']] },
  returns: { current: 'answers now', previous: 'answers before' },
  examples: `
- name: Set the default locale
  ansible.builtin.debconf:
    name: locales
    question: locales/default_environment_locale
    value: fr_FR.UTF-8
    vtype: select
`,

  async run({ args, remote, fail }) {
    const { name, question, vtype } = args
    const isSecret = vtype === 'password' && question !== undefined
    const [seen, password] = await Promise.all([
      remote.query(answers(name)),
      isSecret ? remote.query(secret(name, question)) : undefined,
    ])
    if (seen.rc !== 0) fail(seen.stderr)
    if (question === undefined) return { changed: false, msg: '', current: seen.answers }
    if (vtype === undefined || args.value === undefined)
      return fail('when supplying a question you must supply a valid vtype and value')

    const given = args.value
    const value = Array.isArray(given)
      ? given.map(String).join(', ')
      : vtype === 'boolean'
        ? /^(?:true|yes|on|1)$/i.test(String(given))
          ? 'true'
          : 'false'
        : String(given)
    const before = isSecret ? password : seen.answers[question]
    const same = before !== undefined && (vtype === 'multiselect' ? sorted(before) === sorted(value) : before === value)
    if (same) return { changed: false, msg: '', current: seen.answers }

    const { rc, stderr } = await remote.exec({
      argv: ['debconf-set-selections', ...(args.unseen ? ['-u'] : [])],
      stdin: `${[name, question, vtype, value].join(' ')}\n`,
      why: `answer ${quote(question)}`,
    })
    if (rc !== 0) fail(stderr)
    const [was, is] = isSecret ? ['', ''] : [before ?? '', value]
    const [previous, current] = [{ [question]: was }, { [question]: is }]
    remote.changed('the answer', { before: previous, after: current })
    return { changed: true, msg: '', current, previous, diff: { before: previous, after: current } }
  },
})

const sorted = (list: string) =>
  list
    .split(',')
    .map(one => one.trim())
    .sort()
    .join(',')
