import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { shlexSplit } from '../engine/python/shlex.js'
import { dockerArgs, dockerCommand } from './docker/cli.js'
import { withEnvironment } from './docker/environment.js'

const args = {
  container: { type: 'str', required: true, summary: 'the container' },
  argv: { type: 'list', elements: 'str', summary: 'command and arguments' },
  command: { type: 'str', summary: 'command as one text' },
  chdir: { type: 'str', summary: 'directory to run it in' },
  detach: { type: 'bool', default: false, summary: 'do not wait for it' },
  user: { type: 'str', summary: 'user to run it as' },
  stdin: { type: 'str', summary: 'its standard input' },
  stdin_add_newline: { type: 'bool', default: true, summary: 'end that with a newline' },
  strip_empty_ends: { type: 'bool', default: true, summary: 'without empty lines at the end of its output' },
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
    if (args.stdin !== undefined && args.detach) fail('If detach=true, stdin cannot be provided.')
    const words = args.argv ?? shlexSplit(args.command!)
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
    const stdin = args.stdin === undefined ? undefined : `${args.stdin}${args.stdin_add_newline ? '\n' : ''}`
    const done = await remote.exec({
      ...withEnvironment(environment, [...dockerCommand(args), 'exec', ...flags], [args.container, ...words], stdin),
      why: `run ${words[0] ?? ''} in ${args.container}`,
    })
    const daemon = /^(?:Error response from daemon|Error: No such container|Cannot connect to the Docker daemon)/m
    if (done.rc !== 0 && daemon.test(done.stderr)) {
      if (/No such container/.test(done.stderr)) fail(`Could not find container "${args.container}"`)
      if (/is paused/.test(done.stderr))
        fail(`The container "${args.container}" has been paused (${done.stderr.trim()})`)
      fail(done.stderr.trim())
    }
    if (args.detach) return { changed: true }
    const text = (output: string) => (args.strip_empty_ends ? output.replace(/[\r\n]+$/, '') : output)
    return { changed: true, rc: done.rc, stdout: text(done.stdout), stderr: text(done.stderr) }
  },
})
