import { defineModule, type ModuleResult } from '../engine/module/define.js'
import { quote, sh } from '../engine/remote/quote.js'
import { addressesIn, disksOf, interfacesOf } from './libvirt/guest-xml.js'
import { complaint, type Found, type Info, libvirt, nameInXml, readInfo } from './libvirt/virsh.js'

const guestCommands = {
  create: 'start',
  start: 'start',
  destroy: 'destroy',
  shutdown: 'shutdown',
  stop: 'shutdown',
  pause: 'suspend',
  unpause: 'resume',
  undefine: 'undefine',
} as const
const undefineFlags: { readonly [flag: string]: string } = {
  managed_save: '--managed-save',
  snapshots_metadata: '--snapshots-metadata',
  nvram: '--nvram',
  keep_nvram: '--keep-nvram',
  checkpoints_metadata: '--checkpoints-metadata',
}

/** Who knows the addresses of a guest: libvirt's DHCP server, the agent inside, the host's table of neighbours. */
const addressSources = ['lease', 'agent', 'arp']

export default defineModule({
  name: 'community.libvirt.virt',
  summary: 'Virtual machines of libvirt',
  notes: ['The host needs virsh, and no Python library.'],
  check: 'full',
  args: {
    name: { type: 'str', aliases: ['guest'], summary: 'the machine' },
    state: {
      type: 'str',
      choices: ['destroyed', 'paused', 'running', 'shutdown'],
      summary: 'how it should be; with list_vms, which to list',
    },
    command: {
      type: 'str',
      choices: [
        'create',
        'define',
        'destroy',
        'get_xml',
        'pause',
        'shutdown',
        'status',
        'start',
        'stop',
        'undefine',
        'unpause',
        'freemem',
        'info',
        'list_vms',
        'nodeinfo',
        'virttype',
        'get_interfaces',
        'get_ifaddresses',
        'uuid',
      ],
      summary: 'what to do or to ask',
    },
    autostart: { type: 'bool', summary: 'whether it starts with the host' },
    uri: { type: 'str', default: 'qemu:///system', summary: 'the hypervisor' },
    xml: { type: 'str', summary: 'definition, for define' },
    flags: {
      type: 'list',
      elements: 'str',
      choices: [...Object.keys(undefineFlags), 'delete_volumes', ...addressSources],
      summary: 'what else undefine removes; for get_ifaddresses, whom to ask: lease, agent or arp',
    },
    force: { type: 'bool', summary: 'undefine with all that belongs to the machine' },
    mutate_flags: {
      type: 'list',
      elements: 'str',
      choices: ['ADD_UUID', 'ADD_MAC_ADDRESSES', 'ADD_MAC_ADDRESSES_FUZZY'],
      default: ['ADD_UUID'],
      summary: 'what a new definition without them takes over from the machine of the same name',
    },
  },
  returns: {
    list_vms: 'names',
    status: 'state of the machine',
    created: 'name of a new machine',
    network_interfaces: 'for get_interfaces: type, mac, pci_bus and source of each',
    uuid: 'for uuid',
    change_reason: 'what define changed',
  },
  examples: `
- name: Define a machine from a template
  community.libvirt.virt:
    command: define
    xml: "{{ lookup('template', 'vm.xml.j2') }}"

- name: Start it, now and with the host
  community.libvirt.virt:
    name: vm1
    state: running
    autostart: true
`,

  async run({ args, remote, fail }): Promise<ModuleResult> {
    const { uri, command, state, name } = args
    const virsh = async (
      words: readonly string[],
      why: string,
      { changes = true, stdin }: { changes?: boolean; stdin?: string } = {},
    ) => {
      const outcome = await remote.exec({
        argv: ['virsh', '-q', '-c', uri, ...words],
        environment: { LC_ALL: 'C' },
        why,
        changes,
        ...(stdin === undefined ? {} : { stdin }),
      })
      if (outcome.rc !== 0) fail(complaint(outcome.stderr))
      return outcome
    }
    if (command === 'nodeinfo' || command === 'freemem' || command === 'virttype')
      return { changed: false, [command]: undefined, ...(await hypervisor(command)) }
    if (command === 'define') return define()
    if (state === undefined && command === undefined && args.autostart === undefined)
      return fail('expected state or command parameter to be specified')

    const listing = command === 'list_vms' || (command === 'info' && name === undefined)
    if (!listing && name === undefined)
      return fail(command ? `${command} requires 1 argument: guest` : 'state change requires a guest specified')
    const { all, error } = await remote.query(libvirt(uri, 'domain', listing ? undefined : name))
    if (error) fail(complaint(error))
    const guests = [...all.values()]
    if (command === 'list_vms') {
      const wanted = state === 'destroyed' ? 'shutdown' : state
      return {
        changed: false,
        list_vms: guests.filter(one => wanted === undefined || stateOf(one.info) === wanted).map(one => one.name),
      }
    }
    if (command === 'info')
      return { changed: false, ...Object.fromEntries(guests.map(one => [one.name, described(one)])) }
    // A task before this one may be what undefines it.
    if (command === 'undefine' && remote.checkMode && !all.has(name!)) return { changed: false, command: 0 }
    const guest = all.get(name!) ?? fail(`virtual machine ${name} not found`)
    const now = stateOf(guest.info)
    const autostarted = await setAutostart(guest.name, guest.info.Autostart === 'enable')

    if (command === 'status') return { changed: false, status: now }
    if (command === 'get_xml') return { changed: false, get_xml: guest.xml }
    if (command === 'uuid') return { changed: false, uuid: /<uuid>\s*([^<\s]*)/.exec(guest.xml)?.[1] ?? '' }
    if (command === 'get_interfaces') return { changed: false, network_interfaces: { ...interfacesOf(guest.xml) } }
    if (command === 'get_ifaddresses') return { changed: false, ...(await addresses(guest.name)) }
    if (command !== undefined) {
      const flags =
        command !== 'undefine'
          ? []
          : args.force
            ? Object.values(undefineFlags).filter(flag => flag !== '--keep-nvram')
            : (args.flags ?? []).flatMap(flag => undefineFlags[flag] ?? [])
      const volumes = command === 'undefine' && args.flags?.includes('delete_volumes') ? disksOf(guest.xml) : []
      for (const volume of volumes) await virsh(['vol-delete', volume], `delete ${volume}`, { changes: false })
      await virsh([guestCommands[command], ...flags, guest.name], command, { changes: false })
      // Of the commands, only what is gone for good counts as a change.
      if (command === 'undefine') return { changed: true, command: 0, undefine: 0 }
      return { changed: autostarted, [command]: 0 }
    }
    const verb = verbFor(state, now)
    if (!verb) return { changed: autostarted }
    await virsh([verb, guest.name], `${verb} ${guest.name}`)
    return { changed: true, msg: 0 }

    async function setAutostart(guestName: string, current: boolean): Promise<boolean> {
      if (args.autostart === undefined || args.autostart === current) return false
      await virsh(['autostart', ...(args.autostart ? [] : ['--disable']), guestName], 'set autostart')
      return true
    }

    async function addresses(guestName: string) {
      const source = args.flags?.[0] ?? 'lease'
      if (!addressSources.includes(source))
        fail(`get_ifaddresses asks one of ${addressSources.join(', ')}, not ${source}`)
      const answer = await remote.query({
        command: sh`LC_ALL=C virsh -q -c ${uri} domifaddr ${guestName} --full --source ${source}`,
        parse: (stdout, rc, stderr) => ({ stdout, rc, stderr }),
      })
      if (answer.rc !== 0) fail(complaint(answer.stderr))
      return addressesIn(answer.stdout)
    }

    async function hypervisor(question: 'nodeinfo' | 'freemem' | 'virttype') {
      const word = { nodeinfo: 'nodeinfo', freemem: 'freecell', virttype: 'version' }[question]
      const answer = await remote.query({
        command: sh`LC_ALL=C virsh -q -c ${uri} ${word}`,
        parse: (stdout, rc, stderr) => ({ stdout, rc, stderr }),
      })
      if (answer.rc !== 0) fail(complaint(answer.stderr))
      const info = readInfo(answer.stdout)
      if (question === 'freemem') return { freemem: Number(/(\d+) KiB/.exec(answer.stdout)?.[1] ?? 0) * 1024 }
      if (question === 'virttype') return { virttype: (info['Using API'] ?? '').split(' ')[0]! }
      return {
        nodeinfo: undefined,
        cpumodel: info['CPU model'] ?? '',
        phymemory: String(Math.floor(Number.parseInt(info['Memory size'] ?? '0', 10) / 1024)),
        cpus: info['CPU(s)'] ?? '',
        cpumhz: (info['CPU frequency'] ?? '').replace(/ MHz$/, ''),
        numanodes: info['NUMA cell(s)'] ?? '',
        sockets: info['CPU socket(s)'] ?? '',
        cpucores: info['Core(s) per socket'] ?? '',
        cputhreads: info['Thread(s) per core'] ?? '',
      }
    }

    /** A definition that libvirt holds already, in its own words, is no change. */
    async function define(): Promise<ModuleResult> {
      if (!args.xml) return fail('define requires xml argument')
      const inXml = nameInXml(args.xml) ?? fail("Could not find domain 'name' in xml")
      const before = await remote.query(libvirt(uri, 'domain', inXml))
      if (before.error) fail(complaint(before.error))
      const old = before.all.get(inXml)
      const xml = old ? withIdentity(args.xml, old.xml, args.mutate_flags) : args.xml
      const dump = `virsh -q -c ${quote(uri)} dumpxml --inactive ${quote(inXml)}`
      const outcome = await remote.exec({
        shell: `export LC_ALL=C; before=$(${dump} 2>/dev/null); virsh -q -c ${quote(uri)} define /dev/stdin >/dev/null || exit 1; [ "$before" = "$(${dump})" ] || echo differs`,
        stdin: xml,
        why: `define ${inXml}`,
        changes: false,
      })
      if (outcome.rc !== 0) fail(complaint(outcome.stderr))
      const autostarted = await setAutostart(inXml, old?.info.Autostart === 'enable')
      if (!old) return { changed: true, created: inXml }
      const differs = outcome.skipped ? !sameDefinition(old.xml, xml) : outcome.stdout.includes('differs')
      if (autostarted) return { changed: true, change_reason: 'autostart' }
      return differs ? { changed: true, change_reason: 'config changed' } : { changed: false }
    }
  },
})

/** libvirt refuses a known name with another UUID, and gives interfaces without an address a new one each time. */
export function withIdentity(xml: string, held: string, flags: readonly string[]): string {
  const uuid = /<uuid>[^<]*<\/uuid>/.exec(held)?.[0]
  let result = xml
  if (flags.includes('ADD_UUID') && uuid && !/<uuid>/.test(xml)) result = result.replace('</name>', `</name>${uuid}`)
  const fuzzy = flags.includes('ADD_MAC_ADDRESSES_FUZZY')
  if (!fuzzy && !flags.includes('ADD_MAC_ADDRESSES')) return result
  const interfaces = /<interface\b[^>]*>[\s\S]*?<\/interface>/g
  const looks = (one: string) =>
    [/<interface\b[^>]*\stype=["']([^"']*)/, /<source\s+(?:network|bridge|dev)=["']([^"']*)/].map(
      pattern => pattern.exec(one)?.[1],
    )
  const known = held.match(interfaces) ?? []
  return result.replace(interfaces, one => {
    if (/<mac\b/.test(one)) return one
    const [type, source] = looks(one)
    const at = known.findIndex(other => looks(other)[0] === type && (fuzzy || looks(other)[1] === source))
    const mac = at === -1 ? undefined : /<mac\b[^>]*>/.exec(known.splice(at, 1)[0]!)?.[0]
    return mac ? one.replace(/>/, `>${mac}`) : one
  })
}

/** libvirt's states in the four words of Ansible. */
function stateOf(info: Info): string {
  const state = info.State ?? ''
  if (/^(?:running|idle|no state|blocked)/.test(state)) return 'running'
  if (/^(?:paused|pmsuspended)/.test(state)) return 'paused'
  return /^crashed/.test(state) ? 'crashed' : 'shutdown'
}

function verbFor(state: string | undefined, now: string): string | undefined {
  if (state === 'running') return now === 'paused' ? 'resume' : now === 'running' ? undefined : 'start'
  if (state === 'shutdown') return now === 'shutdown' ? undefined : 'shutdown'
  if (state === 'destroyed') return now === 'shutdown' ? undefined : 'destroy'
  if (state === 'paused') return now === 'running' ? 'suspend' : undefined
  return undefined
}

function described({ info }: Found) {
  const seconds = Number.parseFloat(info['CPU time'] ?? '0')
  return {
    state: stateOf(info),
    maxMem: (info['Max memory'] ?? '0').split(' ')[0]!,
    memory: (info['Used memory'] ?? '0').split(' ')[0]!,
    nrVirtCpu: Number(info['CPU(s)'] ?? 0),
    cpuTime: String(BigInt(Math.round(seconds * 10)) * 100_000_000n),
    autostart: info.Autostart === 'enable' ? 1 : 0,
  }
}

/** In a dry run: libvirt adds to a definition, so every element of the new one has to be in the old one. */
const sameDefinition = (held: string, wanted: string) => {
  const elements = (xml: string) =>
    xml.match(/<[^>]+>[^<\s]*/g)?.map(one => one.replace(/\s+/g, ' ').replaceAll('"', "'").replace(/ ?\/>/, '>')) ?? []
  const have = new Set(elements(held))
  return elements(wanted).every(
    one => one.startsWith('</') || one.startsWith('<?') || one.startsWith('<!') || have.has(one),
  )
}
