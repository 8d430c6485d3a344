import { posix } from 'node:path'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { describe, pathInfo } from '../engine/remote/path-info.js'
import { attributesOf } from './files/attributes.js'
import { makeDirectories } from './files/directories.js'
import { contentDiff } from './files/edited.js'
import { iniLines, withOption, withoutOption } from './ini/edit.js'

export default defineModule({
  name: 'community.general.ini_file',
  summary: 'Set options in INI files',
  check: 'full',
  args: {
    path: { type: 'path', required: true, aliases: ['dest'], summary: 'file to edit' },
    section: { type: 'str', summary: 'section of the option; without it, what stands before all sections' },
    option: { type: 'str', summary: 'option to set; without it, the section as a whole' },
    value: { type: 'str', summary: 'what the option should be' },
    values: { type: 'list', elements: 'str', summary: 'several lines of one option' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
    exclusive: { type: 'bool', default: true, summary: 'no other lines of this option in the section' },
    allow_no_value: { type: 'bool', default: false, summary: 'an option may stand without a value' },
    no_extra_spaces: { type: 'bool', default: false, summary: 'no spaces around =' },
    ignore_spaces: { type: 'bool', default: false, summary: 'leave a line that differs only in spaces around =' },
    modify_inactive_option: { type: 'bool', default: true, summary: 'replace a line that is commented out' },
    create: { type: 'bool', default: true, summary: 'create the file when it is missing' },
    backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
    follow: { type: 'bool', default: false, summary: 'write through a link instead of replacing it' },
    section_has_values: {
      type: 'list',
      elements: 'dict',
      aliases: ['section_has'],
      options: {
        option: { type: 'str', required: true, summary: 'an option of the section' },
        value: { type: 'str', summary: 'its value' },
        values: { type: 'list', elements: 'str', summary: 'values of which it must have one; none: any will do' },
      },
      rules: { exclusive: [['value', 'values']] },
      summary: 'what tells sections of one name apart; the first that has it all is edited',
    },
    ...fileAttributes,
  },
  rules: { exclusive: [['value', 'values']], requiredBy: { section_has_values: ['section'] } },
  returns: { msg: 'what was done', path: 'the file', backup_file: 'name of the backup' },
  order: ['changed', 'diff', 'msg', 'path'],
  examples: `
- community.general.ini_file:
    path: /etc/conf
    section: drinks
    option: fav
    value: lemonade
    mode: '0600'
`,

  async run({ args, remote, fail }) {
    const values = [...new Set(args.values ?? (args.value === undefined ? [] : [args.value]))]
    if (args.state === 'present' && !args.allow_no_value && values.length === 0)
      fail("Parameter 'value(s)' must be defined if state=present and allow_no_value=False.")
    const [file, self, parent] = await Promise.all([
      remote.file(args.path, { want: 'text' }),
      remote.file(args.path, { want: 'stat', follow: false }),
      remote.file(posix.dirname(args.path), { want: 'stat' }),
    ])
    if (!file.exists && !args.create) fail(`Destination ${args.path} does not exist!`, { rc: 257 })
    if (!file.exists && !parent.exists) await makeDirectories(remote, [posix.dirname(args.path)], {}, fail)

    // A byte order mark is no part of the first section's name; it and carriage returns go with the first change.
    const before = file.text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
    const edit = args.state === 'present' ? withOption : withoutOption
    const section_has_values = args.section_has_values?.map(({ option, value, values }) => ({
      option,
      values: values ?? (value === undefined ? [] : [value]),
    }))
    const wish = {
      ...args,
      section: args.section || undefined,
      option: args.option || undefined,
      values,
      section_has_values,
    }
    const { lines, msg } = edit(iniLines(before), wish)
    const text = lines.join('')
    const unended = !file.text.endsWith('\n') && file.exists
    // An empty file that is only asked about stays empty.
    const fresh = msg === 'OK' && !(unended && file.text !== '') ? file.text : text
    // A link that stays has an owner of its own.
    const staying = self.isLink && !args.follow && fresh === file.text
    if (staying) await self.setAttributes(attributesOf(args))
    const { backup_file } = staying
      ? {}
      : await file.put({
          text: fresh,
          ...attributesOf(args),
          backup: args.backup && args.follow ? 'target' : args.backup,
          replaceLink: !args.follow,
          unsafe_writes: args.unsafe_writes,
          diff: 'none',
        })
    const info =
      remote.recorded.changed && !remote.checkMode
        ? await pathInfo(remote, args.path)
        : file.exists
          ? describe(staying ? self : file)
          : {}
    const diff = contentDiff({ remote }, args.path, before, fresh === file.text ? before : fresh)
    return { ...info, msg, path: args.path, diff, ...(backup_file === undefined ? {} : { backup_file }) }
  },
})
