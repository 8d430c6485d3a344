/** Privileges as playbooks write them and as SHOW GRANTS tells them: pure functions. */

/** Quoted `db`.`table` (or *.*) → privileges in capitals; WITH GRANT OPTION is the privilege GRANT. */
export type Privileges = Map<string, string[]>

/** 'db.table:PRIV,PRIV/db2.*:ALL' or a dict of the same. Names of columns are in capitals, unless their case counts. */
export function readWish(wish: string | ReadonlyMap<unknown, unknown>, caseCounts = false): Privileges {
  const text =
    typeof wish === 'string'
      ? wish
      : [...wish]
          .map(([where, privileges]) => `${where}:${Array.isArray(privileges) ? privileges.join(',') : privileges}`)
          .join('/')
  const all: Privileges = new Map()
  for (const item of text.trim().split('/').filter(Boolean)) {
    const colon = item.trim().lastIndexOf(':')
    if (colon === -1) throw new Error(`invalid privileges string: ${item}`)
    const where = item.trim().slice(0, colon)
    const privileges = splitPrivileges(item.trim().slice(colon + 1))
    all.set(quotedObject(where), [...new Set(privileges.map(one => normalized(one, caseCounts)))])
  }
  if (!all.has('*.*')) all.set('*.*', ['USAGE'])
  return all
}

function quotedObject(where: string): string {
  const [, kind = '', rest = where] = /^(FUNCTION|PROCEDURE)\s+(.*)$/i.exec(where) ?? []
  const [database = '', ...table] = rest.includes('`')
    ? rest.split('.').map(part => part.replaceAll('`', ''))
    : rest.split('.')
  const part = (name: string) => (name === '*' ? '*' : `\`${name}\``)
  const object = `${part(database)}.${part(table.join('.') || '*')}`
  return kind ? `${kind.toUpperCase()} ${object}` : object
}

/** Commas within parentheses (columns) do not separate. */
export function splitPrivileges(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map(one => one.trim())
    .filter(Boolean)
}

function normalized(privilege: string, caseCounts: boolean): string {
  const [, name = '', columns] = /^([^(]*?)\s*(?:\((.*)\))?$/.exec(privilege) ?? []
  const upper = name.toUpperCase().trim()
  if (upper === 'ALL PRIVILEGES') return 'ALL'
  if (upper === 'GRANT OPTION' || upper === 'WITH GRANT OPTION') return 'GRANT'
  if (columns === undefined) return upper
  const sorted = columns
    .split(',')
    .map(column => column.trim().replaceAll('`', ''))
    .map(column => (caseCounts ? column : column.toUpperCase()))
    .sort()
  return `${upper} (${sorted.join(', ')})`
}

/** Rows of SHOW GRANTS. */
export function readGrants(rows: readonly string[], caseCounts = false): Privileges {
  const all: Privileges = new Map()
  for (const row of rows) {
    const [, privileges, object, tail = ''] =
      /^GRANT (.+) ON (.+?) TO (?:['`"].*?['`"]@['`"].*?['`"])(.*)$/.exec(row) ?? []
    if (!privileges || !object || /^PROXY$/i.test(privileges)) continue
    const listed = splitPrivileges(privileges).map(one => normalized(one, caseCounts))
    if (/WITH(?: MAX_\w+ \d+)* GRANT OPTION/.test(tail)) listed.push('GRANT')
    const where = quotedObject(object)
    all.set(where, [...new Set([...(all.get(where) ?? []), ...listed])])
  }
  return all
}

export interface PrivilegeChange {
  readonly where: string
  readonly grant: readonly string[]
  readonly revoke: readonly string[]
}

/** Names that MariaDB 10.5 gave to privileges, and shows where the old ones were granted. */
const renamed: { readonly [old: string]: string } = {
  'REPLICATION CLIENT': 'BINLOG MONITOR',
  'REPLICATION REPLICA': 'REPLICATION SLAVE',
  'REPLICATION REPLICA ADMIN': 'REPLICATION SLAVE ADMIN',
  'REPLICA MONITOR': 'SLAVE MONITOR',
  'DELETE VERSIONING ROWS': 'DELETE HISTORY',
}
/** Those of `some` that `others` has under no name. */
const without = (some: readonly string[], others: readonly string[]) => {
  const known = new Set(others.map(one => renamed[one] ?? one))
  return some.filter(one => !known.has(renamed[one] ?? one))
}

/** MySQL 8 shows ALL on *.* as a long list. */
const isEverything = (privileges: readonly string[]) =>
  privileges.includes('ALL') ||
  ['SHUTDOWN', 'SUPER', 'CREATE USER', 'CREATE ROLE', 'DROP ROLE'].every(one => privileges.includes(one))

export function privilegeChanges(
  now: Privileges,
  wish: Privileges,
  { append, subtract, root }: { append: boolean; subtract: boolean; root: boolean },
): PrivilegeChange[] {
  const changes: PrivilegeChange[] = []
  const real = (privileges: readonly string[]) => privileges.filter(one => one !== 'USAGE')
  if (!append && !subtract && !root) {
    for (const [where, privileges] of now) {
      if (!wish.has(where) && real(privileges).length > 0) changes.push({ where, grant: [], revoke: real(privileges) })
    }
  }
  for (const [where, wanted] of wish) {
    const current = real(now.get(where) ?? [])
    const asked = real(wanted)
    if (subtract) {
      const revoke = without(asked, without(asked, current))
      if (revoke.length > 0) changes.push({ where, grant: [], revoke })
      continue
    }
    if (asked.includes('ALL') && isEverything(current)) {
      const grant = asked.includes('GRANT') && !current.includes('GRANT') ? ['GRANT'] : []
      const revoke = !append && current.includes('GRANT') && !asked.includes('GRANT') ? ['GRANT'] : []
      if (grant.length + revoke.length > 0) changes.push({ where, grant, revoke })
      continue
    }
    const grant = without(asked, current)
    const revoke = append ? [] : without(current, asked)
    if (grant.length + revoke.length > 0) changes.push({ where, grant, revoke })
  }
  return changes
}

/** Statements for a change; `account` and `require` are SQL. */
export function privilegeStatements(
  { where, grant, revoke }: PrivilegeChange,
  account: string,
  require = '',
): string[] {
  const statements: string[] = []
  if (revoke.includes('GRANT')) statements.push(`REVOKE GRANT OPTION ON ${where} FROM ${account}`)
  const taken = revoke.filter(one => one !== 'GRANT')
  if (taken.length > 0) statements.push(`REVOKE ${taken.join(', ')} ON ${where} FROM ${account}`)
  if (grant.length > 0) {
    const given = grant.filter(one => one !== 'GRANT')
    statements.push(
      `GRANT ${given.join(', ') || 'USAGE'} ON ${where} TO ${account}${require}${grant.includes('GRANT') ? ' WITH GRANT OPTION' : ''}`,
    )
  }
  return statements
}
