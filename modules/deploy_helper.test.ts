import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import deployHelper from './deploy_helper.js'
import { fakeDirectories } from './files/directories.fake.js'

/** The host's time, then its releases, the newest first, as they stand there now. */
const commands: FakeCommands = [
  fakeDirectories,
  [
    'date +%Y%m%d%H%M%S; cd /srv/app/releases *',
    (_, host) => {
      const names = new Set(
        [...host.files.keys()].flatMap(path => /^\/srv\/app\/releases\/([^/]+)/.exec(path)?.[1] ?? []),
      )
      const lines = [...names]
        .sort()
        .reverse()
        .map(name => `${host.files.has(`/srv/app/releases/${name}/DEPLOY_UNFINISHED`) ? 'unfinished' : 'done'} ${name}`)
      return ['20261122003000', ...lines, ''].join('\n')
    },
  ],
]
const releases = (...names: string[]) =>
  Object.fromEntries(names.map(name => [`/srv/app/releases/${name}`, { directory: true }] as const))
const current = (name: string) => ({ '/srv/app/current': { target: `/srv/app/releases/${name}` } })
const shared = { '/srv/app/shared': { directory: true } } as const
const facts = {
  project_path: '/srv/app',
  current_path: '/srv/app/current',
  releases_path: '/srv/app/releases',
  shared_path: '/srv/app/shared',
  unfinished_filename: 'DEPLOY_UNFINISHED',
}
const none = { previous_release: null, previous_release_path: null }

testModule(
  deployHelper,
  { path: '/srv/app' },
  {
    'makes the directories, and names a release after the time': {
      args: { mode: '0750' },
      commands,
      leaves: {
        '/srv/app': { directory: true, mode: 0o750 },
        '/srv/app/releases': { directory: true, mode: 0o750 },
        '/srv/app/shared': { directory: true, mode: 0o750 },
      },
      changed: true,
      returns: {
        state: 'present',
        ansible_facts: {
          deploy_helper: {
            ...facts,
            ...none,
            new_release: '20261122003000',
            new_release_path: '/srv/app/releases/20261122003000',
          },
        },
      },
    },
    'leaves the directories, and tells of the release in use': {
      args: { release: 'v3' },
      files: { ...releases('v1', 'v2'), ...shared, ...current('v2') },
      commands,
      changed: false,
      returns: {
        ansible_facts: {
          deploy_helper: { previous_release: 'v2', previous_release_path: '/srv/app/releases/v2', new_release: 'v3' },
        },
      },
    },
    'only asks': {
      args: { state: 'query' },
      commands,
      changed: false,
      returns: { ansible_facts: { deploy_helper: { ...facts, ...none, new_release: '20261122003000' } } },
    },
    'puts a release into use and removes old ones': {
      args: { state: 'finalize', release: 'v5', keep_releases: 2 },
      files: {
        ...releases('v1', 'v2', 'v3', 'v4', 'v5'),
        '/srv/app/releases/v1/DEPLOY_UNFINISHED': '',
        '/srv/app/releases/v5/DEPLOY_UNFINISHED': '',
        ...shared,
        ...current('v4'),
      },
      commands,
      leaves: {
        '/srv/app/current': { target: '/srv/app/releases/v5' },
        '/srv/app/current.DEPLOY_UNFINISHED': null,
        '/srv/app/releases/v5/DEPLOY_UNFINISHED': null,
        '/srv/app/releases/v4': { directory: true },
        '/srv/app/releases/v3': { directory: true },
        '/srv/app/releases/v2': null,
        '/srv/app/releases/v1': null,
      },
      changed: true,
    },
    'leaves the release that is in use': {
      args: { state: 'finalize', release: 'v2' },
      files: { ...releases('v1', 'v2'), ...shared, ...current('v2') },
      commands,
      changed: false,
      returns: { state: 'finalize' },
    },
    'puts no release into use that is not there': {
      args: { state: 'finalize', release: 'v9' },
      files: { ...releases('v1'), ...current('v1') },
      commands,
      fails: "the symlink target /srv/app/releases/v9 doesn't exists",
    },
    'wants to know which release': {
      args: { state: 'finalize' },
      fails: 'state is finalize but all of the following are missing: release',
    },
    'removes what was never finished, but not the release in use': {
      args: { state: 'clean', keep_releases: 1 },
      files: { ...releases('v1', 'v2', 'v3'), '/srv/app/releases/v3/DEPLOY_UNFINISHED': '', ...current('v1') },
      commands,
      leaves: {
        '/srv/app/releases/v1': { directory: true },
        '/srv/app/releases/v2': { directory: true },
        '/srv/app/releases/v3': null,
      },
    },
    'removes it all': {
      args: { state: 'absent' },
      files: { ...releases('v1'), ...current('v1') },
      commands,
      leaves: { '/srv/app': null },
      changed: true,
      returns: { ansible_facts: { deploy_helper: [] } },
    },
    'needs a link or nothing at current': {
      files: { '/srv/app/current': 'x' },
      commands,
      fails: '/srv/app/current exists but is not a symbolic link',
    },
  },
)
