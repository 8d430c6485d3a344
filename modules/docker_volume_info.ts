import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { dockerArgs, inspect } from './docker/cli.js'

const args = {
  name: { type: 'str', required: true, aliases: ['volume_name'], summary: 'the volume' },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_volume_info',
  summary: 'What docker knows about a volume',
  check: 'full',
  args,
  returns: { exists: 'whether there is such a volume', volume: 'what docker inspect says; none if it is missing' },
  examples: `
- name: Look at a volume
  community.docker.docker_volume_info:
    name: mydata
  register: result
`,

  async run({ args, remote, fail }) {
    const { found, error } = await remote.query(inspect(args, 'volume', args.name))
    if (error) fail(`Error inspecting volume: ${error}`)
    return { changed: false, exists: found !== undefined, volume: found ?? null }
  },
})
