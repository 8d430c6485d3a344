import { testModule } from '../engine/module/test.js'
import archive from './archive.js'

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
      returns: {
        archived: ['/srv/a\\n/d', '/srv/a\\n/new\nline', '/srv/a\\n/d/it\'s "q"'],
        dest_state: 'archive',
        expanded_paths: ['/srv/a\\n'],
      },
      runs: [/tar -cf - \$\(.*echo --no-unquote\) +-- 'a\\n\/d' 'a\\n\/new\nline' &&/],
    },
    'needs a place for several files': {
      args: { path: ['/srv/a', '/srv/b'], dest: null },
      commands: [[/^for f in /, '']],
      fails: 'Error, must specify "dest" when archiving multiple files or trees',
    },
  },
)
