import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import {
  crontabLines,
  jobLine,
  jobNames,
  plainName,
  variableNames,
  withJob,
  withoutJob,
  withoutVariable,
  withVariable,
} from './crontab/edit.js'
import { backedUp, crontab, installCrontab } from './crontab/read.js'

const args = {
  name: { type: 'str', required: true, summary: 'name of the job, kept in a comment; or of the variable' },
  job: { type: 'str', aliases: ['value'], summary: 'the command; or the value' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
  user: { type: 'str', summary: 'whose crontab; in a cron_file, who runs the job' },
  cron_file: { type: 'path', summary: 'file of /etc/cron.d, or a path, instead of a crontab' },
  minute: { type: 'str', default: '*', summary: 'minute' },
  hour: { type: 'str', default: '*', summary: 'hour' },
  day: { type: 'str', default: '*', aliases: ['dom'], summary: 'day of the month' },
  month: { type: 'str', default: '*', summary: 'month' },
  weekday: { type: 'str', default: '*', aliases: ['dow'], summary: 'day of the week' },
  special_time: {
    type: 'str',
    choices: ['reboot', 'yearly', 'annually', 'monthly', 'weekly', 'daily', 'hourly'],
    summary: 'nickname instead of the fields',
  },
  disabled: { type: 'bool', default: false, summary: 'keep the job as a comment' },
  env: { type: 'bool', default: false, summary: 'this is a variable' },
  insertafter: { type: 'str', summary: 'variable to put a new variable after' },
  insertbefore: { type: 'str', summary: 'variable to put a new variable before' },
  backup: { type: 'bool', default: false, summary: 'keep the old crontab' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'ansible.builtin.cron',
  summary: 'Jobs and variables of crontabs',
  check: 'full',
  args,
  rules: { exclusive: [['insertafter', 'insertbefore']] },
  returns: {
    jobs: 'names of all jobs',
    envs: 'names of all variables',
    cron_file: 'the file',
    backup_file: 'where the old crontab is kept',
  },
  order: ['jobs', 'envs', 'changed'],
  examples: `
- name: Look at two places every day
  ansible.builtin.cron:
    name: check dirs
    minute: "0"
    hour: "5,2"
    job: ls -alh > /dev/null

- name: Set PATH in a file of /etc/cron.d
  ansible.builtin.cron:
    name: PATH
    env: true
    job: /opt/bin
    user: root
    cron_file: ansible_example
`,

  async run({ args, remote, fail, warn }) {
    // Empty means not given, as from a variable that is not set.
    const [user, cron_file] = [args.user || undefined, args.cron_file || undefined]
    const present = args.state === 'present'
    const timed = (['minute', 'hour', 'day', 'month', 'weekday'] as const).some(field => args[field] !== '*')
    if (cron_file === '/etc/crontab') fail('Will not manage /etc/crontab via cron_file, see documentation.')
    if (args.special_time && timed) fail('You must specify time and date fields or special time.')
    if (cron_file && present && user === undefined)
      fail('To use cron_file=... parameter you must specify user=... as well')
    if (present && args.job === undefined) fail("You must specify 'job' to install a new cron job or variable")
    if (present && (args.insertafter || args.insertbefore) && !args.env)
      fail('Insertafter and insertbefore parameters are valid only with env=yes')
    if (/[\r\n]/.test((args.job ?? '').replace(/[\r\n]+$/, ''))) warn('Job should not contain line breaks')

    const path = cron_file === undefined ? undefined : cron_file.includes('/') ? cron_file : `/etc/cron.d/${cron_file}`
    const file = path === undefined ? undefined : await remote.file(path)
    const text = file ? file.text : await remote.query(crontab(user))
    const lines = file ? linesOf(text) : crontabLines(text)
    const wanted = edited(lines)
    const unended = text !== '' && !text.endsWith('\n')
    const changed = unended || wanted.join('\n') !== lines.join('\n')
    const result = {
      jobs: jobNames(wanted),
      envs: variableNames(wanted, plainName),
      ...(cron_file && { cron_file }),
    }
    if (!changed) return { changed, ...result }

    const blank = wanted.every(line => line.trim() === '')
    // What is written ends with a line that says something.
    const kept = wanted.join('\n').replace(/[\r\n]+$/, '')
    const after = kept === '' ? '' : `${kept}\n`
    if (file) {
      if (blank && !present) {
        await file.remove()
        const diff = { before: text, after: '', before_header: file.path, after_header: '/dev/null' }
        return { changed, ...(cron_file && { cron_file }), state: 'absent', diff }
      }
      const backup_file = args.backup && file.exists ? await backedUp(remote, file.path) : undefined
      await file.put({
        text: after,
        diffBefore: file.path,
        ...(file.exists ? {} : { mode: '0644' }),
      })
      return { changed, ...result, ...(backup_file && { backup_file }) }
    }
    const header = user === undefined ? 'crontab' : `crontab for user "${user}"`
    const backup_file = await installCrontab({ remote, fail }, user, after, args.backup ? 'crontab' : undefined)
    remote.changed('the crontab', { before: text, after, before_header: header, after_header: header })
    return { changed, ...result, ...(args.backup && !remote.checkMode ? { backup_file } : {}) }

    function edited(now: readonly string[]): readonly string[] {
      if (args.env && !present) return withoutVariable(now, plainName, args.name)
      if (!present) return withoutJob(now, args.name)
      if (!args.env) {
        const job = {
          ...args,
          job: (args.job ?? '').replace(/[\r\n]+$/, ''),
          user: path === undefined ? undefined : user,
        }
        return withJob(now, args.name, jobLine(job))
      }
      const line = `${args.name}="${args.job}"`
      return (
        withVariable(now, plainName, args.name, line, args) ??
        fail(`Variable named '${args.insertafter ?? args.insertbefore}' not found.`)
      )
    }
  },
})

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
