import { testModule } from '../engine/module/test.js'
import type { FakeCommands, FakeHost } from '../engine/remote/fake.js'
import divert from './dpkg_divert.js'

/** dpkg-divert on a host where /etc/a is diverted to /etc/a.distrib by the administrator, or by nobody. */
const diverted =
  (is: boolean, inTheWay = ''): (() => FakeCommands) =>
  () => {
    let now = is ? 'LOCAL\n/etc/a.distrib\n' : '/etc/a\n'
    const refused = (text: string, host: FakeHost) =>
      / --rename /.test(text) && host.look(inTheWay, false).kind !== 'missing'
        ? { rc: 2, stderr: 'dpkg-divert: error: rename involves overwriting' }
        : undefined
    return {
      'command -v dpkg-divert *': () => `/usr/bin/dpkg-divert\n${now}`,
      '/usr/bin/dpkg-divert * --add /etc/a': ({ text }, host) => {
        const to = / --divert (\S+)/.exec(text)?.[1] ?? '/etc/a.distrib'
        if (!/--test/.test(text) && !refused(text, host))
          now = `${/ --package (\S+)/.exec(text)?.[1] ?? 'LOCAL'}\n${to}\n`
        return refused(text, host) ?? `Adding 'local diversion of /etc/a to ${to}'\n`
      },
      '/usr/bin/dpkg-divert * --remove /etc/a': ({ text }, host) => {
        if (!/--test/.test(text) && !refused(text, host)) now = '/etc/a\n'
        return refused(text, host) ?? "Removing 'local diversion of /etc/a to /etc/a.distrib'\n"
      },
      'mv -f -- /etc/a.distrib *': ({ argv }, host) => {
        host.files.set(argv![4]!, host.files.get('/etc/a.distrib')!)
        host.files.delete('/etc/a.distrib')
        return ''
      },
    }
  }

testModule(
  divert,
  { path: '/etc/a' },
  {
    'diverts a file': {
      commands: diverted(false),
      runs: ['/usr/bin/dpkg-divert --no-rename --local --add /etc/a'],
      returns: {
        commands: ['/usr/bin/dpkg-divert --no-rename --local --add /etc/a'],
        messages: ["Adding 'local diversion of /etc/a to /etc/a.distrib'"],
      },
    },
    'says what dpkg-divert would say where there is nothing to do': {
      commands: diverted(true),
      runs: [],
      changed: false,
      returns: {
        commands: ['/usr/bin/dpkg-divert --no-rename --local --add /etc/a'],
        messages: ["Leaving 'local diversion of /etc/a to /etc/a.distrib'"],
      },
    },
    'ends a diversion': {
      args: { state: 'absent' },
      commands: diverted(true),
      runs: ['/usr/bin/dpkg-divert --no-rename --remove /etc/a'],
    },
    'changes who holds it, and takes what was put aside along': {
      args: { holder: 'ours', divert: '/etc/a.ours' },
      commands: diverted(true),
      files: { '/etc/a.distrib': 'theirs\n' },
      runs: [
        '/usr/bin/dpkg-divert --no-rename --remove /etc/a',
        '/usr/bin/dpkg-divert --no-rename --package ours --divert /etc/a.ours --add /etc/a',
        'mv -f -- /etc/a.distrib /etc/a.ours',
      ],
      leaves: { '/etc/a.ours': 'theirs\n', '/etc/a.distrib': null },
    },
    'tells in check mode that the new one cannot be tried': {
      args: { holder: 'ours' },
      commands: diverted(true),
      foretells: {
        diversion: { path: '/etc/a', state: 'present', divert: '/etc/a.distrib', holder: 'ours' },
        commands: [
          '/usr/bin/dpkg-divert --no-rename --remove /etc/a',
          '/usr/bin/dpkg-divert --no-rename --package ours --add /etc/a',
        ],
        messages: ["Removing 'local diversion of /etc/a to /etc/a.distrib'", 'Running in check mode'],
      },
    },
    'overwrites nothing': {
      args: { rename: true },
      commands: diverted(false, '/etc/a.distrib'),
      files: { '/etc/a': 'ours', '/etc/a.distrib': 'other' },
      fails: "Set 'force' param to True to force renaming of files.",
      returns: { rc: 2, cmd: '/usr/bin/dpkg-divert --rename --local --add /etc/a' },
    },
    'overwrites when forced': {
      args: { rename: true, force: true },
      commands: diverted(false, '/etc/a.distrib'),
      files: { '/etc/a': 'ours', '/etc/a.distrib': 'other' },
      leaves: { '/etc/a.distrib': null },
    },
    'has nothing to end': {
      args: { state: 'absent' },
      commands: diverted(false),
      changed: false,
      returns: { messages: ["No diversion 'any diversion of /etc/a', none removed."] },
    },
  },
)
