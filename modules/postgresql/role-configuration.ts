/** Parameters that a role's sessions start with: ALTER ROLE … SET (https://www.postgresql.org/docs/current/sql-alterrole.html). */
import { pyStr } from '../../engine/python/repr.js'
import type { Dict, Value } from '../../engine/python/values.js'
import { identifier, literal } from './client.js'
import { columnValue } from './column-values.js'

export interface RoleConfiguration {
  /** By parameter, as the playbook has them; a yes/no is `on` or `off`. */
  readonly configuration: Dict
  /** Whether parameters that are not named go back to what the server has. */
  readonly reset_unspecified_configuration: boolean
  /** False: values are SQL, as a list of schemas for search_path has to be. */
  readonly quote_configuration_values: boolean
}

export const valueText = (value: Value): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : value === null ? '' : pyStr(value)

/** The statements that bring the role from `held` (pg_roles.rolconfig, as the server prints an array) to the wish. */
export function configure(role: string, wish: RoleConfiguration, held: string | null | undefined): string[] {
  const now = new Map(
    ((columnValue(held ?? null, 'text[]') as string[] | null) ?? []).map(entry => {
      const at = entry.indexOf('=')
      return [entry.slice(0, at).toLowerCase(), entry.slice(at + 1)] as const
    }),
  )
  const wanted = [...wish.configuration].map(([name, value]) => [pyStr(name), valueText(value)] as const)
  const known = (text: string) => (wish.quote_configuration_values ? text : text.replace(/^'([^']*)'$/, '$1'))
  const names = new Set(wanted.map(([name]) => name.toLowerCase()))
  const who = identifier(role)
  return [
    ...wanted
      .filter(([name, value]) => now.get(name.toLowerCase()) !== known(value))
      .map(
        ([name, value]) =>
          `ALTER ROLE ${who} SET ${identifier(name)} TO ${wish.quote_configuration_values ? literal(value) : value}`,
      ),
    ...(wish.reset_unspecified_configuration ? [...now.keys()] : [])
      .filter(name => !names.has(name))
      .map(name => `ALTER ROLE ${who} RESET ${identifier(name)}`),
  ]
}
