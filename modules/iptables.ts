import type { ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'

const levels = [
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  'emerg',
  'alert',
  'crit',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
]
const args = {
  table: {
    type: 'str',
    choices: ['filter', 'nat', 'mangle', 'raw', 'security'],
    default: 'filter',
    summary: 'table of the rule',
  },
  state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
  action: { type: 'str', choices: ['append', 'insert'], default: 'append', summary: 'at the end or at the beginning' },
  rule_num: { type: 'str', summary: 'where to insert it' },
  ip_version: { type: 'str', choices: ['ipv4', 'ipv6', 'both'], default: 'ipv4', summary: 'iptables or ip6tables' },
  chain: { type: 'str', summary: 'chain of the rule' },
  protocol: { type: 'str', summary: 'protocol' },
  wait: { type: 'str', summary: 'seconds to wait for the lock' },
  source: { type: 'str', summary: 'where packets come from' },
  destination: { type: 'str', summary: 'where packets go' },
  to_source: { type: 'str', summary: 'new source' },
  to_destination: { type: 'str', summary: 'new destination' },
  to_ports: { type: 'str', summary: 'new ports' },
  tcp_flags: {
    type: 'dict',
    options: {
      flags: { type: 'list', elements: 'str', summary: 'flags to look at' },
      flags_set: { type: 'list', elements: 'str', summary: 'flags that must be set' },
    },
    summary: 'TCP flags',
  },
  match: { type: 'list', elements: 'str', default: [], summary: 'extensions to use' },
  jump: { type: 'str', summary: 'what to do with a packet' },
  gateway: { type: 'str', summary: 'gateway for TEE' },
  log_prefix: { type: 'str', summary: 'text in the log' },
  log_level: { type: 'str', choices: levels, summary: 'level in the log' },
  goto: { type: 'str', summary: 'chain to go on in' },
  in_interface: { type: 'str', summary: 'where it came in' },
  out_interface: { type: 'str', summary: 'where it goes out' },
  fragment: { type: 'str', summary: 'only further fragments' },
  set_counters: { type: 'str', summary: 'counters to begin with' },
  source_port: { type: 'str', summary: 'port it comes from' },
  destination_port: { type: 'str', summary: 'port it goes to' },
  destination_ports: { type: 'list', elements: 'str', default: [], summary: 'ports it goes to' },
  set_dscp_mark: { type: 'str', summary: 'DSCP mark' },
  set_dscp_mark_class: { type: 'str', summary: 'DSCP class' },
  comment: { type: 'str', summary: 'what it is for' },
  ctstate: { type: 'list', elements: 'str', default: [], summary: 'states of the connection' },
  src_range: { type: 'str', summary: 'range of sources' },
  dst_range: { type: 'str', summary: 'range of destinations' },
  match_set: { type: 'str', summary: 'ipset' },
  match_set_flags: {
    type: 'str',
    choices: ['src', 'dst', 'src,dst', 'dst,src', 'src,src', 'dst,dst'],
    summary: 'what of a packet is looked up in it',
  },
  limit: { type: 'str', summary: 'how often it may match' },
  limit_burst: { type: 'str', summary: 'how often at first' },
  uid_owner: { type: 'str', summary: 'user that sends' },
  gid_owner: { type: 'str', summary: 'group that sends' },
  reject_with: { type: 'str', summary: 'how to reject' },
  icmp_type: { type: 'str', summary: 'kind of ICMP' },
  syn: {
    type: 'str',
    choices: ['ignore', 'match', 'negate'],
    default: 'ignore',
    summary: 'only packets that open a connection',
  },
  flush: { type: 'bool', default: false, summary: 'remove all rules of the chain' },
  policy: { type: 'str', choices: ['ACCEPT', 'DROP', 'QUEUE', 'RETURN'], summary: 'what happens at the chain’s end' },
  chain_management: { type: 'bool', default: false, summary: 'make and remove the chain, too' },
  numeric: { type: 'bool', default: false, summary: 'do not look names up when listing' },
} as const
type Args = ArgsOf<typeof args>

export default defineModule({
  name: 'ansible.builtin.iptables',
  summary: 'Set rules of the packet filter',
  check: 'full',
  args,
  rules: {
    exclusive: [
      ['set_dscp_mark', 'set_dscp_mark_class'],
      ['flush', 'policy'],
    ],
    requiredBy: { set_dscp_mark: ['jump'], set_dscp_mark_class: ['jump'] },
    requiredIf: [
      ['jump', 'TEE', 'gateway'],
      ['jump', 'tee', 'gateway'],
    ],
  },
  returns: { rule: 'the rule as text' },
  examples: `
- ansible.builtin.iptables:
    chain: INPUT
    protocol: tcp
    destination_port: 22
    ctstate: NEW
    jump: ACCEPT
`,

  async run({ args, remote, fail }: ModuleContext<Args>) {
    const { table, chain, state, flush, policy, chain_management } = args
    if (!flush && chain === undefined) fail('Either chain or flush parameter must be specified.')
    if (args.log_prefix !== undefined || args.log_level !== undefined) {
      if (args.jump !== undefined && args.jump !== 'LOG')
        fail('Logging options can only be used with the LOG jump target.')
    }
    const programs =
      args.ip_version === 'both' ? ['iptables', 'ip6tables'] : [args.ip_version === 'ipv6' ? 'ip6tables' : 'iptables']
    const words = ruleWords(args)
    const rule = [...(args.wait === undefined ? [] : ['-w', args.wait]), ...words]
    const result = {
      changed: false,
      ip_version: args.ip_version,
      table,
      chain: chain ?? null,
      flush,
      rule: rule.join(' '),
      state,
      chain_management,
    }
    const base = ['-t', table]

    await Promise.all(
      programs.map(async program => {
        const seen = await remote.query({
          command: sh`command -v ${program} >/dev/null || exit 91; ${program} ${base} -C ${chain ?? 'INPUT'} ${rule} >/dev/null 2>&1; echo "rule $?"; ${program} ${base} -n -L ${chain === undefined ? [] : [chain]} 2>&1; echo "chain $?"`,
          parse: (stdout, rc) => ({ rc, stdout }),
        })
        if (seen.rc === 91) await missingProgram({ remote, fail }, program)
        const hasChain = /^chain 0$/m.test(seen.stdout)
        const run = async (words: string[]) => {
          const done = await remote.exec({ argv: [program, ...base, ...words], why: `${program} ${words.join(' ')}` })
          if (done.rc !== 0)
            fail(done.stderr.trim(), {
              rc: done.rc,
              cmd: [program, ...base, ...words].join(' '),
              stdout: done.stdout,
              stderr: done.stderr,
            })
          result.changed = true
        }
        if (flush) {
          await run(['-F', ...(chain === undefined ? [] : [chain])])
          return
        }
        if (policy !== undefined) {
          const now = /^Chain \S+ \(policy (\w+)/m.exec(seen.stdout)?.[1]
          if (now === undefined) fail(`Can't detect current policy`)
          if (now !== policy) await run(['-P', chain!, policy])
          return
        }
        const hasRule = /^rule 0$/m.test(seen.stdout)
        // A chain alone is meant when nothing says what a rule should do.
        const onlyChain = chain_management && words.length === 0
        if (state === 'absent') {
          if (onlyChain) {
            if (hasChain) await run(['-X', chain!])
          } else if (hasRule) await run(['-D', chain!, ...rule])
          return
        }
        if (chain_management && !hasChain) await run(['-N', chain!])
        if (onlyChain || hasRule) return
        const place =
          args.action === 'insert'
            ? ['-I', chain!, ...(args.rule_num === undefined ? [] : [args.rule_num])]
            : ['-A', chain!]
        await run([...place, ...rule])
      }),
    )
    return { ...result, changed: result.changed }
  },
})

/** The rule as iptables takes it, in the order in which Ansible writes it. */
function ruleWords(args: Args): string[] {
  const words: string[] = []
  const option = (flag: string, value: string | undefined) => {
    if (value === undefined || value === '') return
    // A leading ! means anything else.
    if (value.startsWith('!')) words.push('!', flag, value.slice(1).trim())
    else words.push(flag, value)
  }
  const extension = (name: string, ...needed: unknown[]) => {
    const isNeeded = needed.some(one => (Array.isArray(one) ? one.length > 0 : one !== undefined))
    if (isNeeded && !args.match.includes(name)) words.push('-m', name)
  }
  option('-p', args.protocol)
  option('-s', args.source)
  option('-d', args.destination)
  for (const name of args.match) option('-m', name)
  const flags = args.tcp_flags
  if (flags?.flags && flags.flags_set) words.push('--tcp-flags', flags.flags.join(','), flags.flags_set.join(','))
  option('-j', args.jump)
  if (args.jump?.toLowerCase() === 'tee') option('--gateway', args.gateway)
  option('--log-prefix', args.log_prefix)
  option('--log-level', args.log_level)
  option('--to-destination', args.to_destination)
  if (args.destination_ports.length > 0) {
    extension('multiport', true)
    option('--dports', args.destination_ports.join(','))
  }
  option('--to-source', args.to_source)
  option('-g', args.goto)
  option('-i', args.in_interface)
  option('-o', args.out_interface)
  if (args.fragment !== undefined) words.push(...(args.fragment.startsWith('!') ? ['!', '-f'] : ['-f']))
  option('-c', args.set_counters)
  option('--source-port', args.source_port)
  option('--destination-port', args.destination_port)
  option('--to-ports', args.to_ports)
  option('--set-dscp', args.set_dscp_mark)
  option('--set-dscp-class', args.set_dscp_mark_class)
  if (args.syn !== 'ignore') words.push(...(args.syn === 'negate' ? ['!', '--syn'] : ['--syn']))
  if (args.ctstate.length > 0) {
    const old = args.match.includes('state')
    if (!old) extension('conntrack', args.ctstate)
    option(old ? '--state' : '--ctstate', args.ctstate.join(','))
  }
  extension('iprange', args.src_range, args.dst_range)
  option('--src-range', args.src_range)
  option('--dst-range', args.dst_range)
  if (args.match_set !== undefined) {
    extension('set', args.match_set)
    option('--match-set', args.match_set)
    if (args.match_set_flags !== undefined) words.push(args.match_set_flags)
  }
  extension('limit', args.limit, args.limit_burst)
  option('--limit', args.limit)
  option('--limit-burst', args.limit_burst)
  extension('owner', args.uid_owner, args.gid_owner)
  option('--uid-owner', args.uid_owner)
  option('--gid-owner', args.gid_owner)
  if (args.jump === undefined && args.reject_with !== undefined) words.push('-j', 'REJECT')
  option('--reject-with', args.reject_with)
  option(args.ip_version === 'ipv6' ? '--icmpv6-type' : '--icmp-type', args.icmp_type)
  if (args.comment !== undefined) {
    extension('comment', args.comment)
    words.push('--comment', args.comment)
  }
  return words
}
