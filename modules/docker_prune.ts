import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import type { Json, Value } from '../engine/python/values.js'
import { dockerArgs, runDocker, text } from './docker/cli.js'
import { printedSize } from './docker/size.js'

const args = {
  containers: { type: 'bool', default: false, summary: 'remove containers that are stopped' },
  containers_filters: { type: 'dict', summary: 'which containers' },
  images: { type: 'bool', default: false, summary: 'remove images that are not used' },
  images_filters: { type: 'dict', summary: 'which images' },
  networks: { type: 'bool', default: false, summary: 'remove networks that are not used' },
  networks_filters: { type: 'dict', summary: 'which networks' },
  volumes: { type: 'bool', default: false, summary: 'remove volumes that are not used' },
  volumes_filters: { type: 'dict', summary: 'which volumes' },
  builder_cache: { type: 'bool', default: false, summary: 'empty the cache of the builder' },
  builder_cache_all: { type: 'bool', default: false, summary: 'with its internal and frontend images' },
  builder_cache_filters: { type: 'dict', summary: 'which entries of the cache' },
  builder_cache_keep_storage: { type: 'str', summary: 'size of the cache to keep' },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_prune',
  summary: 'Remove what docker does not need any more',
  check: 'none',
  args,
  returns: {
    containers: 'ids of containers that were removed',
    containers_space_reclaimed: 'bytes',
    images: 'ids of images that were removed',
    images_space_reclaimed: 'bytes',
    networks: 'names of networks that were removed',
    volumes: 'names of volumes that were removed',
    volumes_space_reclaimed: 'bytes',
    builder_cache_space_reclaimed: 'bytes',
  },
  examples: `
- name: Remove containers that stopped more than a day ago
  community.docker.docker_prune:
    containers: true
    containers_filters:
      until: 24h
`,

  async run({ args, remote, fail }) {
    const result: { [name: string]: Json } = {}
    let changed = false
    const prune = async (kind: string, words: readonly string[]) => {
      const { stdout } = await runDocker(remote, args, [kind, 'prune', '--force', ...words], fail, { changes: false })
      const space = /^Total(?: reclaimed space)?:\s*(.+)$/m.exec(stdout)?.[1]
      const removed = stdout
        .split('\n')
        .map(line => line.trim())
        .filter(line => line && !/^(?:Deleted \w+( \w+)*:|Total)/.test(line))
      return { removed, space: space === undefined ? 0 : printedSize(space) }
    }
    for (const kind of ['containers', 'images', 'networks', 'volumes'] as const) {
      if (!args[kind]) continue
      const filters = args[`${kind}_filters`]
      const words = kind === 'images' ? imageFilters(filters) : filterFlags(filters)
      const { removed, space } = await prune(kind.slice(0, -1), words)
      result[kind] = kind === 'images' ? removed.map(line => line.replace(/^(?:untagged|deleted): */i, '')) : removed
      if (kind !== 'networks') result[`${kind}_space_reclaimed`] = space
      if (removed.length > 0 || space > 0) changed = true
    }
    if (args.builder_cache) {
      const { space } = await prune('builder', [
        ...(args.builder_cache_all ? ['--all'] : []),
        ...filterFlags(args.builder_cache_filters),
        ...(args.builder_cache_keep_storage ? ['--keep-storage', args.builder_cache_keep_storage] : []),
      ])
      result.builder_cache_space_reclaimed = space
      if (space > 0) changed = true
    }
    return { changed, ...result }
  },
})

/** A list asks for each of its values. */
export const filterFlags = (filters: ReadonlyMap<unknown, Value> | undefined): string[] =>
  [...(filters ?? [])].flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap(one => ['--filter', `${String(key)}=${text(one)}`]),
  )

/** `dangling` is a filter of the API and a flag of the client. */
function imageFilters(filters: ReadonlyMap<unknown, Value> | undefined): string[] {
  const dangling = filters?.get('dangling')
  const others = new Map([...(filters ?? [])].filter(([key]) => key !== 'dangling'))
  return [...(dangling === false || String(dangling) === 'false' ? ['--all'] : []), ...filterFlags(others)]
}
