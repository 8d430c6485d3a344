import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import { nanoseconds, portBindings } from './docker/container-options.js'
import { envFile } from './docker/environment.js'
import container from './docker_container.js'
import containerInfo from './docker_container_info.js'
import hostInfo from './docker_host_info.js'
import imageInfo from './docker_image_info.js'
import prune from './docker_prune.js'

const missing = { rc: 1, stdout: '[]\n', stderr: 'Error: No such object: x\n' }
const image = { Id: 'sha256:a', Config: { Env: ['PATH=/bin'], Labels: { of: 'image' } } }

/** A daemon in which the container is as `before`, and as `after` when anything was done to it. */
const daemon =
  (before: unknown, after: unknown, { there = image as unknown, stdin = '' } = {}) =>
  (): FakeCommands => {
    let now = before
    let pulled = there
    return [
      [/ container inspect /, () => (now === undefined ? missing : JSON.stringify([now]))],
      [/ image inspect /, () => (pulled == null ? missing : JSON.stringify([pulled]))],
      [
        /^docker pull/,
        () => {
          pulled = image
          return ''
        },
      ],
      [/^printf/, '/home/me\n/home/me\n'],
      [
        /docker /,
        call => {
          if (stdin && /create/.test(call.text)) expect(call.stdin).toBe(stdin)
          now = after
          return ''
        },
      ],
    ]
  }

const made = (host: object = {}, config: object = {}, more: object = {}) => ({
  Id: 'c1',
  Image: 'sha256:a',
  State: { Running: true },
  HostConfig: host,
  Config: { Image: 'nginx', ...config },
  NetworkSettings: { Networks: { bridge: {} } },
  ...more,
})

testModule(
  container,
  { name: 'web', image: 'nginx' },
  {
    'makes and starts a container with its options': {
      args: {
        published_ports: ['8080:80', '127.0.0.1:53:53/udp'],
        volumes: ['/srv:/data:ro', '~/x:/x', '/anon'],
        restart_policy: 'on-failure',
        restart_retries: 3,
        memory: '512M',
        cpus: 1.5,
        labels: { a: 'b' },
        command: 'sleep "1 2"',
        capabilities: ['NET_ADMIN'],
        tmpfs: ['/run:size=64k'],
        user: '1000',
        healthcheck: { test: ['CMD', 'curl', '-f', 'http://x/'], interval: '1m30s', retries: 3 },
      },
      commands: daemon(
        undefined,
        made(
          {
            PortBindings: {
              '80/tcp': [{ HostIp: '', HostPort: '8080' }],
              '53/udp': [{ HostIp: '127.0.0.1', HostPort: '53' }],
            },
            Binds: ['/srv:/data:ro', '/home/me/x:/x'],
            RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
            Memory: 536870912,
            NanoCpus: 1500000000,
            CapAdd: ['CAP_NET_ADMIN'],
            Tmpfs: { '/run': 'size=64k' },
          },
          {
            Labels: { of: 'image', a: 'b' },
            Cmd: ['sleep', '1 2'],
            User: '1000',
            Volumes: { '/anon': {} },
            ExposedPorts: { '80/tcp': {}, '53/udp': {} },
            Healthcheck: { Test: ['CMD-SHELL', 'curl -f http://x/'], Interval: 90_000_000_000, Retries: 3 },
          },
        ),
      ),
      runs: [
        "docker create --name web --cpus 1.5 --memory 536870912 --user 1000 --restart on-failure:3 --cap-add NET_ADMIN --tmpfs '/run:size=64k' --label 'a=b' --publish 8080:80 --publish 127.0.0.1:53:53/udp --volume /srv:/data:ro --volume /home/me/x:/x --volume /anon --health-cmd 'curl -f http://x/' --health-interval 1m30s --health-retries 3 nginx:latest sleep '1 2'",
        'docker start web',
      ],
      returns: { container: { Id: 'c1' } },
    },
    'keeps the environment out of the argument list': {
      args: { env: { SECRET: "it's" }, state: 'present', networks: [{ name: 'n', aliases: ['w'] }, { name: 'm' }] },
      commands: daemon(
        undefined,
        made(
          {},
          { Env: ["SECRET=it's", 'PATH=/bin'] },
          { State: {}, NetworkSettings: { Networks: { n: { Aliases: ['w'] }, m: {} } } },
        ),
        { stdin: "SECRET=it's\n--\n" },
      ),
      runs: [
        /docker create --name web --env-file "\$env" --network n --network-alias w nginx:latest$/,
        'docker network connect m web',
      ],
    },
    'leaves a container alone that is as asked': {
      args: { env: { A: 'b' }, published_ports: ['80'], networks: [{ name: 'bridge' }] },
      commands: daemon(
        made(
          { PortBindings: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '' }] } },
          { Env: ['A=b', 'PATH=/bin'], ExposedPorts: { '80/tcp': {} } },
        ),
        undefined,
      ),
      runs: [],
      changed: false,
    },
    'updates limits in place': {
      args: { memory: '1G', restart_policy: 'always' },
      commands: daemon(
        made({ Memory: 1, RestartPolicy: { Name: 'no' } }),
        made({ Memory: 1073741824, RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } }),
      ),
      runs: ['docker update --memory 1073741824 --restart always web'],
      diff: {
        before: { memory: 1, restart_policy: 'no' },
        after: { memory: 1073741824, restart_policy: 'always' },
      },
    },
    'makes it anew when the image is another': {
      args: { keep_volumes: false },
      commands: daemon(made({}, {}, { Image: 'sha256:old' }), made()),
      runs: ['docker stop web', 'docker rm --volumes web', 'docker create --name web nginx:latest', 'docker start web'],
    },
    'ignores what comparisons says': {
      args: { comparisons: { image: 'ignore', user: 'ignore' }, user: 'x' },
      commands: daemon(made({}, {}, { Image: 'sha256:old' }), undefined),
      runs: [],
      changed: false,
    },
    'compares sets strictly when asked': {
      args: { capabilities: ['A'], comparisons: { '*': 'strict' } },
      commands: daemon(made({ CapAdd: ['A', 'B'] }), made({ CapAdd: ['A'] })),
      runs: [/^docker stop/, /^docker rm/, /^docker create/, /^docker start/],
    },
    'pulls an image that is missing': {
      commands: daemon(undefined, made(), { there: null }),
      runs: ['docker pull nginx:latest', 'docker create --name web nginx:latest', 'docker start web'],
    },
    'stops and removes': {
      args: { state: 'absent', image: undefined, force_kill: true },
      commands: daemon(made(), undefined),
      runs: ['docker kill web', 'docker rm web'],
      diff: { before: { running: true, exists: true }, after: { running: false, exists: false } },
    },
    'stops only': {
      args: { state: 'stopped', stop_timeout: 3 },
      commands: daemon(made({}, { StopTimeout: 3 }), made({}, { StopTimeout: 3 }, { State: { Running: false } })),
      runs: ['docker stop --time 3 web'],
    },
    'puts the words of a long entrypoint before the command': {
      args: { entrypoint: ['/bin/sh', '-c'], command: ['echo a'], state: 'present' },
      commands: daemon(undefined, made({}, { Entrypoint: ['/bin/sh'], Cmd: ['-c', 'echo a'] })),
      runs: ["docker create --name web --entrypoint /bin/sh nginx:latest -c 'echo a'"],
    },
    'wants an image for a new container': {
      args: { image: undefined },
      commands: daemon(undefined, undefined),
      fails: 'Cannot create container when image is not specified!',
    },
    'wants strings in env': {
      args: { env: { A: 1 } },
      commands: daemon(undefined, undefined),
      fails: /Non-string value found for env option.*Key: A/,
    },
    'says what the daemon says': {
      commands: { '* inspect *': { rc: 1, stderr: 'Cannot connect to the Docker daemon' } },
      fails: 'Error retrieving container: Cannot connect to the Docker daemon',
    },
  },
)

testModule(
  containerInfo,
  { name: 'web' },
  {
    'finds a container': { commands: daemon(made(), undefined), returns: { exists: true, container: { Id: 'c1' } } },
    'finds none': { commands: daemon(undefined, undefined), returns: { exists: false, container: null } },
  },
)

testModule(
  imageInfo,
  { name: ['a', 'b:1'] },
  {
    'gives those that are there': {
      commands: { 'docker image inspect a:latest b:1': { rc: 1, stdout: '[{"Id":"x"}]', stderr: 'No such image: a' } },
      returns: { images: [{ Id: 'x' }] },
    },
  },
)

testModule(
  hostInfo,
  {},
  {
    'lists networks and space': {
      args: { networks: true, disk_usage: true },
      commands: [
        [/docker info/, '{"ID":"i"}'],
        [/docker network ls/, '[{"Id":"1","Driver":"bridge","Name":"n","Scope":"local","Labels":{}}]'],
        [/docker system df/, '{"Type":"Images","Size":"1.5GB"}\n{"Type":"Containers","Size":"0B"}'],
      ],
      returns: {
        can_talk_to_docker: true,
        host_info: { ID: 'i' },
        networks: [{ Id: '1', Driver: 'bridge', Name: 'n', Scope: 'local' }],
        disk_usage: { LayersSize: 1_500_000_000 },
      },
    },
    'tells that nobody is there': {
      commands: { 'docker info *': '{"ServerErrors":["Cannot connect"]}' },
      fails: /Cannot connect/,
      returns: { can_talk_to_docker: false },
    },
  },
)

testModule(
  prune,
  { containers: true, images: true, images_filters: { dangling: false, label: ['a', 'b'] } },
  {
    'tells what went': {
      commands: {
        'docker container prune *': 'Deleted Containers:\nc1\n\nTotal reclaimed space: 212B\n',
        'docker image prune *': 'Deleted Images:\nuntagged: a:1\ndeleted: sha256:x\n\nTotal reclaimed space: 1.5kB\n',
      },
      runs: [
        'docker container prune --force',
        "docker image prune --force --all --filter 'label=a' --filter 'label=b'",
      ],
      returns: {
        containers: ['c1'],
        containers_space_reclaimed: 212,
        images: ['a:1', 'sha256:x'],
        images_space_reclaimed: 1500,
      },
      again: { changed: 'the stand-in always finds the same' },
    },
  },
)

test('ports as the client writes them', () => {
  expect(portBindings('80', undefined)).toEqual({ '80/tcp': { ip: undefined, port: '' } })
  expect(portBindings('[::1]:8000-8001:80-81/udp', undefined)).toEqual({
    '80/udp': { ip: '::1', port: '8000' },
    '81/udp': { ip: '::1', port: '8001' },
  })
  expect(portBindings('127.0.0.1::80', undefined)).toEqual({ '80/tcp': { ip: '127.0.0.1', port: '' } })
  expect(portBindings('9000-9010:80', '1.2.3.4')).toEqual({ '80/tcp': { ip: '1.2.3.4', port: '9000-9010' } })
  expect(() => portBindings('host:80:80', undefined)).toThrow(/must be IPv4 or IPv6/)
})

test('durations and env files', () => {
  expect(nanoseconds('1h2m3s4ms')).toBe(3_723_004_000_000)
  expect(() => nanoseconds('5')).toThrow('Invalid time duration - 5')
  expect([...envFile('# no\nA=1\n\n B=x=y\nC\n')]).toEqual([
    ['A', '1'],
    ['B', 'x=y'],
  ])
})
