import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { dockerArgs, type Inspected, inspect, runDocker, withTag } from './docker/cli.js'
import { isImageId, isTag } from './docker/image-name.js'

const args = {
  name: { type: 'str', required: true, summary: 'the image' },
  tag: { type: 'str', default: 'latest', summary: 'its tag, when the name has none' },
  platform: { type: 'str', summary: 'platform to pull for' },
  pull: { type: 'str', choices: ['always', 'not_present'], default: 'always', summary: 'when to pull' },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_image_pull',
  summary: 'Pull images of a registry',
  check: 'full',
  args,
  returns: { image: 'what docker inspect says', actions: 'what was done' },
  examples: `
- name: Pull an image
  community.docker.docker_image_pull:
    name: pacur/centos-7
`,

  async run({ args, remote, fail }) {
    if (!isTag(args.tag)) fail(`"${args.tag}" is not a valid docker tag!`)
    if (isImageId(args.name)) fail('Cannot pull an image by ID')
    const name = withTag(args.name, args.tag)
    const { found, error } = await remote.query(inspect(args, 'image', name))
    if (error) fail(error)
    const before = found ? { id: found.Id } : { exists: false }
    if (found && args.pull === 'not_present' && isFor(found, args.platform))
      return { changed: false, actions: [], image: found, diff: { before, after: before } }
    const actions = [`Pulled image ${name}`]
    if (remote.checkMode)
      return { changed: true, actions, image: found ?? {}, diff: { before, after: { id: 'unknown' } } }
    const platform = args.platform ? ['--platform', args.platform] : []
    const refused = (msg: string) => fail(`Error pulling image ${name} - ${msg}`)
    await runDocker(remote, args, ['pull', ...platform, name], refused, { changes: false })
    const after = (await remote.query(inspect(args, 'image', name))).found
    const changed = after?.Id !== found?.Id
    return { changed, actions, image: after ?? {}, diff: { before, after: { id: after?.Id ?? null } } }
  },
})

/** Whether an image is for `os[/architecture[/variant]]`; what an image does not say fits. */
function isFor(image: Inspected, platform: string | undefined): boolean {
  const has = [image.Os, image.Architecture, image.Variant]
  return (platform ?? '').split('/').every((part, index) => !part || !has[index] || part === has[index])
}
