import type { ArgsOf } from '../engine/args.js'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { expandTemplate, search } from '../engine/python/regexp.js'
import { checkedRegExp } from './files/checked-regexp.js'
import { contentDiff, editDiff, fileToEdit, linesOf, putEdited, withoutEnd } from './files/edited.js'

const args = {
  path: { type: 'path', required: true, aliases: ['dest', 'destfile', 'name'], summary: 'file to edit' },
  line: { type: 'str', aliases: ['value'], summary: 'the line that should be there' },
  regexp: { type: 'str', aliases: ['regex'], summary: 'replace the last line this matches' },
  search_string: { type: 'str', summary: 'replace the last line that contains this text' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    summary: 'whether the line should be there',
  },
  insertafter: { type: 'str', summary: 'add a missing line after this match, or at EOF' },
  insertbefore: { type: 'str', summary: 'add a missing line before this match, or at BOF' },
  firstmatch: { type: 'bool', default: false, summary: 'use the first match instead of the last' },
  backrefs: { type: 'bool', default: false, summary: 'expand \\1 in line; do nothing when regexp does not match' },
  create: { type: 'bool', default: false, summary: 'create the file when it is missing' },
  backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
  validate: { type: 'str', summary: 'command that must accept the new file, written as %s' },
  others: { type: 'str', summary: 'does nothing; for old playbooks' },
  ...fileAttributes,
} as const
type Args = ArgsOf<typeof args>
type Edit = { readonly lines: readonly string[]; readonly msg: string; readonly found?: number }

export default defineModule({
  name: 'ansible.builtin.lineinfile',
  summary: 'Keep one line in a text file',
  check: 'full',
  args,
  rules: {
    exclusive: [
      ['insertbefore', 'insertafter'],
      ['regexp', 'search_string'],
      ['backrefs', 'search_string'],
    ],
  },
  returns: { msg: 'what was done', backup: 'name of the backup, or nothing', found: 'lines removed (state absent)' },
  order: ['changed', 'msg', 'backup', 'diff'],
  examples: `
- ansible.builtin.lineinfile:
    path: /etc/selinux/config
    regexp: '^SELINUX='
    line: SELINUX=enforcing

- ansible.builtin.lineinfile:
    path: /etc/sudoers
    state: absent
    regexp: '^%wheel'
    validate: /usr/sbin/visudo -cf %s
`,

  async run(context) {
    const { args, remote, fail, warn } = context
    const present = args.state === 'present'
    warnOfEmpty(args, warn)
    const missing = (path: string) => `Destination ${path} does not exist !`
    if (present && args.backrefs && args.regexp === undefined) fail('regexp is required with backrefs=true')
    if (present && args.line === undefined) fail('line is required with state=present')
    if (!present && args.regexp === undefined && args.search_string === undefined && args.line === undefined)
      fail('one of line, search_string, or regexp is required with state=absent')
    const { file, holder } = await fileToEdit(
      context,
      args.path,
      args.create || !present,
      missing,
      args.create && present,
    )
    if (!file.exists && !present) return { msg: 'file not present' }

    const matches = matcher(args, fail)
    const edit = present
      ? withLine(linesOf(file.text), args, matches, anchor(args, fail))
      : withoutLine(linesOf(file.text), matches)
    const text = edit.lines.join('')
    // With nothing to write no file is made.
    if (!file.exists && edit.msg === '')
      return { msg: '', backup: '', diff: editDiff(context, args.path, '', '', undefined) }
    const { msg, backup_file, attributes } = await putEdited(
      { file, holder },
      text,
      edit.msg,
      args,
      `${args.path} (content)`,
    )
    // A file that would be created has no attributes yet to tell of.
    if (remote.checkMode && !file.exists)
      return { msg: edit.msg, backup: '', diff: contentDiff(context, args.path, file.text, text) }
    const diff = editDiff(context, args.path, file.text, text, attributes)
    return { msg, backup: backup_file ?? '', diff, ...(present ? {} : { found: edit.found ?? 0 }) }
  },
})

type Match = (line: string) => RegExpExecArray | boolean | null

/** What picks the lines to replace or remove; undefined when only the line itself counts. */
function matcher({ regexp, search_string, line, state }: Args, fail: (msg: string) => never): Match | undefined {
  if (regexp !== undefined) {
    const pattern = checkedRegExp(regexp, { ascii: true }, fail)
    return text => search(pattern, text)
  }
  if (search_string !== undefined) return text => text.includes(search_string)
  return state === 'absent' ? text => withoutEnd(text) === line : undefined
}

function anchor({ insertafter, insertbefore }: Args, fail: (msg: string) => never): Match | undefined {
  const text = insertafter ?? insertbefore
  if (!text || text === 'BOF' || text === 'EOF') return undefined
  const pattern = checkedRegExp(text, { ascii: true }, fail)
  return line => search(pattern, line)
}

function withLine(lines: string[], args: Args, matches: Match | undefined, isAnchor: Match | undefined): Edit {
  const line = args.line!
  const pick = (test: (line: string) => unknown) =>
    args.firstmatch ? lines.findIndex(test) : lines.findLastIndex(test)
  const at = matches ? pick(matches) : -1
  const same = at === -1 ? lines.findLastIndex(one => withoutEnd(one) === line) : -1
  if (at !== -1 || same !== -1) {
    const index = at === -1 ? same : at
    const found = at === -1 ? undefined : matches!(lines[at]!)
    const text =
      args.backrefs && found && typeof found === 'object' ? expandTemplate(regexpOf(args), line, found) : line
    const wanted = text.endsWith('\n') ? text : `${text}\n`
    return lines[index] === wanted ? { lines, msg: '' } : { lines: lines.with(index, wanted), msg: 'line replaced' }
  }
  if (args.backrefs) return { lines, msg: '' }

  const added = (index: number): Edit => ({
    lines: ended(lines, index).toSpliced(index, 0, `${line}\n`),
    msg: 'line added',
  })
  if (args.insertbefore === 'BOF' || args.insertafter === 'BOF') return added(0)
  const mark = isAnchor ? pick(isAnchor) : -1
  if (mark === -1) return added(lines.length)
  return added(args.insertafter !== undefined ? mark + 1 : mark)
}

const regexpOf = (args: Args) =>
  checkedRegExp(args.regexp!, { ascii: true }, msg => {
    throw new Error(msg)
  })

/** A last line without a newline gets one before something is put after it. */
const ended = (lines: string[], index: number): string[] =>
  index === lines.length && index > 0 && !/[\r\n]$/.test(lines.at(-1)!) ? lines.with(-1, `${lines.at(-1)}\n`) : lines

function withoutLine(lines: string[], matches: Match | undefined): Edit {
  const kept = lines.filter(line => !matches!(line))
  const found = lines.length - kept.length
  return { lines: kept, msg: found ? `${found} line(s) removed` : '', found }
}

function warnOfEmpty({ regexp, search_string }: Args, warn: (text: string) => void): void {
  const what = regexp === '' ? 'regular expression' : search_string === '' ? 'search string' : undefined
  if (what === undefined) return
  warn(
    `The ${what} is an empty string, which will match every line in the file. This may have unintended consequences, such as replacing the last line in the file rather than appending.${regexp === '' ? " If this is desired, use '^' to match every line in the file and avoid this warning." : ''}`,
  )
}
