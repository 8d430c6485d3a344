import { defineModule, fileAttributes } from '../engine/module/define.js'
import { describe, pathInfo } from '../engine/remote/path-info.js'
import { attributesOf } from './files/attributes.js'

/** Options that may stand several times in a stanza. */
const repeated = ['pre-up', 'up', 'down', 'post-up']
/** Words that begin something else than an option. */
const opening = /^(?:iface|mapping|auto|allow-\S+|no-auto-down|no-scripts|source|source-directory|rename|template)$/

export default defineModule({
  name: 'community.general.interfaces_file',
  summary: 'Options of interfaces in /etc/network/interfaces',
  check: 'full',
  args: {
    dest: { type: 'path', default: '/etc/network/interfaces', summary: 'file to edit' },
    iface: { type: 'str', summary: 'interface of the option' },
    address_family: { type: 'str', summary: 'inet or inet6, where an interface has both' },
    option: { type: 'str', summary: 'option to set; without it, only look' },
    value: { type: 'str', summary: 'what it should be' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
    backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
    ...fileAttributes,
  },
  rules: { requiredBy: { option: ['iface'] } },
  returns: { dest: 'the file', ifaces: 'interfaces with their options', backup_file: 'name of the backup' },
  examples: `
- name: Set the mtu of eth1
  community.general.interfaces_file:
    dest: /etc/network/interfaces.d/eth1.cfg
    iface: eth1
    option: mtu
    value: "8000"
`,

  async run({ args, remote, fail }) {
    const { dest, iface, option, value, address_family } = args
    const file = await remote.file(dest, { want: 'text' })
    if (!file.exists) fail(`[Errno 2] No such file or directory: '${dest}'`)
    let { lines } = file
    if (iface !== undefined && option !== undefined) {
      if (args.state === 'present' && value === undefined)
        fail("Value must be set if option is defined and state is 'present'")
      const stanza = stanzas(lines, fail).filter(
        one => one.iface === iface && (address_family === undefined || one.family === address_family),
      )
      if (stanza.length === 0) fail(`Error: interface ${iface} not found`)
      if (args.state === 'present') lines = withOption(lines, stanza, option, value!)
      else lines = withoutOption(lines, stanza, option, value)
    }
    const text = lines === file.lines ? file.text : lines.map(line => `${line}\n`).join('')
    const { backup_file } = await file.put({
      text,
      ...attributesOf(args),
      backup: args.backup,
      unsafe_writes: args.unsafe_writes,
      diff: 'none',
    })
    const ifaces = Object.fromEntries(
      stanzas(lines, fail).map(one => [one.iface, { address_family: one.family, method: one.method, ...values(one) }]),
    )
    const info = remote.recorded.changed && !remote.checkMode ? await pathInfo(remote, dest) : describe(file)
    return { ...info, dest, ifaces, ...(backup_file === undefined ? {} : { backup_file }) }
  },
})

interface Option {
  readonly at: number
  readonly name: string
  readonly value: string
}
interface Stanza {
  readonly at: number
  readonly iface: string
  readonly family: string
  readonly method: string
  readonly options: Option[]
}

/** The `iface` parts of the file; comments, empty lines and other parts belong to none, but a part has to begin first. */
function stanzas(lines: readonly string[], fail: (msg: string) => never): Stanza[] {
  const found: Stanza[] = []
  let now: Stanza | undefined
  let begun = false
  lines.forEach((line, at) => {
    const [, name = '', value = ''] = /^\s*([^\s#]\S*)\s*(.*?)\s*$/.exec(line) ?? []
    if (name === '') return
    begun ||= opening.test(name)
    if (name === 'iface') {
      const [iface = '', family = '', method = ''] = value.split(/\s+/)
      now = { at, iface, family, method, options: [] }
      found.push(now)
    } else if (opening.test(name)) now = undefined
    else if (now) now.options.push({ at, name, value })
    else if (!begun) fail(`misplaced option ${line}\n in line ${at + 1}`)
  })
  return found
}

function values(stanza: Stanza): { [name: string]: string | string[] } {
  const all: { [name: string]: string | string[] } = Object.fromEntries(repeated.map(name => [name, []]))
  for (const { name, value } of stanza.options) {
    const list = all[name]
    if (Array.isArray(list)) list.push(value)
    else all[name] = value
  }
  return all
}

/** The method goes to all parts of the interface; another option to the last that has it, or to the last part. */
function withOption(lines: string[], among: readonly Stanza[], option: string, value: string): string[] {
  if (option === 'method') {
    const other = new Set(among.filter(one => one.method !== value).map(one => one.at))
    if (other.size === 0) return lines
    return lines.map((line, at) =>
      other.has(at) ? line.replace(/^(\s*iface\s+\S+\s+\S+\s+)\S+/, (_, before) => before + value) : line,
    )
  }
  const stanza = among.at(-1)!
  const own = among.flatMap(one => one.options).filter(one => one.name === option)
  const last = own.at(-1)
  if (last && !repeated.includes(option)) {
    if (last.value === value) return lines
    return lines.with(
      last.at,
      lines[last.at]!.replace(
        /^(\s*\S+\s*).*$/,
        (_, before: string) => `${before.trimEnd() === before ? `${before} ` : before}${value}`,
      ),
    )
  }
  if (own.some(one => one.value === value)) return lines
  // Beside its like, else at the end of the stanza, indented as what stands there.
  const after = last?.at ?? stanza.options.at(-1)?.at
  const indent = after === undefined ? '    ' : /^\s*/.exec(lines[after]!)![0]
  return lines.toSpliced((after ?? stanza.at) + 1, 0, `${indent}${option} ${value}`)
}

/** A repeated option goes by its value when there is one; any other goes as often as it stands there. */
function withoutOption(lines: string[], among: readonly Stanza[], option: string, value: string | undefined): string[] {
  const gone = among
    .flatMap(one => one.options)
    .filter(one => one.name === option && (!repeated.includes(option) || value === undefined || one.value === value))
    .map(one => one.at)
  return gone.length === 0 ? lines : lines.filter((_, at) => !gone.includes(at))
}
