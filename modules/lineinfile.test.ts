import { testModule } from '../engine/module/test.js'
import lineinfile from './lineinfile.js'

testModule(
  lineinfile,
  { path: '/etc/app.conf' },
  {
    'adds a missing line': {
      args: { line: 'c' },
      before: 'a\nb\n',
      after: 'a\nb\nc\n',
      returns: { msg: 'line added', backup: '' },
      diff: [
        {
          before: 'a\nb\n',
          after: 'a\nb\nc\n',
          before_header: '/etc/app.conf (content)',
          after_header: '/etc/app.conf (content)',
        },
        { before_header: '/etc/app.conf (file attributes)', after_header: '/etc/app.conf (file attributes)' },
      ],
    },
    'leaves a line that is there': { args: { line: 'b' }, before: 'a\nb\n', changed: false, returns: { msg: '' } },
    'takes an empty place for the end': {
      args: { line: 'c', insertbefore: '' },
      before: 'a\nb\n',
      after: 'a\nb\nc\n',
    },
    'replaces the last match': {
      args: { line: 'Port 22', regexp: '^Port' },
      before: 'Port 1\nPort 2\n',
      after: 'Port 1\nPort 22\n',
      returns: { msg: 'line replaced' },
    },
    'replaces the first match': {
      args: { line: 'Port 22', regexp: '^Port', firstmatch: true },
      before: 'Port 1\nPort 2\n',
      after: 'Port 22\nPort 2\n',
    },
    'replaces by text': { args: { line: 'x=1', search_string: 'x.' }, before: 'x.y\nx,y\n', after: 'x=1\nx,y\n' },
    'needs a line before it looks at the file': {
      before: { directory: true },
      fails: 'line is required with state=present',
    },
    'refuses a missing file': {
      args: { line: 'c' },
      fails: 'Destination /etc/app.conf does not exist !',
      returns: { rc: 257 },
    },
    'creates the file': {
      args: { line: 'c', create: true, mode: '0600' },
      after: { text: 'c\n', mode: 0o600 },
      returns: { msg: 'line added and ownership, perms or SE linux context changed' },
    },
    'creates the file with the mode that it has by itself': {
      args: { line: 'c', create: true, mode: '0644' },
      after: { text: 'c\n', mode: 0o644 },
      returns: { msg: 'line added' },
    },
    'refuses a directory': {
      args: { line: 'c' },
      before: { directory: true },
      fails: 'Path /etc/app.conf is a directory !',
      returns: { rc: 256 },
    },
    'ends the last line first': { args: { line: 'c' }, before: 'a', after: 'a\nc\n' },
    'removes lines': {
      args: { regexp: '^Port', state: 'absent' },
      before: 'a\nPort 1\nPort 2\n',
      after: 'a\n',
      returns: { msg: '2 line(s) removed', found: 2 },
    },
    'removes exactly the line': { args: { line: 'a', state: 'absent' }, before: 'a\nab\r\na', after: 'ab\r\n' },
    'has nothing to remove from a missing file': {
      args: { line: 'a', state: 'absent' },
      changed: false,
      returns: { msg: 'file not present' },
    },
    'inserts after a match': {
      args: { line: 'x', insertafter: '^b' },
      before: 'a\nb\nb2\nc\n',
      after: 'a\nb\nb2\nx\nc\n',
    },
    'inserts before a match': {
      args: { line: 'x', insertbefore: '^b' },
      before: 'a\nb\nb2\nc\n',
      after: 'a\nb\nx\nb2\nc\n',
    },
    'inserts before the first match': {
      args: { line: 'x', insertbefore: '^b', firstmatch: true },
      before: 'a\nb\nb2\nc\n',
      after: 'a\nx\nb\nb2\nc\n',
    },
    'inserts at the beginning': { args: { line: 'x', insertbefore: 'BOF' }, before: 'a\n', after: 'x\na\n' },
    'inserts at the end when nothing matches': {
      args: { line: 'x', insertafter: '^z' },
      before: 'a\n',
      after: 'a\nx\n',
    },
    'expands groups': {
      args: { line: '\\1=new', regexp: '^(\\w+)=old', backrefs: true },
      before: 'a=old\nb=x\n',
      after: 'a=new\nb=x\n',
    },
    'makes no directory for a line that should be absent': {
      args: { path: '/etc/nope/custom.conf', line: 'a', state: 'absent', create: true },
      leaves: { '/etc/nope': null },
      returns: { msg: 'file not present' },
    },
    'does nothing with backrefs that do not match': {
      args: { line: '\\1=new', regexp: '^(z)=', backrefs: true },
      before: 'a=old\n',
      changed: false,
    },
    'says that attributes changed, too': {
      args: { line: 'b', mode: '0600' },
      before: 'a\n',
      after: { text: 'a\nb\n', mode: 0o600 },
      returns: { msg: 'line added and ownership, perms or SE linux context changed' },
    },
    'says that only attributes changed': {
      args: { line: 'a', mode: '0600' },
      before: 'a\n',
      returns: { msg: 'ownership, perms or SE linux context changed' },
    },
    'asks the validator': {
      args: { line: 'b', validate: 'check %s' },
      before: 'a\n',
      commands: { 'check *': { rc: 1, stderr: 'no' } },
      fails: 'failed to validate: rc:1 error:no',
    },
    'keeps bytes that are no text': {
      args: { line: 'b' },
      before: Buffer.from([0x61, 0xff, 0x0a]),
      after: Buffer.from([0x61, 0xff, 0x0a, 0x62, 0x0a]),
    },
    'warns of an empty pattern': {
      args: { line: 'x', regexp: '' },
      before: 'a\nb\n',
      after: 'a\nx\n',
      warnings: [/^The regular expression is an empty string/],
    },
    'makes no file where nothing is written': {
      args: { line: 'x', regexp: 'a', backrefs: true, create: true },
      changed: false,
      returns: { msg: '' },
    },
    'adds at the end after an empty pattern': {
      args: { line: 'x', insertafter: '', firstmatch: true },
      before: 'a\nb\n',
      after: 'a\nb\nx\n',
    },
    'needs a line, also where the file is missing': {
      args: { regexp: 'x' },
      fails: 'line is required with state=present',
    },
    'needs a line': { args: { regexp: 'x' }, before: 'a', fails: 'line is required with state=present' },
    'needs a regexp for groups': {
      args: { line: 'x', backrefs: true },
      before: 'a',
      fails: 'regexp is required with backrefs=true',
    },
    'needs something to remove': {
      args: { state: 'absent' },
      before: 'a',
      fails: 'one of line, search_string, or regexp is required with state=absent',
    },
    'says what is wrong with a pattern': {
      args: { line: 'x', regexp: '(' },
      before: 'a',
      fails: /cannot compile regular expression '\('/,
    },
  },
)
