import { testModule } from '../engine/module/test.js'
import { PyFloat } from '../engine/python/values.js'
import slurp from './slurp.js'
import stat from './stat.js'
import tempfile from './tempfile.js'

const extras = 'access rw\nmime text/plain; charset=us-ascii\nflags 741351150 --------------e------- /etc/f\n'

testModule(
  stat,
  { path: '/etc/f' },
  {
    'tells all about a file': {
      before: { text: 'hi\n', mode: 0o4640 },
      commands: { 'f=/etc/f; *': extras },
      returns: {
        stat: {
          exists: true,
          path: '/etc/f',
          mode: '4640',
          isreg: true,
          isdir: false,
          isuid: true,
          rusr: true,
          xusr: false,
          pw_name: 'root',
          checksum: '55ca6286e3e4f4fba5d0448333fa99fc5a404a73',
          mimetype: 'text/plain',
          charset: 'us-ascii',
          attributes: ['extents'],
          attr_flags: 'e',
          version: '741351150',
          readable: true,
          executable: false,
          blocks: 8,
        },
      },
      changed: false,
    },
    'tells times as floats, also whole seconds': {
      before: { text: 'hi\n', mtime: 1677742435 },
      commands: { 'f=/etc/f; *': extras },
      returns: { stat: { mtime: new PyFloat(1677742435) } },
    },
    'tells that nothing is there': { commands: { 'f=/etc/f; *': '' }, returns: { stat: { exists: false } } },
    'tells why nothing can be told': {
      commands: { 'f=/etc/f; *': "why ls: cannot access '/etc/f': Permission denied\n\naccess \n" },
      fails: 'Permission denied',
    },
    'takes a file that is not there for that': {
      commands: { 'f=/etc/f; *': 'why ls: /etc/f: No such file or directory\n\naccess \n' },
      returns: { stat: { exists: false } },
    },
    'tells the md5 as well': {
      args: { get_md5: true },
      before: 'x',
      commands: { 'f=/etc/f; *md5sum*': 'access r\nmd5 9dd4e461268c8034f5c8564e155c67a6  -\n' },
      returns: { stat: { md5: '9dd4e461268c8034f5c8564e155c67a6' } },
    },
    'tells where a link leads': {
      before: { target: 'g' },
      files: { '/etc/g': 'x' },
      commands: { 'f=/etc/f; *': 'access r\n' },
      returns: { stat: { islnk: true, lnk_target: 'g', lnk_source: '/etc/g', mimetype: 'unknown' } },
    },
    'takes another checksum': {
      args: { checksum: 'md5', get_mime: false, get_attributes: false },
      before: 'x',
      commands: { 'f=/etc/f; *': 'access r\nsum 9dd4e461268c8034f5c8564e155c67a6  -\n' },
      returns: { stat: { checksum: '9dd4e461268c8034f5c8564e155c67a6' } },
    },
  },
)

testModule(
  slurp,
  { src: '/etc/f' },
  {
    'reads a file': {
      files: { '/etc/f': 'hi\n' },
      returns: { content: 'aGkK', encoding: 'base64', source: '/etc/f' },
      changed: false,
    },
    'misses a file': {
      commands: { 'LC_ALL=C cat /etc/f 2>&1 >/dev/null || :': { stdout: 'cat: /etc/f: No such file or directory' } },
      fails: 'file not found: /etc/f',
    },
    'reads no directory': {
      files: { '/etc/f': { directory: true } },
      fails: 'source is a directory and must be a file: /etc/f',
    },
  },
)

testModule(
  tempfile,
  { state: 'directory' },
  {
    'makes a directory': {
      commands: { '*mkdir*': '/tmp/ansible.abcdefgh' },
      files: { '/tmp/ansible.abcdefgh': { directory: true, mode: 0o700 } },
      changed: true,
      returns: { path: '/tmp/ansible.abcdefgh', mode: '0700', state: 'directory' },
      again: { changed: 'each name is new' },
    },
    'says where it cannot': {
      args: { path: '/nope', state: 'file' },
      commands: { '*umask*': { rc: 2, stderr: 'sh: cannot create /nope/x: No such file or directory' } },
      fails: /^\[Errno 2\] No such file or directory: '\/nope\/ansible\.\w{8}'$/,
    },
  },
)
