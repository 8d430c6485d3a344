import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hostFor, play, testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import { composeActions, composeEvents } from './docker/compose-events.js'
import compose from './docker_compose_v2.js'

const rows = '{"Name":"p-web-1","State":"running"}\n{"Name":"p-db-1","State":"running"}\n'
const listed = `\n#~ understudy containers ~#\n${rows}\n#~ understudy images ~#\n[{"ID":"sha256:1","Repository":"redis"}]\n`
const said = (...events: [string, string][]) => events.map(([id, status]) => JSON.stringify({ id, status })).join('\n')

/** Says `first` until something ran without --dry-run, then `later`. */
const project = (first: string, later: string) => (): FakeCommands => {
  let stderr = first
  return [
    [
      /compose\(\)/,
      call => {
        const now = stderr
        if (!call.text.includes(' --dry-run')) stderr = later
        return { stdout: listed, stderr: now }
      },
    ],
  ]
}
const created = said(
  ['Network p_default', 'Creating'],
  ['Container p-web-1', 'Created'],
  ['Container p-web-1', 'Starting'],
)
const running = said(['Container p-web-1', 'Running'])

testModule(
  compose,
  { project_src: '/srv/p' },
  {
    'starts a project': {
      commands: project(created, running),
      runs: [/^compose up --detach --no-color --quiet-pull -- \|\| exit$/m],
      returns: {
        changed: true,
        actions: [
          { what: 'network', id: 'p_default', status: 'Creating' },
          { what: 'container', id: 'p-web-1', status: 'Starting' },
        ],
        containers: [
          { Name: 'p-web-1', State: 'running' },
          { Name: 'p-db-1', State: 'running' },
        ],
        images: [{ ID: 'sha256:1', Repository: 'redis' }],
      },
    },
    'says that nothing is to be done, with warnings': {
      commands: project(`time="2024-01-01T00:00:00Z" level=warning msg="a \\"b\\" is obsolete"\n${running}`, running),
      returns: { changed: false, actions: [] },
      warnings: ['a "b" is obsolete'],
    },
    'passes every option of up': {
      args: {
        project_name: 'n',
        files: ['a.yml', 'b c.yml'],
        env_files: ['.env.prod'],
        profiles: ['x'],
        docker_host: 'tcp://1.2.3.4:2376',
        pull: 'missing',
        build: 'always',
        recreate: 'always',
        remove_orphans: true,
        renew_anon_volumes: true,
        dependencies: false,
        timeout: 5,
        scale: { web: 2 },
        wait: true,
        wait_timeout: 9,
        assume_yes: true,
        services: ['web'],
      },
      commands: project(created, running),
      runs: [
        /assume_yes=true needs Docker Compose 2\.32\.0[\s\S]*docker --host tcp:\/\/1\.2\.3\.4:2376 compose --ansi never --progress "\$progress" --project-directory \/srv\/p --project-name n --file a\.yml --file 'b c\.yml' --env-file \.env\.prod --profile x "\$@" <\/dev\/null; }\ncompose up --detach --no-color --quiet-pull --pull missing --remove-orphans --force-recreate --renew-anon-volumes --no-deps --timeout 5 --build --scale 'web=2' --wait --wait-timeout 9 -y -- web \|\| exit/,
      ],
    },
    'stops a project that it makes first': {
      args: { state: 'stopped', timeout: 3 },
      commands: project(said(['Container p-web-1', 'Stopping']), said(['Container p-web-1', 'Created'])),
      runs: [
        /compose up --no-start --no-color --quiet-pull --timeout 3 -- \|\| exit\nif \[ -n "\$\(compose ps --quiet --status running --status restarting --status paused -- 2>\/dev\/null\)" \]; then compose stop --timeout 3 -- \|\| exit; fi/,
      ],
      changed: true,
    },
    'restarts each time': {
      args: { state: 'restarted', services: ['web'] },
      commands: project(said(['Container p-web-1', 'Restarting']), said(['Container p-web-1', 'Restarting'])),
      runs: [/^compose restart -- web/m],
      changed: true,
      again: { changed: 'a restart is no state' },
    },
    'removes a project': {
      args: { state: 'absent', remove_images: 'local', remove_volumes: true, remove_orphans: true, timeout: 1 },
      commands: project(
        said(['Container p-web-1', 'Removing'], ['Network p_default', 'Removing']),
        '{"id":"Warning: No resource found to remove for project \\"p\\".","status":""}',
      ),
      runs: [/^compose down --remove-orphans --rmi local --volumes --timeout 1 -- /m],
      returns: { changed: true },
    },
    'takes the file as data, on standard input': {
      args: { project_src: undefined, project_name: 'p', definition: { services: { web: { image: "it's" } } } },
      commands: () => [
        [
          /compose\(\)/,
          call => ({ stdout: listed, stderr: call.stdin.includes(`"image": "it's"`) ? running : 'nothing on stdin' }),
        ],
      ],
      runs: [/printf '%s\\n' "\$definition" \| docker compose [^\n]* --project-name p --file - "\$@"; }/],
      changed: false,
    },
    'says where there is no file': {
      commands: { '*compose()*': { rc: 251, stderr: '"/srv/p" is not a directory\n' } },
      runs: [
        /cd \/srv\/p 2>\/dev\/null \|\| refuse '"\/srv\/p" is not a directory'[\s\S]*does not contain compose\.yaml, compose\.yml, docker-compose\.yaml, or docker-compose\.yml/,
      ],
      fails: '"/srv/p" is not a directory',
    },
    'says what went wrong with what': {
      commands: {
        '*compose()*': {
          rc: 18,
          stderr:
            '{"id":"Image nope","status":"Error","text":"pull access denied"}\n{"error":true,"message":"no such image"}\n',
        },
      },
      fails: 'Error when processing image nope: pull access denied\nGeneral error: no such image',
      returns: { rc: 18, changed: false, actions: [] },
    },
    'tells what was done until it failed': {
      commands: {
        '*compose()*': {
          rc: 1,
          stderr: ' Network p_default  Creating\n web Pulling\n web Error manifest unknown\n',
        },
      },
      fails: 'Error when processing web: manifest unknown',
      returns: {
        changed: true,
        cmd: 'docker compose --ansi never --project-directory /srv/p up --detach --no-color --quiet-pull --',
        actions: [
          { what: 'network', id: 'p_default', status: 'Creating' },
          { what: 'service', id: 'web', status: 'Pulling' },
        ],
      },
    },
    'gives labels, names and networks of containers as data': {
      commands: () => [
        [
          /compose\(\)/,
          {
            stdout: `\n#~ understudy containers ~#\n{"Name":"a","Names":"a","Networks":"x,y","Labels":"l=1,m=a=b,n"}\n#~ understudy images ~#\n`,
            stderr: running,
          },
        ],
      ],
      returns: {
        changed: false,
        containers: [{ Name: 'a', Names: ['a'], Networks: ['x', 'y'], Labels: { l: '1', m: 'a=b', n: '' } }],
      },
    },
    'says the last line of what it does not understand': {
      commands: { '*compose()*': { rc: 1, stderr: 'unknown flag: --x\n' } },
      fails: 'General error: unknown flag: --x',
    },
    'needs a name for data': {
      args: { project_src: undefined, definition: { services: {} } },
      fails: /missing parameter\(s\) required by 'definition': project_name/,
    },
    'takes numbers only for scale': { args: { scale: { web: 'x' } }, fails: /"scale\.web" is not an integer/ },
  },
)

test('plain text of old versions, dry runs and version 5 say the same', () => {
  const actions = [
    { what: 'network', id: 'p_default', status: 'Creating' },
    { what: 'container', id: 'p-web-1', status: 'Recreate' },
    { what: 'image', id: 'p-web', status: 'Building' },
  ]
  const plain =
    ' Network p_default  Creating\n Network p_default  Created\n Container p-web-1  Recreate\n Container p-db-1  Running\n Image p-web  Building\n'
  const dry = plain.replace(/^ /gm, ' DRY-RUN MODE -  ')
  const five =
    '{"id":"Network p_default","status":"Working","text":"Creating"}\n{"id":"Container p-web-1","status":"Working","text":"Recreate"}\n{"id":"Container p-db-1","status":"Done","text":"Running"}\n{"id":"Image p-web","status":"Working","text":"Building"}'
  for (const text of [plain, dry, five])
    expect(composeActions(composeEvents(text).events, { pulls: false, builds: true }).actions).toEqual(actions)
})

test('layers that come are a change, a service that is asked for them is none', () => {
  const { events } = composeEvents(
    ' redis Pulling\n 4f4fb700ef54 Downloading\n 5f4fb700ef54 Already exists\n redis Pulled\n',
  )
  expect(composeActions(events, { pulls: false, builds: false })).toEqual({
    changed: true,
    actions: [
      { what: 'service', id: 'redis', status: 'Pulling' },
      { what: 'image-layer', id: '4f4fb700ef54', status: 'Downloading' },
    ],
  })
  expect(composeActions(events, { pulls: true, builds: false }).actions[0]).toEqual({
    what: 'service',
    id: 'redis',
    status: 'Pulling',
  })
})

test('a real shell runs the script: its checks, its command, its lists', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'compose-'))
  try {
    // Stands in for the client: says what it was called with, and what its standard input was.
    const docker = join(dir, 'docker')
    writeFileSync(
      docker,
      `#!/bin/sh
case "$*" in
  *version*) echo v2.30.1 ;;
  *' ps '*) echo '[{"Name":"x"}]' ;;
  *' images '*) echo '[]' ;;
  *' up '*) echo "ran $*"; cat; echo '{"id":"Container x","status":"Creating"}' >&2 ;;
esac
`,
    )
    chmodSync(docker, 0o755)
    mkdirSync(join(dir, 'src'))
    const run = (args: { readonly [name: string]: unknown }) => {
      const one = {
        args: { docker_cli: docker, ...args },
        commands: [
          [
            /compose\(\)/,
            (call: { text: string; stdin: string }) => {
              const { status, stdout, stderr } = spawnSync('sh', ['-c', call.text], {
                input: call.stdin,
                encoding: 'utf8',
              })
              return { rc: status ?? -1, stdout, stderr }
            },
          ],
        ] as const,
      }
      return play(compose as never, one, hostFor(one)).then(played => played.result)
    }
    const project_src = join(dir, 'src')
    expect((await run({ project_src })).msg).toMatch(/does not contain compose\.yaml/)
    expect((await run({ project_src: join(dir, 'none') })).msg).toBe(`"${join(dir, 'none')}" is not a directory`)
    expect((await run({ project_src, files: ['no.yml'] })).msg).toMatch(/Cannot find Compose file "no\.yml" relative/)
    expect((await run({ project_src, check_files_existing: false, assume_yes: true })).msg).toBe(
      'assume_yes=true needs Docker Compose 2.32.0 or newer, not version v2.30.1',
    )
    writeFileSync(join(project_src, 'compose.yml'), '')
    const created = { changed: true, containers: [{ Name: 'x' }], images: [] }
    const words = 'compose --ansi never --progress json'
    expect(await run({ project_src })).toMatchObject({
      ...created,
      stdout: `ran ${words} --project-directory ${project_src} up --detach --no-color --quiet-pull --\n`,
    })
    expect(await run({ project_name: 'p', definition: { services: { a: 1 } } })).toMatchObject({
      ...created,
      stdout: `ran ${words} --project-name p --file - up --detach --no-color --quiet-pull --\n{"services": {"a": 1}}\n`,
    })
  } finally {
    rmSync(dir, { recursive: true })
  }
})
