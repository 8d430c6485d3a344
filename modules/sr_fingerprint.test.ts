import { testModule } from '../engine/module/test.js'
import fingerprint from './sr_fingerprint.js'

const commands = { 'date +%Y*': '2026-08-03T10:15:00+0200\n', 'logger *': '' }
const noted = {
  status: 'begin',
  role_name: 'timesync',
  role_path: '/my roles/timesync',
  ansible_play_hosts_all: ['a', 'b'],
  distribution: 'Debian',
  distribution_version: '12',
}
const variables = { ansible_version: { full: '2.19.0' } }
const record = {
  date: '2026-08-03T10:15:00+02:00',
  role_name: 'timesync',
  role_path: '/my roles/timesync',
  status: 'begin',
  ansible_version: '2.19.0',
  managed_node_distro: 'Debian-12',
  play_hosts_number: 2,
  ansible_check_mode: false,
}
const row = `${JSON.stringify(record)}\n`
const log = '/var/log/sysroles.jsonl'
// The time, then the note; and with a log what was in it and what is now.
const again = { changed: 'it notes each time' }

testModule(
  fingerprint,
  {},
  {
    'notes a message with the time': {
      args: { sr_message: 'begin system_role:ssh' },
      commands,
      runs: ["logger -t ansible-sr_fingerprint -- 'begin system_role:ssh 2026-08-03T10:15:00+02:00'"],
      foretells: {
        changed: false,
        message: 'Check mode: message not logged - [begin system_role:ssh 2026-08-03T10:15:00+02:00]',
      },
      changed: false,
      again,
    },
    'notes what is known of the role': {
      args: noted,
      commands,
      variables,
      runs: [
        / -- 'date=2026-08-03T10:15:00\+02:00 role_name=timesync role_path="\/my roles\/timesync" status=begin .* ansible_check_mode=False'$/,
      ],
      returns: { fingerprint: record },
      leaves: { [log]: null },
      again,
    },
    'adds a line to a file': {
      args: { ...noted, write_log_file: true },
      commands,
      variables,
      files: { [log]: '{}\n' },
      leaves: { [log]: `{}\n${row}` },
      changed: false,
      again,
    },
    'has the oldest lines go': {
      args: { ...noted, write_log_file: true, max_log_size: row.length + 3 },
      commands,
      variables,
      files: { [log]: '{"a":1}\n{}\n' },
      leaves: { [log]: `{}\n${row}` },
      again,
    },
    'refuses a size below nothing': {
      args: { ...noted, max_log_size: -1 },
      fails: 'max_log_size must be 0 or a positive integer, got -1',
    },
    'needs something to note': { fails: 'one of the following is required: sr_message, status' },
  },
)
