import { posix } from 'node:path'
import { defineModule } from '../engine/module/define.js'

const limits =
  'core data fsize memlock nofile rss stack cpu nproc as maxlogins maxsyslogins priority locks sigpending msgqueue nice rtprio chroot'
const isEndless = (value: string) => /^(unlimited|infinity|-1)$/.test(value)

export default defineModule({
  name: 'community.general.pam_limits',
  summary: 'Keep limits of users in limits.conf',
  check: 'full',
  args: {
    domain: { type: 'str', required: true, summary: 'user, @group, * or %' },
    limit_type: { type: 'str', required: true, choices: ['soft', 'hard', '-'], summary: 'kind of limit' },
    limit_item: { type: 'str', required: true, choices: limits.split(' '), summary: 'what is limited' },
    value: { type: 'str', required: true, summary: 'how much; unlimited, infinity and -1 mean no limit' },
    use_max: { type: 'bool', default: false, summary: 'keep a greater value' },
    use_min: { type: 'bool', default: false, summary: 'keep a smaller value' },
    dest: { type: 'str', default: '/etc/security/limits.conf', summary: 'file to keep it in' },
    comment: { type: 'str', default: '', summary: 'what goes after it' },
    backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
  },
  examples: `
- community.general.pam_limits:
    domain: joe
    limit_type: soft
    limit_item: nofile
    value: '64000'
`,

  async run({ args, remote, fail }) {
    const { domain, limit_type, limit_item, use_max, use_min, dest, comment } = args
    if (use_max && use_min) fail('Cannot use use_min and use_max at the same time.')
    const range = allowed(limit_item, args.value)
    if (range !== undefined)
      fail(
        ` Value of '${args.value}' for item '${limit_item}' is invalid. ${range} Refer to the limits.conf(5) manual pages for more details.`,
      )
    const [file, above] = await Promise.all([
      remote.file(dest, { want: 'text' }),
      remote.file(posix.dirname(dest), { want: 'stat' }),
    ])
    if (!file.exists && !above.isDirectory) fail(`directory for ${dest} is not writable. Use sudo`)

    const line = (value: string) => `${domain}\t${limit_type}\t${limit_item}\t${value}${comment ? `\t#${comment}` : ''}`
    let msg = ''
    let found = false
    const lines = file.lines.flatMap(text => {
      const [body = '', old = ''] = text.replace(/\s*$/, '').split(/#(.*)/s)
      const words = body.trim().split(/\s+/)
      if (words.length !== 4 || words[0] !== domain || words[1] !== limit_type || words[2] !== limit_item) return [text]
      if (found) return []
      found = true
      const value = kept(words[3]!)
      msg = line(value)
      if (value === words[3] && (comment === '' || old.trim() === comment)) return [text]
      return [msg]
    })
    if (!found) {
      msg = line(args.value)
      lines.push(msg)
    }
    const text = lines.map(line => `${line}\n`).join('')
    const put = await file.put({ text, backup: args.backup, replaceLink: true })
    const diff = { before: file.text, after: text }
    return { msg: `${msg}\n`, diff, ...(put.backup_file === undefined ? {} : { backup_file: put.backup_file }) }

    function kept(old: string): string {
      if (use_max)
        return isEndless(old) || (!isEndless(args.value) && Number(old) >= Number(args.value)) ? old : args.value
      if (use_min)
        return !isEndless(old) && (isEndless(args.value) || Number(old) <= Number(args.value)) ? old : args.value
      return args.value
    }
  },
})

/** What the value of an item has to be, when it is not. */
function allowed(item: string, value: string): string | undefined {
  const number = /^-?\d+$/.test(value) ? Number(value) : undefined
  if (item === 'nice')
    return number !== undefined && number >= -20 && number <= 19
      ? undefined
      : 'Value must be a number in the range -20 to 19 inclusive.'
  if (isEndless(value) || (number !== undefined && (number >= 0 || item === 'priority'))) return undefined
  return "Value must either be 'unlimited', 'infinity' or -1, all of which indicate no limit, or a limit of 0 or larger."
}
