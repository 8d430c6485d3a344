import { defineModule } from '../engine/module/define.js'
import { join } from '../engine/python/posixpath.js'

const types = 'account -account auth -auth password -password session -session'.split(' ')
const plainControls = ['required', 'requisite', 'sufficient', 'optional', 'include', 'substack', 'definitive']

export default defineModule({
  name: 'community.general.pamd',
  summary: 'Edit rules of PAM services',
  notes: ['Rules of a changed file are written again, with single blanks; its second line says when that was.'],
  check: 'full',
  args: {
    name: { type: 'str', required: true, summary: 'the service: a file below path' },
    type: { type: 'str', required: true, choices: types, summary: 'type of the rule to find' },
    control: { type: 'str', required: true, summary: 'control of the rule to find, plain or in brackets' },
    module_path: { type: 'str', required: true, summary: 'module of the rule to find' },
    new_type: { type: 'str', choices: types, summary: 'type to give it, or of the rule to insert' },
    new_control: { type: 'str', summary: 'control to give it, or of the rule to insert' },
    new_module_path: { type: 'str', summary: 'module to give it, or of the rule to insert' },
    module_arguments: { type: 'list', elements: 'str', summary: 'arguments of the module; an empty text removes all' },
    state: {
      type: 'str',
      choices: ['absent', 'after', 'args_absent', 'args_present', 'before', 'updated'],
      default: 'updated',
      summary: 'change the rule or its arguments, remove it, or insert another beside it',
    },
    path: { type: 'path', default: '/etc/pam.d', summary: 'folder of the services' },
    backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
  },
  rules: {
    requiredIf: [
      ['state', 'args_present', 'module_arguments'],
      ['state', 'args_absent', 'module_arguments'],
      ['state', 'before', 'new_control', 'new_type', 'new_module_path'],
      ['state', 'after', 'new_control', 'new_type', 'new_module_path'],
    ],
  },
  returns: { change_count: 'how many rules were changed', backupdest: 'the dated copy, or nothing' },
  examples: `
- name: Lock accounts after failures
  community.general.pamd:
    name: common-auth
    type: auth
    control: required
    module_path: pam_env.so
    new_type: auth
    new_control: required
    new_module_path: pam_faillock.so
    module_arguments: preauth silent
    state: after
`,

  async run({ args, remote, fail }) {
    const path = join(args.path, args.name)
    const file = await remote.file(path, { want: 'text' })
    if (!file.exists) {
      fail(`Unable to open/read PAM module file ${path} with error [Errno 2] No such file or directory: '${path}'.`)
    }
    const wanted = argumentsOf(args.module_arguments ?? [])
    if (args.state === 'args_present' && wanted.some(one => one.startsWith('['))) {
      fail("Unable to process bracketed '[' complex arguments with 'args_present'. Please use 'updated'.")
    }
    const lines = file.lines.map(read)
    const isRule = (line: Line | undefined): line is Rule => line !== undefined && typeof line !== 'string'
    const found = lines.filter(
      line =>
        isRule(line) && line.type === args.type && line.control === args.control && line.module === args.module_path,
    ) as Rule[]
    const fresh = (): Rule => ({
      type: args.new_type!,
      control: args.new_control!,
      module: args.new_module_path!,
      words: wanted,
    })

    let count = 0
    for (const rule of found) {
      const at = lines.indexOf(rule)
      const old = write(rule)
      if (args.state === 'absent') lines.splice(at, 1)
      else if (args.state === 'before' || args.state === 'after') {
        const beside = nextRule(lines, at, args.state === 'before' ? -1 : 1, isRule)
        const { type, control, module } = fresh()
        if (beside && beside.type === type && beside.control === control && beside.module === module) continue
        lines.splice(args.state === 'before' ? at : at + 1, 0, fresh())
      } else {
        if (args.state === 'args_absent') rule.words = rule.words.filter(word => !wanted.includes(word))
        else if (args.state === 'args_present') rule.words = withWords(rule.words, wanted)
        else {
          rule.type = args.new_type ?? rule.type
          rule.control = args.new_control ?? rule.control
          rule.module = args.new_module_path ?? rule.module
          if (args.module_arguments !== undefined) rule.words = wanted
        }
        if (write(rule) === old) continue
      }
      count++
    }
    for (const line of lines) {
      if (isRule(line) && !isControl(line.control))
        fail(`Rule control, ${line.control}, is not valid in rule ${write(line)}`)
    }
    if (count === 0) return { changed: false, change_count: 0, backupdest: '' }

    const text = lines.map(line => (isRule(line) ? write(line) : line))
    const stamp = `# Updated by Ansible - ${new Date().toISOString().replace('Z', '000')}`
    // Ansible puts an empty line before a sole one, so that the stamp is the second line.
    if (text.length === 1) text.unshift('')
    text.splice(1, text[1]?.startsWith('# Updated by Ansible') ? 1 : 0, stamp)
    const put = await file.put({ text: text.map(line => `${line}\n`).join(''), backup: args.backup })
    return { changed: true, change_count: count, backupdest: put.backup_file ?? '' }
  },
})

interface Rule {
  type: string
  control: string
  module: string
  words: string[]
}
/** Comments, includes and blank lines stay as they are. */
type Line = Rule | string

function read(text: string): Line {
  const parts = /^\s*(-?(?:account|auth|password|session))\s+(\[[^\]]*\]|\S+)\s+(\S+)(?:\s+(.*?))?\s*$/.exec(text)
  if (!parts) return text
  const [, type = '', control = '', module = '', rest = ''] = parts
  return { type, control, module, words: argumentsOf([rest]) }
}

const write = (rule: Rule) => [`${rule.type.padEnd(10)} ${rule.control}`, rule.module, ...rule.words].join(' ')

/** Words between blanks; brackets hold blanks together. */
const argumentsOf = (texts: readonly string[]): string[] => texts.flatMap(text => text.match(/\[[^\]]*\]|\S+/g) ?? [])

/** Missing words are added, `key=value` replaces the value of a key that is there. */
function withWords(words: readonly string[], wanted: readonly string[]): string[] {
  const result = [...words]
  for (const word of wanted) {
    const key = word.includes('=') ? word.slice(0, word.indexOf('=') + 1) : undefined
    const at = result.findIndex(one => one === word || (key !== undefined && one.startsWith(key)))
    if (at === -1) result.push(word)
    else result[at] = word
  }
  return result
}

/** The next line in a direction that is a rule; comments and blank lines are passed over. */
function nextRule(lines: readonly Line[], at: number, step: number, isRule: (line: Line | undefined) => line is Rule) {
  for (let index = at + step; index >= 0 && index < lines.length; index += step) {
    const line = lines[index]
    if (isRule(line)) return line
  }
  return undefined
}

function isControl(control: string): boolean {
  if (!control.startsWith('[')) return plainControls.includes(control)
  return control
    .slice(1, -1)
    .trim()
    .split(/\s+/)
    .every(pair => /^[a-z_]+=(?:ignore|bad|die|ok|done|reset|\d+)$/.test(pair))
}
