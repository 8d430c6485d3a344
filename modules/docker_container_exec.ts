import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { dockerArgs, dockerCommand } from './docker/cli.js'
import { withEnvironment } from './docker/environment.js'
import { commandWords, ended, execArgs, inputOf, refuseUnheard } from './docker/exec-options.js'

const args = {
  container: { type: 'str', required: true, summary: 'the container' },
  ...execArgs,
  tty: { type: 'bool', default: false, summary: 'give it a terminal' },
  env: { type: 'dict', summary: 'its environment' },
  ...dockerArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_container_exec',
  summary: 'Run a command in a container',
  check: 'none',
  args,
  rules: { exclusive: [['argv', 'command']], oneOf: [['argv', 'command']] },
  returns: { stdout: 'output', stderr: 'output', rc: 'exit code' },
  examples: `
- name: Run a command
  community.docker.docker_container_exec:
    container: foo
    command: /bin/bash -c "ls -lah"
    chdir: /root
  register: result
`,

  async run({ args, remote, fail }) {
    refuseUnheard(args, fail)
    const words = commandWords(args)
    const environment = new Map<string, string>()
    for (const [name, value] of args.env ?? []) {
      if (typeof value !== 'string')
        fail(
          `Non-string value found for env option. Ambiguous env options must be wrapped in quotes to avoid them being interpreted. Key: ${String(name)}`,
        )
      environment.set(String(name), value as string)
    }
    const flags = [
      ...(args.detach ? ['--detach'] : []),
      ...(args.stdin === undefined ? [] : ['--interactive']),
      ...(args.tty ? ['--tty'] : []),
      ...(args.user === undefined ? [] : ['--user', args.user]),
      ...(args.chdir === undefined ? [] : ['--workdir', args.chdir]),
    ]
    const done = await remote.exec({
      ...withEnvironment(
        environment,
        [...dockerCommand(args), 'exec', ...flags],
        [args.container, ...words],
        inputOf(args),
      ),
      why: `run ${words[0] ?? ''} in ${args.container}`,
    })
    const daemon = /^(?:Error response from daemon|Error: No such container|Cannot connect to the Docker daemon)/m
    if (done.rc !== 0 && daemon.test(done.stderr)) {
      if (/No such container/.test(done.stderr)) fail(`Could not find container "${args.container}"`)
      if (/is paused/.test(done.stderr))
        fail(`The container "${args.container}" has been paused (${done.stderr.trim()})`)
      fail(done.stderr.trim())
    }
    return args.detach ? { changed: true } : ended(args, done)
  },
})
