import { defineModule, type ModuleResult } from '../engine/module/define.js'
import { type Definable, definableArgs, manage } from './libvirt/definable.js'
import { type Found, inOneRun } from './libvirt/virsh.js'

const pool: Definable = {
  kind: 'pool',
  noun: 'storage pool',
  verb: 'pool',
  list: 'list_pools',
  infoKey: 'pools',
  factKey: 'ansible_libvirt_pools',
  started: 0,
  forgetsTwice: false,
  isActive: ({ info }) => info.State !== 'inactive',
  describe: description,
}

const verbs: { readonly [command: string]: string } = {
  build: 'pool-build',
  create: 'pool-start',
  start: 'pool-start',
  stop: 'pool-destroy',
  destroy: 'pool-destroy',
  delete: 'pool-delete',
  undefine: 'pool-undefine',
  refresh: 'pool-refresh',
}
/** What libvirt refuses while the pool is active. */
const refusedWhenActive = new Set<string | undefined>(['create', 'start', 'build', 'undefine', 'delete'])

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
        'create',
        'status',
        'start',
        'stop',
        'build',
        'delete',
        'undefine',
        'destroy',
        'get_xml',
        'define',
        'refresh',
        'list_pools',
        'facts',
        'info',
      ],
      summary: 'what to do or to ask',
    },
    mode: {
      type: 'str',
      choices: ['new', 'repair', 'resize', 'no_overwrite', 'overwrite', 'normal', 'zeroed'],
      summary: 'how to build or delete',
    },
    ...definableArgs,
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
    const { command, state } = args
    return manage({ args, remote, fail }, pool, {
      removal: (name, active) =>
        inOneRun(...(active ? [['pool-destroy', name]] : []), ...(state === 'deleted' ? [['pool-delete', name]] : []), [
          'pool-undefine',
          name,
        ]),
      async command({ name, active, virsh, changed }) {
        if (active && refusedWhenActive.has(command))
          fail(`Requested operation is not valid: storage pool '${name}' is active`)
        const overwrites = args.mode === 'overwrite' || args.mode === 'no_overwrite'
        const mode = command === 'build' && overwrites ? [`--${args.mode!.replace('_', '-')}`] : []
        // As in Ansible, these commands do not count as a change.
        if (active || (command !== 'stop' && command !== 'destroy'))
          await virsh([verbs[command!]!, ...mode, name], command!, undefined, false)
        return { changed, [command!]: 0 }
      },
    })
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
