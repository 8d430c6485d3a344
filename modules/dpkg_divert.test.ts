import { testModule } from '../engine/module/test.js'
import divert from './dpkg_divert.js'

/** dpkg-divert on a host where /etc/a is diverted to /etc/a.distrib by the administrator, or by nobody. */
const diverted = (is: boolean) => () => {
  let now = is
  return {
    'command -v dpkg-divert *': () => `/usr/bin/dpkg-divert\n${now ? 'LOCAL\n/etc/a.distrib\n' : '/etc/a\n'}`,
    '/usr/bin/dpkg-divert * --add /etc/a': () => {
      now = true
      return "Adding 'local diversion of /etc/a to /etc/a.distrib'\n"
    },
    '/usr/bin/dpkg-divert * --remove /etc/a': () => {
      now = false
      return "Removing 'local diversion of /etc/a to /etc/a.distrib'\n"
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
    'has nothing to end': {
      args: { state: 'absent' },
      commands: diverted(false),
      changed: false,
      returns: { messages: ["No diversion 'any diversion of /etc/a', none removed."] },
    },
  },
)
