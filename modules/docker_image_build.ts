import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { dockerArgs, entries, inspect, runDocker, withTag } from './docker/cli.js'

const args = {
  name: { type: 'str', required: true, summary: 'name of the image' },
  tag: { type: 'str', default: 'latest', summary: 'its tag, when the name has none' },
  path: { type: 'path', required: true, summary: 'directory of the host to build' },
  dockerfile: { type: 'str', summary: 'file to build by' },
  args: { type: 'dict', summary: 'build arguments' },
  labels: { type: 'dict', summary: 'labels' },
  target: { type: 'str', summary: 'stage to build' },
  platform: { type: 'list', elements: 'str', summary: 'platforms' },
  network: { type: 'str', summary: 'network of the build' },
  nocache: { type: 'bool', default: false, summary: 'use no cache' },
  pull: { type: 'bool', default: false, summary: 'pull base images anew' },
  rebuild: {
    type: 'str',
    choices: ['never', 'always'],
    default: 'never',
    summary: 'build although the image is there',
  },
  cache_from: { type: 'list', elements: 'str', summary: 'images to take as cache' },
  etc_hosts: { type: 'dict', summary: 'more names in /etc/hosts' },
  shm_size: { type: 'str', summary: 'size of /dev/shm' },
  secrets: {
    type: 'list',
    elements: 'dict',
    summary: 'secrets of the build',
    unsupported: 'secrets of builds are not built',
  },
  outputs: {
    type: 'list',
    elements: 'dict',
    summary: 'outputs of the build',
    unsupported: 'outputs of builds are not built',
  },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_image_build',
  summary: 'Build images with docker buildx',
  check: 'full',
  args,
  returns: { image: 'what docker inspect says', command: 'the command line', stdout: 'output', stderr: 'output' },
  examples: `
- name: Build an image
  community.docker.docker_image_build:
    name: localhost/test:latest
    path: /home/user/images/test
`,

  async run({ args, remote, fail }) {
    const name = withTag(args.name, args.tag)
    const { found, error } = await remote.query(inspect(args, 'image', name))
    if (error) fail(error)
    if (found && args.rebuild === 'never') return { changed: false, actions: [], image: found }
    const pairs = (flag: string, map: ReadonlyMap<unknown, unknown> | undefined, join = '=') =>
      entries(map).flatMap(([key, value]) => [flag, `${key}${join}${value}`])
    const option = (flag: string, value: string | undefined) => (value === undefined ? [] : [flag, value])
    const words = [
      'buildx',
      'build',
      '--progress',
      'plain',
      '--tag',
      name,
      ...option(
        '--file',
        args.dockerfile === undefined
          ? undefined
          : args.dockerfile.startsWith('/')
            ? args.dockerfile
            : `${args.path}/${args.dockerfile}`,
      ),
      ...pairs('--build-arg', args.args),
      ...pairs('--label', args.labels),
      ...pairs('--add-host', args.etc_hosts, ':'),
      ...(args.cache_from ?? []).flatMap(image => ['--cache-from', image]),
      ...(args.platform ?? []).flatMap(platform => ['--platform', platform]),
      ...option('--target', args.target),
      ...option('--network', args.network),
      ...option('--shm-size', args.shm_size),
      ...(args.pull ? ['--pull'] : []),
      ...(args.nocache ? ['--no-cache'] : []),
      '--load',
      '--',
      args.path,
    ]
    const { stdout, stderr } = await runDocker(remote, args, words, fail)
    const after = remote.checkMode ? undefined : (await remote.query(inspect(args, 'image', name))).found
    return {
      changed: true,
      actions: [`Built image ${name}`],
      command: ['docker', ...words],
      image: after ?? {},
      stdout,
      stderr,
    }
  },
})
