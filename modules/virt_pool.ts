import { defineModule, type ModuleResult } from '../engine/module/define.js'
import { complaint, type Found, inOneRun, libvirt, nameInXml, virshOn } from './queries/libvirt.js'

export default defineModule({
  name: 'community.libvirt.virt_pool',
  summary: 'Storage pools of libvirt',
  notes: ['The host needs virsh, and no Python library.'],
  check: 'full',
  args: {
    name: { type: 'str', aliases: ['pool'], summary: 'the pool' },
    state: {
      type: 'str',
      choices: ['active', 'inactive', 'present', 'absent', 'undefined', 'deleted'],
      summary: 'how it should be',
    },
    command: {
      type: 'str',
      choices: [
        'define',
        'build',
        'create',
        'start',
        'stop',
        'destroy',
        'delete',
        'undefine',
        'get_xml',
        'list_pools',
        'facts',
        'info',
        'status',
        'refresh',
      ],
      summary: 'what to do or to ask',
    },
    mode: {
      type: 'str',
      choices: ['new', 'repair', 'resize', 'no_overwrite', 'overwrite', 'normal', 'zeroed'],
      summary: 'how to build or delete',
    },
    autostart: { type: 'bool', summary: 'whether it starts with libvirt' },
    uri: { type: 'str', default: 'qemu:///system', summary: 'the hypervisor' },
    xml: { type: 'str', summary: 'definition' },
  },
  returns: { list_pools: 'names', pools: 'what is known of each', status: 'active or inactive' },
  examples: `
- name: Define a pool and start it
  community.libvirt.virt_pool:
    command: define
    name: vms
    xml: "{{ lookup('template', 'pool/dir.xml.j2') }}"

- community.libvirt.virt_pool:
    name: vms
    state: active
`,

  async run({ args, remote, fail }): Promise<ModuleResult> {
    const { uri, command, state } = args
    const virsh = virshOn(remote, uri, fail)
    const all = command === 'list_pools' || ((command === 'facts' || command === 'info') && args.name === undefined)
    const name = args.name ?? (args.xml && nameInXml(args.xml))
    if (!all && name === undefined)
      return fail(
        command ? `${command} requires 1 argument: name` : 'expected state or command parameter to be specified',
      )
    const seen = await remote.query(libvirt(uri, 'pool', all ? undefined : name))
    if (seen.error) fail(complaint(seen.error))
    const pools = [...seen.all.values()]
    if (command === 'list_pools') return { changed: false, list_pools: pools.map(one => one.name) }
    const described = Object.fromEntries(pools.map(one => [one.name, description(one)]))
    if (command === 'facts') return { changed: false, ansible_facts: { ansible_libvirt_pools: described } }
    if (command === 'info') return { changed: false, pools: described }

    const pool = seen.all.get(name!)
    const active = pool !== undefined && pool.info.State !== 'inactive'
    if (state === 'present' || command === 'define') {
      if (!pool) {
        if (!args.xml)
          return fail(
            command ? 'define requires xml argument' : `storage pool '${name}' not present, but xml not specified`,
          )
        await virsh(['pool-define', '/dev/stdin'], `define ${name}`, args.xml)
        await setAutostart(false)
        return { changed: true, created: name! }
      }
      return { changed: await setAutostart(pool.info.Autostart === 'yes') }
    }
    if (state === 'absent' || state === 'undefined' || state === 'deleted') {
      if (!pool) return { changed: false }
      const steps = [
        ...(active ? [['pool-destroy', name!]] : []),
        ...(state === 'deleted' ? [['pool-delete', name!]] : []),
        ['pool-undefine', name!],
      ]
      await virsh([inOneRun(...steps)], `remove ${name}`)
      return { changed: true, msg: 0 }
    }
    if (!pool) return fail(`storage pool ${name} not found`)
    const autostarted = await setAutostart(pool.info.Autostart === 'yes')
    if (state === 'active' || state === 'inactive') {
      if (active === (state === 'active')) return autostarted ? { changed: true, msg: 0 } : { changed: false }
      await virsh([state === 'active' ? 'pool-start' : 'pool-destroy', name!], `make ${name} ${state}`)
      return { changed: true, msg: 0 }
    }
    if (command === undefined)
      return autostarted
        ? { changed: true, msg: 0 }
        : args.autostart === undefined
          ? fail('expected state or command parameter to be specified')
          : { changed: false }
    if (command === 'status') return { changed: false, status: active ? 'active' : 'inactive' }
    if (command === 'get_xml') return { changed: false, get_xml: pool.xml }
    if (
      active &&
      (command === 'create' ||
        command === 'start' ||
        command === 'build' ||
        command === 'undefine' ||
        command === 'delete')
    ) {
      fail(`Requested operation is not valid: storage pool '${name}' is active`)
    }
    const verb = {
      build: 'pool-build',
      create: 'pool-start',
      start: 'pool-start',
      stop: 'pool-destroy',
      destroy: 'pool-destroy',
      delete: 'pool-delete',
      undefine: 'pool-undefine',
      refresh: 'pool-refresh',
    }[command]
    const mode =
      command === 'build' && (args.mode === 'overwrite' || args.mode === 'no_overwrite')
        ? [`--${args.mode.replace('_', '-')}`]
        : []
    // As in Ansible, these commands do not count as a change.
    if (!((command === 'stop' || command === 'destroy') && !active))
      await virsh([verb, ...mode, name!], command, undefined, false)
    return { changed: autostarted, [command]: 0 }

    async function setAutostart(current: boolean): Promise<boolean> {
      if (args.autostart === undefined || args.autostart === current) return false
      await virsh(['pool-autostart', ...(args.autostart ? [] : ['--disable']), name!], 'set autostart')
      return true
    }
  },
})

function description({ info, xml, more }: Found) {
  const bytes = (key: string) => (info[key] ?? '').split(' ')[0]!
  const volumes = more
    .split('\n')
    .map(line => line.trim().split(/\s{2,}/)[0]!)
    .filter(Boolean)
  const text = (pattern: RegExp) => pattern.exec(xml)?.[1]
  const [host, source, format] = [
    text(/<host\b[^>]*\bname=['"]([^'"]*)/),
    text(/<source>[\s\S]*?<(?:dir|device)\b[^>]*\bpath=['"]([^'"]*)/),
    text(/<format\b[^>]*\btype=['"]([^'"]*)/),
  ]
  const active = info.State !== 'inactive'
  return {
    autostart: info.Autostart ?? 'no',
    persistent: info.Persistent ?? 'no',
    state: active ? 'active' : 'inactive',
    status: info.State ?? '',
    type: text(/<pool\b[^>]*\btype=['"](\w+)/) ?? '',
    uuid: info.UUID ?? '',
    path: text(/<target>[\s\S]*?<path>([^<]*)/) ?? '',
    ...(active
      ? {
          size_total: bytes('Capacity'),
          size_used: bytes('Allocation'),
          size_available: bytes('Available'),
          volume_count: volumes.length,
          volumes,
        }
      : {}),
    ...(host === undefined ? {} : { host }),
    ...(source === undefined ? {} : { source_path: source }),
    ...(format === undefined ? {} : { format }),
  }
}
