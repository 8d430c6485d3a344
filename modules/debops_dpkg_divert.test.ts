import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import divert from './debops_dpkg_divert.js'

const here = 'local diversion of /etc/a to /etc/a.dpkg-divert'

/** dpkg-divert on a host where /etc/a is diverted by the administrator, or by nobody. */
const diverted =
  (is: boolean, to = '/etc/a.dpkg-divert'): (() => FakeCommands) =>
  () => {
    let now = is ? `LOCAL\n${to}` : '/etc/a'
    return {
      'command -v dpkg-divert *': () => `/usr/bin/dpkg-divert\n${now}\n`,
      "/usr/bin/env 'LC_ALL=C' /usr/bin/dpkg-divert* --add /etc/a": ({ text }) => {
        if (now !== '/etc/a') return { rc: 2, stderr: 'dpkg-divert: error: clashes\n' }
        const holder = / --package (\S+)/.exec(text)?.[1] ?? 'LOCAL'
        if (!text.includes('--test')) now = `${holder}\n${/ --divert (\S+)/.exec(text)![1]}`
        return `Adding '${here}'\n`
      },
      "/usr/bin/env 'LC_ALL=C' /usr/bin/dpkg-divert* --remove /etc/a": ({ text }) => {
        if (!text.includes('--test')) now = '/etc/a'
        return `Removing '${here}'\n`
      },
    }
  }
const program = "/usr/bin/env 'LC_ALL=C' /usr/bin/dpkg-divert"

testModule(
  divert,
  { path: '/etc/a' },
  {
    'moves the file aside, under a name of its own': {
      commands: diverted(false),
      runs: [`${program} --local --divert /etc/a.dpkg-divert --rename --add /etc/a`],
      returns: {
        cmd: '/usr/bin/env LC_ALL=C /usr/bin/dpkg-divert --local --divert /etc/a.dpkg-divert --rename --add /etc/a',
        stdout: `Adding '${here}'\n`,
      },
    },
    'says what dpkg-divert would say where there is nothing to do': {
      commands: diverted(true),
      runs: [],
      changed: false,
      returns: { stdout: `Leaving '${here}'\n` },
    },
    'ends a diversion, and the file that stands in its place first': {
      args: { state: 'absent', delete: true },
      files: { '/etc/a': 'ours\n' },
      commands: diverted(true),
      runs: [`${program} --local --divert /etc/a.dpkg-divert --rename --remove /etc/a`],
      leaves: { '/etc/a': null },
    },
    'leaves a file alone that is not diverted': {
      args: { state: 'absent', delete: true },
      files: { '/etc/a': 'ours\n' },
      commands: diverted(false),
      runs: [],
      changed: false,
      leaves: { '/etc/a': 'ours\n' },
    },
    'fails as dpkg-divert does where another diversion is in the way': {
      commands: diverted(true, '/etc/a.old'),
      fails: /^dpkg-divert: error: clashes$/,
    },
    'replaces another diversion by force': {
      args: { force: true, rename: false },
      commands: diverted(true, '/etc/a.old'),
      runs: [`${program} --remove /etc/a`, `${program} --local --divert /etc/a.dpkg-divert --add /etc/a`],
    },
    'gives the diversion of a package a name that dpkg knows': {
      args: { package: 'branding' },
      commands: diverted(false),
      runs: [`${program} --package branding --divert /etc/a.distrib --rename --add /etc/a`],
    },
  },
)
