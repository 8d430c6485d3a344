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
        [/tar /, ({ stdin }) => (stdin === 'a\\n/d\0a\\n/new\nline\0a\\n/d/it\'s "q"\0' ? 'same\n' : { rc: 1 })],
      ],
      trips: packs,
      returns: {
        archived: ['/srv/a\\n/d', '/srv/a\\n/new\nline', '/srv/a\\n/d/it\'s "q"'],
        dest_state: 'archive',
        expanded_paths: ['/srv/a\\n'],
      },
      runs: [/"GNU tar"\*\) tar --no-recursion --no-unquote --null -T - -cf - ;;/],
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
        [/tar /, ({ stdin }) => (stdin === 'q/a\0' ? 'same\n' : { rc: 1 })],
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
    'leaves out by whole names below the root, and by exclude_path only what is named': {
      args: {
        path: ['/srv/a', '/srv/b.log'],
        exclude_path: ['/srv/a/sub'],
        exclusion_patterns: ['*.log', 'new', 'a/d'],
      },
      commands: [
        [
          /^for f in \/srv\/a;/,
          ['d /srv/a', 'D /srv/a/d', 'D /srv/a/sub', 'F /srv/a/d/x', 'F /srv/a/new', ''].join('\0'),
        ],
        [/^for f in \/srv\/b.log;/, 'f /srv/b.log\0'],
        [/^for f in /, 'd /srv/a/sub\0'],
        [/tar /, ({ stdin }) => (stdin === 'a/sub\0a/d/x\0a/new\0' ? 'same\n' : { rc: 1 })],
      ],
      files: { '/srv/a.tgz': 'packed' },
      trips: packs,
      changed: false,
      returns: { archived: ['/srv/a/sub', '/srv/a/d/x', '/srv/a/new'] },
    },
    'compresses the one file that is left': {
      args: { path: ['/srv/a', '/srv/b'], exclude_path: ['/srv/b'] },
      commands: [
        [/^for f in \/srv\/a;/, 'f /srv/a\0'],
        [/^for f in /, 'f /srv/b\0'],
        [/gzip -n <a >/, 'same\n'],
      ],
      files: { '/srv/a.tgz': 'packed' },
      trips: packs,
      changed: false,
      returns: { dest_state: 'compress' },
    },
    'takes names from within a directory with a slash': {
      args: { path: '/srv/a/' },
      commands: [
        [/^for f in /, 'd /srv/a/\0F /srv/a/f\0'],
        [/tar /, ({ stdin }) => (stdin === 'f\0' ? 'same\n' : { rc: 1 })],
      ],
      files: { '/srv/a.tgz': 'packed' },
      trips: packs,
      changed: false,
      returns: { arcroot: '/srv/a/', archived: ['/srv/a/f'] },
    },
    'removes no tree that the archive is in': {
      args: { path: '/srv', remove: true },
      commands: [[/^for f in /, 'd /srv\0F /srv/a\0']],
      fails: 'Error, created archive can not be contained in source paths when remove=true',
    },
    'misses in a zip what a link leads to': {
      args: { path: '/srv/a', format: 'zip' },
      commands: [[/^for f in /, 'd /srv/a\0F /srv/a/ln\0L /srv/a/ln\0']],
      foretells: {
        archived: [],
        arcroot: '/srv/',
        dest: '/srv/a.tgz',
        dest_state: 'absent',
        expanded_exclude_paths: [],
        expanded_paths: ['/srv/a'],
        missing: [],
      },
      fails: "Errors when writing archive at /srv/a.tgz: /srv/a/ln: [Errno 2] No such file or directory: '/srv/a/ln'",
    },
    'tells of the files of a zip, not of its directories': {
      args: { path: '/srv/a', format: 'zip' },
      commands: [
        [/^for f in /, 'd /srv/a\0D /srv/a/d\0F /srv/a/d/f\0Z /srv/a/d\0'],
        [/zip /, ({ stdin }) => (stdin === 'a/d\0a/d/f\0' ? 'same\n' : { rc: 1 })],
      ],
      files: { '/srv/a.tgz': 'packed' },
      trips: packs,
      changed: false,
      returns: { archived: ['/srv/a/d/f'] },
    },
    'needs a place for a tree': {
      args: { path: '/srv/a', dest: null },
      commands: [[/^for f in /, 'd /srv/a\0']],
      fails: 'Error, must specify "dest" when archiving multiple files or trees',
    },
    'needs a place for several files': {
      args: { path: ['/srv/a', '/srv/b'], dest: null },
      commands: [[/^for f in /, '']],
      fails: 'Error, must specify "dest" when archiving multiple files or trees',
    },
  },
)
