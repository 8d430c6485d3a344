import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import {
  anyDatabase,
  cannotConnect,
  checkedInput,
  identifier,
  literal,
  loginArgs,
  Postgres,
  refuseSuspicious,
} from './postgresql/client.js'

const args = {
  groups: {
    type: 'list',
    elements: 'str',
    required: true,
    aliases: ['group', 'source_role', 'source_roles'],
    summary: 'roles to be a member of',
  },
  target_roles: {
    type: 'list',
    elements: 'str',
    required: true,
    aliases: ['target_role', 'users', 'user'],
    summary: 'roles that become members',
  },
  state: {
    type: 'str',
    choices: ['absent', 'exact', 'present'],
    default: 'present',
    summary: 'whether they are members; exact: of no other roles',
  },
  fail_on_role: { type: 'bool', default: true, summary: 'fail when there is no such role; else only warn' },
  login_db: anyDatabase,
  ...loginArgs,
  ...checkedInput,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.postgresql.postgresql_membership',
  summary: 'Members of PostgreSQL roles',
  notes: ['The host needs psql, and no Python library.'],
  check: 'full',
  order: ['changed', 'state', 'groups', 'target_roles', 'queries', 'granted', 'revoked'],
  args,
  returns: {
    granted: 'for each group the roles that it got, with present and exact',
    revoked: 'for each group the roles that it lost, with absent and exact',
    queries: 'the statements',
    state: 'what was asked for',
  },
  examples: `
- name: Let two roles read
  community.postgresql.postgresql_membership:
    group: read_only
    target_roles:
      - alice
      - bob
  become_user: postgres
`,

  async run({ args, remote, fail, warn }) {
    const { state } = args
    refuseSuspicious(args, [...args.groups, ...args.target_roles, args.session_role], fail)
    const db = new Postgres(remote, args, args.login_db || 'postgres')
    const seen = await db.ask([
      'SELECT rolname AS name FROM pg_roles',
      `SELECT g.rolname AS group, r.rolname AS member FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member WHERE r.rolname IN (${args.target_roles.map(literal).join(', ') || 'NULL'}) ORDER BY 1`,
    ])
    if (seen.rc !== 0) fail(cannotConnect(seen.error))
    const known = new Set(seen.results[0]?.map(row => row.name))
    const existing = (names: readonly string[]) =>
      names.filter(name => {
        if (known.has(name)) return true
        if (args.fail_on_role) fail(`Role ${name} does not exist`)
        warn(`Role ${name} does not exist, pass`)
        return false
      })
    const groups = existing(args.groups)
    const members = existing(args.target_roles)
    const held = (seen.results[1] ?? []).map(row => [row.group ?? '', row.member ?? ''] as const)
    const isIn = (group: string, member: string) => held.some(([g, m]) => g === group && m === member)
    const queries: string[] = []
    const granted: { [group: string]: string[] } = {}
    const revoked: { [group: string]: string[] } = {}
    const change = (into: { [group: string]: string[] }, verb: string, group: string, member: string) => {
      into[group] ??= []
      into[group].push(member)
      queries.push(`${verb.replace('%', identifier(group))} ${identifier(member)}`)
    }
    const grant = (group: string, member: string) => change(granted, 'GRANT % TO', group, member)
    const revoke = (group: string, member: string) => change(revoked, 'REVOKE % FROM', group, member)
    if (state === 'exact') {
      for (const member of members) {
        for (const [group, one] of held) if (one === member && !groups.includes(group)) revoke(group, member)
        for (const group of groups) if (!isIn(group, member)) grant(group, member)
      }
    } else
      for (const group of groups) {
        if (state === 'present') granted[group] = []
        else revoked[group] = []
        for (const member of members) {
          if (state === 'present' && !isIn(group, member)) grant(group, member)
          if (state === 'absent' && isIn(group, member)) revoke(group, member)
        }
      }
    if (queries.length > 0) {
      const { rc, error } = await db.run(queries, queries[0]!)
      if (rc !== 0) fail(`Cannot execute SQL '${queries[0]}': ${error}\n`)
    }
    return {
      changed: queries.length > 0,
      state,
      groups,
      target_roles: members,
      queries,
      ...(state === 'absent' ? {} : { granted }),
      ...(state === 'present' ? {} : { revoked }),
    }
  },
})
