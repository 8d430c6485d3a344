/** `vars_prompt:` of a play. */
import { Diagnostic } from '../diagnostics.js'
import { toBool } from '../module/args.js'
import type { Play } from '../playbook/model.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import type { Scope } from '../template/scope.js'
import { trusted } from '../yaml/trust.js'
import type { Run } from './run-state.js'

/** Asks for each variable that -e did not give. Nobody at the terminal: the default, with a warning. `scope`: the play's. */
export async function askForVars(run: Run, play: Play, scope: Scope): Promise<Dict> {
  const answers: Dict = new Map()
  const prompts = play.keywords.get('vars_prompt')
  if (!isList(prompts)) return answers
  for (const entry of prompts) {
    if (!isDict(entry)) continue
    const name = pyStr(entry.get('name') ?? '')
    if (run.options.extraVars.has(name)) continue
    const option = async (key: string): Promise<Value | undefined> => {
      const raw = entry.get(key)
      return raw === undefined || raw === null ? undefined : run.templar.render(raw, scope)
    }
    const fallback = await option('default')
    const text = pyStr((await option('prompt')) ?? name)
    const isPrivate = yes(await option('private'), true)
    const question = fallback === undefined || fallback === '' ? `${text}: ` : `${text} [${pyStr(fallback)}]: `
    const answer = await asked(run, question, !isPrivate, yes(await option('confirm'), false), text)
    let value: Value = answer === undefined ? (fallback ?? 'None') : answer === '' ? (fallback ?? '') : answer
    const encrypt = await option('encrypt')
    if (encrypt !== undefined && value !== '') value = await encrypted(run, value, encrypt, entry)
    // What the person at the terminal typed is a template as what they write in files is, unless `unsafe: yes`.
    answers.set(name, typeof value === 'string' && !yes(await option('unsafe'), false) ? trusted(value) : value)
  }
  return answers
}

const yes = (value: Value | undefined, otherwise: boolean): boolean => (value === undefined ? otherwise : toBool(value))

async function asked(
  run: Run,
  question: string,
  echo: boolean,
  confirm: boolean,
  text: string,
): Promise<string | undefined> {
  for (;;) {
    const answer = await run.options.prompt(question, { echo })
    if (answer === undefined) {
      run.emit({ type: 'warning', text: 'Not prompting as we are not in interactive mode' })
      return undefined
    }
    if (!confirm) return answer
    if ((await run.options.prompt(`confirm ${text}: `, { echo })) === answer) return answer
    run.emit({ type: 'prompt', text: '***** VALUES ENTERED DO NOT MATCH ****' })
  }
}

/** `encrypt`, `salt` and `salt_size` do what the password_hash filter does. */
async function encrypted(run: Run, value: Value, scheme: Value, entry: Dict): Promise<Value> {
  const salt = entry.get('salt')
  const size = entry.get('salt_size')
  if (salt !== undefined && size !== undefined && salt !== null && size !== null) {
    throw new Diagnostic('salt and salt_size are mutually exclusive in vars_prompt', { code: 'vars-prompt' })
  }
  const scope = run.variables.scope(
    {},
    new Map<Value, Value>([
      ['_value', value],
      ['_scheme', scheme],
      ['_salt', salt ?? null],
      ['_size', size ?? 8],
    ]),
  )
  const source =
    salt === undefined || salt === null
      ? "_value | password_hash(_scheme | regex_replace('_crypt$', ''), lookup('password', '/dev/null', length=_size, chars=['ascii_letters', 'digits']))"
      : "_value | password_hash(_scheme | regex_replace('_crypt$', ''), _salt)"
  return run.templar.expression(source, scope)
}
