import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { dockerArgs, inspect, runDocker, withTag } from './docker/cli.js'
import { isImageId, isTag } from './docker/image-name.js'

const args = {
  name: { type: 'str', required: true, summary: 'the image, with its registry' },
  tag: { type: 'str', default: 'latest', summary: 'its tag, when the name has none' },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_image_push',
  summary: 'Push images to a registry',
  check: 'none',
  args,
  returns: { image: 'what docker inspect says', actions: 'what was done' },
  examples: `
- name: Push an image
  community.docker.docker_image_push:
    name: registry.example.com:5000/repo/image
    tag: latest
`,

  async run({ args, remote, fail }) {
    if (!isTag(args.tag)) fail(`"${args.tag}" is not a valid docker tag`)
    if (isImageId(args.name)) fail('Cannot push an image by ID')
    const name = withTag(args.name, args.tag)
    const { found, error } = await remote.query(inspect(args, 'image', name))
    if (error) fail(error)
    if (!found) fail(`Cannot find image ${name}`)
    const { stdout } = await runDocker(
      remote,
      args,
      ['push', name],
      msg => fail(`Error pushing image ${name}: ${msg}`),
      {
        changes: false,
      },
    )
    // The client tells of each layer; what was there already says so.
    return { changed: /: Pushed$/m.test(stdout), actions: [`Pushed image ${name}`], image: found }
  },
})
