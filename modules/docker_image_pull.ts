import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { dockerArgs, inspect, runDocker, withTag } from './docker/cli.js'

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
    const name = withTag(args.name, args.tag)
    const before = await remote.query(inspect(args, 'image', name))
    if (before.error) fail(before.error)
    if (before.found && args.pull === 'not_present') return { changed: false, actions: [], image: before.found }
    const actions = [`Pulled image ${name}`]
    if (remote.checkMode)
      return { changed: before.found === undefined || args.pull === 'always', actions, image: before.found ?? {} }
    await runDocker(remote, args, ['pull', ...(args.platform ? ['--platform', args.platform] : []), name], fail, {
      changes: false,
    })
    const after = await remote.query(inspect(args, 'image', name))
    return { changed: after.found?.Id !== before.found?.Id, actions, image: after.found ?? {} }
  },
})
