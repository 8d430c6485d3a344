import { posix } from 'node:path'
import { defineModule } from '../engine/module/define.js'
import { crontabLines, spacedName, variableNames, withoutVariable, withVariable } from './crontab/edit.js'
import { backedUp, crontab, installCrontab } from './crontab/read.js'

export default defineModule({
  name: 'community.general.cronvar',
  summary: 'Variables of crontabs',
  check: 'none',
  args: {
    name: { type: 'str', required: true, summary: 'the variable' },
    value: { type: 'str', summary: 'what it should be' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
    user: { type: 'str', summary: 'whose crontab' },
    cron_file: { type: 'str', summary: 'file of /etc/cron.d, or a path, instead of a crontab' },
    insertafter: { type: 'str', summary: 'variable to put a new one after' },
    insertbefore: { type: 'str', summary: 'variable to put a new one before' },
    backup: { type: 'bool', default: false, summary: 'keep the old crontab' },
  },
  rules: { exclusive: [['insertbefore', 'insertafter']] },
  returns: { vars: 'names of all variables', backup_file: 'the old crontab' },
  examples: `
- name: Where cron sends its mail
  community.general.cronvar:
    name: MAILTO
    value: ops@example.org
`,

  async run({ args, remote, fail, warn }) {
    const { name, value } = args
    // Empty means not given.
    const [user, cron_file] = [args.user || undefined, args.cron_file || undefined]
    const present = args.state === 'present'
    if (present && value === undefined) fail("You must specify 'value' to insert a new cron variable")
    const path =
      cron_file === undefined ? undefined : cron_file.startsWith('/') ? cron_file : `/etc/cron.d/${cron_file}`
    // cron takes no line that ends with the sign.
    const shown = value === '' ? '""' : value
    const [file, above] =
      path === undefined
        ? []
        : await Promise.all([remote.file(path), remote.file(posix.dirname(path), { want: 'stat' })])
    if (present && above && !above.isDirectory)
      fail(`Parent directory '${posix.dirname(path!)}' does not exist for cron_file: '${cron_file}'`)
    const lines = crontabLines(file ? file.text : await remote.query(crontab(user)))

    const held = lines.find(line => spacedName(line) === name)
    // Blanks around the sign are no part of the value.
    const same = held !== undefined && held.slice(held.indexOf('=') + 1).trim() === shown
    const wanted = !present
      ? withoutVariable(lines, spacedName, name)
      : same
        ? lines
        : withVariable(lines, spacedName, name, `${name}=${shown}`, args)
    if (!wanted) warn(`Variable named '${args.insertafter ?? args.insertbefore}' not found: ${name} is not added.`)
    const after = wanted ?? lines
    const changed = after.join('\n') !== lines.join('\n')
    const result = {
      changed,
      vars: variableNames(after, spacedName),
      ...(cron_file === undefined ? {} : { cron_file }),
    }
    if (!changed) return result

    const text = after.map(line => `${line}\n`).join('')
    if (file) {
      const backup_file = args.backup && file.exists ? await backedUp(remote, file.path) : undefined
      await file.put({ text, ...(file.exists ? {} : { mode: '0644' }) })
      return { ...result, ...(backup_file && { backup_file }) }
    }
    const backup_file = await installCrontab({ remote, fail }, user, text, args.backup ? 'cronvar' : undefined)
    return { ...result, ...(args.backup ? { backup_file } : {}) }
  },
})
