import type { ArgsOf } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'
import { missingProgram } from './commands/missing-program.js'

const args = {
  service: { type: 'str', summary: 'service to let in' },
  port: { type: 'str', summary: 'port or range, with its protocol: 161-162/udp' },
  protocol: { type: 'str', summary: 'protocol to let in' },
  port_forward: {
    type: 'list',
    elements: 'dict',
    options: {
      port: { type: 'str', required: true, summary: 'port that is forwarded' },
      proto: { type: 'str', required: true, choices: ['udp', 'tcp'], summary: 'its protocol' },
      toport: { type: 'str', required: true, summary: 'port it goes to' },
      toaddr: { type: 'str', summary: 'host it goes to' },
    },
    summary: 'a port to forward',
  },
  rich_rule: { type: 'str', summary: 'rule in the rich language' },
  source: { type: 'str', summary: 'network that belongs to the zone' },
  interface: { type: 'str', summary: 'interface that belongs to the zone' },
  icmp_block: { type: 'str', summary: 'kind of ICMP to keep out' },
  icmp_block_inversion: { type: 'str', summary: 'keep out all other kinds' },
  masquerade: { type: 'str', summary: 'hide what is behind' },
  forward: { type: 'str', summary: 'pass packets on within the zone' },
  target: {
    type: 'str',
    choices: ['default', 'ACCEPT', 'DROP', '%%REJECT%%'],
    summary: 'what happens where no rule fits',
  },
  zone: { type: 'str', summary: 'the zone; without it, the default one' },
  permanent: { type: 'bool', summary: 'keep it for the next start' },
  immediate: { type: 'bool', default: false, summary: 'do it now, too' },
  state: {
    type: 'str',
    required: true,
    choices: ['absent', 'disabled', 'enabled', 'present'],
    summary: 'whether it should be so',
  },
  timeout: { type: 'int', default: 0, summary: 'seconds after which it ends' },
  offline: { type: 'bool', summary: 'also while firewalld does not run' },
} as const
type Args = ArgsOf<typeof args>
const things = [
  'icmp_block',
  'icmp_block_inversion',
  'service',
  'protocol',
  'port',
  'port_forward',
  'rich_rule',
  'interface',
  'masquerade',
  'forward',
  'source',
  'target',
] as const
type Thing = (typeof things)[number]

export default defineModule({
  name: 'ansible.posix.firewalld',
  summary: 'Set the firewall with firewalld',
  check: 'full',
  args,
  rules: {
    exclusive: [[...things]],
    requiredBy: { target: ['zone'], interface: ['zone'], source: ['permanent'] },
  },
  returns: { msg: 'what was done' },
  examples: `
- ansible.posix.firewalld:
    service: https
    permanent: true
    immediate: true
    state: enabled
`,

  async run(context) {
    const { args, remote, fail } = context
    const { zone, state } = args
    const permanent = args.permanent ?? false
    const immediate = args.immediate || !permanent
    // masquerade: no is the same as state: disabled.
    const off = (['masquerade', 'icmp_block_inversion', 'forward'] as const).some(name =>
      /^(no|false|off|0)$/i.test(args[name] ?? ''),
    )
    const on = (state === 'enabled' || state === 'present') !== off
    const thing = things.find(name => args[name] !== undefined)
    if (thing !== undefined && thing !== 'target' && (state === 'present' || state === 'absent'))
      fail('absent and present state can only be used in zone level operations')
    if (
      (thing === undefined || thing === 'target') &&
      (state === 'enabled' || state === 'disabled') &&
      thing === undefined
    )
      fail('enabled and disabled state need something to switch')
    const inZone = zone === undefined ? [] : [`--zone=${zone}`]
    const words = thing === undefined ? undefined : wordsFor(thing, args)
    const { ask } = words ?? { ask: [`--info-zone=${zone}`] }
    const offline = await remote.query({
      command: sh`command -v firewall-cmd >/dev/null || exit 91; firewall-cmd --state >/dev/null 2>&1 && echo running; echo //now; firewall-cmd ${inZone} ${ask} 2>&1; echo "//rc $?"; echo //permanent; if firewall-cmd --state >/dev/null 2>&1; then firewall-cmd --permanent ${inZone} ${ask} 2>&1; else firewall-offline-cmd ${inZone} ${ask} 2>&1; fi; echo "//rc $?"; echo //zones; firewall-cmd --permanent --get-zones 2>/dev/null || firewall-offline-cmd --get-zones`,
      parse: (stdout, rc) => ({ rc, stdout }),
    })
    if (offline.rc === 91) await missingProgram({ remote, fail }, 'firewall-cmd')
    const running = /^running$/m.test(offline.stdout.split('//now')[0]!)
    if (!running && !args.offline && immediate)
      fail('firewall is not currently running, unable to perform immediate actions without a running firewall daemon')
    const part = (name: string, next: string) => offline.stdout.split(`//${name}\n`)[1]?.split(`//${next}\n`)[0] ?? ''
    const answer = (text: string) => ({
      rc: Number(/^\/\/rc (\d+)$/m.exec(text)?.[1] ?? 1),
      text: text.replace(/\/\/rc \d+\n?/, '').trim(),
    })
    const now = answer(part('now', 'permanent'))
    const kept = answer(part('permanent', 'zones'))
    const zones = part('zones', 'end').trim().split(/\s+/)
    if (zone !== undefined && thing !== undefined && !zones.includes(zone))
      fail(`ERROR: Exception caught: ${thrown}INVALID_ZONE: ${zone}`)
    const tool = running ? ['firewall-cmd'] : ['firewall-offline-cmd']
    const keep = running ? ['firewall-cmd', '--permanent'] : ['firewall-offline-cmd']
    const msgs: string[] = []
    // Check mode tells only whether something would change.
    const told = (done: string[]) =>
      remote.checkMode && remote.recorded.changed
        ? { changed: true }
        : {
            msg: said(
              running ? done : [...done, '(offline operation: only on-disk configs were altered)'],
              permanent,
              immediate,
            ),
          }

    if (thing === undefined) {
      if (zone === undefined) return fail('zone is needed to make or remove a zone')
      if (immediate && !permanent)
        fail(
          "Zone operations must be permanent. Make sure you didn't set the 'permanent' flag to 'false' or the 'immediate' flag to 'true'.",
        )
      if (zones.includes(zone) !== on) {
        await checked(
          context,
          [...keep, `--${on ? 'new' : 'delete'}-zone=${zone}`],
          `${on ? 'make' : 'remove'} zone ${zone}`,
        )
        msgs.push(`${on ? 'Added' : 'Removed'} zone ${zone}`, `Changed zone ${zone} to ${args.state}`)
      }
      return told(msgs)
    }
    if (thing === 'target') {
      const wanted = on ? args.target! : 'default'
      if (kept.text !== wanted) {
        await checked(context, [...keep, ...inZone, `--set-target=${wanted}`], `set the target of ${zone}`)
        msgs.push(`Set zone ${zone} target to ${wanted}`)
      }
      return told(msgs)
    }
    const { add, remove } = words!
    const isOn = (one: { rc: number; text: string }) => one.rc === 0 && /^yes$/m.test(one.text)
    const change = async (base: string[], more: string[]) => {
      const argv = [...base, ...inZone, on ? add : remove, ...more]
      const { rc, stdout, stderr } = await remote.exec({ argv, why: `${on ? 'add' : 'remove'} ${thing}` })
      if (rc === 0) return
      const text = (stderr || stdout).trim().replace(/^Error: /, thrown)
      const hint = text.includes('INVALID_SERVICE')
        ? ` ${said([], permanent, immediate)}, Services are defined by port/tcp relationship and named as they are in /etc/services (on most systems)`
        : ''
      fail(`ERROR: Exception caught: ${text}${hint}`)
    }
    if (permanent && isOn(kept) !== on) {
      await change(keep, [])
      msgs.push(changeText(thing, args, on))
    }
    if (immediate && running && isOn(now) !== on) {
      await change(tool, on && args.timeout > 0 ? [`--timeout=${args.timeout}`] : [])
      msgs.push(changeText(thing, args, on))
    }
    return told([...new Set(msgs)])
  },
})

/** What firewalld's errors are called on D-Bus. */
const thrown = 'org.fedoraproject.FirewallD1.Exception: '

const said = (msgs: string[], permanent: boolean, immediate: boolean): string => {
  const mode =
    permanent && immediate
      ? 'Permanent and Non-Permanent(immediate) operation'
      : permanent
        ? 'Permanent operation'
        : 'Non-permanent operation'
  return [mode, ...msgs].join(', ')
}

/** How the firewall is asked about something and told of it. */
function wordsFor(thing: Thing, args: Args): { ask: string[]; add: string; remove: string } {
  const option = (name: string, value: string, addName = `add-${name}`) => ({
    ask: [`--query-${name}=${value}`],
    add: `--${addName}=${value}`,
    remove: `--remove-${name}=${value}`,
  })
  const plain = (name: string) => ({ ask: [`--query-${name}`], add: `--add-${name}`, remove: `--remove-${name}` })
  switch (thing) {
    case 'icmp_block':
      return option('icmp-block', args.icmp_block!)
    case 'port_forward': {
      const [one] = args.port_forward!
      const text = `port=${one!.port}:proto=${one!.proto}:toport=${one!.toport}${one!.toaddr ? `:toaddr=${one!.toaddr}` : ''}`
      return option('forward-port', text)
    }
    case 'rich_rule':
      return option('rich-rule', args.rich_rule!)
    case 'interface':
      return option('interface', args.interface!, 'change-interface')
    case 'icmp_block_inversion':
    case 'masquerade':
    case 'forward':
      return plain(thing.replaceAll('_', '-'))
    case 'target':
      return { ask: ['--get-target'], add: '', remove: '' }
    default:
      return option(thing, args[thing]!)
  }
}

function changeText(thing: Thing, args: Args, on: boolean): string {
  const zone = args.zone ?? ''
  const value = thing === 'port_forward' ? JSON.stringify(args.port_forward) : String(args[thing])
  if (thing === 'masquerade')
    return `${on ? 'Added' : 'Removed'} masquerade ${on ? 'to' : 'from'} zone ${zone}`.trimEnd()
  if (thing === 'interface' || thing === 'source')
    return `${on ? (thing === 'interface' ? 'Changed' : 'Added') : 'Removed'} ${value} ${on ? 'to' : 'from'} zone ${zone}`.trimEnd()
  return `Changed ${thing === 'rich_rule' ? thing : thing.replaceAll('_', '-')} ${value} to ${args.state}`
}
