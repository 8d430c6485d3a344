import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import cron from './cron.js'
import { fakeCrontab } from './crontab/crontab.fake.js'
import hostname from './hostname.js'

const crontab = fakeCrontab('/tmp/crontabX')

testModule(
  cron,
  { name: 'check dirs' },
  {
    'adds a job': {
      args: { hour: '5,2', minute: '0', job: 'ls > /dev/null', user: 'joe' },
      commands: crontab(''),
      runs: ['crontab -u joe -'],
      returns: { changed: true, jobs: ['check dirs'], envs: [] },
      diff: [
        {
          before: '',
          after: '#Ansible: check dirs\n0 5,2 * * * ls > /dev/null\n',
          before_header: 'crontab for user "joe"',
          after_header: 'crontab for user "joe"',
        },
      ],
    },
    'replaces the job and keeps a backup': {
      args: { special_time: 'reboot', job: 'x', disabled: true, backup: true },
      commands: crontab('A=1\n#Ansible: check dirs\n0 1 * * * old\n#Ansible: b\n@daily b\n'),
      returns: { jobs: ['check dirs', 'b'], envs: ['A'], backup_file: '/tmp/crontabX' },
      diff: [
        {
          before: 'A=1\n#Ansible: check dirs\n0 1 * * * old\n#Ansible: b\n@daily b\n',
          after: 'A=1\n#Ansible: check dirs\n#@reboot x\n#Ansible: b\n@daily b\n',
          before_header: 'crontab',
          after_header: 'crontab',
        },
      ],
    },
    'leaves a job alone': {
      args: { job: 'x' },
      commands: crontab('#Ansible: check dirs\n* * * * * x\n'),
      runs: [],
      changed: false,
    },
    'knows variables by what stands before the sign, in any script': {
      args: { job: 'x' },
      commands: crontab('X-Y=1\nÜ=2\nspaced = 3\nK=a=b\n#Ansible: check dirs\n* * * * * x\n'),
      returns: { changed: false, envs: ['X-Y', 'Ü', 'K'] },
    },
    'leaves the crontab of the system alone, also when a job should go': {
      args: { state: 'absent', cron_file: '/etc/crontab' },
      files: { '/etc/crontab': '#Ansible: check dirs\n* * * * * root ls\n' },
      leaves: { '/etc/crontab': '#Ansible: check dirs\n* * * * * root ls\n' },
      fails: 'Will not manage /etc/crontab via cron_file, see documentation.',
    },
    'takes an empty user and an empty file for none': {
      args: { job: 'x', user: '', cron_file: '' },
      commands: crontab('#Ansible: check dirs\n* * * * * x\n'),
      changed: false,
    },
    'ends a last line that has no end': {
      args: { state: 'absent', cron_file: 'f' },
      files: { '/etc/cron.d/f': 'X=1' },
      leaves: { '/etc/cron.d/f': 'X=1\n' },
    },
    'drops blank lines at the end when it writes': {
      args: { job: 'x' },
      commands: crontab('#Ansible: check dirs\n* * * * * old\n\n\n'),
      diff: [
        {
          before: '#Ansible: check dirs\n* * * * * old\n\n\n',
          after: '#Ansible: check dirs\n* * * * * x\n',
          before_header: 'crontab',
          after_header: 'crontab',
        },
      ],
    },
    'needs no variable when it removes': {
      args: { state: 'absent', insertbefore: 'X' },
      commands: crontab('X=1\n'),
      changed: false,
    },
    'removes a job': {
      args: { state: 'absent' },
      commands: crontab('#Ansible: check dirs\n* * * * * x\nrest\n'),
      returns: { jobs: [] },
    },
    'writes a file of cron.d with the user': {
      args: { job: 'x', user: 'root', cron_file: 'mine' },
      files: { '/etc/cron.d': { directory: true } },
      leaves: { '/etc/cron.d/mine': { text: '#Ansible: check dirs\n* * * * * root x\n', mode: 0o644 } },
      returns: { cron_file: 'mine' },
    },
    'keeps a copy of a file where cron does not look': {
      args: { job: 'y', user: 'root', cron_file: 'mine', backup: true },
      files: { '/etc/cron.d/mine': '#Ansible: check dirs\n* * * * * root x\n' },
      commands: [[/mktemp \/tmp\/crontab/, '/tmp/crontabX\n']],
      leaves: { '/etc/cron.d/mine': '#Ansible: check dirs\n* * * * * root y\n' },
      returns: { backup_file: '/tmp/crontabX' },
    },
    'removes a file that holds nothing more': {
      args: { state: 'absent', cron_file: '/tmp/f' },
      files: { '/tmp/f': '#Ansible: check dirs\n* * * * * root x\n' },
      leaves: { '/tmp/f': null },
      returns: { state: 'absent' },
    },
    'removes a file where only blanks are left': {
      args: { state: 'absent', cron_file: '/tmp/f' },
      files: { '/tmp/f': '#Ansible: check dirs\n* * * * * root x\n\n    \n\t\n' },
      leaves: { '/tmp/f': null },
      returns: { state: 'absent' },
    },
    'puts a variable before another': {
      args: { name: 'APP', env: true, job: 'a b', insertbefore: 'PATH' },
      commands: crontab('X=1\nPATH="/bin"\n'),
      returns: { envs: ['X', 'APP', 'PATH'] },
    },
    'needs the variable to stand beside': {
      args: { name: 'APP', env: true, job: 'a', insertafter: 'NOPE' },
      commands: crontab(''),
      fails: "Variable named 'NOPE' not found.",
    },
    'needs a user for a file': {
      args: { job: 'x', cron_file: 'f' },
      fails: 'To use cron_file=... parameter you must specify user=... as well',
    },
    'needs a job': { fails: "You must specify 'job' to install a new cron job or variable" },
    'refuses fields and a nickname': {
      args: { job: 'x', hour: '3', special_time: 'daily' },
      fails: 'You must specify time and date fields or special time.',
    },
  },
)

const named = (way: string) => (): FakeCommands => {
  let now = 'old'
  return [
    [/^echo "current/, () => `current ${now}\nway ${way}\npermanent ${now}\nfqdn ${now}\n`],
    [
      /./,
      call => {
        if (call.query) return undefined
        now = 'web01'
        return ''
      },
    ],
  ]
}

testModule(
  hostname,
  { name: 'web01' },
  {
    'tells systemd': {
      commands: named('systemd'),
      runs: [
        'hostnamectl --pretty set-hostname web01 && hostnamectl --static set-hostname web01 && hostnamectl --transient set-hostname web01',
      ],
      returns: {
        changed: true,
        name: 'web01',
        ansible_facts: {
          ansible_hostname: 'web01',
          ansible_nodename: 'web01',
          ansible_fqdn: 'web01',
          ansible_domain: '',
        },
      },
    },
    'looks for the name of old Red Hat systems where it is told to': {
      args: { use: 'redhat' },
      commands: named('systemd'),
      fails: 'Unable to locate HOSTNAME entry in /etc/sysconfig/network',
    },
    'writes the file elsewhere': {
      commands: named('file'),
      runs: ["printf '%s\\n' web01 >/etc/hostname && hostname web01"],
    },
  },
)
