import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import type { Json } from '../engine/python/values.js'
import { quoteAll, raw, sh } from '../engine/remote/quote.js'
import type { Query } from '../engine/remote/remote.js'
import { dockerArgs, dockerCommand, withTag } from './docker/cli.js'

const args = {
  name: { type: 'list', elements: 'str', summary: 'names or ids of images; all images when left out' },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_image_info',
  summary: 'What docker knows about images',
  check: 'full',
  args,
  returns: { images: 'what docker inspect says about each image that is there' },
  examples: `
- name: Look at one image
  community.docker.docker_image_info:
    name: pacur/centos-7

- name: Look at two
  community.docker.docker_image_info:
    name: [pacur/centos-7, sinatra]
`,

  async run({ args, remote, fail }) {
    const docker = raw(quoteAll(dockerCommand(args)))
    const names = args.name?.map(name => withTag(name, 'latest'))
    const query: Query<{ images: Json[]; error: string }> = {
      command:
        names === undefined
          ? sh`images=$(${docker} image ls --quiet --no-trunc) && if [ -n "$images" ]; then ${docker} image inspect $(printf '%s\n' "$images" | sort -u); else echo '[]'; fi`
          : sh`${docker} image inspect ${names}`,
      parse: (stdout, rc, stderr) => {
        const images = stdout.trim().startsWith('[') ? (JSON.parse(stdout) as Json[]) : []
        // Some of the names may be missing: the client says so and still prints the others.
        const missing = /no such (?:image|object)/i.test(stderr)
        return { images, error: rc === 0 || missing ? '' : stderr.trim() }
      },
    }
    if (names?.length === 0) return { changed: false, images: [] }
    const { images, error } = await remote.query(query)
    if (error) fail(error)
    return { changed: false, images }
  },
})
