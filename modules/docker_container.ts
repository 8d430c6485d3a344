import { defineModule, type ModuleContext } from '../engine/module/define.js'
import type { Json } from '../engine/python/values.js'
import { sh } from '../engine/remote/quote.js'
import { dockerCommand, type Inspected, inspect, withTag } from './docker/cli.js'
import { type ContainerArgs, containerArgs } from './docker/container-args.js'
import { type ContainerOption, commandWords, containerOptions, type Wish } from './docker/container-options.js'
import { envFile, withEnvironment } from './docker/environment.js'

type Context = ModuleContext<ContainerArgs>
type Comparison = 'strict' | 'ignore' | 'allow_more_present'
type Difference = { name: string; wish: Json; have: Json }

export default defineModule({
  name: 'community.docker.docker_container',
  summary: 'Containers of docker',
  notes: [
    'Health checks that are given as CMD with a list run through the shell of the container: the client knows no other.',
    'Of device_requests, the client can ask for one list of capabilities only.',
    'An entrypoint of several words is kept as its first word, and the others before the command.',
  ],
  check: 'full',
  args: containerArgs,
  rules: {
    requiredIf: [['state', 'present', 'image']],
    requiredBy: { log_options: ['log_driver'], restart_retries: ['restart_policy'] },
  },
  returns: {
    container: 'what docker inspect says; with detach=false also Output',
    status: 'with detach=false: exit code of the container',
  },
  examples: `
- name: A web server
  community.docker.docker_container:
    name: web
    image: nginx:1.27
    published_ports: ['8080:80']
    volumes: ['/srv/www:/usr/share/nginx/html:ro']
    restart_policy: unless-stopped

- name: Remove it
  community.docker.docker_container:
    name: web
    state: absent
`,

  async run(context) {
    const args = withOldDefaults(context.args)
    const { remote, given, fail } = context
    const comparison = comparisons(context)
    const imageName = args.image === undefined ? undefined : withTag(args.image, 'latest')
    const paths = (args.volumes ?? []).some(one => /^(?:~|\.)/.test(one))
    const [{ found, error }, image, places, file] = await Promise.all([
      remote.query(inspect(args, 'container', args.name)),
      imageName !== undefined && args.state !== 'absent' ? remote.query(inspect(args, 'image', imageName)) : undefined,
      paths
        ? remote.query({ command: sh`printf '%s\\n' "$HOME" "$PWD"`, parse: stdout => stdout.split('\n') })
        : undefined,
      args.env_file !== undefined && args.state !== 'absent' ? remote.file(args.env_file, { want: 'text' }) : undefined,
    ])
    if (error) fail(`Error retrieving container: ${error}`)
    if (image?.error) fail(image.error)
    if (file && !file.exists) fail(`Error reading env_file: ${args.env_file} does not exist`)
    const docker = (words: readonly string[]) => runIn(context, { argv: [...dockerCommand(args), ...words] }, words)
    const differences: Difference[] = []
    let changed = false
    const running = found?.State?.Running === true
    const stop = () =>
      docker(
        args.force_kill
          ? ['kill', ...(args.kill_signal ? ['--signal', args.kill_signal] : []), args.name]
          : ['stop', ...(args.stop_timeout === undefined ? [] : ['--time', String(args.stop_timeout)]), args.name],
      )
    const remove = () => docker(['rm', ...(args.keep_volumes ? [] : ['--volumes']), args.name])
    const differ = (name: string, wish: Json, have: Json) => differences.push({ name, wish, have })
    const shownDiff = () => ({
      before: Object.fromEntries(differences.map(one => [one.name, one.have])) as { [name: string]: Json },
      after: Object.fromEntries(differences.map(one => [one.name, one.wish])) as { [name: string]: Json },
    })

    if (args.state === 'absent') {
      if (!found) return { changed: false, container: {}, ...(remote.diffMode ? { diff: shownDiff() } : {}) }
      if (running) {
        differ('running', false, true)
        await stop()
      }
      differ('exists', false, true)
      // A container with --rm may be gone as soon as it stops.
      if (!(running && found.HostConfig?.AutoRemove)) await remove()
      return { changed: true, container: {}, ...(remote.diffMode ? { diff: shownDiff() } : {}) }
    }

    const environment = new Map(file ? envFile(file.text) : [])
    for (const [name, value] of args.env ?? []) {
      if (typeof value !== 'string')
        fail(
          `Non-string value found for env option. Ambiguous env options must be wrapped in quotes to avoid them being interpreted. Key: ${String(name)}`,
        )
      environment.set(String(name), value as string)
    }

    // The image: pulled when it is not there, or always.
    let imageNow: Inspected = image?.found
    const isId = args.image !== undefined && /^sha256:|^[0-9a-f]{64}$/.test(args.image)
    const policy = pullPolicy(context)
    if (imageName !== undefined && !isId && (policy === 'always' || (policy === 'missing' && !imageNow))) {
      if (remote.checkMode) {
        if (!imageNow || args.pull_check_mode_behavior === 'always') changed = true
      } else {
        const words = ['pull', ...(args.platform ? ['--platform', args.platform] : []), imageName]
        await runIn(context, { argv: [...dockerCommand(args), ...words] }, words, false)
        const pulled = (await remote.query(inspect(args, 'image', imageName))).found
        if (pulled?.Id !== imageNow?.Id) changed = true
        imageNow = pulled
      }
    }
    if (imageName !== undefined && !imageNow && !remote.checkMode) fail(`Cannot find image with name ${imageName}`)

    const options = declared(context, args, {
      found,
      image: args.image_comparison === 'current-image' && found ? undefined : imageNow,
      home: places?.[0] ?? '',
      directory: places?.[1] ?? '/',
      environment,
    })
    if (args.image_label_mismatch === 'fail' && comparison('labels', 'dict') === 'strict') {
      const own = new Set([...(args.labels ?? [])].map(([name]) => String(name)))
      const others = Object.keys(imageNow?.Config?.Labels ?? {}).filter(name => !own.has(name))
      if (others.length > 0)
        fail(
          `Some labels should be removed but are present in the base image. You can set image_label_mismatch to 'ignore' to ignore this error. Labels: ${others.map(name => `"${name}"`).join(', ')}`,
        )
    }

    const list = networks(args)
    let fresh = false
    if (!found) {
      if (imageName === undefined) fail('Cannot create container when image is not specified!')
      differ('exists', true, false)
      await create(imageName!)
      fresh = true
    } else {
      const differing = options.filter(option => !fits(option, comparison(option.name, option.wish.kind)))
      for (const option of differing) differ(option.name, shown(option.wish.value), shown(option.have))
      const otherImage =
        imageName !== undefined &&
        !args.ignore_image &&
        comparison('image', 'value') !== 'ignore' &&
        (imageNow === undefined || found.Image !== imageNow.Id)
      const otherName =
        imageName !== undefined &&
        args.image_name_mismatch === 'recreate' &&
        comparison('image', 'value') !== 'ignore' &&
        found.Config?.Image !== args.image &&
        found.Config?.Image !== imageName
      if (otherImage) differ('image', imageNow?.Id ?? imageName ?? null, found.Image ?? null)
      else if (otherName) differ('image_name', args.image ?? null, found.Config?.Image ?? null)
      if (args.recreate) differ('recreate', true, false)
      if (otherImage || otherName || args.recreate || differing.some(option => option.update === undefined)) {
        if (running) await stop()
        if (!(running && found.HostConfig?.AutoRemove)) await remove()
        await create(imageName ?? (found.Image as string))
        fresh = true
      } else if (differing.length > 0) {
        await docker(['update', ...differing.flatMap(option => option.update!), args.name])
      }
    }
    await joinNetworks()

    const runs = running && !fresh
    let started = false
    if (args.state === 'started' && !runs) {
      differ('running', true, runs)
      await docker(['start', args.name])
      started = true
    } else if (args.state === 'started' && args.restart) {
      differ('restarted', true, false)
      await docker([
        'restart',
        ...(args.stop_timeout === undefined ? [] : ['--time', String(args.stop_timeout)]),
        args.name,
      ])
      started = true
    } else if (args.state === 'stopped' && runs) {
      differ('running', false, true)
      await stop()
    }
    const paused = found?.State?.Paused === true && !fresh && !started
    if (args.state === 'started' && args.paused !== undefined && args.paused !== paused) {
      differ('paused', args.paused, paused)
      await docker([args.paused ? 'pause' : 'unpause', args.name])
    }
    if (differences.length > 0) changed = true
    const extra = remote.diffMode ? { diff: shownDiff() } : {}
    if (started && args.detach === false && !remote.checkMode) return { ...(await waited()), changed, ...extra }
    const after =
      changed && !remote.checkMode ? (await remote.query(inspect(args, 'container', args.name))).found : found
    return { changed, container: after ?? {}, ...extra }

    async function create(from: string): Promise<void> {
      const words = [...options.flatMap(option => option.flags), ...list.flags]
      const entrypoint = args.entrypoint && commandWords(args.entrypoint as string[], args.command_handling)
      const command = commandWords(args.command, args.command_handling)
      const before = [...dockerCommand(args), 'create', '--name', args.name]
      const pull = given.has('platform') ? ['--platform', args.platform!] : []
      const platform = words.includes('--platform') ? [] : pull
      const after = [
        ...platform,
        ...words,
        ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint[0] ?? '']),
        from,
        ...(entrypoint ?? []).slice(1),
        ...(command ?? []),
      ]
      await runIn(context, withEnvironment(environment, before, after), ['create', args.name])
    }

    async function joinNetworks(): Promise<void> {
      const how = comparison('networks', 'set')
      if (args.networks !== undefined && how === 'ignore' && !fresh) return
      const joined: { [name: string]: Inspected } = fresh
        ? Object.fromEntries((list.first === undefined ? ['bridge'] : [list.first]).map(name => [name, null]))
        : (found?.NetworkSettings?.Networks ?? {})
      for (const one of args.networks ?? []) {
        // What `create` was told needs no second word.
        if (fresh && one.name === list.first && list.told) continue
        const there = Object.hasOwn(joined, one.name)
        if (there && !fresh && networkFits(one, joined[one.name], found)) continue
        if (there && fresh && networkFlags(one).length === 0) continue
        differ(`network.${one.name}`, true, there)
        if (there) await docker(['network', 'disconnect', one.name, args.name])
        await docker(['network', 'connect', ...networkFlags(one), one.name, args.name])
      }
      const purge = args.purge_networks || (args.networks !== undefined && how === 'strict')
      if (!purge) return
      const wanted = new Set((args.networks ?? []).map(one => one.name))
      for (const name of Object.keys(joined).filter(name => !wanted.has(name))) {
        if (fresh && name === list.first && list.told) continue
        differ(`purge_network.${name}`, false, true)
        await docker(['network', 'disconnect', name, args.name])
      }
    }

    async function waited() {
      const status = Number((await docker(['wait', args.name])).stdout.trim())
      const autoRemove = args.auto_remove ?? false
      const logs = autoRemove ? undefined : await docker(['logs', args.name])
      const output = logs ? logs.stdout + logs.stderr : 'Cannot retrieve result as auto_remove is enabled'
      const container = autoRemove ? {} : ((await remote.query(inspect(args, 'container', args.name))).found ?? {})
      if (args.cleanup && !autoRemove) await docker(['rm', '--force', '--volumes', args.name])
      if (args.output_logs && logs) context.warn(output)
      if (status !== 0) fail(output, { status, container: { ...container, Output: output }, changed: true })
      return { status, container: { ...container, Output: output } }
    }
  },
})

async function runIn(
  context: Context,
  effect: ReturnType<typeof withEnvironment>,
  words: readonly string[],
  changes = true,
) {
  const outcome = await context.remote.exec({ ...effect, why: words.slice(0, 3).join(' '), changes })
  if (outcome.rc !== 0)
    context.fail(outcome.stderr.trim() || outcome.stdout.trim() || `docker ${words[0]} failed`, {
      rc: outcome.rc,
      stdout: outcome.stdout,
      stderr: outcome.stderr,
    })
  return outcome
}

function withOldDefaults(args: ContainerArgs): ContainerArgs {
  if (args.container_default_behavior === 'no_defaults') return { ...args, detach: args.detach ?? true }
  return {
    ...args,
    auto_remove: args.auto_remove ?? false,
    detach: args.detach ?? true,
    init: args.init ?? false,
    interactive: args.interactive ?? false,
    memory: args.memory ?? '0',
    paused: args.paused ?? false,
    privileged: args.privileged ?? false,
    read_only: args.read_only ?? false,
    tty: args.tty ?? false,
  }
}

function pullPolicy({ args, fail }: Context): 'always' | 'missing' | 'never' {
  const pull = String(args.pull).toLowerCase()
  if (['true', 'yes', 'always', '1'].includes(pull)) return 'always'
  if (['false', 'no', 'missing', '0'].includes(pull)) return 'missing'
  if (pull === 'never') return 'never'
  return fail(`value of pull must be one of: always, missing, never, true, false, got: ${pull}`)
}

/** How each option is compared: what the task says, or as Ansible does. */
function comparisons({ args, fail }: Context): (name: string, kind: Wish['kind']) => Comparison {
  const all = args.comparisons?.get('*')
  if (all !== undefined && all !== 'strict' && all !== 'ignore')
    fail('Wildcard can only be used with comparison modes "strict" and "ignore"!')
  const known = new Set([
    ...Object.entries(containerArgs).flatMap(([name, spec]) => [name, ...('aliases' in spec ? spec.aliases : [])]),
    'image',
  ])
  const named = new Map<string, Comparison>()
  for (const [key, value] of args.comparisons ?? []) {
    const name = String(key)
    if (name === '*') continue
    if (!known.has(name)) fail(`Unknown module option '${name}' in comparisons dictionary!`)
    if (value !== 'strict' && value !== 'ignore' && value !== 'allow_more_present')
      fail(`Unknown comparison mode '${String(value)}'!`)
    const canonical = Object.entries(containerArgs).find(
      ([one, spec]) => one === name || ('aliases' in spec && (spec.aliases as readonly string[]).includes(name)),
    )
    named.set(canonical?.[0] ?? name, value as Comparison)
  }
  return (name, kind) => {
    const chosen = named.get(name)
    if (chosen === 'allow_more_present' && kind === 'value')
      fail(`Option '${name}' is a value and not a set/list/dict, so its comparison cannot be allow_more_present`)
    return (
      chosen ?? (all as Comparison | undefined) ?? (kind === 'set' || kind === 'dict' ? 'allow_more_present' : 'strict')
    )
  }
}

/** All options that the task asks for, with command and entrypoint. */
function declared(
  { fail }: Context,
  args: ContainerArgs,
  around: Parameters<typeof containerOptions>[1],
): ContainerOption[] {
  try {
    const options = containerOptions(args, around)
    const have = (around.found?.Config ?? {}) as Inspected
    const entrypoint = args.entrypoint && commandWords(args.entrypoint as string[], args.command_handling)
    const command = commandWords(args.command, args.command_handling)
    const whole = [...(have.Entrypoint ?? []), ...(have.Cmd ?? [])]
    // The client takes one word as entrypoint: what runs is the same when both together are.
    if (entrypoint !== undefined) {
      const same =
        command === undefined && JSON.stringify(have.Entrypoint ?? []) === JSON.stringify(entrypoint)
          ? [...entrypoint]
          : whole
      options.push({
        name: 'entrypoint',
        wish: { kind: 'list', value: [...entrypoint, ...(command ?? [])] },
        have: same,
        flags: [],
      })
    } else if (command !== undefined)
      options.push({ name: 'command', wish: { kind: 'list', value: command }, have: have.Cmd ?? [], flags: [] })
    const mode = args.network_mode
    if (mode !== undefined) {
      const now = String(around.found?.HostConfig?.NetworkMode ?? '')
      const plain = (name: string) => (name === 'bridge' || name === '' ? 'default' : name)
      options.push({
        name: 'network_mode',
        wish: { kind: 'value', value: plain(mode) },
        have: plain(now),
        flags: [],
      })
    }
    return options
  } catch (error) {
    return fail((error as Error).message)
  }
}

/** What `docker create` is told about networks: it takes the first one, the others are joined afterwards. */
function networks(args: ContainerArgs): { flags: string[]; first: string | undefined; told: boolean } {
  const first = args.networks?.[0]
  if (args.network_mode !== undefined) {
    const own = args.networks?.find(one => one.name === args.network_mode)
    return {
      flags: ['--network', args.network_mode, ...(own ? createFlags(own) : [])],
      first: args.network_mode === 'default' ? undefined : args.network_mode,
      told: own !== undefined,
    }
  }
  if (first === undefined || !args.networks_cli_compatible) return { flags: [], first: undefined, told: false }
  return { flags: ['--network', first.name, ...createFlags(first)], first: first.name, told: true }
}

type Network = NonNullable<ContainerArgs['networks']>[number]
const flagsOf = (one: Network, alias: string): string[] => [
  ...(one.aliases ?? []).flatMap(name => [alias, name]),
  ...(one.ipv4_address ? ['--ip', one.ipv4_address] : []),
  ...(one.ipv6_address ? ['--ip6', one.ipv6_address] : []),
  ...(one.links ?? []).flatMap(link => ['--link', link]),
]
const createFlags = (one: Network) => [
  ...flagsOf(one, '--network-alias'),
  ...(one.mac_address ? ['--mac-address', one.mac_address] : []),
]
const networkFlags = (one: Network) => [
  ...flagsOf(one, '--alias'),
  ...(one.mac_address ? ['--driver-opt', `com.docker.network.endpoint.macaddress=${one.mac_address}`] : []),
]

function networkFits(wish: Network, have: Inspected, found: Inspected): boolean {
  const ip = (now: string | undefined, configured: string | undefined) => configured || now || ''
  const known = new Set<string>([...(have?.Aliases ?? []), ...(have?.DNSNames ?? []), String(found?.Id).slice(0, 12)])
  const links = ((have?.Links ?? []) as string[]).map(link => link.replaceAll('/', ''))
  return (
    (!wish.ipv4_address || wish.ipv4_address === ip(have?.IPAddress, have?.IPAMConfig?.IPv4Address)) &&
    (!wish.ipv6_address || wish.ipv6_address === ip(have?.GlobalIPv6Address, have?.IPAMConfig?.IPv6Address)) &&
    (!wish.mac_address || wish.mac_address.toLowerCase() === String(have?.MacAddress ?? '').toLowerCase()) &&
    (wish.aliases ?? []).every(alias => known.has(alias)) &&
    (wish.links ?? []).every(link => links.includes(link.includes(':') ? link : `${link}:${link}`))
  )
}

const shown = (value: Wish['value'] | undefined): Json => (value ?? null) as Json

/** Whether the container is as the option asks, compared that way. */
export function fits(option: ContainerOption, how: Comparison): boolean {
  if (how === 'ignore') return true
  const { wish, have } = option
  if (wish.kind === 'value') return wish.value === have
  if (wish.kind === 'dict') {
    const now = (have ?? {}) as { [key: string]: string }
    const within = Object.entries(wish.value).every(([key, value]) => now[key] === value)
    return within && (how !== 'strict' || Object.keys(now).length === Object.keys(wish.value).length)
  }
  const now = (have ?? []) as readonly string[]
  if (wish.kind === 'list') {
    if (how === 'strict') return JSON.stringify(wish.value) === JSON.stringify(now)
    let next = 0
    for (const one of now) if (one === wish.value[next]) next += 1
    return next === wish.value.length
  }
  const wanted = new Set(wish.value)
  return [...wanted].every(one => now.includes(one)) && (how !== 'strict' || now.every(one => wanted.has(one)))
}
