import type { ArgsOf } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { raw, sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'

const args = {
  state: { type: 'str', choices: ['enabled', 'disabled', 'reloaded', 'reset'], summary: 'what the firewall should do' },
  default: {
    type: 'str',
    choices: ['allow', 'deny', 'reject'],
    aliases: ['policy'],
    summary: 'what happens where no rule fits',
  },
  direction: { type: 'str', choices: ['in', 'incoming', 'out', 'outgoing', 'routed'], summary: 'which packets' },
  logging: { type: 'str', choices: ['full', 'high', 'low', 'medium', 'off', 'on'], summary: 'how much to log' },
  rule: { type: 'str', choices: ['allow', 'deny', 'limit', 'reject'], summary: 'a rule' },
  log: { type: 'bool', default: false, summary: 'log what the rule fits' },
  from_ip: { type: 'str', default: 'any', aliases: ['from', 'src'], summary: 'where packets come from' },
  from_port: { type: 'str', summary: 'port they come from' },
  to_ip: { type: 'str', default: 'any', aliases: ['dest', 'to'], summary: 'where packets go' },
  to_port: { type: 'str', aliases: ['port'], summary: 'port they go to' },
  proto: {
    type: 'str',
    choices: ['ah', 'any', 'esp', 'ipv6', 'tcp', 'udp', 'gre', 'igmp', 'vrrp'],
    aliases: ['protocol'],
    summary: 'protocol',
  },
  name: { type: 'str', aliases: ['app'], summary: 'application profile' },
  delete: { type: 'bool', default: false, summary: 'remove the rule' },
  insert: { type: 'int', summary: 'where to put the rule' },
  insert_relative_to: {
    type: 'str',
    choices: ['zero', 'first-ipv4', 'last-ipv4', 'first-ipv6', 'last-ipv6'],
    default: 'zero',
    summary: 'from where insert counts',
  },
  interface: { type: 'str', aliases: ['if'], summary: 'interface of the direction' },
  interface_in: { type: 'str', aliases: ['if_in'], summary: 'interface it comes in' },
  interface_out: { type: 'str', aliases: ['if_out'], summary: 'interface it goes out' },
  route: { type: 'bool', default: false, summary: 'for packets that are passed on' },
  comment: { type: 'str', summary: 'what the rule is for' },
} as const
type Args = ArgsOf<typeof args>

export default defineModule({
  name: 'community.general.ufw',
  summary: 'Set the firewall with ufw',
  check: 'full',
  args,
  rules: {
    exclusive: [
      ['name', 'proto', 'logging'],
      ['direction', 'interface_in'],
      ['direction', 'interface_out'],
    ],
    oneOf: [['state', 'default', 'rule', 'logging']],
    requiredBy: { interface: ['direction'] },
  },
  returns: { commands: 'what was run', msg: 'the status then' },
  examples: `
- community.general.ufw:
    state: enabled
    policy: allow

- community.general.ufw:
    rule: allow
    port: '22'
    proto: tcp
`,

  async run({ args, given, remote, fail }) {
    const commands: string[] = []
    // Python takes its time to start: only what counts rules asks for their numbers.
    const byNumber = args.insert !== undefined && args.insert_relative_to !== 'zero'
    const status = {
      command: sh`command -v ufw >/dev/null || exit 91; LC_ALL=C ufw status verbose; echo //rules; LC_ALL=C grep -h '^### tuple' /lib/ufw/user.rules /lib/ufw/user6.rules /etc/ufw/user.rules /etc/ufw/user6.rules /var/lib/ufw/user.rules /var/lib/ufw/user6.rules 2>/dev/null; echo //numbered; ${raw(byNumber ? 'LC_ALL=C ufw status numbered;' : '')} :`,
      parse: (stdout: string, rc: number) => ({ rc, stdout }),
    }
    const before = await remote.query(status)
    if (before.rc === 91) await missingProgram({ remote, fail }, 'ufw')
    const enabled = /^Status: active/m.test(before.stdout)
    let changed = false
    const run = async (words: readonly string[], changes = true) => {
      const argv = ['ufw', ...words]
      commands.push(`LANG=C ${argv.join(' ')}`)
      const done = await remote.exec({ argv, environment: { LANG: 'C', LC_ALL: 'C' }, why: argv.join(' '), changes })
      if (done.rc !== 0) fail(done.stderr || done.stdout, { commands })
      if (changes) changed = true
    }
    const dry = (words: readonly string[]) =>
      remote.query({
        command: sh`LC_ALL=C ufw --dry-run ${words}`,
        parse: (stdout, rc, stderr) => {
          if (rc !== 0) fail(stderr || stdout, { commands })
          return stdout
            .split('\n')
            .filter(line => line.startsWith('### tuple'))
            .join('\n')
        },
      })

    if (args.state === 'enabled' && !enabled) await run(['-f', 'enable'])
    if (args.state === 'disabled' && enabled) await run(['-f', 'disable'])
    if (args.state === 'reloaded' || args.state === 'reset')
      await run(['-f', args.state === 'reset' ? 'reset' : 'reload'])
    if (args.logging !== undefined) {
      const now = /^Logging: (on|off)(?: \((\w+)\))?/m.exec(before.stdout)
      const right =
        args.logging === 'off'
          ? now?.[1] === 'off'
          : args.logging === 'on'
            ? now?.[1] === 'on'
            : now?.[2] === args.logging
      if (!right) await run(['logging', args.logging])
    }
    if (args.default !== undefined) {
      const direction = args.direction ?? 'incoming'
      if (!/^(outgoing|incoming|routed)$/.test(direction))
        fail(
          'For default, direction must be one of "outgoing", "incoming" and "routed", or direction must not be specified.',
        )
      const now = new RegExp(`(\\w+) \\(${direction}\\)`).exec(/^Default: (.*)$/m.exec(before.stdout)?.[1] ?? '')?.[1]
      // Whether it was a change, the status tells afterwards, as with Ansible: that of a firewall that is off has no defaults,
      // and where the kernel forwards nothing, `disabled (routed)` is all that it says.
      if (now !== args.default) await run(['default', args.default, direction], false)
      if (remote.checkMode) changed ||= now !== args.default && now !== 'disabled'
    }
    if (args.rule !== undefined) {
      if (args.direction !== undefined && !/^(in|out)$/.test(args.direction))
        fail('For rules, direction must be one of "in" and "out", or direction must not be specified.')
      if (
        args.route &&
        args.interface_in === undefined &&
        args.interface_out === undefined &&
        args.direction !== undefined &&
        args.interface === undefined
      )
        fail('Only route rules can combine interface_in and interface_out')
      if (!args.route && args.interface_in !== undefined && args.interface_out !== undefined)
        fail('Only route rules can combine interface_in and interface_out')
      const words = ruleWords(args, given, before.stdout)
      if (!remote.checkMode) await run(words, false)
      else changed ||= await wouldDiffer(words)
    }
    if (remote.checkMode) return { changed, commands }
    const after = commands.length === 0 ? before : await remote.query(status)
    changed ||= toldBy(before.stdout) !== toldBy(after.stdout)
    return { changed, commands, msg: (after.stdout.split('//rules')[0] ?? '').trimEnd() }

    async function wouldDiffer(words: readonly string[]): Promise<boolean> {
      commands.push(`LANG=C ufw ${words.join(' ')}`)
      // What a dry run would leave is compared with what is there: the rules' tuples, sorted, comments included.
      const would = await dry(words)
      const rules = rulesIn(before.stdout)
      const sorted = (text: string) =>
        [
          ...new Set(
            text
              .split('\n')
              .map(line => line.trim())
              .filter(Boolean),
          ),
        ]
          .sort()
          .join('\n')
      const family = (text: string, v6: boolean) =>
        text
          .split('\n')
          .filter(line => /:/.test(line.replace(/comment=.*/, '')) === v6)
          .join('\n')
      const onlyShown = [false, true].filter(v6 => family(would, v6).trim() !== '')
      return (
        onlyShown.some(v6 => sorted(family(would, v6)) !== sorted(family(rules, v6))) ||
        (args.delete && would === '' && sorted(rules) !== '')
      )
    }
  },
})

/** All that tells whether something changed: the status and the rules. */
const toldBy = (status: string) => status.split('//numbered')[0]
const rulesIn = (status: string) => status.split('//rules\n')[1]?.split('//numbered')[0] ?? ''

function ruleWords(args: Args, given: ReadonlySet<string>, status: string): string[] {
  const words: string[] = []
  const add = (wanted: unknown, ...more: (string | undefined)[]) => {
    if (wanted) words.push(...more.filter(word => word !== undefined))
  }
  add(args.route, 'route')
  add(args.delete, 'delete')
  if (args.insert !== undefined) {
    const at = position(args.insert, args.insert_relative_to, status)
    add(at !== undefined, 'insert', String(at))
  }
  words.push(args.rule!)
  add(args.direction, args.direction)
  add(args.interface, 'on', args.interface)
  add(args.interface_in, 'in', 'on', args.interface_in)
  add(args.interface_out, 'out', 'on', args.interface_out)
  add(args.log, 'log')
  words.push('from', args.from_ip)
  add(args.from_port, 'port', args.from_port)
  words.push('to', args.to_ip)
  add(args.to_port, 'port', args.to_port)
  add(args.proto, 'proto', args.proto)
  add(args.name, 'app', args.name)
  add(given.has('comment') && args.comment, 'comment', args.comment)
  return words
}

/** Counts from the first or last rule of a family; undefined: the end. */
function position(insert: number, relative: string, status: string): number | undefined {
  if (relative === 'zero') return insert
  const lines = [...(status.split('//numbered\n')[1] ?? '').matchAll(/^\[ *(\d+)\] (.*)$/gm)].map(
    ([, number, text]) => ({ number: Number(number), v6: /\(v6\)|[0-9a-f]*:[0-9a-f:]+/i.test(text!) }),
  )
  const last4 = Math.max(0, ...lines.filter(line => !line.v6).map(line => line.number))
  const last6 = Math.max(0, ...lines.map(line => line.number))
  const base = {
    'first-ipv4': 1,
    'last-ipv4': Math.max(last4, 1),
    'first-ipv6': last4 + 1,
    'last-ipv6': Math.max(last6, last4 + 1),
  }[relative]!
  const at = insert + base
  return at > last6 ? undefined : at
}
