import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'

export default defineModule({
  name: 'ansible.builtin.ping',
  summary: 'See that a host can be reached and answers',
  check: 'full',
  args: {
    data: { type: 'str', default: 'pong', summary: 'what comes back as ping; crash makes the module fail' },
  },
  returns: { ping: 'the value of data' },
  examples: '- ansible.builtin.ping:\n',

  order: ['ping'],

  async run({ args, remote, fail }) {
    if (args.data === 'crash') {
      const said = 'Exception: boom\n'
      const text = 'MODULE FAILURE\nSee stdout/stderr for the exact error'
      fail(text, { exception: said, module_stderr: said, module_stdout: '', rc: 1 })
    }
    await remote.query({ command: sh`true`, parse: () => undefined })
    return { ping: args.data }
  },
})
