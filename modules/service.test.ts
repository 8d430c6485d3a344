import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { Value } from '../engine/python/values.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import { initService } from './queries/init-script.js'
import { parseProperties, systemdUnit } from './queries/systemd.js'
import service from './service.js'
import systemd from './systemd.js'
import sysvinit from './sysvinit.js'

/** A systemd that keeps one unit's state. */
const unit =
  (state: { load?: string; active?: string; enabled?: string } = {}) =>
  (): FakeCommands => {
    const now = { load: 'loaded', active: 'inactive', enabled: 'disabled', ...state }
    const set = (change: Partial<typeof now>) => () => {
      Object.assign(now, change)
      return ''
    }
    return [
      [/^comm=/, 'systemd\n'],
      [/^:$/, ''],
      [
        / show -- /,
        () =>
          `Id=web.service\nLoadState=${now.load}\nActiveState=${now.active}\nExecStart={ path=/a ; argv[]=/a b=c ; }\n=show 0\n` +
          `${now.enabled}\n=enabled ${now.enabled === 'enabled' ? 0 : 1}\n`,
      ],
      [/ (start|restart|reload) -- web$/, set({ active: 'active' })],
      [/ stop -- web$/, set({ active: 'inactive' })],
      [/ enable -- web$/, set({ enabled: 'enabled' })],
      [/ disable -- web$/, set({ enabled: 'disabled' })],
      [/ mask -- web$/, set({ load: 'masked' })],
      [/ unmask -- web$/, set({ load: 'loaded' })],
      [/ daemon-reload$/, ''],
    ]
  }

/** What systemctl says of a unit while no systemd runs. */
const offline =
  (state: string): (() => FakeCommands) =>
  () => {
    let now = state
    return [
      [
        /show/,
        () => `Running in chroot, ignoring command 'show'\n=show 0\n${now}\n=enabled ${now === 'enabled' ? 0 : 1}\n`,
      ],
      [
        / enable -- web$/,
        () => {
          now = 'enabled'
          return ''
        },
      ],
    ]
  }

testModule(
  systemd,
  { name: 'web' },
  {
    'starts and enables a unit': {
      args: { state: 'started', enabled: true },
      commands: unit(),
      runs: ['systemctl enable -- web', 'systemctl start -- web'],
      returns: { changed: true, name: 'web', state: 'started', enabled: true, status: { ActiveState: 'inactive' } },
    },
    'leaves a running unit alone': {
      args: { state: 'started' },
      commands: unit({ active: 'active' }),
      runs: [],
      changed: false,
    },
    'starts a unit that should be reloaded but does not run': {
      args: { state: 'reloaded' },
      commands: unit(),
      runs: ['systemctl start -- web'],
      again: { changed: 'a reload is done each time' },
    },
    'restarts with what was asked for': {
      args: { state: 'restarted', daemon_reload: true, no_block: true, force: true },
      commands: unit({ active: 'active' }),
      runs: ['systemctl daemon-reload', 'systemctl --no-block --force restart -- web'],
      again: { changed: 'a restart is done each time' },
    },
    'masks a unit': { args: { masked: true }, commands: unit(), runs: ['systemctl mask -- web'] },
    'unmasks and starts': {
      args: { masked: false, state: 'started' },
      commands: unit({ load: 'masked' }),
      runs: ['systemctl unmask -- web', 'systemctl start -- web'],
    },
    'knows that a unit is missing': {
      args: { state: 'stopped' },
      commands: unit({ load: 'not-found' }),
      fails: 'Could not find the requested service web: host',
    },
    'shows what systemctl says where systemd does not run': {
      args: { state: 'started' },
      commands: [[/show/, 'System has not been booted with systemd\n=show 1\n=enabled 1\n']],
      fails: 'System has not been booted with systemd',
    },
    'enables where systemd does not run, as in a chroot': {
      args: { state: 'started', enabled: true },
      commands: offline('disabled'),
      runs: ['systemctl enable -- web'],
      returns: { changed: true, state: 'started', enabled: true, status: {} },
      warnings: [/^Target is a chroot or systemd is offline/],
    },
    'knows masked units of a chroot': { args: { masked: true }, commands: offline('masked'), runs: [] },
    'knows the units of a chroot': {
      args: { state: 'stopped' },
      commands: offline(''),
      fails: 'Could not find the requested service web: host',
    },
    'asks the systemd of the user': {
      args: { scope: 'user', state: 'started' },
      commands: unit(),
      runs: ['XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" systemctl --user start -- web'],
    },
    'refuses a state without a unit': { args: { name: undefined, state: 'started' }, fails: /name/ },
  },
)

testModule(
  service,
  {},
  {
    'reloads systemd without a name': {
      args: { daemon_reload: true },
      commands: unit(),
      runs: ['systemctl daemon-reload'],
      returns: { changed: false, name: null, status: {} },
      // Reloading is no change in Ansible's eyes, but it is done each time.
      trips: 2,
    },
    'needs a name to start something': {
      args: { state: 'started' },
      commands: unit(),
      fails: "missing parameter(s) required by 'state': name",
    },
  },
)

testModule(
  service,
  { name: 'web' },
  {
    'uses systemd where it runs': {
      args: { state: 'stopped' },
      commands: unit({ active: 'active' }),
      runs: ['systemctl stop -- web'],
      returns: { state: 'stopped' },
    },
    'takes the defaults of the module that it runs': {
      args: { state: 'stopped', sleep: 3 },
      commands: unit({ active: 'active' }),
      task: {
        moduleDefaults: async (module): Promise<{ [argument: string]: Value }> =>
          module.endsWith('.systemd') ? { state: 'started', enabled: true } : {},
      },
      runs: ['systemctl enable -- web', 'systemctl stop -- web'],
      // The module is known after the host was asked, and asks again.
      trips: 2,
      warnings: ['Ignoring "sleep" as it is not used in "systemd"'],
    },
    'warns of options that systemd does not have': {
      args: { state: 'started', sleep: 3 },
      commands: unit({ active: 'active' }),
      warnings: ['Ignoring "sleep" as it is not used in "systemd"'],
    },
  },
)

const openrc = (): FakeCommands => {
  let running = false
  let level = ''
  return [
    [/^comm=[\s\S]*name=web/, () => `tool rc-update\ninit openrc\nexists\nrc ${running ? 0 : 3}\n${level}`],
    [/^comm=/, 'openrc\n'],
    [/show --/, '=show 127\n=enabled 127\n'],
    [
      'rc-service web start',
      () => {
        running = true
        return ''
      },
    ],
    [
      'rc-update add web default',
      () => {
        level = 'levels  default\n'
        return ''
      },
    ],
  ]
}

testModule(
  service,
  { name: 'web' },
  {
    'takes a service of OpenRC out of the runlevels that it is in': {
      args: { enabled: false },
      commands: () => {
        let levels = 'levels  boot      default\n'
        return [
          [/^comm=[\s\S]*name=web/, () => `tool rc-update\ninit openrc\nexists\nrc 3\n${levels}`],
          [/^comm=/, 'openrc\n'],
          [/show --/, '=show 127\n=enabled 127\n'],
          [
            /^rc-update delete/,
            () => {
              levels = ''
              return ''
            },
          ],
        ]
      },
      runs: ['rc-update delete web boot default'],
      // Which init system it is, then what it says.
      trips: 2,
    },
    'uses OpenRC where it runs': {
      args: { state: 'started', enabled: true },
      commands: openrc,
      runs: ['rc-update add web default', 'rc-service web start'],
      returns: { name: 'web', state: 'started', enabled: true },
      // Which init system it is, then what it says.
      trips: 2,
    },
  },
)

testModule(
  sysvinit,
  { name: 'web' },
  {
    'starts and enables by update-rc.d': {
      args: { state: 'started', enabled: true },
      commands: () => {
        let running = false
        let linked = false
        return [
          [
            /^comm=/,
            () =>
              `tool update-rc.d\ntool service\ninit sysv\nexists\n${linked ? 'levels 2\n' : ''}rc ${running ? 0 : 3}\n`,
          ],
          [
            'update-rc.d *',
            () => {
              linked = true
              return ''
            },
          ],
          [
            /init\.d.*\/web start$/,
            () => {
              running = true
              return { stdout: 'ok\n' }
            },
          ],
        ]
      },
      returns: {
        name: 'web',
        status: { enabled: { changed: true }, started: { changed: true, rc: 0, stdout: 'ok\n' } },
      },
    },
    'knows that a service is missing': {
      args: { state: 'started' },
      commands: [[/^comm=/, 'init sysv\n']],
      fails: 'Could not find the requested service web: ',
    },
  },
)

test('properties of systemctl keep values over several lines', () => {
  expect(parseProperties('A=1\nExecStart={ a\n b }\nB=x=y\n')).toEqual({ A: '1', ExecStart: '{ a\n b }', B: 'x=y' })
})

test('an init script that systemd wraps is enabled by its links', () => {
  const answer = 'LoadState=loaded\nActiveState=active\n=show 0\n=enabled 1\nscript\nlinked\n'
  expect(systemdUnit('x').parse(answer, 0, '')).toMatchObject({ exists: true, enabled: true, active: true })
})

test.each([
  ['init sysv\nexists\nrc 0\nstatus web is running\n', true],
  ['init sysv\nexists\nrc 0\nstatus web is stopped\n', false],
  ['init sysv\nexists\nrc 0\nstatus web is not running\n', false],
  ['init sysv\nexists\nrc 3\n', false],
  ['init runit\nexists\nstatus run: web: (pid 1) 2s\n', true],
  ['init runit\nexists\nstatus down: web: 2s\n', false],
  ['init upstart\nexists\nstatus web start/running, process 3\n', true],
])('status %j is read as %s', (answer, running) => {
  expect(initService('web').parse(answer, 0, '').running).toBe(running)
})

test('indirect, alias and enabled until the next boot are not enabled; static is', () => {
  const enabled = (state: string) =>
    systemdUnit('x').parse(`LoadState=loaded\n=show 0\n${state}\n=enabled 0\n`, 0, '').enabled
  expect(['indirect', 'alias', 'enabled-runtime', 'static', 'generated'].map(enabled)).toEqual([
    ...[false, false, false, true, true],
  ])
  expect(enabled('alias\n  /etc/systemd/system/ntp.service')).toBe(true)
})

test('a template of units exists without an instance', () => {
  const seen = systemdUnit('db@').parse('Failed to get properties: a=b\n=show 1\nindirect\n=enabled 0\n', 0, '')
  expect([seen.answered, seen.exists, seen.enabled, seen.properties]).toEqual([true, true, false, {}])
  expect(systemdUnit('db').parse('Failed: no bus\n=show 1\n\n=enabled 1\n', 0, '').answered).toBe(false)
})
