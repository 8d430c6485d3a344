import { testModule } from '../engine/module/test.js'
import readCsv from './read_csv.js'

const users = 'name,uid\ndag,500\n"je ""x""", 501\n\nfoo,1,2\nbar\n'
const again = 'a,b\nx,1\nx,2\n'

testModule(
  readCsv,
  { path: '/u.csv' },
  {
    'rows by the header': {
      before: users,
      returns: {
        changed: false,
        dict: {},
        list: [
          { name: 'dag', uid: '500' },
          { name: 'je "x"', uid: ' 501' },
          { name: 'foo', uid: '1', null: ['2'] },
          { name: 'bar', uid: null },
        ],
      },
    },
    'rows by a key': {
      args: { key: 'name' },
      before: 'name,uid\ndag,500\n',
      returns: { list: [], dict: { dag: { name: 'dag', uid: '500' } } },
    },
    'the last of several rows, where the key need not be unique': {
      args: { key: 'a', unique: false },
      before: again,
      returns: { dict: { x: { a: 'x', b: '2' } } },
    },
    'two rows with one key': { args: { key: 'a' }, before: again, fails: "Key 'a' is not unique for value 'x'" },
    'a file without a header': {
      args: { fieldnames: ['a', 'b'], delimiter: ';', skipinitialspace: true },
      before: 'x; 1\n',
      returns: { list: [{ a: 'x', b: '1' }] },
    },
    'tabs, and the mark of Windows': {
      args: { dialect: 'excel-tab' },
      before: '\ufeffa\tb\n1\t2\n',
      returns: { list: [{ a: '1', b: '2' }] },
    },
    'quotes out of place': {
      args: { strict: true },
      before: 'a\n"x"y\n',
      fails: `Unable to process file: ',' expected after '"'`,
    },
    'an unknown key': {
      args: { key: 'no' },
      before: again,
      fails: "Key 'no' was not found in the CSV header fields: a, b",
    },
    'an unknown dialect': {
      args: { dialect: 'no' },
      before: again,
      fails: "Dialect 'no' is not supported by your version of python.",
    },
    'a long delimiter': { args: { delimiter: 'ab' }, before: again, fails: /must be a 1-character string/ },
    'no file': { fails: "Unable to open file: [Errno 2] No such file or directory: '/u.csv'" },
  },
)
