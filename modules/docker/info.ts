/** docker_container_info, docker_network_info and docker_volume_info: what `docker inspect` says of one thing. */
import type { ArgSpecs } from '../../engine/args.js'
import { defineModule } from '../../engine/module/define.js'
import { dockerArgs, inspect } from './cli.js'

export const infoModule = (kind: 'container' | 'network' | 'volume', name: ArgSpecs[string]) =>
  defineModule({
    name: `community.docker.docker_${kind}_info`,
    summary: `What docker knows about a ${kind}`,
    check: 'full',
    args: { name: { ...name, type: 'str', required: true }, ...dockerArgs },
    returns: {
      exists: `whether there is such a ${kind}`,
      [kind]: 'what docker inspect says; none if it is missing',
    },
    examples: `
- name: Look at a ${kind}
  community.docker.docker_${kind}_info:
    name: mydata
  register: result
`,

    async run({ args, remote, fail }) {
      const { found, error } = await remote.query(inspect(args, kind, args.name))
      if (error) fail(`Error inspecting ${kind}: ${error}`)
      return { changed: false, exists: found !== undefined, [kind]: found ?? null }
    },
  })
