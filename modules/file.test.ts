import { testModule } from '../engine/module/test.js'
import file from './file.js'
import { fakeDirectories } from './files/directories.fake.js'

const commands = [fakeDirectories]

testModule(
  file,
  { path: '/srv/x' },
  {
    'reports a file as it is': {
      before: { text: 'hi\n', mode: 0o644 },
      changed: false,
      returns: { path: '/srv/x', mode: '0644', owner: 'root', group: 'root', uid: 0, gid: 0, size: 3, state: 'file' },
    },
    'changes the mode of a file': {
      args: { mode: '0600' },
      before: { text: 'hi\n', mode: 0o644 },
      after: { mode: 0o600 },
      changed: true,
      returns: { mode: '0600' },
      diff: { before: { path: '/srv/x', mode: '0644' }, after: { path: '/srv/x', mode: '0600' } },
    },
    'refuses to make a file': {
      args: { state: 'file' },
      fails: 'file (/srv/x) is absent, cannot continue',
      returns: { path: '/srv/x', state: 'absent' },
    },
    'takes nothing as file without a state': { fails: 'file (/srv/x) is absent, cannot continue' },
    'refuses a directory as file': {
      args: { state: 'file' },
      before: { directory: true },
      fails: 'file (/srv/x) is directory, cannot continue',
      returns: { state: 'directory', mode: '0755' },
    },
    'acts on what a link leads to': {
      args: { state: 'file', mode: '0600' },
      before: { target: 'y' },
      files: { '/srv/y': 'text' },
      leaves: { '/srv/y': { mode: 0o600 } },
      returns: { path: '/srv/y' },
    },
    'does not follow when told so': {
      args: { state: 'file', follow: false },
      before: { target: 'y' },
      files: { '/srv/y': 'text' },
      fails: 'file (/srv/x) is link, cannot continue',
    },
    'makes a directory and those above it': {
      args: { path: '/srv/a/b', state: 'directory', mode: '0700' },
      commands,
      leaves: { '/srv/a': { directory: true, mode: 0o700 }, '/srv/a/b': { directory: true, mode: 0o700 } },
      changed: true,
      returns: { path: '/srv/a/b', state: 'directory', mode: '0700' },
      diff: {
        before: { path: '/srv/a/b', state: 'absent', mode: '0755' },
        after: { path: '/srv/a/b', state: 'directory', mode: '0700' },
      },
    },
    'sets a symbolic mode on a new directory': {
      args: { state: 'directory', mode: 'u=rwx,g=rx,o=' },
      commands,
      after: { directory: true, mode: 0o750 },
    },
    'keeps a directory': { args: { state: 'directory' }, before: { directory: true }, changed: false },
    'refuses a file as directory': {
      args: { state: 'directory' },
      before: 'text',
      fails: '/srv/x already exists as a file',
    },
    'refuses a directory below a file': {
      args: { state: 'directory', path: '/srv/x/y' },
      files: { '/srv/x': 'text' },
      commands,
      fails: "There was an issue creating /srv/x/y as requested: [Errno 20] Not a directory: b'/srv/x/y'",
    },
    'removes a directory with all it holds': {
      args: { state: 'absent' },
      before: { directory: true },
      files: { '/srv/x/y': 'text' },
      commands: { 'find *': '//81a4 0 0 root root /srv/x/y\n' },
      after: null,
      leaves: { '/srv/x/y': null },
      changed: true,
      returns: { path: '/srv/x', state: 'absent' },
      diff: {
        before: { path: '/srv/x', state: 'directory', path_content: { directories: [], files: ['/srv/x/y'] } },
        after: { path: '/srv/x', state: 'absent' },
      },
    },
    'is content when nothing is there to remove': { args: { state: 'absent' }, changed: false },
    'removes a link and not what it leads to': {
      args: { state: 'absent' },
      before: { target: 'y' },
      files: { '/srv/y': 'text' },
      after: null,
      leaves: { '/srv/y': 'text' },
    },
    'touches a new file': {
      args: { state: 'touch', mode: '0600' },
      after: { text: '', mode: 0o600 },
      changed: true,
      returns: { dest: '/srv/x', state: 'file', mode: '0600' },
      again: { changed: 'touch sets the time to now' },
    },
    'touches nothing when times are to be kept': {
      args: { state: 'touch', access_time: 'preserve', modification_time: 'preserve' },
      before: 'text',
      changed: false,
      returns: { dest: '/srv/x' },
    },
    'makes a directory as old as it is to be': {
      args: { state: 'directory', modification_time: '202001020304.05' },
      files: { '/srv': { directory: true } },
      commands: [fakeDirectories, ['*mktemp*', '1577934245\n'], ['touch -c -m -t 202001020304.05 -- /srv/x', '']],
      runs: [/mkdir/, 'touch -c -m -t 202001020304.05 -- /srv/x'],
      again: { changed: 'the fake host keeps no times' },
    },
    'says which time it cannot read': {
      args: { state: 'touch', access_time: 'zz' },
      fails:
        "Error while obtaining timestamp for time zz using format %Y%m%d%H%M.%S: time data 'zz' does not match format '%Y%m%d%H%M.%S'",
    },
    'knows no time without a text': {
      args: { state: 'touch', modification_time: '' },
      fails:
        "Error while obtaining timestamp for time  using format %Y%m%d%H%M.%S: time data '' does not match format '%Y%m%d%H%M.%S'",
    },
    'looks for what a link leads to where the link is to be': {
      args: { path: '/srv/new/', state: 'link', src: 'y' },
      files: { '/srv/y': 'text' },
      fails: 'src file does not exist, use "force=yes" if you really want to create the link: /srv/new/y',
    },
    'makes a link': {
      args: { state: 'link', src: 'y' },
      files: { '/srv/y': 'text' },
      after: { target: 'y' },
      changed: true,
      returns: { dest: '/srv/x', src: 'y', state: 'link', mode: '0777' },
      diff: { before: { path: '/srv/x', state: 'absent' }, after: { path: '/srv/x', state: 'link' } },
    },
    'points a link elsewhere': {
      args: { state: 'link', src: 'z' },
      before: { target: 'y' },
      files: { '/srv/y': 'text', '/srv/z': 'text' },
      after: { target: 'z' },
      diff: { before: { path: '/srv/x', src: 'y' }, after: { path: '/srv/x', src: 'z' } },
    },
    'refuses a link to nothing': {
      args: { state: 'link', src: 'nope' },
      fails: 'src file does not exist, use "force=yes" if you really want to create the link: /srv/nope',
      returns: { src: 'nope', path: '/srv/x' },
    },
    'makes a link to nothing by force, and warns': {
      args: { state: 'link', src: 'nope', force: true },
      after: { target: 'nope' },
      warnings: [/non-existent symlink target/],
      returns: { dest: '/srv/x', src: 'nope' },
    },
    'needs a src for a new link': { args: { state: 'link' }, fails: 'src is required for creating new symlinks' },
    'refuses to put a link in place of a file': {
      args: { state: 'link', src: 'y' },
      before: 'mine',
      files: { '/srv/y': 'text' },
      fails: 'refusing to convert from file to symlink for /srv/x',
    },
    'puts a link in place of a file by force': {
      args: { state: 'link', src: 'y', force: true },
      before: 'mine',
      files: { '/srv/y': 'text' },
      after: { target: 'y' },
    },
    'puts a link in place of an empty directory by force': {
      args: { state: 'link', src: '/srv/y', force: true },
      before: { directory: true },
      files: { '/srv/y': 'text' },
      commands: { 'find *': '' },
      after: { target: '/srv/y' },
    },
    'makes a hard link': {
      args: { state: 'hard', src: '/srv/y' },
      files: { '/srv/y': 'text' },
      after: 'text',
      returns: { dest: '/srv/x', src: '/srv/y', state: 'hard' },
    },
    'refuses a hard link to nothing': {
      args: { state: 'hard', src: '/srv/y' },
      fails: 'src does not exist',
      returns: { dest: '/srv/x', src: '/srv/y' },
    },
    'refuses a hard link over a file': {
      args: { state: 'hard', src: '/srv/y' },
      before: 'mine',
      files: { '/srv/y': 'text' },
      fails: 'Cannot link, file exists at destination',
    },
    'refuses src for a file': {
      args: { state: 'file', src: '/srv/y' },
      before: 'mine',
      fails: "src option requires state to be 'link' or 'hard'",
    },
    'refuses recurse for a file': {
      args: { recurse: true },
      before: 'mine',
      fails: "recurse option requires state to be 'directory'",
    },
    'does not know every owner': {
      args: { owner: 'nosuch' },
      before: 'mine',
      commands: { '*getent passwd nosuch*': { rc: 2 } },
      fails: 'chown failed: failed to look up user nosuch',
    },
    'needs src for a new hard link': {
      args: { state: 'hard' },
      before: 'mine',
      fails: 'src is required for creating new hardlinks',
    },
  },
)
