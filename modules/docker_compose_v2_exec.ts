import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { composeRules } from './docker/compose.js'
import { runInService, serviceCommandArgs, sharedFlags } from './docker/compose-command.js'
import { commandWords } from './docker/exec-options.js'

const args = {
  index: { type: 'int', summary: 'which container of the service, when it has several' },
  privileged: { type: 'bool', default: false, summary: 'with all rights' },
  ...serviceCommandArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_compose_v2_exec',
  summary: 'Run a command in a container of a docker compose project',
  notes: ['Values of env stand on the command line of docker, which the list of processes of the host shows.'],
  check: 'none',
  args,
  rules: {
    ...composeRules,
    exclusive: [...composeRules.exclusive, ['argv', 'command']],
    oneOf: [...composeRules.oneOf, ['argv', 'command']],
  },
  returns: { stdout: 'output', stderr: 'messages', rc: 'exit code; none of these with detach' },
  examples: `
- name: Look at the files of a service
  community.docker.docker_compose_v2_exec:
    project_src: /srv/app
    service: web
    command: /bin/sh -c "ls -lah"
    chdir: /root
  register: result
`,

  async run(context) {
    const { args, fail } = context
    return runInService(context, [
      'exec',
      ...(args.index === undefined ? [] : ['--index', String(args.index)]),
      ...(args.privileged ? ['--privileged'] : []),
      ...sharedFlags(args, fail),
      '--',
      args.service,
      ...commandWords(args),
    ])
  },
})
