import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import type { Json } from '../engine/python/values.js'
import { dockerArgs, inspect, runDocker, withTag } from './docker/cli.js'
import { isImageId, isTag, nameAndTag } from './docker/image-name.js'

const args = {
  name: { type: 'str', required: true, summary: 'name or id of the image' },
  tag: { type: 'str', default: 'latest', summary: 'its tag, when the name has none' },
  repository: { type: 'list', elements: 'str', required: true, summary: 'new names, with or without a tag' },
  existing_images: {
    type: 'str',
    choices: ['keep', 'overwrite'],
    default: 'overwrite',
    summary: 'what becomes of another image that has such a name',
  },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_image_tag',
  summary: 'Give images of docker more names',
  check: 'full',
  args,
  returns: { image: 'what docker inspect says', tagged_images: 'the new names', actions: 'what was done' },
  examples: `
- name: Tag an image with two more names
  community.docker.docker_image_tag:
    name: python:3.12
    repository:
      - python-3:3.12
      - local-registry:5000/python-3/3.12:latest
`,

  async run({ args, remote, fail }) {
    if (!isTag(args.tag)) fail(`"${args.tag}" is not a valid docker tag`)
    const targets = args.repository.map((repository, index) => {
      if (isImageId(repository)) fail(`repository[${index + 1}] must not be an image ID; got: ${repository}`)
      if (repository.includes('@')) fail(`repository[${index + 1}] must not have a digest; got: ${repository}`)
      return withTag(repository, args.tag)
    })
    const name = withTag(args.name, args.tag)
    const [before, ...others] = await Promise.all([
      remote.query(inspect(args, 'image', name)),
      ...targets.map(target => remote.query(inspect(args, 'image', target))),
    ])
    if (before.error) fail(before.error)
    if (!before.found) fail(`Cannot find image ${name}`)
    const image = before.found
    const id = String(image.Id)
    const actions: string[] = []
    const tagged: string[] = []
    const was: Json[] = []
    const becomes: Json[] = []
    for (const [index, target] of targets.entries()) {
      const { found, error } = others[index]!
      if (error) fail(error)
      const other: string | undefined = found?.Id
      const kept = other !== undefined && other !== id && args.existing_images === 'keep'
      const called = nameAndTag(target)
      was.push({ ...called, ...(other === undefined ? { exists: false } : { id: other }) })
      becomes.push({ ...called, id: kept ? other : id })
      if (other === id)
        actions.push(`Not tagged image ${id} as ${target}: target image already exists (${id}) and is as expected`)
      else if (kept)
        actions.push(
          `Not tagged image ${id} as ${target}: target image already exists (${other}) and is not as expected, but kept`,
        )
      else {
        const why =
          other === undefined ? 'target image did not exist' : `target image existed (${other}) and was not as expected`
        actions.push(`Tagged image ${id} as ${target}: ${why}`)
        tagged.push(target)
        await runDocker(remote, args, ['tag', name, target], msg =>
          fail(`Error: failed to tag image as ${target} - ${msg}`),
        )
      }
    }
    const diff = { before: { images: was }, after: { images: becomes } }
    return { changed: tagged.length > 0, actions, image, tagged_images: tagged, diff }
  },
})
