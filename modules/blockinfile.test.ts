import { testModule } from '../engine/module/test.js'
import blockinfile from './blockinfile.js'

const block = (text: string) => `# BEGIN ANSIBLE MANAGED BLOCK\n${text}# END ANSIBLE MANAGED BLOCK\n`

testModule(
  blockinfile,
  { path: '/etc/f' },
  {
    'appends a block': {
      args: { block: 'one\ntwo' },
      before: 'a\n',
      after: `a\n${block('one\ntwo\n')}`,
      returns: { msg: 'Block inserted' },
    },
    'makes no file to take a block out of': {
      args: { state: 'absent', create: true, path: '/etc/none/f' },
      changed: false,
      returns: { msg: 'File /etc/none/f not present' },
      leaves: { '/etc/none': null },
    },
    'leaves a block': { args: { block: 'one' }, before: `a\n${block('one\n')}`, changed: false, returns: { msg: '' } },
    'changes a block where it stands': {
      args: { block: 'two', insertafter: '^z' },
      before: `${block('one\n')}z\n`,
      after: `${block('two\n')}z\n`,
    },
    'removes a block': {
      args: { state: 'absent' },
      before: `a\n${block('one\n')}b\n`,
      after: 'a\nb\n',
      returns: { msg: 'Block removed' },
    },
    'removes a block that becomes empty': { args: { block: '' }, before: block('one\n'), after: '' },
    'inserts after the last match': {
      args: { block: 'x', insertafter: '^a' },
      before: 'a\na\nb',
      after: `a\na\n${block('x\n')}b`,
    },
    'inserts before the last match': {
      args: { block: 'x', insertbefore: '^b' },
      before: 'a\nb\n',
      after: `a\n${block('x\n')}b\n`,
    },
    'inserts at the beginning': {
      args: { block: 'x', insertbefore: 'BOF' },
      before: 'a\n',
      after: `${block('x\n')}a\n`,
    },
    'ends the last line first': { args: { block: 'x' }, before: 'a', after: `a\n${block('x\n')}` },
    'takes other markers': {
      args: { block: 'x', marker: '; {mark} it', marker_begin: 's', marker_end: 'e' },
      before: '',
      after: '; s it\nx\n; e it\n',
    },
    'searches over lines': {
      args: { block: 'x', insertafter: '(?m)a\\nb' },
      before: 'a\nb\nc\n',
      after: `a\nb\n${block('x\n')}c\n`,
    },
    'sets empty lines around': {
      args: { block: 'x', insertafter: '^a', append_newline: true, prepend_newline: true },
      before: 'a\nb\n',
      after: `a\n\n${block('x\n')}\nb\n`,
    },
    'creates the file': { args: { block: 'x', create: true }, after: block('x\n'), returns: { msg: 'File created' } },
    'makes no file for a block that should be gone': {
      args: { block: 'x', create: true, state: 'absent' },
      changed: false,
      returns: { msg: 'File /etc/f not present' },
    },
    'refuses a missing file': { args: { block: 'x' }, fails: 'Path /etc/f does not exist !', returns: { rc: 257 } },
    'refuses a directory': { before: { directory: true }, fails: 'Path /etc/f is a directory !', returns: { rc: 256 } },
  },
)
