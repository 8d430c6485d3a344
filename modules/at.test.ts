import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import at from './at.js'

/** Jobs by number; `at -c` prints the environment before the command. */
const queue =
  (...commands: string[]) =>
  (): FakeCommands => {
    const jobs = new Map(commands.map((command, index) => [String(index + 3), command]))
    return [
      [
        /^command -v at /,
        () =>
          [...jobs]
            .map(([job, text]) => `//${job}\n#!/bin/sh\n# atrun uid=0 gid=0\numask 22\ncd /root || exit 1\n${text}\n`)
            .join(''),
      ],
      [
        /^at -r /,
        ({ argv }) => {
          jobs.delete(argv![2]!)
          return ''
        },
      ],
      [
        /^at now /,
        ({ stdin }) => {
          jobs.set('9', stdin.trimEnd())
          return { stderr: 'warning: commands will be executed using /bin/sh\njob 9 at Sun Nov 22 01:20:00 2026\n' }
        },
      ],
    ]
  }
const soon = { count: 20, units: 'minutes' }

testModule(
  at,
  {},
  {
    'plans a command': {
      args: { command: 'touch /srv/a', ...soon },
      commands: queue(),
      runs: ['at now + 20 minutes'],
      changed: true,
      returns: { state: 'present', script_file: null, count: 20, units: 'minutes' },
      again: { changed: 'each task plans the command once more' },
    },
    'plans it once': { args: { command: 'touch /srv/a', unique: true, ...soon }, commands: queue(), changed: true },
    'leaves what is planned': {
      args: { command: 'touch /srv/a', unique: true, ...soon },
      commands: queue('ls', 'touch /srv/a'),
      changed: false,
      runs: [],
    },
    'plans a script of the host': {
      args: { script_file: '/srv/job', unique: true, ...soon },
      files: { '/srv/job': 'ls\ndf\n' },
      commands: queue('ls'),
      runs: ['at now + 20 minutes'],
      returns: { script_file: '/srv/job' },
    },
    'forgets every job of this command': {
      args: { command: 'ls', state: 'absent' },
      commands: queue('ls', 'df', 'ls'),
      runs: ['at -r 3', 'at -r 5'],
      changed: true,
    },
    'has nothing to forget': { args: { command: 'ls', state: 'absent' }, commands: queue('df'), changed: false },
    'forgets no job for a script that is missing': {
      args: { script_file: '/srv/none', state: 'absent' },
      commands: queue('ls', 'df'),
      runs: [],
      fails: 'Cannot open input file /srv/none: No such file or directory',
    },
    'forgets no job for a script that is empty': {
      args: { script_file: '/srv/job', state: 'absent' },
      files: { '/srv/job': '\n' },
      commands: queue('ls', 'df'),
      runs: [],
      fails: '/srv/job is empty: there is nothing to plan',
    },
    'finds its command between the delimiters of Red Hat, and as whole lines only': {
      args: { command: 'ls', state: 'absent' },
      commands: queue(
        "${SHELL:-/bin/sh} << 'marcinDELIMITER1f2e3d4c'\nls\n\nmarcinDELIMITER1f2e3d4c",
        'sudo tools',
        'ls -l',
      ),
      runs: ['at -r 3'],
    },
    'wants to know when': { args: { command: 'ls' }, fails: 'present state requires count and units' },
    'needs at': {
      args: { command: 'ls', ...soon },
      commands: { 'command -v at *': { rc: 91 } },
      fails: /^Failed to find required executable "at" in paths: /,
    },
    'says what at says': {
      args: { command: 'ls', ...soon },
      commands: {
        'command -v at *': '',
        'at now *': { rc: 1, stderr: 'You do not have permission to use at.\n' },
      },
      fails: 'You do not have permission to use at.',
      returns: { rc: 1 },
    },
  },
)
