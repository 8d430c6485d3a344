import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import membership from './postgresql_membership.js'
import owner from './postgresql_owner.js'

const end = '\n\x1e\x1e\n'
const table = (columns: readonly string[], rows: readonly (readonly string[])[]) =>
  [columns, ...rows].map(row => row.join('\x1f')).join('\x1e') + end
const roles = ['alice', 'bob', 'g1', 'g2'].map(name => [name])

/** A server with these members, which does what it is told. */
const members = (...held: [group: string, member: string][]) => {
  return (): FakeCommands => {
    let now: [string, string][] = [...held]
    return [
      [
        /psql -X/,
        call => {
          if (call.text.includes('pg_auth_members')) return table(['name'], roles) + table(['group', 'member'], now)
          for (const [, verb, group, member] of call.stdin.matchAll(
            /^(GRANT|REVOKE) "(\w+)" (?:TO|FROM) "(\w+)";$/gm,
          )) {
            now = now.filter(one => one[0] !== group || one[1] !== member)
            if (verb === 'GRANT') now.push([group!, member!])
          }
          return end
        },
      ],
    ]
  }
}

testModule(
  membership,
  { groups: ['g1', 'g2'], target_roles: ['alice', 'bob'] },
  {
    'makes roles members': {
      commands: members(['g1', 'alice']),
      returns: {
        changed: true,
        state: 'present',
        groups: ['g1', 'g2'],
        target_roles: ['alice', 'bob'],
        queries: ['GRANT "g1" TO "bob"', 'GRANT "g2" TO "alice"', 'GRANT "g2" TO "bob"'],
        granted: { g1: ['bob'], g2: ['alice', 'bob'] },
      },
    },
    'takes members away': {
      args: { state: 'absent', groups: ['g1'] },
      commands: members(['g1', 'alice'], ['g2', 'alice']),
      returns: { queries: ['REVOKE "g1" FROM "alice"'], revoked: { g1: ['alice'] } },
    },
    'leaves them no other groups': {
      args: { state: 'exact', groups: ['g2'] },
      commands: members(['g1', 'alice'], ['g2', 'bob']),
      returns: {
        queries: ['REVOKE "g1" FROM "alice"', 'GRANT "g2" TO "alice"'],
        granted: { g2: ['alice'] },
        revoked: { g1: ['alice'] },
      },
    },
    'leaves them no groups at all': {
      args: { state: 'exact', groups: [] },
      commands: members(['g1', 'alice']),
      returns: { queries: ['REVOKE "g1" FROM "alice"'], granted: {}, revoked: { g1: ['alice'] } },
    },
    'leaves what is so': {
      commands: members(),
      args: { state: 'absent' },
      changed: false,
      returns: { revoked: { g1: [], g2: [] } },
    },
    'misses a role': { args: { groups: ['nope'] }, commands: members(), fails: 'Role nope does not exist' },
    'goes on without a role that is missing': {
      args: { groups: ['nope', 'g1'], fail_on_role: false },
      commands: members(),
      warnings: ['Role nope does not exist, pass'],
      returns: { groups: ['g1'], granted: { g1: ['alice', 'bob'] } },
    },
    'refuses what looks like an injection when it is to look': {
      args: { groups: ["g'; drop table t --"], trust_input: false },
      fails: "Passed input 'g'; drop table t --' is potentially dangerous",
    },
  },
)

/** A server where `object` has no such owner until `statement` is sent. */
const objects =
  (question: string, statement: string, before = '0') =>
  (): FakeCommands => {
    let owned = before
    return [
      [
        /psql -X/,
        call => {
          if (call.text.includes('rolname AS name FROM pg_roles')) {
            if (!call.text.includes(question)) throw new Error(call.text)
            return table(['name'], roles) + (question ? table(['owned'], [[owned]]) : '')
          }
          if (!call.stdin.includes(`${statement};\n`)) throw new Error(call.stdin)
          if (!call.stdin.includes('ROLLBACK;\n')) owned = '1'
          return end
        },
      ],
    ]
  }

testModule(
  owner,
  { db: 'd', new_owner: 'bob' },
  {
    'gives a table of a schema away': {
      args: { obj_name: 'sc.t', obj_type: 'table' },
      commands: objects(
        `relkind IN ('\\''r'\\'', '\\''p'\\'') AND relname = '\\''t'\\'' AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = '\\''sc'\\'') AND pg_get_userbyid(relowner) = '\\''bob'\\''`.replaceAll(
          `'\\''`,
          "'",
        ),
        'ALTER TABLE "sc"."t" OWNER TO "bob"',
      ),
      returns: { changed: true, queries: ['ALTER TABLE "sc"."t" OWNER TO "bob"'] },
    },
    'gives a database with a dot in its name away': {
      args: { obj_name: 'a.b', obj_type: 'database' },
      commands: objects(`datname = 'a.b'`, 'ALTER DATABASE "a.b" OWNER TO "bob"'),
    },
    'gives a function away by its signature': {
      args: { obj_name: 'f(int)', obj_type: 'function' },
      commands: objects(`proname = 'f'`, 'ALTER FUNCTION f(int) OWNER TO "bob"'),
    },
    'leaves what is theirs': {
      args: { obj_name: 'v', obj_type: 'view' },
      commands: objects('relkind', 'nothing', '1'),
      changed: false,
    },
    'hands over all that roles own': {
      args: { reassign_owned_by: ['alice', 'g1'] },
      commands: objects('', 'REASSIGN OWNED BY "alice","g1" TO "bob"'),
      returns: { queries: ['REASSIGN OWNED BY "alice","g1" TO "bob"'] },
      again: { changed: 'nobody knows what they own' },
    },
    'goes on without roles that are missing': {
      args: { reassign_owned_by: ['nope'], fail_on_role: false },
      commands: objects('', 'nothing'),
      changed: false,
      warnings: ["Role 'nope' does not exist, pass"],
    },
    'misses a role': {
      args: { reassign_owned_by: ['nope'] },
      commands: objects('', 'nothing'),
      fails: "Role 'nope' does not exist",
    },
    'misses the new owner': {
      args: { new_owner: 'nope', obj_name: 't', obj_type: 'table' },
      commands: objects('relkind', 'nothing'),
      fails: "Role 'nope' does not exist",
    },
    'says what the server says, also in check mode': {
      args: { obj_name: 't', obj_type: 'table' },
      commands: () => [
        [
          /psql -X/,
          call =>
            call.text.includes('pg_roles')
              ? table(['name'], roles) + table(['owned'], [['0']])
              : { rc: 3, stderr: 'psql:<stdin>:1: ERROR:  relation "t" does not exist\n' },
        ],
      ],
      fails: `Cannot execute SQL 'ALTER TABLE "t" OWNER TO "bob"': relation "t" does not exist\n`,
    },
    'wants to know what': { args: { obj_name: 't' }, fails: 'obj_name and obj_type are needed, or reassign_owned_by' },
    'takes one way': {
      args: { obj_name: 't', reassign_owned_by: ['alice'] },
      fails: /mutually exclusive: obj_name\|reassign_owned_by/,
    },
  },
)
