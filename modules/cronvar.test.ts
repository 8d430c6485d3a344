import { testModule } from '../engine/module/test.js'
import { fakeCrontab } from './crontab/crontab.fake.js'
import cronvar from './cronvar.js'

const crontab = fakeCrontab('/tmp/cronvarX')
const check = { differs: 'Ansible skips it in check mode' }

testModule(
  cronvar,
  { name: 'B', value: 'b c' },
  {
    'adds one to an empty crontab': {
      check,
      commands: crontab(''),
      runs: ['crontab -'],
      returns: { changed: true, vars: ['B'] },
    },
    'an empty value is written in quotes, without which cron takes no line': {
      check,
      args: { value: '' },
      commands: crontab('A=1\n'),
      runs: ['crontab -'],
      returns: { changed: true, vars: ['B', 'A'] },
    },
    'leaves an empty value that is so': { check, args: { value: '' }, commands: crontab('B=""\n'), changed: false },
    'makes no directory for its file': {
      check,
      args: { cron_file: '/nonexistent/foo' },
      fails: "Parent directory '/nonexistent' does not exist for cron_file: '/nonexistent/foo'",
    },
    'has nothing to remove from a file without a directory': {
      check,
      args: { cron_file: '/nonexistent/foo', state: 'absent' },
      changed: false,
    },
    'puts one after another': {
      check,
      args: { insertafter: 'A', user: 'joe', backup: true },
      commands: crontab('A=1\nC=3\n* * * * * x\n'),
      runs: [/crontab -u joe -$/],
      returns: { vars: ['A', 'B', 'C'], backup_file: '/tmp/cronvarX' },
    },
    'puts one before another, in a file': {
      check,
      args: { insertbefore: 'C', cron_file: 'f' },
      files: { '/etc/cron.d/f': 'A=1\nC=3\n' },
      leaves: { '/etc/cron.d/f': 'A=1\nB=b c\nC=3\n' },
      returns: { vars: ['A', 'B', 'C'], cron_file: 'f' },
    },
    'changes a value in its place, and keeps a copy where cron does not look': {
      check,
      args: { cron_file: '/srv/f', backup: true },
      commands: [[/mktemp \/tmp\/crontab/, '/tmp/crontabX\n']],
      returns: { backup_file: '/tmp/crontabX' },
      files: { '/srv/f': 'A=1\nB=2\n' },
      leaves: { '/srv/f': 'A=1\nB=b c\n' },
    },
    'leaves a value that is so': { check, commands: crontab('B = b c\n'), runs: [], changed: false },
    'adds nothing beside what is not there': {
      check,
      args: { insertbefore: 'NOPE' },
      commands: crontab('A=1\n'),
      runs: [],
      changed: false,
      warnings: [/^Variable named 'NOPE' not found/],
    },
    'removes one, and leaves an empty file': {
      check,
      args: { state: 'absent', cron_file: 'f' },
      files: { '/etc/cron.d/f': 'B=1\n' },
      leaves: { '/etc/cron.d/f': '' },
      returns: { vars: [] },
    },
    'knows names with dashes and letters of any script': {
      check,
      args: { name: 'X-Y', value: '2' },
      commands: crontab(' X-Y = 1\nÜ=1\n* * * * * X=1 y\n'),
      returns: { vars: ['X-Y', 'Ü'] },
    },
    'wants a value': {
      check,
      args: { value: undefined },
      fails: "You must specify 'value' to insert a new cron variable",
    },
    'makes the folder that crontab of BusyBox lacks': {
      check,
      commands: () => {
        let made = false
        let now = ''
        return [
          ['crontab -l*', () => now],
          [
            /crontab -$/,
            call => {
              made ||= call.text.startsWith('mkdir -p /var/spool/cron/crontabs && ')
              if (made) now = call.stdin
              return made
                ? ''
                : {
                    rc: 1,
                    stderr:
                      "crontab: can't change directory to '/var/spool/cron/crontabs': No such file or directory\n",
                  }
            },
          ],
        ]
      },
      runs: ['crontab -', 'mkdir -p /var/spool/cron/crontabs && crontab -'],
    },
    'says why crontab refuses': {
      check,
      commands: [
        ['crontab -l*', ''],
        ['crontab -', { rc: 1, stderr: 'bad minute\n' }],
      ],
      fails: 'bad minute\n',
    },
  },
)
