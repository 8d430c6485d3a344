import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import type { Json, Value } from '../engine/python/values.js'
import { quoteAll, raw, sh } from '../engine/remote/quote.js'
import type { Query, ShellText } from '../engine/remote/remote.js'
import { dockerArgs, dockerCommand, documents, type Inspected } from './docker/cli.js'
import { printedSize } from './docker/size.js'
import { filterFlags } from './docker_prune.js'

const args = {
  containers: { type: 'bool', default: false, summary: 'list containers' },
  containers_all: { type: 'bool', default: false, summary: 'with those that do not run' },
  containers_filters: { type: 'dict', summary: 'which containers' },
  images: { type: 'bool', default: false, summary: 'list images' },
  images_filters: { type: 'dict', summary: 'which images' },
  networks: { type: 'bool', default: false, summary: 'list networks' },
  networks_filters: { type: 'dict', summary: 'which networks' },
  volumes: { type: 'bool', default: false, summary: 'list volumes' },
  volumes_filters: { type: 'dict', summary: 'which volumes' },
  disk_usage: { type: 'bool', default: false, summary: 'space on disk' },
  verbose_output: { type: 'bool', default: false, summary: 'all that docker inspect says' },
  ...dockerArgs,
} as const satisfies ArgSpecs

type Listed = { list: Inspected[]; error: string }

export default defineModule({
  name: 'community.docker.docker_host_info',
  summary: 'What docker knows about its host',
  notes: ['With verbose_output, lists hold what docker inspect says.'],
  check: 'full',
  args,
  returns: {
    can_talk_to_docker: 'whether the daemon answers',
    host_info: 'what docker info says',
    containers: 'containers',
    images: 'images',
    networks: 'networks',
    volumes: 'volumes',
    disk_usage: 'space on disk',
  },
  examples: `
- name: Learn about the host and its images
  community.docker.docker_host_info:
    images: true
  register: result
`,

  async run({ args, remote, fail }) {
    const docker = raw(quoteAll(dockerCommand(args)))
    const json = (command: ShellText): Query<Listed> => ({
      command,
      parse: (stdout, rc, stderr) => ({
        list: rc === 0 ? documents(stdout) : [],
        error: rc === 0 ? '' : stderr.trim(),
      }),
    })
    const listed = (kind: 'container' | 'image' | 'network' | 'volume', words: readonly string[]) =>
      remote.query(
        json(
          sh`ids=$(${docker} ${kind} ls --quiet ${words}) && { [ -z "$ids" ] || ${docker} ${kind} inspect $(printf '%s\n' "$ids" | sort -u); }`,
        ),
      )
    const when = <T>(wanted: boolean, ask: () => Promise<T>) => (wanted ? ask() : Promise.resolve(undefined))
    const all = args.containers_all ? ['--all'] : []
    const [info, containers, shown, images, networks, volumes, usage] = await Promise.all([
      remote.query(json(sh`${docker} info --format ${'{{json .}}'}`)),
      when(args.containers, () => listed('container', ['--no-trunc', ...all, ...filters(args.containers_filters)])),
      when(args.containers, () =>
        remote.query(
          json(
            sh`${docker} container ls --no-trunc ${[...all, ...filters(args.containers_filters)]} --format ${'{{json .}}'}`,
          ),
        ),
      ),
      when(args.images, () => listed('image', ['--no-trunc', ...filters(args.images_filters)])),
      when(args.networks, () => listed('network', ['--no-trunc', ...filters(args.networks_filters)])),
      when(args.volumes, () => listed('volume', filters(args.volumes_filters))),
      when(args.disk_usage, () =>
        remote.query(json(sh`${docker} system df ${args.verbose_output ? ['-v'] : []} --format ${'{{json .}}'}`)),
      ),
    ])
    // The client prints what it knows of itself when the daemon is away.
    const errors: readonly string[] = info.list[0]?.ServerErrors ?? []
    const problem = info.error || errors.join('\n')
    if (problem)
      fail(`Error connecting: Error while fetching server API version: ${problem}`, { can_talk_to_docker: false })
    for (const one of [containers, shown, images, networks, volumes, usage]) if (one?.error) fail(one.error)

    const result: { [name: string]: Json } = {}
    const only = (names: readonly string[]) => (one: Inspected) =>
      args.verbose_output ? one : Object.fromEntries(names.map(name => [name, one[name] ?? null]))
    if (containers) {
      const lines = new Map((shown?.list ?? []).map(one => [one.ID as string, one]))
      result.containers = containers.list.map(one =>
        args.verbose_output ? one : container(one, lines.get(one.Id as string) ?? {}),
      )
    }
    if (images)
      result.images = images.list.map(one =>
        args.verbose_output
          ? one
          : { Id: one.Id, RepoTags: one.RepoTags, Created: epoch(one.Created as string), Size: one.Size },
      )
    if (networks) result.networks = networks.list.map(only(['Id', 'Driver', 'Name', 'Scope']))
    if (volumes) result.volumes = volumes.list.map(only(['Name', 'Driver']))
    if (usage)
      result.disk_usage = args.verbose_output
        ? (usage.list[0] ?? {})
        : { LayersSize: printedSize(String(usage.list.find(one => one.Type === 'Images')?.Size ?? '0')) }
    const { ClientInfo: _, ...host_info } = info.list[0] ?? {}
    return { changed: false, can_talk_to_docker: true, host_info, ...result }
  },
})

const filters = (map: ReadonlyMap<unknown, Value> | undefined) => filterFlags(map)
const epoch = (text: string) => Math.floor(new Date(text).getTime() / 1000)

function container(one: Inspected, line: Inspected): Json {
  return {
    Id: one.Id,
    Image: one.Config?.Image ?? null,
    Command: [one.Path, ...(one.Args ?? [])].filter(Boolean).join(' '),
    Created: epoch(one.Created as string),
    Status: line.Status ?? one.State?.Status ?? '',
    Ports: Object.entries((one.NetworkSettings?.Ports ?? {}) as { [port: string]: Inspected[] | null }).flatMap(
      ([port, bindings]) => {
        const [number, type] = port.split('/')
        const base = { PrivatePort: Number(number), Type: type ?? 'tcp' }
        return bindings?.length
          ? bindings.map(bound => ({ ...base, IP: bound.HostIp, PublicPort: Number(bound.HostPort) }))
          : [base]
      },
    ),
    Names: [one.Name],
  }
}
