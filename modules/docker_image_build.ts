import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { csvPairs, dockerArgs, entries, inspect, runDocker, withTag } from './docker/cli.js'
import { isImageId, isTag } from './docker/image-name.js'

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
    summary: 'secrets of the build, as files in /run/secrets',
    options: {
      id: { type: 'str', required: true, summary: 'its name' },
      type: { type: 'str', required: true, choices: ['file', 'env', 'value'], summary: 'where it comes from' },
      src: { type: 'path', summary: 'the file' },
      env: { type: 'str', summary: 'the variable of the host' },
      value: { type: 'str', noLog: true, summary: 'the secret itself' },
    },
    rules: {
      requiredIf: [
        ['type', 'file', 'src'],
        ['type', 'env', 'env'],
        ['type', 'value', 'value'],
      ],
    },
  },
  outputs: {
    type: 'list',
    elements: 'dict',
    summary: 'where the result goes; by default to the images of the daemon',
    options: {
      type: {
        type: 'str',
        required: true,
        choices: ['local', 'tar', 'oci', 'docker', 'image'],
        summary: 'what it is there',
      },
      dest: { type: 'path', summary: 'the file or directory' },
      context: { type: 'str', summary: 'with docker: the context to import it into' },
      name: { type: 'list', elements: 'str', summary: 'with image: its names' },
      push: { type: 'bool', default: false, summary: 'with image: push it' },
    },
    rules: {
      requiredIf: [
        ['type', 'local', 'dest'],
        ['type', 'tar', 'dest'],
        ['type', 'oci', 'dest'],
      ],
    },
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
    if (!isTag(args.tag)) fail(`"${args.tag}" is not a valid docker tag`)
    if (isImageId(args.name) || args.name.includes('@')) fail('Image name must not be a digest')
    const name = withTag(args.name, args.tag)
    const { found, error } = await remote.query(inspect(args, 'image', name))
    if (error) fail(error)
    if (found && args.rebuild === 'never') return { changed: false, actions: [], image: found }
    const pairs = (flag: string, map: ReadonlyMap<unknown, unknown> | undefined, join = '=') =>
      entries(map).flatMap(([key, value]) => [flag, `${key}${join}${value}`])
    const option = (flag: string, value: string | undefined) => (value === undefined ? [] : [flag, value])
    const outputs = outputWords(args.outputs ?? [], name)
    const secrets = secretWords(args.secrets ?? [])
    const words = [
      'buildx',
      'build',
      '--progress',
      'plain',
      ...(outputs.length > 0 ? [] : ['--tag', name]),
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
      ...secrets.words,
      ...(outputs.length > 0 ? outputs : ['--load']),
      '--',
      args.path,
    ]
    const { stdout, stderr } = await runDocker(remote, args, words, fail, { environment: secrets.environment })
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

type Args = ArgsOf<typeof args>

/** Values travel in the client's environment, where no list of processes shows them. */
function secretWords(secrets: NonNullable<Args['secrets']>) {
  const environment: Record<string, string> = {}
  const words = secrets.flatMap(({ id, type, src, env, value }, index) => {
    const variable = type === 'value' ? `UNDERSTUDY_SECRET_${index}` : env
    if (type === 'value') environment[variable!] = value!
    const from: [string, string | undefined] = type === 'file' ? ['src', src] : ['env', variable]
    return ['--secret', csvPairs([['id', id], ['type', type === 'file' ? 'file' : 'env'], from])]
  })
  return { words, environment }
}

/** With outputs, `--tag` would name all of them: the image gets an output of its own instead. */
function outputWords(outputs: NonNullable<Args['outputs']>, name: string): string[] {
  if (outputs.length === 0) return []
  const namesIt = outputs.some(one => one.type === 'image' && (!one.name?.length || one.name.includes(name)))
  const all = namesIt ? outputs : [...outputs, { type: 'image' as const, push: false }]
  return all.flatMap(({ type, dest, context, name: names, push }: Partial<(typeof outputs)[number]>) => [
    '--output',
    csvPairs([
      ['type', type],
      ['dest', type === 'image' ? undefined : dest],
      ['context', type === 'docker' ? context : undefined],
      ['name', type === 'image' ? (names?.length ? names.join() : name) : undefined],
      ['push', type === 'image' && push ? 'true' : undefined],
    ]),
  ])
}
