import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import type { Query } from '../engine/remote/remote.js'
import { dockerArgs, inspect, runDocker, withTag } from './docker/cli.js'
import { isImageId, isTag } from './docker/image-name.js'

const args = {
  names: { type: 'list', elements: 'str', required: true, aliases: ['name'], summary: 'names or ids of the images' },
  tag: { type: 'str', default: 'latest', summary: 'tag of those whose name has none' },
  path: { type: 'path', required: true, summary: 'the archive to write' },
  force: { type: 'bool', default: false, summary: 'write it although it holds the images' },
  platform: { type: 'str', summary: 'platform to export, for Docker 28 and later' },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_image_export',
  summary: 'Write images of docker into an archive',
  check: 'full',
  args,
  returns: { images: 'what docker inspect says of each' },
  examples: `
- name: Export two images
  community.docker.docker_image_export:
    names:
      - hello:latest
      - pacur/centos-7:latest
    path: /tmp/images.tar
`,

  async run({ args, remote, fail }) {
    if (!isTag(args.tag)) fail(`"${args.tag}" is not a valid docker tag`)
    const names = args.names.map(name => withTag(name, args.tag))
    if (names.length === 0) fail('At least one image name must be specified')
    const [archive, ...inspected] = await Promise.all([
      remote.query(archivedImages(args.path)),
      ...names.map(name => remote.query(inspect(args, 'image', name))),
    ])
    const images = inspected.map(({ found, error }, index) => {
      if (error) fail(error)
      return found ?? fail(`Image ${names[index]} not found`)
    })
    if (!args.force && holds(archive, images, names)) return { changed: false, images }
    const platform = args.platform === undefined ? [] : ['--platform', args.platform]
    await runDocker(remote, args, ['save', '--output', args.path, ...platform, ...names], msg =>
      fail(`Error writing image archive ${args.path} - ${msg}`),
    )
    return { changed: true, images }
  },
})

type Archived = readonly { readonly id: string; readonly tags: readonly string[] }[]

/** What an archive of images says that it holds; undefined where there is none that can be read. */
const archivedImages = (path: string): Query<Archived | undefined> => ({
  command: sh`tar -xOf ${path} manifest.json`,
  parse: (stdout, rc) => {
    if (rc !== 0) return undefined
    try {
      const manifest = JSON.parse(stdout) as { Config: string; RepoTags: string[] | null }[]
      return manifest.map(one => ({
        id: `sha256:${one.Config.replace(/^blobs\/sha256\//, '').replace(/\.json$/, '')}`,
        tags: one.RepoTags ?? [],
      }))
    } catch {
      return undefined
    }
  },
})

/** Whether an archive holds exactly the images, under their names. */
function holds(archive: Archived | undefined, images: readonly { Id: string }[], names: readonly string[]): boolean {
  if (archive === undefined) return false
  const wanted = images.map((image, index) => `${image.Id} ${isImageId(names[index]!) ? '' : names[index]}`)
  const held = archive.flatMap(one => (one.tags.length > 0 ? one.tags : ['']).map(tag => `${one.id} ${tag}`))
  return [...new Set(wanted)].sort().join() === held.sort().join()
}
