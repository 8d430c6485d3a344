import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import build from './docker_image_build.js'
import pull from './docker_image_pull.js'
import network from './docker_network.js'
import networkInfo from './docker_network_info.js'
import volume from './docker_volume.js'
import volumeInfo from './docker_volume_info.js'

const missing = { rc: 1, stdout: '[]\n', stderr: 'Error: No such object: x\n' }
const host = (before: unknown, after: unknown) => (): FakeCommands => {
  let now = before
  return [
    [/ inspect /, () => (now === undefined ? missing : JSON.stringify([now]))],
    [
      /^docker /,
      () => {
        now = after
        return ''
      },
    ],
  ]
}

testModule(
  network,
  { name: 'n' },
  {
    'makes a network with its options': {
      args: { driver_options: { mtu: 1400 }, enable_ipv6: true, ipam_config: [{ subnet: '10.0.0.0/24' }] },
      commands: host(undefined, {
        Name: 'n',
        Driver: 'bridge',
        EnableIPv6: true,
        Options: { mtu: '1400' },
        IPAM: { Config: [{ Subnet: '10.0.0.0/24' }] },
        Containers: {},
      }),
      runs: ["docker network create --driver bridge --opt 'mtu=1400' --subnet 10.0.0.0/24 '--ipv6=true' n"],
      returns: { network: { Name: 'n' } },
    },
    'removes a network with its containers': {
      args: { state: 'absent' },
      commands: host({ Name: 'n', Containers: { a: { Name: 'c' } } }, undefined),
      runs: ['docker network disconnect --force n c', 'docker network rm n'],
    },
    'says what the daemon says': {
      commands: { '* inspect *': { rc: 1, stderr: 'Cannot connect to the Docker daemon' } },
      fails: 'Cannot connect to the Docker daemon',
    },
  },
)

testModule(
  volume,
  { name: 'v' },
  {
    'makes a volume': {
      commands: host(undefined, { Name: 'v', Driver: 'local' }),
      runs: ['docker volume create --driver local v'],
    },
    'leaves a volume alone': { commands: host({ Name: 'v', Driver: 'nfs' }, undefined), runs: [], changed: false },
  },
)

testModule(
  pull,
  { name: 'alpine' },
  {
    'pulls what is missing': {
      args: { tag: '3', platform: 'linux/amd64' },
      commands: host(undefined, { Id: 'a' }),
      runs: ['docker pull --platform linux/amd64 alpine:3'],
      trips: 3,
    },
    'does not pull what is there': {
      args: { pull: 'not_present' },
      commands: host({ Id: 'a' }, undefined),
      runs: [],
      changed: false,
    },
  },
)

testModule(
  build,
  { name: 'mine', path: '/src' },
  {
    'builds once': {
      args: { args: { A: 1 }, dockerfile: 'D' },
      commands: host(undefined, { Id: 'a' }),
      runs: ["docker buildx build --progress plain --tag mine:latest --file /src/D --build-arg 'A=1' --load -- /src"],
    },
  },
)

const daemon = {
  rc: 1,
  stdout: '[]\n',
  stderr: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.\n',
}

testModule(
  networkInfo,
  { name: 'n' },
  {
    'tells of a network': {
      commands: { 'docker network inspect n': '[{"Name": "n", "Driver": "bridge", "Containers": {}}]\n' },
      returns: { changed: false, exists: true, network: { Name: 'n', Driver: 'bridge', Containers: {} } },
      runs: [],
    },
    'tells that there is none': {
      commands: {
        'docker network inspect n': {
          rc: 1,
          stdout: '[]\n',
          stderr: 'Error response from daemon: network n not found\n',
        },
      },
      returns: { changed: false, exists: false, network: null },
    },
    'asks another daemon': {
      args: { docker_host: 'tcp://192.0.2.7:2376', tls: true },
      commands: { 'docker --host tcp://192.0.2.7:2376 --tls network inspect n': '[{"Name": "n"}]\n' },
      returns: { exists: true },
    },
    'needs the daemon': {
      commands: { 'docker network inspect n': daemon },
      fails: 'Error inspecting network: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.',
    },
  },
)

testModule(
  volumeInfo,
  { volume_name: 'v' },
  {
    'tells of a volume': {
      commands: { 'docker volume inspect v': '[{"Name": "v", "Driver": "local", "Options": null}]\n' },
      returns: { changed: false, exists: true, volume: { Name: 'v', Driver: 'local', Options: null } },
      runs: [],
    },
    'tells that there is none': {
      commands: {
        'docker volume inspect v': {
          rc: 1,
          stdout: '[]\n',
          stderr: 'Error response from daemon: get v: no such volume\n',
        },
      },
      returns: { changed: false, exists: false, volume: null },
    },
    'needs the daemon': {
      commands: { 'docker volume inspect v': daemon },
      fails: /^Error inspecting volume: Cannot connect/,
    },
  },
)
