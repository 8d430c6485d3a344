import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import postgresqlSchema from './postgresql_schema.js'

const end = '\n\x1e\x1e\n'
type Schema = readonly [owner: string, comment: string] | undefined

/** A server that has `before` until it is sent `statement`, and `after` from then on. */
const server = (before: Schema, statement: string, after: Schema) => (): FakeCommands => {
  let now = before
  return [
    [
      /psql -X/,
      call => {
        if (call.text.includes('nspowner')) return `owner\x1fcomment${now ? `\x1e${now.join('\x1f')}` : ''}${end}`
        if (!call.stdin.includes(`${statement};\n`)) throw new Error(call.stdin)
        now = after
        return end
      },
    ],
  ]
}

testModule(
  postgresqlSchema,
  { db: 'd', name: 's' },
  {
    'creates a schema for its owner, with a remark': {
      args: { owner: 'jo', comment: "it's one" },
      commands: server(undefined, 'CREATE SCHEMA "s" AUTHORIZATION "jo"', ['jo', "it's one"]),
      returns: {
        schema: 's',
        queries: ['CREATE SCHEMA "s" AUTHORIZATION "jo"', `COMMENT ON SCHEMA "s" IS 'it''s one'`],
      },
    },
    'gives it to another role': {
      args: { owner: 'al' },
      commands: server(['jo', ''], 'ALTER SCHEMA "s" OWNER TO "al"', ['al', '']),
    },
    'leaves it with whom it is': { commands: server(['jo', 'x'], 'nothing', undefined), changed: false },
    'takes a remark away': {
      args: { comment: '' },
      commands: server(['jo', 'x'], `COMMENT ON SCHEMA "s" IS ''`, ['jo', '']),
    },
    'drops it with all that is in it': {
      args: { state: 'absent', cascade_drop: true },
      commands: server(['jo', ''], 'DROP SCHEMA "s" CASCADE', undefined),
    },
    'refuses what looks like an injection when it is to look': {
      args: { name: "s'; drop table t --", trust_input: false },
      fails: "Passed input 's'; drop table t --' is potentially dangerous",
    },
  },
)
