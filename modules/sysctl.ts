import { defineModule } from '../engine/module/define.js'
import { quote, raw, sh } from '../engine/remote/quote.js'

export default defineModule({
  name: 'ansible.posix.sysctl',
  summary: 'Set kernel parameters',
  check: 'full',
  args: {
    name: { type: 'str', required: true, aliases: ['key'], summary: 'parameter, with dots' },
    value: { type: 'str', aliases: ['val'], summary: 'what it should be' },
    state: {
      type: 'str',
      choices: ['present', 'absent'],
      default: 'present',
      summary: 'whether the file should set it',
    },
    sysctl_file: { type: 'path', default: '/etc/sysctl.conf', summary: 'file that sets it at boot' },
    sysctl_set: { type: 'bool', default: false, summary: 'set it now, too, when it differs' },
    reload: { type: 'bool', default: true, summary: 'apply the file when it has changed' },
    ignoreerrors: { type: 'bool', default: false, summary: 'pass over parameters that the kernel does not have' },
  },
  rules: { requiredIf: [['state', 'present', 'value']] },
  examples: `
- ansible.posix.sysctl:
    name: vm.swappiness
    value: '5'
    state: present
`,

  async run({ args, remote, fail }) {
    const { sysctl_file, state } = args
    const name = args.name.trim()
    if (name === '') fail('name cannot be blank')
    // A null that was given is not the same as nothing given.
    if (args.state === 'present' && args.value === undefined) fail('value cannot be None')
    if (args.state === 'present' && args.value === '') fail('value cannot be blank')
    const value = parsed(args.value ?? '')
    const [file, now] = await Promise.all([
      remote.file(sysctl_file, { want: 'text' }),
      remote.query({
        command: sh`sysctl -e -n ${name} 2>/dev/null`,
        parse: (stdout, rc) => (rc === 0 ? stdout.trim() : undefined),
        needs: 'sysctl',
      }),
    ])
    const { lines, values } = read(file.text)
    const held = values.get(name)
    const write = state === 'absent' ? held !== undefined : held === undefined || !same(held, value)
    const set = state === 'present' && args.sysctl_set && (now === undefined || !same(now, value))

    if (set) {
      const done = await remote.exec({
        argv: ['sysctl', ...(args.ignoreerrors ? ['-e'] : []), '-w', `${name}=${value}`],
        why: `set ${name}`,
      })
      if (refused(done)) fail(`setting ${name} failed: ${done.stdout}${done.stderr}`)
    }
    if (write) {
      const fresh = rewritten(lines, name, state === 'absent' ? undefined : value)
      await file.put({ text: fresh.map(line => `${line}\n`).join(''), replaceLink: true })
    }
    if ((set || write) && args.reload) {
      const done = await remote.exec({
        shell: sh`LANG=C LC_ALL=C sysctl ${raw(args.ignoreerrors ? '-e ' : '')}-p ${raw(quote(sysctl_file))}`,
        why: `apply ${sysctl_file}`,
        changes: false,
      })
      if (refused(done)) fail(`Failed to reload sysctl: ${done.stdout}${done.stderr}`)
    }
    return {}
  },
})

/** `ignoreerrors` is sysctl's own -e, which forgives unknown parameters only. Some sysctls exit 0 though a value was refused. */
const refused = (done: { rc: number; stderr: string }) =>
  done.rc !== 0 || /Invalid argument|Read-only file system/.test(done.stderr)

/** Words of truth become the kernel's numbers. */
function parsed(value: string): string {
  const word = value.trim().toLowerCase()
  if (['y', 'yes', 'on', 't', 'true'].includes(word)) return '1'
  if (['n', 'no', 'off', 'f', 'false'].includes(word)) return '0'
  return value.trim()
}

const same = (one: string, other: string) => one.trim().split(/\s+/).join(' ') === other.trim().split(/\s+/).join(' ')

const keyOf = (line: string) =>
  /^\s*(?:[#;]|$)/.test(line) || !line.includes('=') ? undefined : line.slice(0, line.indexOf('=')).trim()

/** A file that is written has each setting once, without blanks, where and as the first of its name was. */
function rewritten(lines: readonly string[], name: string, value: string | undefined): string[] {
  const placed = new Set<string>()
  const kept = lines.flatMap(line => {
    const key = keyOf(line)
    if (key === undefined) return [line.trim()]
    if (placed.has(key) || (key === name && value === undefined)) return []
    placed.add(key)
    return [`${key}=${key === name ? value : line.slice(line.indexOf('=') + 1).trim()}`]
  })
  return placed.has(name) || value === undefined ? kept : [...kept, `${name}=${value}`]
}

function read(text: string): { lines: string[]; values: Map<string, string> } {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const values = new Map<string, string>()
  for (const line of lines) {
    const key = keyOf(line)
    if (key !== undefined) values.set(key, line.slice(line.indexOf('=') + 1).trim())
  }
  return { lines, values }
}
