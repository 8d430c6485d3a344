/** Networks and storage pools: what virt_net and virt_pool do alike. Each brings its own way to remove, and its own commands. */
import type { ArgSpecs } from '../../engine/args.js'
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import type { Json } from '../../engine/python/values.js'
import { complaint, type Found, libvirt, nameInXml, virshOn } from './virsh.js'

/** A sort of thing that libvirt keeps definitions of. */
export interface Definable {
  readonly kind: 'network' | 'pool'
  /** As messages call it. */
  readonly noun: string
  /** What virsh's commands begin with. */
  readonly verb: 'net' | 'pool'
  /** Name of the command that lists names, and of its result. */
  readonly list: string
  /** Names under which the command `info` and the facts tell of all. */
  readonly infoKey: string
  readonly factKey: string
  /** `msg` after a start; the binding's own return value. */
  readonly started: null | 0
  /** `undefine` of what is not there is no failure. */
  readonly forgetsTwice: boolean
  isActive(found: Found): boolean
  describe(found: Found): Json
}

/** A thing that is there, once its autostart is as it should be. */
export interface Subject {
  readonly found: Found
  readonly name: string
  readonly active: boolean
  readonly virsh: ReturnType<typeof virshOn>
  /** Whether setting autostart changed it. */
  readonly changed: boolean
}

interface Args {
  readonly name: string | undefined
  readonly command: string | undefined
  readonly state: string | undefined
  readonly autostart: boolean | undefined
  readonly uri: string
  readonly xml: string | undefined
}

export const definableArgs = {
  autostart: { type: 'bool', summary: 'whether it starts with libvirt' },
  uri: { type: 'str', default: 'qemu:///system', summary: 'the hypervisor' },
  xml: { type: 'str', summary: 'definition' },
} as const satisfies ArgSpecs

const removed = new Set<string | undefined>(['absent', 'undefined', 'deleted'])
const incomplete = 'expected state or command parameter to be specified'

export async function manage(
  { args, remote, fail }: Pick<ModuleContext<Args>, 'args' | 'remote' | 'fail'>,
  sort: Definable,
  own: {
    /** virsh's commands that take it away, in one run. */
    removal(name: string, active: boolean): string
    /** A command that is this sort's own. */
    command(subject: Subject): Promise<ModuleResult>
  },
): Promise<ModuleResult> {
  const { uri, command, state } = args
  const virsh = virshOn(remote, uri, fail)
  const all = command === sort.list || ((command === 'facts' || command === 'info') && args.name === undefined)
  const name = args.name ?? (args.xml && nameInXml(args.xml))
  if (!all && name === undefined) return fail(command ? `${command} requires 1 argument: name` : incomplete)
  const seen = await remote.query(libvirt(uri, sort.kind, all ? undefined : name))
  if (seen.error) fail(complaint(seen.error))
  const each = [...seen.all.values()]
  if (command === sort.list) return { changed: false, [sort.list]: each.map(one => one.name) }
  const described = Object.fromEntries(each.map(one => [one.name, sort.describe(one)]))
  if (command === 'facts') return { changed: false, ansible_facts: { [sort.factKey]: described } }
  if (command === 'info') return { changed: false, [sort.infoKey]: described }

  const found = seen.all.get(name!)
  if (state === 'present' || command === 'define') {
    if (found) return { changed: await setAutostart(found.info.Autostart === 'yes') }
    if (!args.xml)
      return fail(
        command ? 'define requires xml argument' : `${sort.noun} '${name}' not present, but xml not specified`,
      )
    await virsh([`${sort.verb}-define`, '/dev/stdin'], `define ${name}`, args.xml)
    await setAutostart(false)
    return { changed: true, created: name! }
  }
  const active = found !== undefined && sort.isActive(found)
  if (removed.has(state)) {
    if (!found) return { changed: false }
    await virsh([own.removal(name!, active)], `remove ${name}`)
    return { changed: true, msg: 0 }
  }
  if (!found && command === 'undefine' && sort.forgetsTwice) return { changed: false, undefine: null }
  if (!found) return fail(`${sort.noun} ${name} not found`)
  const changed = await setAutostart(found.info.Autostart === 'yes')
  if (state === 'active' || state === 'inactive') {
    if (active === (state === 'active')) return changed ? { changed: true, msg: 0 } : { changed: false }
    await virsh([`${sort.verb}-${state === 'active' ? 'start' : 'destroy'}`, name!], `make ${name} ${state}`)
    return { changed: true, msg: state === 'active' ? sort.started : 0 }
  }
  if (command === undefined) {
    if (changed) return { changed: true, msg: 0 }
    return args.autostart === undefined ? fail(incomplete) : { changed: false }
  }
  if (command === 'status') return { changed: false, status: active ? 'active' : 'inactive' }
  if (command === 'get_xml') return { changed: false, get_xml: found.xml }
  return own.command({ found, name: name!, active, virsh, changed })

  async function setAutostart(current: boolean): Promise<boolean> {
    if (args.autostart === undefined || args.autostart === current) return false
    await virsh([`${sort.verb}-autostart`, ...(args.autostart ? [] : ['--disable']), name!], 'set autostart')
    return true
  }
}
