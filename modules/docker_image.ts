import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { dockerArgs, entries, inspect, runDocker, withTag } from './docker/cli.js'

const args = {
  name: { type: 'str', required: true, summary: 'name or id of the image' },
  tag: { type: 'str', default: 'latest', summary: 'its tag, when the name has none' },
  state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
  source: { type: 'str', choices: ['build', 'load', 'pull', 'local'], summary: 'where it comes from' },
  build: {
    type: 'dict',
    summary: 'how to build it',
    options: {
      path: { type: 'path', required: true, summary: 'directory of the host to build' },
      dockerfile: { type: 'str', summary: 'file to build by' },
      args: { type: 'dict', summary: 'build arguments' },
      cache_from: { type: 'list', elements: 'str', summary: 'images to take as cache' },
      container_limits: {
        type: 'dict',
        summary: 'limits of the build',
        options: {
          memory: { type: 'int', summary: 'memory' },
          memswap: { type: 'int', summary: 'memory and swap' },
          cpushares: { type: 'int', summary: 'share of processors' },
          cpusetcpus: { type: 'str', summary: 'which processors' },
        },
      },
      etc_hosts: { type: 'dict', summary: 'more names in /etc/hosts' },
      http_timeout: { type: 'int', summary: 'no use here: the client waits' },
      labels: { type: 'dict', summary: 'labels' },
      network: { type: 'str', summary: 'network of the build' },
      nocache: { type: 'bool', default: false, summary: 'use no cache' },
      platform: { type: 'str', summary: 'platform' },
      pull: { type: 'bool', default: false, summary: 'pull base images anew' },
      rm: { type: 'bool', default: true, summary: 'remove containers of the build' },
      shm_size: { type: 'str', summary: 'size of /dev/shm' },
      target: { type: 'str', summary: 'stage to build' },
      use_config_proxy: { type: 'bool', summary: 'no use here: the client always does' },
    },
  },
  pull: {
    type: 'dict',
    summary: 'how to pull it',
    options: { platform: { type: 'str', summary: 'platform to pull for' } },
  },
  load_path: { type: 'path', summary: 'archive to load it from' },
  archive_path: { type: 'path', summary: 'archive to save it to' },
  repository: { type: 'str', summary: 'another name for it' },
  push: { type: 'bool', default: false, summary: 'push it to its registry' },
  force_source: { type: 'bool', default: false, summary: 'get it although it is there' },
  force_absent: { type: 'bool', default: false, summary: 'remove all that has this name' },
  force_tag: { type: 'bool', default: false, summary: 'tag it although the name is taken' },
  ...dockerArgs,
} as const satisfies ArgSpecs
type Args = ArgsOf<typeof args>

export default defineModule({
  name: 'community.docker.docker_image',
  summary: 'Images of docker',
  check: 'full',
  args,
  rules: {
    requiredIf: [
      ['state', 'present', 'source'],
      ['source', 'build', 'build'],
      ['source', 'load', 'load_path'],
    ],
  },
  returns: { image: 'what docker inspect says', actions: 'what was done', stdout: 'output of a build' },
  examples: `
- name: Pull an image
  community.docker.docker_image:
    name: pacur/centos-7
    source: pull

- name: Build an image
  community.docker.docker_image:
    name: sinatra
    source: build
    build:
      path: ./sinatra
`,

  async run({ args, remote, fail }) {
    const isId = /^sha256:|^[0-9a-f]{64}$/.test(args.name)
    const name = withTag(args.name, args.tag)
    const target = args.repository === undefined ? undefined : withTag(args.repository, args.tag)
    const [before, tagged, archive] = await Promise.all([
      remote.query(inspect(args, 'image', name)),
      target === undefined ? undefined : remote.query(inspect(args, 'image', target)),
      args.archive_path === undefined ? undefined : remote.file(args.archive_path),
    ])
    if (before.error) fail(before.error)
    const docker = (words: readonly string[]) => runDocker(remote, args, words, fail, { changes: false })
    const actions: string[] = []

    if (args.state === 'absent') {
      if (!before.found) return { changed: false, actions, image: {} }
      await docker(['image', 'rm', ...(args.force_absent ? ['--force'] : []), name])
      actions.push(`Removed image ${name}`)
      return { changed: true, actions, image: { state: 'Deleted' } }
    }

    let changed = false
    let image = before.found
    let stdout = ''
    const look = async () => (remote.checkMode ? image : (await remote.query(inspect(args, 'image', name))).found)
    if (!image || args.force_source) {
      if (args.source === undefined)
        fail(
          'If the image is not present, "source" must be one of: build, load, pull, local. It is missing from the task.',
        )
      if (args.source === 'local') fail(`Cannot find the image ${name} locally.`)
      if (args.source === 'pull' && isId) fail(`Cannot find image by ID ${args.name} and image IDs cannot be pulled`)
      if (args.source === 'pull') {
        await docker(['pull', ...(args.pull?.platform ? ['--platform', args.pull.platform] : []), name])
        actions.push(`Pulled image ${name}`)
      } else if (args.source === 'build') {
        const build = await docker(buildWords(args.build!, name))
        stdout = build.stdout
        actions.push(`Built image ${name} from ${args.build!.path}`)
      } else {
        await docker(['load', '--input', args.load_path!])
        actions.push(`Loaded image ${name} from ${args.load_path}`)
      }
      image = await look()
      if (!image && !remote.checkMode) fail(`Cannot find the image ${name} after it was got by ${args.source}`)
      changed = remote.checkMode || image?.Id !== before.found?.Id
    }

    if (args.archive_path !== undefined && !(archive?.exists && !changed)) {
      await docker(['save', '--output', args.archive_path, name])
      actions.push(`Archived image ${name} to ${args.archive_path}`)
      changed = true
    }
    if (target !== undefined) {
      const other = tagged?.found
      if (!other || (other.Id !== image?.Id && args.force_tag)) {
        await docker(['tag', name, target])
        actions.push(`Tagged image ${name} to ${target}`)
        changed = true
      }
    }
    if (args.push) {
      const pushed = await docker(['push', target ?? name])
      actions.push(`Pushed image ${target ?? name}`)
      // The client tells of each layer; what was there already says so.
      if (remote.checkMode || /: Pushed$/m.test(pushed.stdout)) changed = true
    }
    return { changed, actions, image: image ?? {}, ...(stdout ? { stdout } : {}) }
  },
})

function buildWords(build: NonNullable<Args['build']>, name: string): string[] {
  const pairs = (flag: string, map: ReadonlyMap<unknown, unknown> | undefined, join = '=') =>
    entries(map).flatMap(([key, value]) => [flag, `${key}${join}${value}`])
  const option = (flag: string, value: string | number | undefined) =>
    value === undefined ? [] : [flag, String(value)]
  const file = build.dockerfile
  return [
    'build',
    '--tag',
    name,
    ...option('--file', file === undefined || file.startsWith('/') ? file : `${build.path}/${file}`),
    ...pairs('--build-arg', build.args),
    ...pairs('--label', build.labels),
    ...pairs('--add-host', build.etc_hosts, ':'),
    ...(build.cache_from ?? []).flatMap(one => ['--cache-from', one]),
    ...option('--memory', build.container_limits?.memory),
    ...option('--memory-swap', build.container_limits?.memswap),
    ...option('--cpu-shares', build.container_limits?.cpushares),
    ...option('--cpuset-cpus', build.container_limits?.cpusetcpus),
    ...option('--network', build.network),
    ...option('--platform', build.platform),
    ...option('--shm-size', build.shm_size),
    ...option('--target', build.target),
    ...(build.nocache ? ['--no-cache'] : []),
    ...(build.pull ? ['--pull'] : []),
    ...(build.rm ? [] : ['--rm=false']),
    '--',
    build.path,
  ]
}
