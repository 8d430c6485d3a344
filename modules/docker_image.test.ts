import { expect } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import exec from './docker_container_exec.js'
import image from './docker_image.js'

const missing = { rc: 1, stdout: '[]\n', stderr: 'Error: No such image: x\n' }
const daemon = (before: { [name: string]: string }, after: { [name: string]: string }) => (): FakeCommands => {
  let now = before
  return [
    [
      / image inspect /,
      call => {
        const id = now[call.text.split(' ').at(-1)!]
        return id === undefined ? missing : JSON.stringify([{ Id: id }])
      },
    ],
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
  image,
  { name: 'a' },
  {
    'pulls what is missing': {
      args: { source: 'pull', pull: { platform: 'linux/arm64' } },
      commands: daemon({}, { 'a:latest': 'i' }),
      runs: ['docker pull --platform linux/arm64 a:latest'],
      returns: { actions: ['Pulled image a:latest'], image: { Id: 'i' } },
    },
    'builds with its options': {
      args: { source: 'build', build: { path: '/src', dockerfile: 'D', args: { V: 1 }, nocache: true } },
      commands: daemon({}, { 'a:latest': 'i' }),
      runs: ["docker build --tag a:latest --file /src/D --build-arg 'V=1' --no-cache -- /src"],
    },
    'gives it another name': {
      args: { source: 'local', repository: 'r/b:2' },
      commands: daemon({ 'a:latest': 'i' }, { 'a:latest': 'i', 'r/b:2': 'i' }),
      runs: ['docker tag a:latest r/b:2'],
    },
    'removes it': {
      args: { state: 'absent', force_absent: true, tag: '1' },
      commands: daemon({ 'a:1': 'i' }, {}),
      runs: ['docker image rm --force a:1'],
    },
    'leaves it alone': {
      args: { source: 'pull' },
      commands: daemon({ 'a:latest': 'i' }, {}),
      runs: [],
      changed: false,
    },
    'cannot find it locally': {
      args: { source: 'local' },
      commands: daemon({}, {}),
      fails: 'Cannot find the image a:latest locally.',
    },
  },
)

testModule(
  exec,
  { container: 'c' },
  {
    'runs a command with input and a secret environment': {
      args: { command: 'cat "a b"', stdin: 'x', env: { P: 's' }, user: 'u' },
      commands: {
        '*docker exec*': call => {
          expect(call.stdin).toBe('P=s\n--\nx\n')
          return { rc: 0, stdout: 'out\n\n' }
        },
      },
      runs: [/docker exec --interactive --user u --env-file "\$env" c cat 'a b'$/],
      returns: { rc: 0, stdout: 'out', stderr: '' },
      again: { changed: 'a command runs each time' },
    },
    'knows when there is no container': {
      args: { argv: ['true'] },
      commands: { 'docker exec *': { rc: 1, stderr: 'Error response from daemon: No such container: c\n' } },
      fails: 'Could not find container "c"',
    },
  },
)
