import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { dockerArgs, inspect } from './docker/cli.js'

const args = {
  name: { type: 'str', required: true, summary: 'name or id of the network' },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_network_info',
  summary: 'What docker knows about a network',
  check: 'full',
  args,
  returns: { exists: 'whether there is such a network', network: 'what docker inspect says; none if it is missing' },
  examples: `
- name: Look at a network
  community.docker.docker_network_info:
    name: mydata
  register: result
`,

  async run({ args, remote, fail }) {
    const { found, error } = await remote.query(inspect(args, 'network', args.name))
    if (error) fail(`Error inspecting network: ${error}`)
    return { changed: false, exists: found !== undefined, network: found ?? null }
  },
})
