import { defineModule } from '../engine/module/define.js'
import { pyStr } from '../engine/python/repr.js'
import { isDict, type Json, type Value } from '../engine/python/values.js'
import { quote, quoteAll, raw, sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'

export default defineModule({
  name: 'community.general.make',
  summary: 'Run targets of a Makefile',
  check: 'full',
  args: {
    chdir: { type: 'path', required: true, summary: 'where the Makefile is' },
    target: { type: 'str', summary: 'what to make' },
    targets: { type: 'list', elements: 'str', summary: 'several targets' },
    params: { type: 'dict', summary: 'variables for make' },
    file: { type: 'path', summary: 'another Makefile' },
    jobs: { type: 'int', summary: 'how many at a time' },
    make: { type: 'path', summary: 'make to use' },
  },
  rules: { exclusive: [['target', 'targets']] },
  returns: { command: 'what was run', stdout: 'what it printed' },
  examples: `
- community.general.make:
    chdir: /home/ubuntu/cool-project
    target: install
    params:
      NUM_THREADS: 4
`,

  async run({ args, remote, fail }) {
    const { chdir, target, targets, file, jobs } = args
    const params = isDict(args.params as Value)
      ? [...(args.params as Map<string, Value>)].map(([name, value]) =>
          value === null ? name : `${name}=${pyStr(value)}`,
        )
      : []
    const tail = [
      ...(jobs === undefined ? [] : ['-j', String(jobs)]),
      ...(file === undefined ? [] : ['-f', file]),
      ...(target ? [target] : (targets ?? [])),
      ...params,
    ]
    const asked = await remote.query({
      command: sh`cd ${chdir} || exit 99; m=${args.make ?? ''}; [ -n "$m" ] || m=$(command -v gmake || command -v make) || exit 98; echo "$m"; "$m" --question ${raw(quoteAll(tail))}`,
      parse: (stdout, rc, stderr) => ({
        rc,
        stderr,
        make: stdout.split('\n')[0]!,
        rest: stdout.slice(stdout.indexOf('\n') + 1),
      }),
    })
    if (asked.rc === 98) await missingProgram({ remote, fail }, 'make')
    if (asked.rc === 99 && !remote.checkMode) fail(`Unable to change directory to ${chdir}: ${asked.stderr.trim()}`)
    // In check mode a task before this one may be what makes the directory.
    const argv = [asked.rc === 99 ? (args.make ?? 'make') : asked.make, ...tail]
    const command = argv.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : quote(word))).join(' ')
    const shown = {
      chdir,
      command,
      target: target ?? null,
      ...(targets === undefined ? {} : { targets: targets as Json }),
      params: (args.params as unknown as Json) ?? null,
      file: file ?? null,
      jobs: jobs ?? null,
    }
    if (asked.rc === 0) return { changed: false, stdout: asked.rest.trimEnd(), stderr: asked.stderr, ...shown }
    const done = await remote.exec({ argv, cwd: chdir, why: `make ${target ?? ''}`.trim() })
    if (done.rc !== 0)
      fail(done.stderr.trim() || done.stdout.trim(), {
        rc: done.rc,
        stdout: done.stdout,
        stderr: done.stderr,
        cmd: command,
      })
    const said = done.skipped ? { stdout: asked.rest, stderr: asked.stderr } : done
    return { stdout: said.stdout.trimEnd(), stderr: said.stderr.trimEnd(), ...shown }
  },
})
