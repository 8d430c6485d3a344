import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { dockerArgs, inspect } from './docker/cli.js'

const args = {
  name: { type: 'str', required: true, summary: 'name or id of the container' },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_container_info',
  summary: 'What docker knows about a container',
  check: 'full',
  args,
  returns: {
    exists: 'whether there is such a container',
    container: 'what docker inspect says; none if it is missing',
  },
  examples: `
- name: Look at a container
  community.docker.docker_container_info:
    name: mydata
  register: result
`,

  async run({ args, remote, fail }) {
    const { found, error } = await remote.query(inspect(args, 'container', args.name))
    if (error) fail(`Error inspecting container: ${error}`)
    return { changed: false, exists: found !== undefined, container: found ?? null }
  },
})
