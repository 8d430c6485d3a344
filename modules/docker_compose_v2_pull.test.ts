import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import pull from './docker_compose_v2_pull.js'

const pulling = '{"id":"web","status":"Pulling"}\n{"id":"web","status":"Pulled"}\n'
const output = (before: string, after: string) =>
  `\n#~ understudy before ~#\nredis:7 ${before}\n\n#~ understudy after ~#\nredis:7 ${after}\n`
const host = (before: string, later: string) => (): FakeCommands => {
  let now = before
  return [
    [
      /compose\(\)/,
      call => {
        const old = now
        if (!call.text.includes(' --dry-run')) now = later
        return { stdout: output(old, now), stderr: pulling }
      },
    ],
  ]
}

testModule(
  pull,
  { project_src: '/srv/p' },
  {
    'pulls images that are new': {
      commands: host('', 'sha256:1'),
      runs: [/^compose pull -- \|\| exit$/m],
      returns: { changed: true, actions: [{ what: 'service', id: 'web', status: 'Pulling' }] },
    },
    'sees that the images are the same': {
      commands: host('sha256:1', 'sha256:1'),
      returns: { changed: false, actions: [{ what: 'service', id: 'web', status: 'Pulling' }] },
      runs: [/config --images 2>\/dev\/null \| sort -u\); do/],
      check: { differs: 'a rehearsal does not ask the registry' },
    },
    'passes its options': {
      args: {
        policy: 'missing',
        ignore_buildable: true,
        ignore_pull_failures: true,
        include_deps: true,
        services: ['web'],
      },
      commands: host('', 'sha256:1'),
      runs: [/^compose pull --policy missing --ignore-buildable --ignore-pull-failures --include-deps -- web /m],
    },
    'says what went wrong': {
      commands: { '*compose()*': { rc: 1, stderr: '{"error":true,"message":"no route to host"}\n' } },
      fails: 'General error: no route to host',
    },
  },
)
