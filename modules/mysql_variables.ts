import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { asPyMySql, cannotConnect, identifier, literal, loginArgs, MySql } from './mysql/client.js'

const args = {
  variable: { type: 'str', summary: 'the variable' },
  value: { type: 'str', summary: 'its value; only shown when left out' },
  mode: {
    type: 'str',
    choices: ['global', 'persist', 'persist_only'],
    default: 'global',
    summary: 'whether it survives a restart (MySQL 8)',
  },
  ...loginArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.mysql.mysql_variables',
  summary: 'Global variables of MySQL and MariaDB',
  check: 'none',
  args,
  returns: { queries: 'the statements', msg: 'the value' },
  examples: `
- name: Make the server read-only
  community.mysql.mysql_variables:
    variable: read_only
    value: "1"
`,

  async run({ args: { variable, value, mode, ...login }, given, remote, fail }) {
    if (variable === undefined) return fail('Cannot run without variable to operate with')
    if (!/^[0-9A-Za-z_.]+$/.test(variable)) fail(`invalid variable name "${variable}"`)
    const sql = new MySql(remote, login, given)
    const [base, name] = variable.includes('.') ? variable.split('.') : [undefined, variable]
    const seen = await sql.ask([`SHOW GLOBAL VARIABLES WHERE Variable_name = ${literal(base ? name! : variable)}`])
    if (seen.rc !== 0) fail(cannotConnect(login, seen.error))
    const now = seen.results[0]?.rows[0]?.Value
    if (now === undefined || now === null) return fail(`Variable not available "${variable}"`, { changed: false })
    if (value === undefined) return { changed: false, msg: now }
    if (same(now, value)) return { changed: false, msg: 'Variable is already set to requested value.' }
    const number = /^-?\d+(?:\.\d+)?$/.test(value)
    const statement = `SET ${mode.toUpperCase()} ${variable.split('.').map(identifier).join('.')} = ${number || value === 'DEFAULT' ? value : literal(value)}`
    const { rc, error } = await sql.run([statement], `set ${variable}`)
    if (rc !== 0) fail(asPyMySql(error), { changed: false })
    return { changed: true, msg: `Variable change succeeded prev_value=${now}`, queries: [statement] }
  },
})

/** ON is 1 and true, as the server takes it. */
const meaning = (value: string) => {
  const lower = value.toLowerCase()
  return ['on', 'true', 'yes', '1'].includes(lower) ? 'ON' : ['off', 'false', 'no', '0'].includes(lower) ? 'OFF' : value
}
const same = (now: string, wanted: string) =>
  meaning(now) === meaning(wanted) || (Number(now) === Number(wanted) && wanted.trim() !== '')
