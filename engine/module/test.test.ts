import { defineModule, fileAttributes } from './define.js'
import { testModule } from './test.js'

const example = defineModule({
  name: 'test.example.marker',
  summary: 'Writes a word',
  check: 'full',
  args: {
    path: { type: 'path', required: true, aliases: ['dest'], summary: 'file' },
    word: { type: 'str', default: 'hello', summary: 'what' },
    ...fileAttributes,
  },
  async run({ args, remote, fail }) {
    const file = await remote.file(args.path)
    if (file.isDirectory) fail(`${args.path} is a directory`, { rc: 256 })
    await file.put({ ...args, text: `${args.word}\n` })
    return { path: args.path }
  },
})

testModule(
  example,
  { path: '/etc/word' },
  {
    'writes a missing file': { before: undefined, after: { text: 'hello\n', mode: 0o644 }, changed: true },
    'replaces other text and sets a mode': {
      args: { word: 'x', mode: 'g+w' },
      before: 'old\n',
      after: { text: 'x\n', mode: 0o664 },
      returns: { path: '/etc/word' },
    },
    'does nothing when all is well': { before: 'hello\n', after: 'hello\n', changed: false },
    'takes the alias': {
      args: { path: undefined, dest: '/tmp/other' },
      leaves: { '/tmp/other': 'hello\n', '/etc/word': null },
    },
    'refuses a directory': { before: { directory: true }, fails: /is a directory/, returns: { rc: 256 } },
    'reports a missing argument': { args: { path: undefined }, fails: 'missing required arguments: path' },
  },
)
