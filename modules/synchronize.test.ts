import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import synchronize from './synchronize.js'

// With delegate_to rsync runs on a host; without, on the controller, which the playbooks of tests/compat do.
const task = { delegatedTo: 'mirror' }
const variables = { ansible_host: '192.0.2.7', ansible_user: 'web', ansible_port: 2222 }

/** rsync, which has something to do until it has run without --dry-run. */
const rsync =
  (...changes: string[]) =>
  (): FakeCommands => {
    let left = changes
    return {
      'rsync *': ({ argv }) => {
        const said = left.map(line => `<<CHANGED>>${line}\n`).join('')
        if (!argv!.includes('--dry-run')) left = []
        return said
      },
    }
  }
const ssh = "'--rsh=ssh -S none -o Port=2222 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'"

testModule(
  synchronize,
  { src: '/srv/a/', dest: '/srv/b' },
  {
    'copies what differs': {
      task,
      variables,
      commands: rsync('cd+++++++++ d/', '>f+++++++++ d/x'),
      runs: [
        `rsync --delay-updates -F --compress --archive ${ssh} '--out-format=<<CHANGED>>%i %n%L' /srv/a/ web@192.0.2.7:/srv/b`,
      ],
      returns: {
        changed: true,
        rc: 0,
        msg: 'cd+++++++++ d/\n>f+++++++++ d/x\n',
        stdout_lines: ['cd+++++++++ d/', '>f+++++++++ d/x'],
      },
    },
    'quotes around a path of its own side are none of the name': {
      args: { src: "'/srv/a/'", dest: "'/srv/b'" },
      task,
      variables,
      commands: rsync('>f+++++++++ x'),
      runs: [/ \/srv\/a\/ 'web@192\.0\.2\.7:'\\''\/srv\/b'\\'''$/],
      changed: true,
    },
    'on one host both are': {
      args: { src: '"/srv/a/"', dest: "'/srv/b'" },
      task: { delegatedTo: 'mirror', host: 'mirror' },
      commands: rsync('>f+++++++++ x'),
      runs: [/ \/srv\/a\/ \/srv\/b$/],
      changed: true,
    },
    'leaves what is the same': {
      task,
      variables,
      commands: rsync(),
      returns: { changed: false, msg: '', stdout_lines: [] },
    },
    'fetches, removes what is not there, and keeps no owners': {
      args: { mode: 'pull', delete: true, owner: false, checksum: true, rsync_opts: ['--exclude=.git'] },
      task,
      variables: { ansible_host: '2001:db8::1' },
      commands: rsync('*deleting   old'),
      runs: [
        / --delete-after --checksum --archive --no-owner .* '--exclude=\.git' .* '\[2001:db8::1\]:\/srv\/a\/' \/srv\/b$/,
      ],
      changed: true,
    },
    'becomes another user at the far end': {
      task,
      variables: { ...variables, ansible_become: true, ansible_become_user: 'app' },
      commands: rsync('.d..t...... ./'),
      runs: [/ '--rsync-path=sudo -u app rsync' /],
    },
    'says what rsync says': {
      task,
      variables,
      commands: {
        'rsync *': { rc: 23, stderr: 'rsync: [sender] link_stat "/srv/a" failed: No such file or directory (2)\n' },
      },
      fails: /^rsync: \[sender\] link_stat/,
      returns: { rc: 23 },
    },
    'wants to know where to': {
      args: { dest: null },
      task,
      fails: 'synchronize requires both src and dest parameters are set',
    },
  },
)
