import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import build from './docker_image_build.js'
import pull from './docker_image_pull.js'
import network from './docker_network.js'
import volume from './docker_volume.js'

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
