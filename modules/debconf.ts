import { defineModule } from '../engine/module/define.js'
import { pyRepr, pyStr } from '../engine/python/repr.js'
import { isList, type Value } from '../engine/python/values.js'
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

    const list = vtype === 'multiselect' && isList(args.value) ? args.value : undefined
    const other = list?.find(one => typeof one !== 'string')
    if (other !== undefined) fail(`Invalid value provided for 'multiselect': expected strings, not ${pyRepr(other)}`)
    const value = answer(vtype, args.value)
    const before = isSecret ? password : seen.answers[question]
    const same = before !== undefined && (list ? sorted(before) === sorted(value) : before === value)
    if (same) return { changed: false, msg: '', current: seen.answers }

    const { rc, stderr } = await remote.exec({
      argv: ['debconf-set-selections', ...(args.unseen ? ['-u'] : [])],
      stdin: `${[name, question, vtype, value].join(' ')}\n`,
      why: `answer ${quote(question)}`,
    })
    if (rc !== 0) fail(stderr)
    const [was, is] = isSecret ? ['', ''] : [before ?? '', value]
    const current = { [question]: is }
    // Of a question that the package did not have, Ansible tells beside all that it has.
    const previous = question in seen.answers ? { [question]: was } : { ...seen.answers, [question]: was }
    const diff = { before: previous, after: { ...previous, ...current } }
    remote.changed('the answer', diff)
    return { changed: true, msg: '', current, previous, diff }
  },
})

/** What debconf is told: words of truth are those that its programs understand. */
function answer(vtype: string, given: unknown): string {
  if (Array.isArray(given)) return given.map(one => pyStr(one)).join(', ')
  const text = pyStr(given as Value)
  if (vtype !== 'boolean') return text
  const word = text.toLowerCase()
  return ['yes', 'on', '1'].includes(word) ? 'true' : ['no', 'off', '0'].includes(word) ? 'false' : word
}

const sorted = (list: string) =>
  list
    .split(',')
    .map(one => one.trim())
    .sort()
    .join(',')
