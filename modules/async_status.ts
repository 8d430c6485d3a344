import { defineModule, type ModuleResult } from '../engine/module/define.js'
import { defaultAsyncDir } from '../engine/module/job.js'
import type { Json } from '../engine/python/values.js'
import { sh } from '../engine/remote/quote.js'
import type { Query, ShellText } from '../engine/remote/remote.js'
import { expandedWord } from './commands/expand-words.js'
import { duration, timestamp } from './commands/timing.js'

export default defineModule({
  name: 'ansible.builtin.async_status',
  summary: 'Ask how an asynchronous task is doing',
  check: 'none',
  args: {
    jid: { type: 'str', required: true, summary: 'job id, `ansible_job_id` of the task that started it' },
    mode: { type: 'str', choices: ['cleanup', 'status'], default: 'status', summary: 'ask, or remove the job file' },
    _async_dir: { type: 'path', summary: 'directory of the job files' },
  },
  returns: {
    ansible_job_id: 'the job id',
    started: '1 when the job was started',
    finished: '1 when the job has ended',
    erased: 'path of the job file that was removed',
    results_file: 'path of the job file',
  },
  examples: `
- name: Start something long
  ansible.builtin.command: /usr/bin/long_job
  async: 3600
  poll: 0
  register: job

- name: Wait for it
  ansible.builtin.async_status:
    jid: "{{ job.ansible_job_id }}"
  register: outcome
  until: outcome.finished
  retries: 100
  delay: 10
`,

  async run({ args: { jid, mode, _async_dir }, remote, task, fail }) {
    const named = _async_dir ?? ((await task.variable('ansible_async_dir')) as string | undefined) ?? defaultAsyncDir
    const dir = named.startsWith('~') ? await remote.query(absolute(named)) : named
    const path = `${dir}/${jid}`
    const [job, rc, stdout, stderr, times, timeout] = await Promise.all(
      ['', '.rc', '.stdout', '.stderr', '.times', '.timeout'].map(part => remote.file(path + part, { want: 'text' })),
    )
    const known = { ansible_job_id: jid, results_file: job!.path }
    if (!job!.exists) return fail('could not find job', { ...known, started: 1, finished: 1, stdout: '', stderr: '' })
    if (mode === 'cleanup') {
      await remote.exec({
        shell: sh`rm -f ${job!.path} ${job!.path}.rc ${job!.path}.stdout ${job!.path}.stderr ${job!.path}.times ${job!.path}.timeout ${job!.path}.pid`,
        why: 'remove the job file',
        changes: false,
      })
      return { changed: false, ansible_job_id: jid, erased: job!.path, started: 0, finished: 0, stdout: '', stderr: '' }
    }
    const state = parsed(job!.text)
    if (state === undefined)
      return fail(`Could not parse job output: ${job!.text}`, { ...known, started: 1, finished: 1 })
    if (state.finished) return { ...state, ...known, started: 1, finished: 1 }
    if (!rc!.exists) return { ...known, changed: false, started: 1, finished: 0, stdout: '', stderr: '' }

    const [start = 0, end = 0] = times!.text.split(' ').map(Number)
    const ends = (text: string) => (state.strip_empty_ends === false ? text : text.replace(/[\r\n]+$/, ''))
    const code = Number(rc!.text)
    const result = {
      ...known,
      changed: true,
      started: 1,
      finished: 1,
      cmd: (state.cmd ?? null) as Json,
      rc: code,
      stdout: ends(stdout!.text),
      stderr: ends(stderr!.text),
      start: timestamp(start),
      end: timestamp(end),
      delta: duration(end - start),
    }
    if (timeout!.exists)
      return fail(`async task did not complete within the requested time - ${timeout!.text.trim()}s`, result)
    if (code !== 0) return fail('non-zero return code', result)
    return { ...result, msg: '' }
  },
})

/** The directory with its tilde read by the host's shell, or where ANSIBLE_ASYNC_DIR says. */
const absolute = (dir: string): Query<string> => ({
  command: (dir === defaultAsyncDir
    ? 'printf "%s" "${ANSIBLE_ASYNC_DIR:-$HOME/.ansible_async}"'
    : `printf "%s" ${expandedWord(dir)}`) as ShellText,
  parse: stdout => stdout.trim(),
})

function parsed(text: string): ModuleResult | undefined {
  try {
    return JSON.parse(text) as ModuleResult
  } catch {
    return undefined
  }
}
