import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { raw, sh } from '../engine/remote/quote.js'
import type { ShellText } from '../engine/remote/remote.js'
import { documents } from './docker/cli.js'
import { compose, composeArgs, composeRules, containerRow, runCompose, said, section } from './docker/compose.js'
import { type ComposeEvent, composeActions } from './docker/compose-events.js'

const args = {
  state: {
    type: 'str',
    choices: ['absent', 'present', 'stopped', 'restarted'],
    default: 'present',
    summary: 'how the project should be',
  },
  dependencies: { type: 'bool', default: true, summary: 'also services that the named ones need' },
  pull: {
    type: 'str',
    choices: ['always', 'missing', 'never', 'policy'],
    default: 'policy',
    summary: 'when to pull images',
  },
  build: {
    type: 'str',
    choices: ['always', 'never', 'policy'],
    default: 'policy',
    summary: 'when to build images',
  },
  recreate: {
    type: 'str',
    choices: ['always', 'never', 'auto'],
    default: 'auto',
    summary: 'when to make containers anew',
  },
  renew_anon_volumes: { type: 'bool', default: false, summary: 'new anonymous volumes for containers made anew' },
  remove_images: { type: 'str', choices: ['all', 'local'], summary: 'with absent: images to remove, too' },
  remove_volumes: { type: 'bool', default: false, summary: 'with absent: remove its volumes, too' },
  remove_orphans: { type: 'bool', default: false, summary: 'remove containers that the file does not name' },
  timeout: { type: 'int', summary: 'seconds that a container has to stop' },
  services: { type: 'list', elements: 'str', summary: 'only these services' },
  scale: { type: 'dict', summary: 'how many containers of each service' },
  wait: { type: 'bool', default: false, summary: 'wait until the containers run and are healthy' },
  wait_timeout: { type: 'int', summary: 'seconds to wait for that' },
  ignore_build_events: { type: 'bool', default: true, summary: 'a build by itself is no change' },
  assume_yes: { type: 'bool', default: false, summary: 'say yes to what compose asks' },
  ...composeArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_compose_v2',
  summary: 'Projects of docker compose',
  check: 'full',
  args,
  rules: composeRules,
  returns: {
    actions: 'what was done: what, id, status',
    containers: 'containers of the project',
    images: 'images of these',
    stdout: 'output of compose, if any',
    stderr: 'its messages, if any',
    cmd: 'the command, when it failed',
    rc: 'its exit code, when it failed',
  },
  examples: `
- name: Start a project
  community.docker.docker_compose_v2:
    project_src: flask
    pull: always
  register: output
`,

  async run({ args, remote, fail, warn }) {
    for (const [service, count] of args.scale ?? [])
      if (!/^\d+$/.test(String(count)))
        fail(`The value ${String(count)} for "scale.${String(service)}" is not an integer that is 0 or greater`)
    const up = args.state === 'present' || args.state === 'stopped'
    const words = composeCommand(args, remote.checkMode)
    const actions = (events: readonly ComposeEvent[]) =>
      composeActions(events, { pulls: false, builds: !args.ignore_build_events })
    const done = await runCompose({ args, remote, fail, warn }, words, {
      why: `compose ${words[0]}`,
      actions,
      ...(args.assume_yes && up ? { needs: [['assume_yes=true', '2.32']] } : {}),
      script: sh`${raw(compose(words))} || exit
${raw(args.state === 'stopped' ? stopRunning(args, remote.checkMode) : ':')}
${raw(section('containers'))}
${raw(compose(['ps', '--format', 'json', '--all', '--no-trunc']))} 2>/dev/null
${raw(section('images'))}
${raw(compose(['images', '--format', 'json']))} 2>/dev/null
exit 0`,
    })
    return {
      ...actions(done.events),
      containers: documents(done.section('containers')).map(containerRow),
      images: documents(done.section('images')),
      ...said(done),
    }
  },
})

type Args = ArgsOf<typeof args>

const services = (args: Args): string[] => ['--', ...(args.services ?? [])]
const patience = (args: Args): string[] => (args.timeout === undefined ? [] : ['--timeout', String(args.timeout)])
const flag = (on: boolean, word: string): string[] => (on ? [word] : [])

function composeCommand(args: Args, dry: boolean): string[] {
  const dryRun = flag(dry, '--dry-run')
  if (args.state === 'absent')
    return [
      'down',
      ...flag(args.remove_orphans, '--remove-orphans'),
      ...(args.remove_images ? ['--rmi', args.remove_images] : []),
      ...flag(args.remove_volumes, '--volumes'),
      ...patience(args),
      ...dryRun,
      ...services(args),
    ]
  if (args.state === 'restarted')
    return ['restart', ...flag(!args.dependencies, '--no-deps'), ...patience(args), ...dryRun, ...services(args)]
  const stopped = args.state === 'stopped'
  return [
    'up',
    ...(stopped ? ['--no-start'] : ['--detach']),
    '--no-color',
    '--quiet-pull',
    ...(args.pull === 'policy' ? [] : ['--pull', args.pull]),
    ...flag(args.remove_orphans, '--remove-orphans'),
    ...(args.recreate === 'auto' ? [] : [args.recreate === 'always' ? '--force-recreate' : '--no-recreate']),
    ...flag(args.renew_anon_volumes, '--renew-anon-volumes'),
    ...flag(!args.dependencies, '--no-deps'),
    ...patience(args),
    ...(args.build === 'policy' ? [] : [args.build === 'always' ? '--build' : '--no-build']),
    ...[...(args.scale ?? [])].flatMap(([service, count]) => ['--scale', `${String(service)}=${String(count)}`]),
    ...flag(args.wait && !stopped, '--wait'),
    ...(args.wait && !stopped && args.wait_timeout !== undefined ? ['--wait-timeout', String(args.wait_timeout)] : []),
    ...flag(args.assume_yes, '-y'),
    ...dryRun,
    ...services(args),
  ]
}

/** `stop` says that it stops also what does not run, so look first. */
function stopRunning(args: Args, dry: boolean): ShellText {
  const alive = ['running', 'restarting', 'paused'].flatMap(status => ['--status', status])
  const stop = ['stop', ...patience(args), ...flag(dry, '--dry-run'), ...services(args)]
  return sh`if [ -n "$(${raw(compose(['ps', '--quiet', ...alive, ...services(args)]))} 2>/dev/null)" ]; then ${raw(compose(stop))} || exit; fi`
}
