import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { composeRules } from './docker/compose.js'
import { runInService, serviceCommandArgs, sharedFlags } from './docker/compose-command.js'
import { commandWords } from './docker/exec-options.js'

const args = {
  build: { type: 'bool', default: false, summary: 'build the image first' },
  cap_add: { type: 'list', elements: 'str', summary: 'capabilities to add' },
  cap_drop: { type: 'list', elements: 'str', summary: 'capabilities to take away' },
  entrypoint: { type: 'str', summary: 'instead of the entrypoint of the image' },
  interactive: { type: 'bool', default: true, summary: 'keep standard input open' },
  labels: { type: 'list', elements: 'str', summary: 'labels of the container' },
  name: { type: 'str', summary: 'name of the container' },
  no_deps: { type: 'bool', default: false, summary: 'without the services that it needs' },
  publish: { type: 'list', elements: 'str', summary: 'ports to publish' },
  quiet_pull: { type: 'bool', default: false, summary: 'pull without telling of progress' },
  remove_orphans: { type: 'bool', default: false, summary: 'remove containers that the file does not name' },
  cleanup: { type: 'bool', default: false, summary: 'remove the container when it ends' },
  service_ports: { type: 'bool', default: false, summary: 'publish the ports of the service' },
  use_aliases: { type: 'bool', default: false, summary: 'take the names of the service in its networks' },
  volumes: { type: 'list', elements: 'str', summary: 'directories to mount' },
  ...serviceCommandArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_compose_v2_run',
  summary: 'Run a command in a new container of a docker compose project',
  notes: ['Values of env stand on the command line of docker, which the list of processes of the host shows.'],
  check: 'none',
  args,
  rules: { ...composeRules, exclusive: [...composeRules.exclusive, ['argv', 'command']] },
  returns: {
    container_id: 'the container, with detach',
    stdout: 'output',
    stderr: 'messages',
    rc: 'exit code; none of these with detach',
  },
  examples: `
- name: Migrate the database in a container of its own
  community.docker.docker_compose_v2_run:
    project_src: /srv/app
    service: web
    argv: [./manage.py, migrate]
    cleanup: true
`,

  async run(context) {
    const { args, fail } = context
    const flag = (on: boolean, word: string) => (on ? [word] : [])
    const each = (word: string, values: readonly string[] | undefined) => (values ?? []).flatMap(value => [word, value])
    return runInService(context, [
      'run',
      ...flag(args.build, '--build'),
      ...each('--cap-add', args.cap_add),
      ...each('--cap-drop', args.cap_drop),
      ...(args.entrypoint === undefined ? [] : ['--entrypoint', args.entrypoint]),
      ...flag(!args.interactive, '--interactive=false'),
      ...each('--label', args.labels),
      ...(args.name === undefined ? [] : ['--name', args.name]),
      ...flag(args.no_deps, '--no-deps'),
      ...each('--publish', args.publish),
      ...flag(args.quiet_pull, '--quiet-pull'),
      ...flag(args.remove_orphans, '--remove-orphans'),
      ...flag(args.cleanup, '--rm'),
      ...flag(args.service_ports, '--service-ports'),
      ...flag(args.use_aliases, '--use-aliases'),
      ...each('--volume', args.volumes),
      ...sharedFlags(args, fail),
      '--',
      args.service,
      ...commandWords(args),
    ])
  },
})
