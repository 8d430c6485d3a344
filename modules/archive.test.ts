import { testModule } from '../engine/module/test.js'
import archive from './archive.js'

/** Whether an archive is right is known once it is packed again. */
const packs = 3

const tree = ['d /srv/a\\n', 'D /srv/a\\n/d', 'F /srv/a\\n/new\nline', 'F /srv/a\\n/d/it\'s "q"'].join('\0')

testModule(
  archive,
  { path: '/srv/a\\n', dest: '/srv/a.tgz' },
  {
    'takes names with line ends and backslashes as they are': {
      files: { '/srv/a.tgz': 'packed' },
      changed: false,
      commands: [
        [/^for f in /, `${tree}\0`],
        [/tar -cf/, 'same\n'],
      ],
      trips: packs,
      returns: {
        archived: ['/srv/a\\n/d', '/srv/a\\n/new\nline', '/srv/a\\n/d/it\'s "q"'],
        dest_state: 'archive',
        expanded_paths: ['/srv/a\\n'],
      },
      runs: [/tar -cf - \$\(.*echo --no-unquote\) +-- 'a\\n\/d' 'a\\n\/new\nline' &&/],
    },
    'replaces no directory by an archive': {
      args: { remove: true },
      files: { '/srv/a.tgz': { directory: true } },
      commands: [[/^for f in /, `${tree}\0`]],
      fails: "Error when writing gz archive at /srv/a.tgz: [Errno 21] Is a directory: '/srv/a.tgz'",
    },
    'writes what a link leads to': {
      files: { '/srv/a.tgz': { target: 'b.tgz' }, '/srv/b.tgz': 'packed' },
      changed: false,
      commands: [
        [/^for f in /, `${tree}\0`],
        [/^t=\/srv\/b\.tgz\.understudy.* mv -f "\$t" \/srv\/b\.tgz;/s, 'same\n'],
      ],
      trips: packs,
      returns: { dest: '/srv/a.tgz', state: 'link' },
    },
    'finds nothing by a pattern': {
      args: { path: '/srv/none*' },
      commands: [[/^for f in /, '']],
      fails: 'Error, no source paths were found',
      returns: { path: '/srv/none*', expanded_paths: '', expanded_exclude_paths: '' },
    },
    'has nothing left': {
      args: { path: '/srv/a', exclude_path: ['/srv/a', '/srv/other*'] },
      commands: [
        [/^for f in \/srv\/a;/, 'f /srv/a\0'],
        [/^for f in \/srv\/other/, ''],
      ],
      fails: 'Error, no source paths were found',
      returns: { expanded_paths: '/srv/a', expanded_exclude_paths: '/srv/a' },
    },
    'counts what is missing for the directory that names start from': {
      args: { path: ['/srv/zz', '/srv/q/a', '/srv/aa'], dest: '/srv/a.tgz' },
      files: { '/srv/a.tgz': 'packed' },
      changed: false,
      commands: [
        [/^for f in \/srv\/q\/a;/, 'f /srv/q/a\0'],
        [/^for f in /, ''],
        [/tar -cf - +-- q\/a &&/, 'same\n'],
      ],
      trips: packs,
      returns: { arcroot: '/srv/', dest_state: 'incomplete', missing: ['/srv/aa', '/srv/zz'] },
    },
    'packs a single file into zip as an archive': {
      args: { path: '/srv/f', dest: '/srv/f.zip', format: 'zip' },
      commands: [
        [/^for f in /, 'f /srv/f\0'],
        [/zip -qX/, 'same\n'],
      ],
      files: { '/srv/f.zip': 'packed' },
      trips: packs,
      returns: { dest_state: 'archive', arcroot: '/srv/' },
    },
    'judges what was there before by its name': {
      args: { path: '/srv/no', dest: '/srv/x.tar.xz' },
      commands: [[/^for f in /, '']],
      files: { '/srv/x.tar.xz': 'packed' },
      trips: packs,
      changed: false,
      returns: { dest_state: 'archive' },
    },
    'needs a place for several files': {
      args: { path: ['/srv/a', '/srv/b'], dest: null },
      commands: [[/^for f in /, '']],
      fails: 'Error, must specify "dest" when archiving multiple files or trees',
    },
  },
)
