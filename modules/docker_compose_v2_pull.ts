import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { quoteAll, raw, sh } from '../engine/remote/quote.js'
import { dockerCommand } from './docker/cli.js'
import { compose, composeArgs, composeRules, runCompose, said, section } from './docker/compose.js'
import { type ComposeEvent, composeActions } from './docker/compose-events.js'

const args = {
  policy: { type: 'str', choices: ['always', 'missing'], default: 'always', summary: 'when to pull' },
  ignore_buildable: { type: 'bool', default: false, summary: 'not the images that compose can build' },
  ignore_pull_failures: { type: 'bool', default: false, summary: 'pull what can be pulled' },
  include_deps: { type: 'bool', default: false, summary: 'also for services that the named ones need' },
  services: { type: 'list', elements: 'str', summary: 'only for these services' },
  ...composeArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.docker.docker_compose_v2_pull',
  summary: 'Pull the images of a docker compose project',
  check: 'full',
  args,
  rules: composeRules,
  returns: {
    actions: 'what was done: what, id, status',
    stdout: 'output of compose, if any',
    stderr: 'its messages, if any',
    cmd: 'the command, when it failed',
    rc: 'its exit code, when it failed',
  },
  examples: `
- name: Pull the images of a project
  community.docker.docker_compose_v2_pull:
    project_src: flask
`,

  async run({ args, remote, fail, warn }) {
    const words = [
      'pull',
      ...(args.policy === 'always' ? [] : ['--policy', args.policy]),
      ...(args.ignore_buildable ? ['--ignore-buildable'] : []),
      ...(args.ignore_pull_failures ? ['--ignore-pull-failures'] : []),
      ...(args.include_deps ? ['--include-deps'] : []),
      ...(remote.checkMode ? ['--dry-run'] : []),
      '--',
      ...(args.services ?? []),
    ]
    // Whether an image is new, its id tells. Compose lists them in any order.
    const ids = sh`for image in $(${raw(compose(['config', '--images']))} 2>/dev/null | sort -u); do
  printf '%s ' "$image"; ${raw(quoteAll(dockerCommand(args)))} image inspect --format '{{.Id}}' "$image" 2>/dev/null </dev/null || echo
done`
    // A rehearsal cannot tell whether the registry has another image.
    const actions = (events: readonly ComposeEvent[]) =>
      composeActions(events, { pulls: remote.checkMode, builds: false })
    const done = await runCompose({ args, remote, fail, warn }, words, {
      why: 'compose pull',
      actions,
      ...(args.policy === 'always' ? {} : { needs: [['policy=missing', '2.22']] }),
      script: sh`before=$(${raw(ids)})
${raw(compose(words))} || exit
${raw(section('before'))}
printf '%s\n' "$before"
${raw(section('after'))}
${raw(ids)}
exit 0`,
    })
    const isNew = done.section('before').trim() !== done.section('after').trim()
    const told = actions(done.events)
    return { ...told, changed: isNew || told.changed, ...said(done) }
  },
})
