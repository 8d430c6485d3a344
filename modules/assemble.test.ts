import { testModule } from '../engine/module/test.js'
import assemble from './assemble.js'

const files = { '/srv/d/1': 'a', '/srv/d/2': 'b\n', '/srv/d/.h': 'h', '/srv/d/sub/x': 'x' }
// Which fragments there are is only known after the first look.
const trips = 2

testModule(
  assemble,
  { src: '/srv/d', dest: '/srv/out' },
  {
    'joins fragments, each on its own lines': {
      files,
      after: 'h\na\nb\n',
      trips,
      returns: { msg: 'OK', src: '/srv/d' },
    },
    'sets a delimiter between them': {
      args: { delimiter: '--\\n', ignore_hidden: true },
      files,
      after: 'a\n--\nb\n',
      trips,
    },
    'takes only some': { args: { regexp: '^1' }, files, after: 'a', trips },
    'needs the directory': { fails: 'Source (/srv/d) does not exist' },
    'misses the directory before it looks at the expression': {
      args: { regexp: '(bad' },
      fails: 'Source (/srv/d) does not exist',
    },
    'needs a directory': { files: { '/srv/d': 'x' }, fails: 'Source (/srv/d) is not a directory' },
  },
)
