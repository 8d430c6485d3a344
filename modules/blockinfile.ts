import type { ArgsOf } from '../engine/args.js'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { search } from '../engine/python/regexp.js'
import { checkedRegExp } from './files/checked-regexp.js'
import { contentDiff, editDiff, fileToEdit, putEdited } from './files/edited.js'

const args = {
  path: { type: 'path', required: true, aliases: ['dest', 'destfile', 'name'], summary: 'file to edit' },
  block: { type: 'str', default: '', aliases: ['content'], summary: 'text between the markers; empty removes it' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    summary: 'whether the block should be there',
  },
  marker: { type: 'str', default: '# {mark} ANSIBLE MANAGED BLOCK', summary: 'line before and after the block' },
  marker_begin: { type: 'str', default: 'BEGIN', summary: 'what {mark} is before the block' },
  marker_end: { type: 'str', default: 'END', summary: 'what {mark} is after the block' },
  insertafter: { type: 'str', summary: 'add a missing block after the last line this matches, or at EOF' },
  insertbefore: { type: 'str', summary: 'add a missing block before the last line this matches, or at BOF' },
  append_newline: { type: 'bool', default: false, summary: 'an empty line after the block' },
  prepend_newline: { type: 'bool', default: false, summary: 'an empty line before the block' },
  create: { type: 'bool', default: false, summary: 'create the file when it is missing' },
  backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
  validate: { type: 'str', summary: 'command that must accept the new file, written as %s' },
  ...fileAttributes,
} as const
type Args = ArgsOf<typeof args>

export default defineModule({
  name: 'ansible.builtin.blockinfile',
  summary: 'Keep a marked block of lines in a text file',
  check: 'full',
  args,
  rules: { exclusive: [['insertbefore', 'insertafter']] },
  returns: { msg: 'what was done', backup_file: 'name of the backup' },
  order: ['changed', 'msg', 'diff'],
  examples: `
- ansible.builtin.blockinfile:
    path: /etc/ssh/sshd_config
    block: |
      Match User ansible-agent
      PasswordAuthentication no
`,

  async run(context) {
    const { args, remote, fail } = context
    const present = args.state === 'present'
    const missing = (path: string) => `Path ${path} does not exist !`
    const { file, holder } = await fileToEdit(context, args.path, args.create, missing, args.create && present)
    if (!file.exists && !present) return { msg: `File ${args.path} not present` }
    const block = present && args.block ? `${args.block.replace(/\n$/, '')}\n` : ''
    const fresh = withBlock(file.text, block, args, insertionPattern(args, fail))

    const said = !file.exists ? 'File created' : fresh === file.text ? '' : block ? 'Block inserted' : 'Block removed'
    const { msg, backup_file, attributes } = await putEdited(
      { file, holder },
      fresh,
      said,
      args,
      `${args.path} (content)`,
    )
    if (remote.checkMode && !file.exists) return { msg: said, diff: contentDiff(context, args.path, file.text, fresh) }
    const diff = editDiff(context, args.path, file.text, fresh, attributes)
    return { msg, diff, ...(backup_file === undefined ? {} : { backup_file }) }
  },
})

function insertionPattern({ insertafter, insertbefore }: Args, fail: (msg: string) => never): RegExp | undefined {
  const text = insertafter ?? insertbefore
  return text === undefined || text === 'EOF' || text === 'BOF' ? undefined : checkedRegExp(text, { ascii: true }, fail)
}

function withBlock(text: string, block: string, args: Args, pattern: RegExp | undefined): string {
  let lines: string[] = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []
  const [begin, end] = [args.marker_begin, args.marker_end].map(mark => `${args.marker.replaceAll('{mark}', mark)}\n`)
  const [from, to] = [lines.lastIndexOf(begin!), lines.lastIndexOf(end!)]

  let at: number
  if (from === -1 || to === -1) at = insertionPoint(text, lines, args, pattern)
  else {
    at = Math.min(from, to)
    lines = lines.toSpliced(at, Math.abs(to - from) + 1)
  }
  if (at > 0 && !lines[at - 1]!.endsWith('\n')) lines = lines.with(at - 1, `${lines[at - 1]}\n`)
  if (block === '') return lines.join('')

  const before = args.prepend_newline && at > 0 && lines[at - 1] !== '\n' ? ['\n'] : []
  const after = args.append_newline && at < lines.length && lines[at] !== '\n' ? ['\n'] : []
  return lines.toSpliced(at, 0, ...before, begin!, block, end!, ...after).join('')
}

function insertionPoint(
  text: string,
  lines: string[],
  { insertafter, insertbefore }: Args,
  pattern: RegExp | undefined,
): number {
  if (!pattern) return insertbefore === undefined ? lines.length : 0
  // A pattern with (?m) is searched in the whole text and may span lines.
  if (pattern.multiline || /^\(\?[a-z]*m/.test(insertafter ?? insertbefore ?? '')) {
    const found = search(pattern, text)
    if (!found) return lines.length
    const upTo = insertafter === undefined ? found.index : found.index + found[0].length
    const line = text.slice(0, upTo).split('\n').length - 1
    return insertafter === undefined ? line : line + 1
  }
  const line = lines.findLastIndex(one => search(pattern, one))
  return line === -1 ? lines.length : insertafter === undefined ? line : line + 1
}
