import { createHash } from 'node:crypto'
import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'
import { missingProgram } from './commands/missing-program.js'

export default defineModule({
  name: 'ansible.posix.at',
  summary: 'Run a command once, later',
  check: 'none',
  args: {
    command: { type: 'str', summary: 'the command' },
    script_file: { type: 'str', summary: 'script on the host' },
    count: { type: 'int', summary: 'how many units from now' },
    units: { type: 'str', choices: ['minutes', 'hours', 'days', 'weeks'], summary: 'the unit' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be planned' },
    unique: { type: 'bool', default: false, summary: 'leave it when it is planned already' },
  },
  rules: { exclusive: [['command', 'script_file']], oneOf: [['command', 'script_file']] },
  examples: `
- ansible.posix.at:
    command: ls -d / >/dev/null
    count: 20
    units: minutes
`,

  async run(context) {
    const { args, remote, fail } = context
    const { command, state, count, units } = args
    if (state === 'present' && (count === undefined || units === undefined))
      fail('present state requires count and units')
    const [file, seen] = await Promise.all([
      args.script_file === undefined ? undefined : remote.file(args.script_file, { want: 'text' }),
      remote.query({
        command: sh`command -v at >/dev/null 2>&1 || exit 91; at -l 2>/dev/null | while read -r job rest; do echo "//$job"; at -c "$job" 2>/dev/null; done; :`,
        parse: (stdout, rc) => ({ missing: rc === 91, jobs: stdout.split(/^\/\//m).slice(1) }),
      }),
    ])
    if (seen.missing) await missingProgram({ remote, fail }, 'at')
    if (file && !file.exists) fail(`Cannot open input file ${file.path}: No such file or directory`)
    const script = command ?? file!.text
    // Every job ends with nothing.
    if (script.trim() === '') fail(`${file?.path ?? 'command'} is empty: there is nothing to plan`)
    // Whole lines, and not only at the end: at of Red Hat writes a delimiter after them.
    const same = seen.jobs.filter(job => `${job}\n`.includes(`\n${script.trim()}\n`)).map(job => job.split('\n')[0]!)
    // For a command Ansible names its temporary file, which is gone by then.
    const result = { state, script_file: args.script_file ?? null }
    if (state === 'absent') {
      for (const job of same) await checked(context, ['at', '-r', job], `forget job ${job}`)
      return result
    }
    if (args.unique && same.length > 0) return { state, changed: false }
    const done = await remote.exec({
      argv: ['at', 'now', '+', String(count), units!],
      stdin: `${script.replace(/\n$/, '')}\n`,
      why: `plan ${createHash('sha1').update(script).digest('hex').slice(0, 8)}`,
    })
    if (done.rc !== 0) fail(done.stderr.trim(), { rc: done.rc })
    return { ...result, count: count!, units: units! }
  },
})
