import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { dockerArgs, inspect, runDocker, withTag } from './docker/cli.js'
import { isTag } from './docker/image-name.js'

const args = {
  name: { type: 'str', required: true, summary: 'name or id of the image' },
  tag: { type: 'str', default: 'latest', summary: 'its tag, when the name has none' },
  force: { type: 'bool', default: false, summary: 'also an image that is in use' },
  prune: { type: 'bool', default: true, summary: 'also parents that have no name' },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_image_remove',
  summary: 'Remove images of docker',
  check: 'full',
  args,
  returns: {
    image: 'what docker inspect said before',
    deleted: 'digests that are gone',
    untagged: 'names that are gone',
    actions: 'what was done',
  },
  examples: `
- name: Remove an image
  community.docker.docker_image_remove:
    name: pacur/centos-7
`,

  async run({ args, remote, fail }) {
    if (!isTag(args.tag)) fail(`"${args.tag}" is not a valid docker tag`)
    const name = withTag(args.name, args.tag)
    const { found, error } = await remote.query(inspect(args, 'image', name))
    if (error) fail(error)
    const nothing = { exists: false }
    if (!found)
      return {
        changed: false,
        actions: [],
        image: {},
        deleted: [],
        untagged: [],
        diff: { before: nothing, after: nothing },
      }
    const names: string[] = [...(found.RepoTags ?? []), ...(found.RepoDigests ?? [])].sort()
    const tags: string[] = found.RepoTags ?? []
    const shown = {
      exists: true,
      id: found.Id,
      tags: [...tags].sort(),
      digests: [...(found.RepoDigests ?? [])].sort(),
    }
    const flags = [...(args.force ? ['--force'] : []), ...(args.prune ? [] : ['--no-prune'])]
    const actions = [`Removed image ${name}`]
    const done = await runDocker(remote, args, ['image', 'rm', ...flags, name], msg =>
      fail(`Error removing image ${name} - ${msg}`),
    )
    const told = (word: string) =>
      [...done.stdout.matchAll(new RegExp(`^${word}: (.*)$`, 'gm'))].map(one => one[1]!).sort()
    // A rehearsal knows what becomes of the name; layers below are docker's to tell.
    const isName = names.includes(name)
    const untagged = remote.checkMode ? (isName ? [name] : names) : told('Untagged')
    const deleted = remote.checkMode ? (isName && tags.length > 1 ? [] : [found.Id]) : told('Deleted')
    const after =
      deleted.includes(found.Id) && !remote.checkMode
        ? nothing
        : {
            ...shown,
            tags: shown.tags.filter(one => !untagged.includes(one)),
            digests: shown.digests.filter(one => !untagged.includes(one)),
          }
    return { changed: true, actions, image: found, deleted, untagged, diff: { before: shown, after } }
  },
})
