import type { ArgsOf } from '../engine/args.js'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { groupNumber, substitute } from '../engine/python/regexp.js'
import { checkedRegExp } from './files/checked-regexp.js'
import { fileToEdit, putEdited } from './files/edited.js'
import { decode, encode } from './files/encode.js'

const args = {
  path: { type: 'path', required: true, aliases: ['dest', 'destfile', 'name'], summary: 'file to edit' },
  regexp: { type: 'str', required: true, summary: 'what to replace, everywhere it matches' },
  replace: { type: 'str', default: '', summary: 'what to put there; may use \\1 and \\g<name>' },
  after: { type: 'str', summary: 'only after this match' },
  before: { type: 'str', summary: 'only before this match' },
  backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
  validate: { type: 'str', summary: 'command that must accept the new file, written as %s' },
  encoding: { type: 'str', default: 'utf-8', summary: 'encoding of the file' },
  others: { type: 'str', summary: 'does nothing; for old playbooks' },
  ...fileAttributes,
} as const

export default defineModule({
  name: 'ansible.builtin.replace',
  summary: 'Replace all that a regular expression matches in a file',
  check: 'full',
  args,
  returns: { msg: 'what was done', backup_file: 'name of the backup' },
  order: ['rc', 'msg', 'changed'],
  examples: `
- ansible.builtin.replace:
    path: /etc/hosts
    regexp: '(\\s+)old\\.host\\.name(\\s+.*)?$'
    replace: '\\1new.host.name\\2'
`,

  async run(context) {
    const { args, fail } = context
    const { file, holder } = await fileToEdit(context, args.path, false, path => `Path ${path} does not exist !`)
    const plain = /^utf[-_]?8$/i.test(args.encoding)
    const text = plain ? file.text : (decode(file.bytes, args.encoding) ?? fail(`unknown encoding: ${args.encoding}`))
    const section = sectionOf(text, args, fail)
    if (typeof section === 'string')
      return { changed: false, rc: 0, msg: `Pattern for before/after params did not match the given file: ${section}` }

    const pattern = checkedRegExp(args.regexp, { multiline: true }, fail)
    const replaced = substituted(text.slice(section.start, section.end))
    const fresh = text.slice(0, section.start) + replaced.text + text.slice(section.end)
    const said = fresh === text ? '' : `${replaced.count} replacements made`
    const content = plain ? fresh : encode(fresh, args.encoding, fail)
    const { msg, backup_file } = await putEdited({ file, holder }, content, said, args, args.path)
    return { msg, rc: 0, ...(backup_file === undefined ? {} : { backup_file }) }

    function substituted(part: string): ReturnType<typeof substitute> {
      try {
        return substitute(pattern, args.replace, part)
      } catch (error) {
        return fail(`Unable to process replace due to error: ${(error as Error).message}`)
      }
    }
  },
})

/** Where to replace: everywhere, or between `after` and `before`; the pattern when that is nowhere. */
function sectionOf(text: string, { after, before }: ArgsOf<typeof args>, fail: (msg: string) => never) {
  if (!after && !before) return { start: 0, end: text.length }
  const wanted = `${after ?? ''}(?P<subsection>.*${after && before ? '?' : ''})${before ?? ''}`
  const pattern = checkedRegExp(wanted, { dotall: true }, fail)
  const found = new RegExp(pattern.source, `${pattern.flags}d`).exec(text)
  if (!found) return wanted
  const [start, end] = found.indices![groupNumber(pattern, 'subsection')!]!
  return { start, end }
}
