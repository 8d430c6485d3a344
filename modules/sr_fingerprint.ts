import { defineModule } from '../engine/module/define.js'
import { dumps } from '../engine/python/json.js'
import { fromJson } from '../engine/python/values.js'
import { sh } from '../engine/remote/quote.js'
import type { Query } from '../engine/remote/remote.js'

/** Local time with its offset; BusyBox' date knows no `%:z`. */
const now: Query<string> = {
  command: sh`date +%Y-%m-%dT%H:%M:%S%z`,
  parse: stdout => stdout.trim().replace(/(\d\d)$/, ':$1'),
}

export default defineModule({
  name: 'fedora.linux_system_roles.sr_fingerprint',
  summary: 'Note in the host’s log that a system role began or succeeded',
  check: 'full',
  args: {
    sr_message: { type: 'str', summary: 'what to note; all that roles of before August 2026 give' },
    status: { type: 'str', choices: ['begin', 'success'], summary: 'how far the role is' },
    role_name: { type: 'str', summary: 'name of the role' },
    role_path: { type: 'path', summary: 'where the role is' },
    ansible_play_hosts_all: { type: 'list', elements: 'str', summary: 'hosts of the play; they are counted' },
    distribution: { type: 'str', default: '', summary: 'name of the distribution' },
    distribution_version: { type: 'str', default: '', summary: 'its version' },
    write_log_file: { type: 'bool', default: false, summary: 'also add a line of JSON to log_file' },
    log_file: { type: 'path', default: '/var/log/sysroles.jsonl', summary: 'file with a line for each note' },
    max_log_size: {
      type: 'int',
      default: 2000000,
      summary: 'bytes that log_file may have before its oldest lines go; 0 for any number',
    },
  },
  rules: {
    exclusive: [['sr_message', 'status']],
    oneOf: [['sr_message', 'status']],
    requiredBy: { status: ['role_name', 'role_path', 'ansible_play_hosts_all'] },
  },
  notes: ['Stands in for the file of that name which the roles bring. Makes no lock beside log_file.'],
  returns: {
    fingerprint: 'what was noted, where status is given',
    message: 'what would be noted, in check mode',
    jsonl_row: 'the line for log_file, in check mode',
    log_file: 'where it would go, in check mode',
  },
  order: ['changed', 'message', 'fingerprint', 'jsonl_row', 'log_file'],
  examples: `
- name: Record role begin fingerprint
  fedora.linux_system_roles.sr_fingerprint:
    sr_message: begin system_role:ssh
`,

  async run({ args, remote, task, fail }) {
    if (args.max_log_size < 0) fail(`max_log_size must be 0 or a positive integer, got ${args.max_log_size}`)
    const date = await remote.query(now)
    const fingerprint = args.status === undefined ? undefined : await record(args.status)
    const note = fingerprint
      ? Object.entries(fingerprint)
          .map(([name, value]) => `${name}=${quoted(value)}`)
          .join(' ')
      : `${args.sr_message} ${date}`
    const row =
      fingerprint && args.write_log_file ? dumps(fromJson(fingerprint), { separators: [',', ':'] }) : undefined
    if (task.checkMode) {
      const message = `Check mode: message not logged - [${note}]`
      return { changed: false, message, fingerprint, ...(row && { jsonl_row: row, log_file: args.log_file }) }
    }
    const [, file] = await Promise.all([
      remote.exec({ argv: ['logger', '-t', 'ansible-sr_fingerprint', '--', note], why: 'note it', changes: false }),
      row === undefined ? undefined : remote.file(args.log_file),
    ])
    if (file) await file.put({ text: withRow(file.text, `${row}\n`, args.max_log_size), diff: 'none' })
    return { changed: false, fingerprint }

    async function record(status: string) {
      const version = await task.variable('ansible_version')
      const { distribution, distribution_version } = args
      return {
        date,
        role_name: args.role_name!,
        role_path: args.role_path!,
        status,
        ansible_version: String((version as Map<string, unknown>).get('full')),
        managed_node_distro:
          distribution && distribution_version ? `${distribution}-${distribution_version}` : 'unknown',
        play_hosts_number: args.ansible_play_hosts_all!.length,
        ansible_check_mode: task.checkMode,
      }
    }
  },
})

function quoted(value: string | number | boolean): string {
  const text = value === true ? 'True' : value === false ? 'False' : String(value)
  return /[ "=]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The oldest lines go until the new one has room. */
function withRow(text: string, row: string, limit: number): string {
  let kept = text
  for (let room = limit - kept.length; limit > 0 && kept !== '' && row.length > room; room = limit - kept.length)
    kept = kept.slice(kept.indexOf('\n') + 1 || kept.length)
  return kept + row
}
