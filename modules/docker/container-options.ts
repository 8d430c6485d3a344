/** Each option of a container: how the client is told, and what `docker inspect` says when it is so. */
import { parseBytes } from '../../engine/module/bytes.js'
import { shlexQuote, shlexSplit } from '../../engine/python/shlex.js'
import { asNumber, isNumber, type Value } from '../../engine/python/values.js'
import { entries, type Inspected, text } from './cli.js'
import type { ContainerArgs } from './container-args.js'

type Scalar = string | number | boolean | null
/** A value, a list (order counts), a set, or a dict; undefined: the task does not ask. */
export type Wish =
  | { readonly kind: 'value'; readonly value: Scalar }
  | { readonly kind: 'list' | 'set'; readonly value: readonly string[] }
  | { readonly kind: 'dict'; readonly value: { readonly [key: string]: string } }

export interface ContainerOption {
  readonly name: string
  readonly wish: Wish
  readonly have: Wish['value'] | undefined
  /** Flags of `docker create`. */
  readonly flags: readonly string[]
  /** Flags of `docker update`, where a container that exists can be changed. */
  readonly update?: readonly string[]
}

export interface Surroundings {
  readonly found: Inspected | undefined
  readonly image: Inspected | undefined
  readonly home: string
  readonly directory: string
  readonly environment: ReadonlyMap<string, string>
}

const bytes = (size: string) => parseBytes(size.replace(/^([\d.]+)\s*([kmgtp])i?b?$/i, '$1$2'), false)
const seconds: { readonly [unit: string]: number } = { us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }

/** `1m30s` in nanoseconds. */
export function nanoseconds(duration: string): number {
  const parts = [...duration.matchAll(/(\d+)(us|ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map(part => part[0]).join('') !== duration)
    throw new Error(`Invalid time duration - ${duration}`)
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * seconds[unit!]!, 0)
}

/** What the task asks of the container, with what there is. */
export function containerOptions(args: ContainerArgs, around: Surroundings): ContainerOption[] {
  const { found, image } = around
  const host: Inspected = found?.HostConfig ?? {}
  const config: Inspected = found?.Config ?? {}
  const options: ContainerOption[] = []

  const value = (
    name: string,
    wish: Scalar | undefined,
    have: unknown,
    flags: readonly string[] | string,
    update = false,
  ) => {
    if (wish === undefined) return
    const words = typeof flags === 'string' ? [typeof wish === 'boolean' ? `${flags}=${wish}` : flags] : [...flags]
    if (typeof flags === 'string' && typeof wish !== 'boolean') words.push(String(wish))
    options.push({
      name,
      wish: { kind: 'value', value: wish },
      have: (have ?? (typeof wish === 'boolean' ? false : typeof wish === 'number' ? 0 : '')) as Scalar,
      flags: words,
      ...(update ? { update: words } : {}),
    })
  }
  const size = (name: string, wish: string | undefined, have: unknown, flag: string, update = false) => {
    if (wish === undefined) return
    const number = wish === 'unlimited' || wish === '-1' ? -1 : bytes(wish)
    value(name, number, have, [flag, String(number)], update)
  }
  const many = (
    name: string,
    kind: 'list' | 'set',
    wish: readonly string[] | undefined,
    have: readonly string[] | null | undefined,
    flag: string | readonly string[],
  ) => {
    if (wish === undefined) return
    const flags = typeof flag === 'string' ? wish.flatMap(one => [flag, one]) : flag
    options.push({ name, wish: { kind, value: wish }, have: have ?? [], flags })
  }
  const dict = (
    name: string,
    wish: ReadonlyMap<unknown, unknown> | undefined,
    have: { [key: string]: string } | null | undefined,
    flag: string,
    inherited: { readonly [key: string]: string } = {},
  ) => {
    if (wish === undefined) return
    options.push({
      name,
      wish: { kind: 'dict', value: { ...inherited, ...Object.fromEntries(entries(wish)) } },
      have: have ?? {},
      flags: entries(wish).flatMap(([key, one]) => [flag, `${key}=${one}`]),
    })
  }

  value('auto_remove', args.auto_remove, host.AutoRemove, '--rm')
  value('blkio_weight', args.blkio_weight, host.BlkioWeight, '--blkio-weight', true)
  value('cgroup_parent', args.cgroup_parent, host.CgroupParent, '--cgroup-parent')
  value('cgroupns_mode', args.cgroupns_mode, host.CgroupnsMode, '--cgroupns')
  value('cpu_period', args.cpu_period, host.CpuPeriod, '--cpu-period', true)
  value('cpu_quota', args.cpu_quota, host.CpuQuota, '--cpu-quota', true)
  value('cpu_shares', args.cpu_shares, host.CpuShares, '--cpu-shares', true)
  if (args.cpus !== undefined) {
    const cpus = isNumber(args.cpus) ? asNumber(args.cpus) : Number(args.cpus)
    value('cpus', Math.round(cpus * 1e9), host.NanoCpus, ['--cpus', String(cpus)], true)
  }
  value('cpuset_cpus', args.cpuset_cpus, host.CpusetCpus, '--cpuset-cpus', true)
  value('cpuset_mems', args.cpuset_mems, host.CpusetMems, '--cpuset-mems', true)
  value('domainname', args.domainname, config.Domainname, '--domainname')
  value('hostname', args.hostname, config.Hostname, '--hostname')
  value('init', args.init, host.Init, '--init')
  value('interactive', args.interactive, config.OpenStdin, '--interactive')
  value('ipc_mode', args.ipc_mode, host.IpcMode, '--ipc')
  size('kernel_memory', args.kernel_memory, host.KernelMemory, '--kernel-memory', true)
  value('log_driver', args.log_driver, host.LogConfig?.Type, '--log-driver')
  if (args.mac_address !== undefined) {
    const mac = config.MacAddress || found?.NetworkSettings?.MacAddress || firstNetwork(found)?.MacAddress
    value('mac_address', args.mac_address.toLowerCase().replaceAll('-', ':'), mac, '--mac-address')
  }
  size('memory', args.memory, host.Memory, '--memory', true)
  size('memory_reservation', args.memory_reservation, host.MemoryReservation, '--memory-reservation', true)
  size('memory_swap', args.memory_swap, host.MemorySwap, '--memory-swap', true)
  value('memory_swappiness', args.memory_swappiness, host.MemorySwappiness ?? -1, '--memory-swappiness')
  value('oom_killer', args.oom_killer, host.OomKillDisable, '--oom-kill-disable')
  value('oom_score_adj', args.oom_score_adj, host.OomScoreAdj, '--oom-score-adj')
  value('pid_mode', args.pid_mode, host.PidMode, '--pid')
  // No limit is null, 0 or -1, by the age of the daemon.
  const limit = (host.PidsLimit ?? 0) <= 0 ? -1 : host.PidsLimit
  value('pids_limit', args.pids_limit === 0 ? -1 : args.pids_limit, limit, '--pids-limit')
  if (args.platform !== undefined) {
    // The daemon keeps only the system of "linux/amd64".
    const have = String(found?.Platform ?? '')
    value('platform', args.platform, args.platform.split('/')[0] === have ? args.platform : have, '--platform')
  }
  value('privileged', args.privileged, host.Privileged, '--privileged')
  value('publish_all_ports', args.publish_all_ports, host.PublishAllPorts, '--publish-all')
  value('read_only', args.read_only, host.ReadonlyRootfs, '--read-only')
  value('runtime', args.runtime, host.Runtime, '--runtime')
  size('shm_size', args.shm_size, host.ShmSize, '--shm-size')
  value('stop_signal', args.stop_signal, config.StopSignal, '--stop-signal')
  value('stop_timeout', args.stop_timeout, config.StopTimeout ?? 10, '--stop-timeout')
  value('tty', args.tty, config.Tty, '--tty')
  value('user', args.user, config.User, '--user')
  value('userns_mode', args.userns_mode, host.UsernsMode, '--userns')
  value('uts', args.uts, host.UTSMode, '--uts')
  value('volume_driver', args.volume_driver, host.VolumeDriver, '--volume-driver')
  value('working_dir', args.working_dir, config.WorkingDir, '--workdir')
  if (args.restart_policy !== undefined) {
    const retries = args.restart_policy === 'on-failure' && args.restart_retries ? `:${args.restart_retries}` : ''
    const count = host.RestartPolicy?.MaximumRetryCount
    const have = `${host.RestartPolicy?.Name || 'no'}${count ? `:${count}` : ''}`
    value('restart_policy', `${args.restart_policy}${retries}`, have, '--restart', true)
  }

  const capability = (name: string) => name.toUpperCase().replace(/^CAP_/, '')
  const capabilities = (name: 'cap_drop' | 'capabilities', have: string[] | null, flag: string) =>
    many(
      name,
      'set',
      args[name]?.map(capability),
      have?.map(capability),
      (args[name] ?? []).flatMap(one => [flag, one]),
    )
  capabilities('cap_drop', host.CapDrop, '--cap-drop')
  capabilities('capabilities', host.CapAdd, '--cap-add')
  many('device_cgroup_rules', 'set', args.device_cgroup_rules, host.DeviceCgroupRules, '--device-cgroup-rule')
  many('dns_opts', 'set', args.dns_opts, host.DnsOptions, '--dns-option')
  many('dns_search_domains', 'list', args.dns_search_domains, host.DnsSearch, '--dns-search')
  many('dns_servers', 'list', args.dns_servers, host.Dns, '--dns')
  many(
    'etc_hosts',
    'set',
    args.etc_hosts && entries(args.etc_hosts).map(pair => pair.join(':')),
    host.ExtraHosts,
    '--add-host',
  )
  many('groups', 'set', args.groups, host.GroupAdd, '--group-add')
  many('volumes_from', 'set', args.volumes_from, host.VolumesFrom, '--volumes-from')
  many(
    'links',
    'set',
    args.links?.map(link => (link.includes(':') ? link : `${link}:${link}`)),
    (host.Links as string[] | null)?.map(link => link.replace(/^\/([^:]+):.*\/([^/]+)$/, '$1:$2')),
    '--link',
  )
  many(
    'devices',
    'set',
    args.devices?.map(device => {
      const [outside, inside, permissions] = device.split(':')
      if (inside !== undefined && permissions === undefined && /^[rwm]+$/.test(inside))
        return `${outside}:${outside}:${inside}`
      return `${outside}:${inside || outside}:${permissions || 'rwm'}`
    }),
    (host.Devices as Inspected[] | null)?.map(
      one => `${one.PathOnHost}:${one.PathInContainer}:${one.CgroupPermissions}`,
    ),
    '--device',
  )
  many(
    'ulimits',
    'set',
    args.ulimits?.map(limit => {
      const [name, soft, hard] = limit.split(/[:=]/)
      return `${name}=${soft}:${hard ?? soft}`
    }),
    (host.Ulimits as Inspected[] | null)?.map(one => `${one.Name}=${one.Soft}:${one.Hard}`),
    '--ulimit',
  )
  many(
    'security_opts',
    'set',
    // The client sends the text of a seccomp profile, so only its presence can be compared.
    args.security_opts?.map(option => profile(option.replace(/^([^=:]+):/, '$1='))),
    (host.SecurityOpt as string[] | null)?.map(option => profile(option.replace(/^([^=:]+):/, '$1='))),
    (args.security_opts ?? []).flatMap(option => ['--security-opt', option.replace(/^([^=:]+):/, '$1=')]),
  )
  const tmpfs = args.tmpfs && new Map(args.tmpfs.map(one => [one.split(':')[0]!, one.split(':').slice(1).join(':')]))
  if (tmpfs)
    options.push({
      name: 'tmpfs',
      wish: { kind: 'dict', value: Object.fromEntries(tmpfs) },
      have: host.Tmpfs ?? {},
      flags: args.tmpfs!.flatMap(one => ['--tmpfs', one]),
    })
  dict('labels', args.labels, config.Labels, '--label', image?.Config?.Labels ?? {})
  dict('log_options', args.log_options, host.LogConfig?.Config, '--log-opt')
  dict('storage_opts', args.storage_opts, host.StorageOpt, '--storage-opt')
  dict('sysctls', args.sysctls, host.Sysctls, '--sysctl')
  for (const [name, field, flag] of [
    ['device_read_bps', 'BlkioDeviceReadBps', '--device-read-bps'],
    ['device_read_iops', 'BlkioDeviceReadIOps', '--device-read-iops'],
    ['device_write_bps', 'BlkioDeviceWriteBps', '--device-write-bps'],
    ['device_write_iops', 'BlkioDeviceWriteIOps', '--device-write-iops'],
  ] as const)
    many(
      name,
      'set',
      args[name]?.map(({ path, rate }) => `${path}:${typeof rate === 'number' ? rate : bytes(rate)}`),
      (host[field] as Inspected[] | null)?.map(one => `${one.Path}:${one.Rate}`),
      flag,
    )

  if (args.env !== undefined || args.env_file !== undefined) {
    const inherited = ((image?.Config?.Env ?? []) as string[]).filter(
      one => !around.environment.has(one.slice(0, one.indexOf('='))),
    )
    // The values travel in a file: see `docker/environment.ts`.
    const own = [...around.environment].map(([key, one]) => `${key}=${one}`)
    many('env', 'set', [...inherited, ...own], config.Env, [])
  }
  if (args.exposed_ports !== undefined || args.published_ports !== undefined) {
    const exposed = (args.exposed_ports ?? []).flatMap(port => portRange(port))
    const published = (args.published_ports ?? []).flatMap(port => Object.keys(portBindings(port, undefined)))
    const wish = new Set([...Object.keys(image?.Config?.ExposedPorts ?? {}), ...exposed, ...published])
    many(
      'exposed_ports',
      'set',
      [...wish],
      Object.keys(config.ExposedPorts ?? {}),
      (args.exposed_ports ?? []).flatMap(port => ['--expose', port]),
    )
  }
  if (args.published_ports !== undefined) options.push(publishedPorts(args, host))
  if (args.volumes !== undefined) options.push(...volumes(args.volumes, around))
  if (args.mounts !== undefined) {
    const flags = args.mounts.flatMap(one => ['--mount', mountFlag(one)])
    many('mounts', 'set', args.mounts.map(mountWish), ((host.Mounts ?? []) as Inspected[]).map(mountHave), flags)
  }
  if (args.device_requests !== undefined) {
    const flags = args.device_requests.flatMap(one => ['--gpus', deviceRequestFlag(one)])
    const have = ((host.DeviceRequests ?? []) as Inspected[]).map(one =>
      JSON.stringify([
        one.Driver || '',
        one.Count ?? 0,
        one.DeviceIDs ?? [],
        [...((one.Capabilities?.[0] ?? []) as string[])].filter(name => name !== 'gpu').sort(),
        sorted(one.Options ?? {}),
      ]),
    )
    many('device_requests', 'set', args.device_requests.map(deviceRequestWish), have, flags)
  }
  if (args.healthcheck !== undefined) options.push(...healthcheck(args.healthcheck, config.Healthcheck))
  return options
}

const profile = (option: string) => (/^seccomp=(?!unconfined$|builtin$)/.test(option) ? 'seccomp=PROFILE' : option)
const firstNetwork = (found: Inspected | undefined): Inspected =>
  Object.values((found?.NetworkSettings?.Networks ?? {}) as { [name: string]: Inspected })[0]
const sorted = (map: { [key: string]: string }) => Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))

/** Words of `command` or `entrypoint`; undefined: not asked. */
export function commandWords(value: Value | undefined, handling: string): string[] | undefined {
  if (value === undefined || value === null) return undefined
  const words =
    handling === 'compatibility'
      ? shlexSplit(Array.isArray(value) ? value.map(text).join(' ') : text(value))
      : Array.isArray(value)
        ? value.map(text)
        : shlexSplit(text(value))
  return handling === 'compatibility' && words.length === 0 ? undefined : words
}

/** `8000-8002/udp` → each port. */
export function portRange(port: string): string[] {
  const [, from = '', to, protocol = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(port) ?? []
  if (from === '') throw new Error(`Invalid port description "${port}"`)
  const last = Number(to ?? from)
  if (last < Number(from)) throw new Error(`Invalid port range "${port}": start larger than end`)
  return Array.from(
    { length: last - Number(from) + 1 },
    (_, index) => `${Number(from) + index}/${protocol.toLowerCase()}`,
  )
}

interface Binding {
  /** undefined: the task leaves it to the daemon. */
  readonly ip: string | undefined
  readonly port: string
}

/** `[address:][ports of the host:]ports[/protocol]` → bindings by port of the container. */
export function portBindings(written: string, defaultIp: string | undefined): { [port: string]: Binding } {
  const parts = /^(?:(?:\[([^\]]+)\]|([^:[\]]*)):)??(?:([\d-]*):)?([\d-]+(?:\/\w+)?)$/.exec(written)
  if (!parts) throw new Error(`Invalid port description "${written}" - expected 1 to 3 colon-separated parts`)
  const [, bracketed, plain, ports, inside = ''] = parts
  const address = bracketed ?? (plain || undefined)
  if (address !== undefined && !/^[0-9A-Fa-f:.]+$/.test(address))
    throw new Error(
      `Bind addresses for published ports must be IPv4 or IPv6 addresses, not hostnames. Use the dig lookup to resolve hostnames. (Found hostname: ${address})`,
    )
  const containers = portRange(inside)
  const hosts = ports ? portRange(ports).map(port => port.split('/')[0]!) : []
  const ip = address ?? defaultIp
  return Object.fromEntries(
    containers.map((port, index) => [
      port,
      { ip, port: !ports ? '' : containers.length === 1 && hosts.length > 1 ? ports : (hosts[index] ?? '') },
    ]),
  )
}

function publishedPorts(args: ContainerArgs, host: Inspected): ContainerOption {
  const wish: { [port: string]: Binding[] } = {}
  const defaultIp = args.default_host_ip === '' ? undefined : args.default_host_ip
  for (const written of args.published_ports!)
    for (const [port, binding] of Object.entries(portBindings(written, defaultIp))) {
      wish[port] ??= []
      wish[port].push(binding)
    }
  const have = (host.PortBindings ?? {}) as { [port: string]: { HostIp: string; HostPort: string }[] | null }
  // Where the task names no address, what the daemon has is right if it means all addresses.
  const shown = (port: string, { ip, port: number }: Binding) => {
    const there = (have[port] ?? []).find(one => (one.HostPort === '0' ? '' : one.HostPort) === number)
    const anywhere = there && ['', '0.0.0.0', '::'].includes(there.HostIp) ? there.HostIp : ''
    return `${ip ?? anywhere}:${number}`
  }
  const address = (ip: string) => (ip.includes(':') && !ip.startsWith('[') ? `[${ip}]` : ip)
  return {
    name: 'published_ports',
    wish: {
      kind: 'dict',
      value: Object.fromEntries(
        Object.entries(wish).map(([port, list]) => [
          port,
          list
            .map(one => shown(port, one))
            .sort()
            .join(' '),
        ]),
      ),
    },
    have: Object.fromEntries(
      Object.entries(have).map(([port, list]) => [
        port,
        (list ?? [])
          .map(one => `${one.HostIp}:${one.HostPort === '0' ? '' : one.HostPort}`)
          .sort()
          .join(' '),
      ]),
    ),
    flags: args.published_ports!.flatMap(written => {
      const named = Object.values(portBindings(written, undefined))[0]?.ip !== undefined
      if (named || !defaultIp) return ['--publish', written]
      return ['--publish', `${address(defaultIp)}:${written.includes(':') ? '' : ':'}${written}`]
    }),
  }
}

function volumes(written: readonly string[], { found, image, home, directory }: Surroundings): ContainerOption[] {
  const absolute = (source: string) => {
    if (source === '~' || source.startsWith('~/')) return home + source.slice(1)
    if (source === '.' || source === '..' || source.startsWith('./') || source.startsWith('../'))
      return new URL(source, `file://${directory}/`).pathname.replace(/(?<=.)\/$/, '')
    return source
  }
  const mode = (text: string) =>
    text
      .split(',')
      .filter(one => one && one !== 'rw')
      .sort()
      .join(',')
  const split = (one: string) => {
    const [source = '', target, ...rest] = one.split(':')
    return target === undefined ? { target: source } : { source: absolute(source), target, mode: rest.join(',') }
  }
  const shown = (one: ReturnType<typeof split>) =>
    one.source === undefined ? one.target : [one.source, one.target, mode(one.mode)].filter(Boolean).join(':')
  const wished = written.map(split)
  const targets = new Set(wished.map(one => one.target))
  const inherited = Object.keys(image?.Config?.Volumes ?? {}).filter(target => !targets.has(target))
  const binds = ((found?.HostConfig?.Binds ?? []) as string[]).map(bind => shown(split(bind)))
  const anonymous = Object.keys(found?.Config?.Volumes ?? {})
  return [
    {
      name: 'volumes',
      wish: { kind: 'set', value: [...wished.map(shown), ...inherited] },
      have: [...binds, ...anonymous.filter(target => !binds.some(bind => bind.split(':')[1] === target))],
      flags: wished.flatMap(one => [
        '--volume',
        one.source === undefined ? one.target : [one.source, one.target, one.mode].filter(Boolean).join(':'),
      ]),
    },
  ]
}

type Mount = NonNullable<ContainerArgs['mounts']>[number]

const mountWish = (one: Mount): string =>
  JSON.stringify([
    one.type,
    one.source ?? '',
    one.target,
    one.read_only ?? false,
    one.consistency ?? '',
    one.propagation ?? '',
    one.no_copy ?? false,
    sorted(Object.fromEntries(entries(one.labels))),
    one.volume_driver ?? '',
    sorted(Object.fromEntries(entries(one.volume_options))),
    one.tmpfs_size === undefined ? 0 : bytes(one.tmpfs_size),
    one.tmpfs_mode === undefined ? 0 : Number.parseInt(one.tmpfs_mode, 8),
  ])

const mountHave = (one: Inspected): string =>
  JSON.stringify([
    one.Type,
    one.Source ?? '',
    one.Target,
    one.ReadOnly ?? false,
    one.Consistency ?? '',
    one.BindOptions?.Propagation ?? '',
    one.VolumeOptions?.NoCopy ?? false,
    sorted(one.VolumeOptions?.Labels ?? {}),
    one.VolumeOptions?.DriverConfig?.Name ?? '',
    sorted(one.VolumeOptions?.DriverConfig?.Options ?? {}),
    one.TmpfsOptions?.SizeBytes ?? 0,
    one.TmpfsOptions?.Mode ?? 0,
  ])

/** One field of a CSV record, as --mount and --gpus read them. */
const field = (content: string) => (/[",\n]/.test(content) ? `"${content.replaceAll('"', '""')}"` : content)

function mountFlag(one: Mount): string {
  const fields: [string, string | number | boolean | undefined][] = [
    ['type', one.type],
    ['source', one.source],
    ['target', one.target],
    ['readonly', one.read_only || undefined],
    ['consistency', one.consistency],
    ['bind-propagation', one.propagation],
    ['volume-nocopy', one.no_copy || undefined],
    ...entries(one.labels).map(([key, value]) => ['volume-label', `${key}=${value}`] as [string, string]),
    ['volume-driver', one.volume_driver],
    ...entries(one.volume_options).map(([key, value]) => ['volume-opt', `${key}=${value}`] as [string, string]),
    ['tmpfs-size', one.tmpfs_size === undefined ? undefined : bytes(one.tmpfs_size)],
    ['tmpfs-mode', one.tmpfs_mode],
  ]
  return fields.flatMap(([key, value]) => (value === undefined ? [] : [field(`${key}=${value}`)])).join(',')
}

type DeviceRequest = NonNullable<ContainerArgs['device_requests']>[number]

/** The alternatives of `capabilities`; the client can ask for one of them only. */
function requestedCapabilities(one: DeviceRequest): string[] {
  if ((one.capabilities?.length ?? 0) > 1)
    throw new Error('device_requests: the docker client cannot ask for alternatives; give one list of capabilities')
  return (one.capabilities?.[0] ?? []).map(text).filter(name => name !== 'gpu')
}

const deviceRequestWish = (one: DeviceRequest): string =>
  JSON.stringify([
    one.driver ?? '',
    one.count ?? (one.device_ids ? 0 : 1),
    one.device_ids ?? [],
    requestedCapabilities(one).sort(),
    sorted(Object.fromEntries(entries(one.options))),
  ])

function deviceRequestFlag(one: DeviceRequest): string {
  const options = entries(one.options).map(([key, value]) => `${key}=${value}`)
  return [
    ...(one.driver ? [`driver=${one.driver}`] : []),
    ...(one.count === undefined ? [] : [`count=${one.count}`]),
    ...(one.device_ids ? [`device=${one.device_ids.join(',')}`] : []),
    ...(requestedCapabilities(one).length > 0 ? [`capabilities=${requestedCapabilities(one).join(',')}`] : []),
    ...(options.length > 0 ? [`options=${options.map(field).join(',')}`] : []),
  ]
    .map(field)
    .join(',')
}

type Healthcheck = NonNullable<ContainerArgs['healthcheck']>

/** The client runs a check with the shell of the container, so a list of words becomes text for it. */
function healthcheck(wish: Healthcheck, have: Inspected | null | undefined): ContainerOption[] {
  const test = wish.test
  const list = Array.isArray(test) ? test.map(text) : undefined
  if (list && !['NONE', 'CMD', 'CMD-SHELL'].includes(list[0] ?? ''))
    throw new Error('Test field in healthcheck must be either "NONE", "CMD" or "CMD-SHELL"')
  if (list?.[0] === 'NONE' || test === 'NONE')
    return [
      {
        name: 'healthcheck',
        wish: { kind: 'dict', value: { test: 'NONE' } },
        // A container without any check is as good.
        have: { test: have?.Test?.length ? String(have.Test.join(' ')) : 'NONE' },
        flags: ['--no-healthcheck'],
      },
    ]
  const command =
    test === undefined || test === null
      ? undefined
      : list === undefined
        ? text(test)
        : list[0] === 'CMD'
          ? list.slice(1).map(shlexQuote).join(' ')
          : list.slice(1).join(' ')
  const there = have?.Test as string[] | undefined
  const thereCommand = there?.[0] === 'CMD' ? there.slice(1).map(shlexQuote).join(' ') : (there?.[1] ?? '')
  const wanted: { [key: string]: string } = {}
  const seen: { [key: string]: string } = {}
  const flags: string[] = []
  const add = (key: string, value: string | undefined, now: string, flag: string, shown = value) => {
    if (value === undefined || shown === undefined) return
    wanted[key] = shown
    seen[key] = now
    flags.push(flag, value)
  }
  const time = (
    key: 'interval' | 'timeout' | 'start_period' | 'start_interval',
    now: number | undefined,
    flag: string,
  ) =>
    add(key, wish[key], String(now ?? 0), flag, wish[key] === undefined ? undefined : String(nanoseconds(wish[key]!)))
  add('test', command, thereCommand, '--health-cmd')
  time('interval', have?.Interval, '--health-interval')
  time('timeout', have?.Timeout, '--health-timeout')
  time('start_period', have?.StartPeriod, '--health-start-period')
  time('start_interval', have?.StartInterval, '--health-start-interval')
  add(
    'retries',
    wish.retries === undefined ? undefined : String(wish.retries),
    String(have?.Retries ?? 0),
    '--health-retries',
  )
  return [{ name: 'healthcheck', wish: { kind: 'dict', value: wanted }, have: seen, flags }]
}
