import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { loginArgs, Postgres } from './postgresql/client.js'
import { serverVersion } from './postgresql/version.js'

const args = {
  db: { type: 'str', aliases: ['login_db'], summary: 'database to connect to' },
  ...loginArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.postgresql.postgresql_ping',
  summary: 'Is PostgreSQL there',
  check: 'full',
  args,
  returns: { is_available: 'whether it answers', server_version: 'its version', conn_err_msg: 'why it does not' },
  examples: `
- name: Look whether PostgreSQL answers
  community.postgresql.postgresql_ping:
    db: acme
`,

  async run({ args, remote, warn }) {
    const { rc, error, results } = await new Postgres(remote, args, args.db ?? 'postgres').ask([
      "SELECT current_setting('server_version_num') AS number, version() AS full",
    ])
    if (rc !== 0) {
      warn(`PostgreSQL server is unavailable: ${error}`)
      return { changed: false, is_available: false, server_version: {}, conn_err_msg: `${error}\n` }
    }
    const { number = '0', full = '' } = results[0]?.[0] ?? {}
    return {
      changed: false,
      is_available: true,
      conn_err_msg: '',
      server_version: serverVersion(number ?? '0', full ?? ''),
    }
  },
})
