import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { dockerArgs, entries, inspect, runDocker } from './docker/cli.js'

const args = {
  volume_name: { type: 'str', required: true, aliases: ['name'], summary: 'the volume' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
  driver: { type: 'str', default: 'local', summary: 'driver' },
  driver_options: { type: 'dict', default: {}, summary: 'options of the driver' },
  labels: { type: 'dict', summary: 'labels' },
  recreate: {
    type: 'str',
    choices: ['always', 'never', 'options-changed'],
    default: 'never',
    summary: 'when to make it anew',
  },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_volume',
  summary: 'Volumes of docker',
  check: 'full',
  args,
  returns: { volume: 'what docker inspect says' },
  examples: `
- name: Make a volume
  community.docker.docker_volume:
    name: volume_one
`,

  async run({ args, remote, fail }) {
    const { found, error } = await remote.query(inspect(args, 'volume', args.volume_name))
    if (error) fail(error)
    const docker = (words: readonly string[]) => runDocker(remote, args, words, fail)
    const differs =
      found !== undefined &&
      (found.Driver !== args.driver ||
        entries(args.driver_options).some(([key, value]) => found.Options?.[key] !== value) ||
        entries(args.labels).some(([key, value]) => found.Labels?.[key] !== value))
    const anew = found !== undefined && (args.recreate === 'always' || (args.recreate === 'options-changed' && differs))
    if (found && (args.state === 'absent' || anew)) await docker(['volume', 'rm', args.volume_name])
    if (args.state === 'absent') return { changed: found !== undefined }
    if (found && !anew) return { changed: false, volume: found }
    const pairs = (flag: string, map: ReadonlyMap<unknown, unknown> | undefined) =>
      entries(map).flatMap(([key, value]) => [flag, `${key}=${value}`])
    await docker([
      'volume',
      'create',
      '--driver',
      args.driver,
      ...pairs('--opt', args.driver_options),
      ...pairs('--label', args.labels),
      args.volume_name,
    ])
    const after = remote.checkMode ? undefined : (await remote.query(inspect(args, 'volume', args.volume_name))).found
    return { changed: true, volume: after ?? {} }
  },
})
