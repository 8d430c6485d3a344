import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'

export default defineModule({
  name: 'community.general.capabilities',
  summary: 'Give programs capabilities of the kernel',
  check: 'full',
  args: {
    path: { type: 'str', required: true, aliases: ['key'], summary: 'the program' },
    capability: {
      type: 'str',
      required: true,
      aliases: ['cap'],
      summary: 'capability, with operator and flags: cap_net_bind_service+ep',
    },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should have it' },
  },
  examples: `
- community.general.capabilities:
    path: /foo
    capability: cap_sys_chroot+ep
    state: present
`,

  async run(context) {
    const { args, remote, fail } = context
    const [name, operator, flags] = parse(args.capability.trim().toLowerCase())
    if (args.state === 'present' && operator === '') fail(`Couldn't find operator (one of: ('=', '-', '+'))`)
    const held = await remote.query({
      command: sh`getcap -v ${args.path}`,
      needs: 'getcap',
      parse: (stdout, rc, stderr) => {
        if (rc !== 0 || stderr.trim()) return { stdout: stdout.trim(), stderr }
        // Old: `/foo = cap_a,cap_b+ep`, new: `/foo cap_a,cap_b=ep`.
        const text = stdout.trim().slice(args.path.length).replace(/^ = /, ' ').trim()
        return text
          .split(/\s+/)
          .filter(Boolean)
          .flatMap(group => {
            const [names, op, flags] = parse(group)
            return names.split(',').map(one => [one, op, flags] as const)
          })
      },
    })
    if (!Array.isArray(held)) return fail(`Unable to get capabilities of ${args.path}`, held)
    const caps: (readonly [string, string, string])[] = held
    const sorted = (text: string) => [...text].sort().join('')
    const right = caps.some(([one, , has]) => one === name && sorted(has) === sorted(flags))
    const there = caps.some(([one]) => one === name)
    if (args.state === 'present' ? right : !there) return { state: args.state }
    const rest = caps.filter(([one]) => one !== name).map(([one, op, has]) => `${one}${op}${has}`)
    const wanted = args.state === 'present' ? [...rest, `${name}${operator}${flags}`] : rest
    const { rc, stdout, stderr, skipped } = await remote.exec({
      argv: wanted.length > 0 ? ['setcap', wanted.join(' '), args.path] : ['setcap', '-r', args.path],
      why: `set capabilities of ${args.path}`,
    })
    if (rc !== 0) fail(`Unable to set capabilities of ${args.path}`, { stdout, stderr })
    return { msg: 'capabilities changed', ...(skipped ? {} : { state: args.state, stdout }) }
  },
})

function parse(text: string): [name: string, operator: string, flags: string] {
  const found = /^(.*?)([=+-])([eip]*)$/.exec(text)
  return found ? [found[1]!, found[2]!, found[3]!] : [text, '', '']
}
