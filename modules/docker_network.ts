import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { dockerArgs, entries, type Inspected, inspect, runDocker } from './docker/cli.js'

const args = {
  name: { type: 'str', required: true, aliases: ['network_name'], summary: 'the network' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
  driver: { type: 'str', default: 'bridge', summary: 'driver' },
  driver_options: { type: 'dict', default: {}, summary: 'options of the driver' },
  ipam_driver: { type: 'str', summary: 'driver of addresses' },
  ipam_driver_options: { type: 'dict', summary: 'options of that driver' },
  ipam_config: {
    type: 'list',
    elements: 'dict',
    summary: 'blocks of addresses',
    options: {
      subnet: { type: 'str', summary: 'block' },
      iprange: { type: 'str', summary: 'part of it for containers' },
      gateway: { type: 'str', summary: 'gateway' },
      aux_addresses: { type: 'dict', summary: 'addresses that are taken' },
    },
  },
  enable_ipv6: { type: 'bool', summary: 'use IPv6' },
  enable_ipv4: { type: 'bool', summary: 'use IPv4' },
  internal: { type: 'bool', summary: 'no way out' },
  attachable: { type: 'bool', summary: 'containers may join a swarm network' },
  ingress: { type: 'bool', summary: 'routing mesh of a swarm' },
  scope: { type: 'str', choices: ['local', 'global', 'swarm'], summary: 'scope' },
  labels: { type: 'dict', default: {}, summary: 'labels' },
  connected: {
    type: 'list',
    elements: 'str',
    default: [],
    aliases: ['containers'],
    summary: 'containers that should be in it',
  },
  appends: { type: 'bool', default: false, aliases: ['incremental'], summary: 'keep containers that are not listed' },
  force: { type: 'bool', default: false, summary: 'make it anew' },
  config_only: { type: 'bool', summary: 'only a configuration' },
  config_from: { type: 'str', summary: 'configuration to use' },
  ...dockerArgs,
} as const satisfies ArgSpecs
type Args = ArgsOf<typeof args>

export default defineModule({
  name: 'community.docker.docker_network',
  summary: 'Networks of docker',
  check: 'full',
  args,
  returns: { network: 'what docker inspect says' },
  examples: `
- name: A network of its own for two containers
  community.docker.docker_network:
    name: network_one
    connected: [container_a, container_b]
`,

  async run({ args, remote, fail }) {
    const { found, error } = await remote.query(inspect(args, 'network', args.name))
    if (error) fail(error)
    const docker = (words: readonly string[]) => runDocker(remote, args, words, fail)
    const joined = Object.values((found?.Containers ?? {}) as { [id: string]: { Name: string } }).map(one => one.Name)
    const differs = found !== undefined && args.state === 'present' && (args.force || !asWished(args, found))
    let changed = false
    if (found && (args.state === 'absent' || differs)) {
      for (const container of joined) await docker(['network', 'disconnect', '--force', args.name, container])
      await docker(['network', 'rm', args.name])
      changed = true
    }
    if (args.state === 'absent') return { changed }
    if (!found || differs) {
      await docker(['network', 'create', ...createFlags(args), args.name])
      changed = true
    }
    const now = differs ? [] : joined
    const wanted = [...new Set([...args.connected, ...(differs && args.appends ? joined : [])])]
    for (const container of wanted.filter(one => !now.includes(one))) {
      await docker(['network', 'connect', args.name, container])
      changed = true
    }
    if (!args.appends && args.connected.length > 0) {
      for (const container of now.filter(one => !wanted.includes(one))) {
        await docker(['network', 'disconnect', '--force', args.name, container])
        changed = true
      }
    }
    const after = changed && !remote.checkMode ? (await remote.query(inspect(args, 'network', args.name))).found : found
    return { changed, network: after ?? {} }
  },
})

function createFlags(args: Args): string[] {
  const pairs = (flag: string, map: ReadonlyMap<unknown, unknown> | undefined) =>
    entries(map).flatMap(([key, value]) => [flag, `${key}=${value}`])
  const when = (given: boolean | undefined, flag: string) => (given ? [flag] : [])
  return [
    ...(args.config_from ? ['--config-from', args.config_from] : ['--driver', args.driver]),
    ...pairs('--opt', args.driver_options),
    ...pairs('--label', args.labels),
    ...(args.ipam_driver ? ['--ipam-driver', args.ipam_driver] : []),
    ...pairs('--ipam-opt', args.ipam_driver_options),
    ...(args.ipam_config ?? []).flatMap(block => [
      ...(block.subnet ? ['--subnet', block.subnet] : []),
      ...(block.iprange ? ['--ip-range', block.iprange] : []),
      ...(block.gateway ? ['--gateway', block.gateway] : []),
      ...pairs('--aux-address', block.aux_addresses),
    ]),
    ...(args.enable_ipv6 === undefined ? [] : [`--ipv6=${args.enable_ipv6}`]),
    ...(args.enable_ipv4 === undefined ? [] : [`--ipv4=${args.enable_ipv4}`]),
    ...when(args.internal, '--internal'),
    ...when(args.attachable, '--attachable'),
    ...when(args.ingress, '--ingress'),
    ...when(args.config_only, '--config-only'),
    ...(args.scope ? ['--scope', args.scope] : []),
  ]
}

/** Only what the task names is compared. */
function asWished(args: Args, found: Inspected): boolean {
  const within = (wish: ReadonlyMap<unknown, unknown> | undefined, have: { [key: string]: string } | null) =>
    entries(wish).every(([key, value]) => have?.[key] === value)
  const same = (wish: boolean | string | undefined, have: unknown) => wish === undefined || wish === have
  const blocks = (found.IPAM?.Config ?? []) as { Subnet?: string; IPRange?: string; Gateway?: string }[]
  return (
    (args.config_from !== undefined || same(args.driver, found.Driver)) &&
    within(args.driver_options, found.Options) &&
    within(args.labels, found.Labels) &&
    same(args.ipam_driver, found.IPAM?.Driver) &&
    same(args.enable_ipv6, found.EnableIPv6) &&
    same(args.internal, found.Internal) &&
    same(args.attachable, found.Attachable) &&
    same(args.ingress, found.Ingress) &&
    same(args.scope, found.Scope) &&
    (args.ipam_config ?? []).every(wish =>
      blocks.some(
        have => same(wish.subnet, have.Subnet) && same(wish.iprange, have.IPRange) && same(wish.gateway, have.Gateway),
      ),
    )
  )
}
