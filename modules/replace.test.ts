import { testModule } from '../engine/module/test.js'
import replace from './replace.js'

testModule(
  replace,
  { path: '/etc/f' },
  {
    'replaces every match, line by line': {
      args: { regexp: '^(a|b)$', replace: '<\\1>' },
      before: 'a\nb\nc\n',
      after: '<a>\n<b>\nc\n',
      returns: { msg: '2 replacements made', rc: 0 },
    },
    'refuses an escape that is none': {
      args: { regexp: 'a', replace: '\\D' },
      before: 'a\n',
      fails: 'Unable to process replace due to error: bad escape \\D at position 0',
    },
    'removes what matches': { args: { regexp: '#.*\\n' }, before: '# x\na\n', after: 'a\n' },
    'leaves what does not match': { args: { regexp: 'z' }, before: 'a\n', changed: false, returns: { msg: '', rc: 0 } },
    'replaces only after and before': {
      args: { regexp: 'x', replace: 'y', after: 'A', before: 'B' },
      before: 'x A x B x',
      after: 'x A y B x',
    },
    'replaces only after': { args: { regexp: 'x', replace: 'y', after: 'A' }, before: 'x A x B x', after: 'x A y B y' },
    'replaces only before': {
      args: { regexp: 'x', replace: 'y', before: 'B' },
      before: 'x A x B x',
      after: 'y A y B x',
    },
    'says that the place is nowhere': {
      args: { regexp: 'x', after: 'Z' },
      before: 'x',
      changed: false,
      returns: { msg: 'Pattern for before/after params did not match the given file: Z(?P<subsection>.*)' },
    },
    'reads another encoding': {
      args: { regexp: 'é', replace: 'ü', encoding: 'latin1' },
      before: Buffer.from('aé\n', 'latin1'),
      after: Buffer.from('aü\n', 'latin1'),
    },
    'refuses a missing file': {
      args: { regexp: 'x' },
      fails: 'Path /etc/f does not exist !',
      returns: { rc: 257 },
    },
    'refuses a directory': {
      args: { regexp: 'x' },
      before: { directory: true },
      fails: 'Path /etc/f is a directory !',
      returns: { rc: 256 },
    },
  },
)
