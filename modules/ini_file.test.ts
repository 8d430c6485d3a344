import { testModule } from '../engine/module/test.js'
import iniFile from './ini_file.js'

testModule(
  iniFile,
  { path: '/etc/x.ini', section: 's', option: 'o', value: 'v' },
  {
    'writes a new file': { after: '\n[s]\no = v\n', returns: { msg: 'section and option added', path: '/etc/x.ini' } },
    'leaves what is right': {
      before: '[s]\no = v\n',
      changed: false,
      returns: { msg: 'OK' },
      diff: {
        before: '[s]\no = v\n',
        after: '[s]\no = v\n',
        before_header: '/etc/x.ini (content)',
        after_header: '/etc/x.ini (content)',
      },
    },
    'changes a value': {
      args: { value: 'w' },
      before: '[s]\no = v\n[t]\no = v\n',
      after: '[s]\no = w\n[t]\no = v\n',
      returns: { msg: 'option changed' },
    },
    'takes carriage returns out with a change': {
      args: { value: 'w' },
      before: '[s]\r\no = v\r\np = q\r\n',
      after: '[s]\no = w\np = q\n',
      diff: {
        before: '[s]\no = v\np = q\n',
        after: '[s]\no = w\np = q\n',
        before_header: '/etc/x.ini (content)',
        after_header: '/etc/x.ini (content)',
      },
    },
    'leaves carriage returns where nothing changes': {
      before: '[s]\r\no = v\r\n',
      after: '[s]\r\no = v\r\n',
      changed: false,
    },
    'writes a value once that is listed twice': {
      args: { value: undefined, values: ['a', 'b', 'a'] },
      before: '[s]\n',
      after: '[s]\no = a\no = b\n',
    },
    'drops a byte order mark with the first change': {
      args: { value: 'w' },
      before: '\ufeff[s]\no = v\n',
      after: '[s]\no = w\n',
    },
    'leaves a byte order mark where nothing changes': {
      before: '\ufeff[s]\no = v\n',
      after: '\ufeff[s]\no = v\n',
      changed: false,
    },
    'leaves out spaces': { args: { no_extra_spaces: true }, before: '[s]\no = v\n', after: '[s]\no=v\n' },
    'may ignore spaces': { args: { ignore_spaces: true }, before: '[s]\no=v\n', changed: false },
    'replaces a line that is commented out': { before: '[s]\n#o = x\na = 1\n', after: '[s]\no = v\na = 1\n' },
    'may leave it': {
      args: { modify_inactive_option: false },
      before: '[s]\n#o = x\na = 1\n',
      after: '[s]\n#o = x\na = 1\no = v\n',
    },
    'drops lines that are commented out beside the one that is right': {
      before: '[s]\no = v\n;o = x\na = 1\n',
      after: '[s]\no = v\na = 1\n',
      returns: { msg: 'option changed' },
    },
    'keeps these where several values may stand': {
      args: { exclusive: false },
      before: '[s]\no = v\n;o = x\n',
      changed: false,
    },
    'compares what stands behind the sign, not the blanks in it': {
      args: { ignore_spaces: true, value: 'a b' },
      before: '[s]\no=ab\n',
      after: '[s]\no = a b\n',
    },
    'adds a line without a value where such may stand, as Ansible does': {
      args: { allow_no_value: true },
      before: '[s]\no = v\n',
      after: '[s]\no = v\no\n',
      returns: { msg: 'option added' },
    },
    'chooses a section by what it holds': {
      args: { section_has_values: [{ option: 'ip', value: '2' }], option: 'key' },
      before: '[s]\nip = 1\nkey = a\n[s]\nip = 2\nkey = b\n',
      after: '[s]\nip = 1\nkey = a\n[s]\nip = 2\nkey = v\n',
    },
    'makes a section with what it should hold': {
      args: { section_has_values: [{ option: 'ip', values: ['2', '3'] }], option: 'key' },
      before: '[s]\nip = 1\n',
      after: '[s]\nip = 1\n[s]\nip = 2\nip = 3\nkey = v\n',
      returns: { msg: 'section and option added' },
    },
    'removes the section that holds it': {
      args: { section_has_values: [{ option: 'ip', values: [] }], option: undefined, state: 'absent' },
      before: '[s]\na = 1\n[s]\nip = 1\n[t]\n',
      after: '[s]\na = 1\n[t]\n',
    },
    'needs a section to choose': {
      args: { section_has_values: [{ option: 'ip' }], section: undefined },
      fails: "missing parameter(s) required by 'section_has_values': section",
    },
    'adds after the last line of the section': {
      before: '[s]\na = 1\n\n# about t\n[t]\nb = 1\n',
      after: '[s]\na = 1\no = v\n\n# about t\n[t]\nb = 1\n',
      returns: { msg: 'option added' },
    },
    'sets what stands before sections': {
      args: { section: undefined },
      before: '[s]\no = x\n',
      after: 'o = v\n[s]\no = x\n',
    },
    'writes an option without a value': {
      args: { value: undefined, allow_no_value: true },
      before: '[s]\n',
      after: '[s]\no\n',
    },
    'removes an option': {
      args: { state: 'absent', value: undefined },
      before: '[s]\no = v\no = w\n# o = x\n',
      after: '[s]\n# o = x\n',
      returns: { msg: 'option changed' },
    },
    'removes one of several values': {
      args: { state: 'absent', exclusive: false },
      before: '[s]\no = v\no = w\n',
      after: '[s]\no = w\n',
    },
    'removes a section': {
      args: { state: 'absent', option: undefined, value: undefined },
      before: 'a = 1\n[s]\no = v\n[t]\n',
      after: 'a = 1\n[t]\n',
      returns: { msg: 'section removed' },
    },
    'writes several values': {
      args: { value: undefined, values: ['1', '2'] },
      before: '[s]\no = 2\no = 3\n',
      after: '[s]\no = 2\no = 1\n',
    },
    'adds to several values': {
      args: { value: undefined, values: ['3'], exclusive: false },
      before: '[s]\no = 1\no = 2\n',
      after: '[s]\no = 1\no = 2\no = 3\n',
    },
    'ends the last line': { before: '[s]\no = v', after: '[s]\no = v\n' },
    'needs a value': {
      args: { value: undefined },
      fails: "Parameter 'value(s)' must be defined if state=present and allow_no_value=False.",
    },
    'may not create': {
      args: { create: false },
      fails: 'Destination /etc/x.ini does not exist!',
      returns: { rc: 257 },
    },
  },
)
