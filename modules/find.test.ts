import { testModule } from '../engine/module/test.js'
import { PyFloat } from '../engine/python/values.js'
import find from './find.js'

const record = (bits: string, size: number, age: number, path: string) =>
  `//${bits} 0 0 root root ${size} 12 34 1 ${1000 - age}.500000000 ${1000 - age}.500000000 ${1000 - age} ${path}\n`
const listing =
  '1000\n' +
  record('41ed', 4096, 0, '/srv') +
  record('41ed', 4096, 10, '/srv/dir') +
  record('81a4', 10, 100, '/srv/dir/deep.log') +
  record('81a4', 2048, 200, '/srv/a.log') +
  record('81a4', 1, 5, '/srv/.hidden') +
  record('a1ff', 3, 5, '/srv/link') +
  record('81a4', 1, 5, '/srv/odd\nname.txt')
/** More than fit into the arguments of one call. */
const many = `1000\n${record('41ed', 4096, 0, '/many')}${record('81a4', 1, 5, '/many/x').repeat(130_000)}`
const commands = { 'd=/srv; *': listing, 'd=/nope; *': 'missing\n' }
const paths = (...all: string[]) => ({ files: all.map(path => ({ path })), matched: all.length })

testModule(
  find,
  { paths: '/srv' },
  {
    'finds files, as os.walk meets them': {
      commands,
      changed: false,
      returns: {
        ...paths('/srv/a.log', '/srv/odd\nname.txt', '/srv/dir/deep.log'),
        examined: 6,
        msg: 'All paths examined',
      },
    },
    'tells what stat tells': {
      args: { patterns: '*.log', depth: 1 },
      commands,
      returns: {
        files: [
          {
            path: '/srv/a.log',
            mode: '0644',
            isreg: true,
            size: 2048,
            mtime: 800.5,
            ctime: new PyFloat(800),
            gr_name: 'root',
          },
        ],
      },
    },
    'finds very many files': {
      args: { paths: '/many', limit: 1 },
      commands: { 'd=/many; *': many },
      returns: { matched: 1, examined: 130_000 },
    },
    'finds directories': { args: { file_type: 'directory' }, commands, returns: paths('/srv/dir') },
    'finds links': { args: { file_type: 'link' }, commands, returns: paths('/srv/link') },
    'finds hidden names': { args: { hidden: true, patterns: ['.*'] }, commands, returns: paths('/srv/.hidden') },
    'leaves names out': { args: { excludes: '*.log' }, commands, returns: paths('/srv/odd\nname.txt') },
    'matches regular expressions at the start': {
      args: { patterns: '^[ad]', use_regex: true },
      commands,
      returns: paths('/srv/a.log', '/srv/dir/deep.log'),
    },
    'takes a depth of 0 for none': {
      args: { patterns: '*.log', depth: 0 },
      commands,
      returns: paths('/srv/a.log', '/srv/dir/deep.log'),
    },
    'skips a directory where a bad regular expression is tried': {
      args: { patterns: '[', use_regex: true },
      commands,
      returns: {
        matched: 0,
        examined: 5,
        skipped_paths: { '/srv': 'unterminated character set at position 0' },
        msg: 'Not all paths examined, check warnings for details',
      },
    },
    'skips a directory whose files a bad regular expression is tried on': {
      args: { contains: '(' },
      commands,
      returns: {
        matched: 0,
        skipped_paths: { '/srv': 'missing ), unterminated subpattern at position 0' },
      },
    },
    'compares sizes': { args: { size: '1k' }, commands, returns: paths('/srv/a.log') },
    'compares sizes the other way': {
      args: { size: '-1k' },
      commands,
      returns: paths('/srv/odd\nname.txt', '/srv/dir/deep.log'),
    },
    'compares ages': { args: { age: '2m' }, commands, returns: paths('/srv/a.log') },
    'compares ages the other way': { args: { age: '-1m' }, commands, returns: paths('/srv/odd\nname.txt') },
    'searches content by line': {
      args: { contains: 'x.*y', patterns: '*.log' },
      commands,
      files: { '/srv/a.log': 'a\nxzy\n', '/srv/dir/deep.log': 'a xzy\n' },
      returns: paths('/srv/a.log'),
      // Content is only asked for where names match.
      trips: 2,
    },
    'computes checksums': {
      args: { get_checksum: true, patterns: 'a.log' },
      commands,
      files: { '/srv/a.log': 'hi\n' },
      returns: { files: [{ checksum: '55ca6286e3e4f4fba5d0448333fa99fc5a404a73' }] },
      trips: 2,
    },
    'computes other checksums': {
      args: { get_checksum: true, checksum_algo: 'md5', patterns: 'a.log' },
      commands: {
        ...commands,
        '[ -f /srv/a.log ] && md5sum < /srv/a.log 2>/dev/null': '764efa883dda1e11db47671c4a3bbd9e  -\n',
      },
      returns: { files: [{ checksum: '764efa883dda1e11db47671c4a3bbd9e' }] },
      trips: 2,
    },
    'searches content in another encoding': {
      args: { contains: 'é', encoding: 'latin-1', patterns: '*.log' },
      commands,
      files: { '/srv/a.log': Buffer.from([0xe9, 0x0a]), '/srv/dir/deep.log': 'é\n' },
      returns: paths('/srv/a.log'),
      trips: 2,
    },
    'skips a directory for an encoding that is none': {
      args: { contains: 'x', encoding: 'nope' },
      commands,
      returns: { matched: 0, skipped_paths: { '/srv': 'unknown encoding: nope' } },
    },
    'warns of a path that is no directory': {
      args: { paths: '/nope' },
      commands,
      warnings: ["Skipped '/nope' path due to this access issue: '/nope' is not a directory\n"],
      returns: {
        files: [],
        examined: 0,
        matched: 0,
        msg: 'Not all paths examined, check warnings for details',
        skipped_paths: { '/nope': "'/nope' is not a directory" },
      },
    },
    'an empty path is no directory': {
      args: { paths: ['', '/srv'], patterns: 'a.log' },
      commands: { "d=''; *": 'missing\n', ...commands },
      warnings: ["Skipped '' path due to this access issue: '' is not a directory\n"],
      returns: { matched: 1, skipped_paths: { '': "'' is not a directory" } },
    },
    'wants an age': { args: { age: 'foo' }, fails: 'failed to process age', returns: { age: 'foo' } },
    'wants a size': { args: { size: 'foo' }, fails: 'failed to process size' },
  },
)
