import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import build from './docker_image_build.js'
import imageExport from './docker_image_export.js'
import pull from './docker_image_pull.js'
import push from './docker_image_push.js'
import remove from './docker_image_remove.js'
import tag from './docker_image_tag.js'

type Images = { [name: string]: { Id: string; RepoTags?: string[]; RepoDigests?: string[] } }

/** A daemon whose images `change` alters when something other than a question is asked. */
const daemon =
  (images: Images, change?: (now: Images, words: string) => string | { rc: number; stderr: string } | undefined) =>
  (): FakeCommands => {
    const now = { ...images }
    return [
      [
        /image inspect /,
        call => {
          const name = call.text.split(' ').at(-1)!.replaceAll("'", '')
          const found = now[name]
          return found
            ? `${JSON.stringify([found])}\n`
            : { rc: 1, stdout: '[]\n', stderr: `Error response from daemon: No such image: ${name}\n` }
        },
      ],
      [/^docker /, call => change?.(now, call.text) ?? ''],
    ]
  }
const image = (id: string, ...tags: string[]) => ({ Id: `sha256:${id}`, RepoTags: tags, RepoDigests: [] })
const one = image('1', 'a:1')
const hex = 'ab'.repeat(32)

testModule(
  tag,
  { name: 'a', tag: '1', repository: ['b', 'c:2'] },
  {
    'gives an image two more names': {
      commands: daemon({ 'a:1': one }, (now, words) => {
        now[words.split(' ').at(-1)!] = one
        return ''
      }),
      runs: ['docker tag a:1 b:1', 'docker tag a:1 c:2'],
      returns: {
        changed: true,
        image: one,
        tagged_images: ['b:1', 'c:2'],
        actions: [
          'Tagged image sha256:1 as b:1: target image did not exist',
          'Tagged image sha256:1 as c:2: target image did not exist',
        ],
        diff: {
          before: {
            images: [
              { name: 'b', tag: '1', exists: false },
              { name: 'c', tag: '2', exists: false },
            ],
          },
          after: {
            images: [
              { name: 'b', tag: '1', id: 'sha256:1' },
              { name: 'c', tag: '2', id: 'sha256:1' },
            ],
          },
        },
      },
    },
    'takes a name from another image': {
      commands: daemon({ 'a:1': one, 'b:1': one, 'c:2': image('2') }, now => {
        now['c:2'] = one
        return ''
      }),
      runs: ['docker tag a:1 c:2'],
      returns: {
        actions: [
          'Not tagged image sha256:1 as b:1: target image already exists (sha256:1) and is as expected',
          'Tagged image sha256:1 as c:2: target image existed (sha256:2) and was not as expected',
        ],
      },
    },
    'leaves a name to another image': {
      args: { existing_images: 'keep', repository: ['c:2'] },
      commands: daemon({ 'a:1': one, 'c:2': image('2') }),
      changed: false,
      returns: {
        actions: [
          'Not tagged image sha256:1 as c:2: target image already exists (sha256:2) and is not as expected, but kept',
        ],
      },
    },
    'knows no such image': { commands: daemon({}), fails: 'Cannot find image a:1' },
    'says what docker says': {
      args: { repository: ['B'] },
      check: { differs: 'docker alone knows which names it takes' },
      commands: daemon({ 'a:1': one }, () => ({ rc: 1, stderr: 'invalid reference format\n' })),
      fails: 'Error: failed to tag image as B:1 - invalid reference format',
    },
    'gives no id as a name': {
      args: { repository: [hex] },
      fails: `repository[1] must not be an image ID; got: ${hex}`,
    },
    'gives no digest as a name': {
      args: { repository: ['b', `c@sha256:${hex}`] },
      fails: `repository[2] must not have a digest; got: c@sha256:${hex}`,
    },
    'knows what a tag is': { args: { tag: 'a b' }, fails: '"a b" is not a valid docker tag' },
  },
)

testModule(
  remove,
  { name: 'a:1' },
  {
    'removes an image': {
      commands: daemon({ 'a:1': one }, now => {
        delete now['a:1']
        return 'Untagged: a:1\nDeleted: sha256:1\n'
      }),
      runs: ['docker image rm a:1'],
      returns: {
        changed: true,
        actions: ['Removed image a:1'],
        image: one,
        deleted: ['sha256:1'],
        untagged: ['a:1'],
        diff: {
          before: { exists: true, id: 'sha256:1', tags: ['a:1'], digests: [] },
          after: { exists: false },
        },
      },
    },
    'takes one of its names': {
      args: { force: true, prune: false },
      commands: daemon({ 'a:1': image('1', 'a:1', 'b:1') }, now => {
        delete now['a:1']
        return 'Untagged: a:1\n'
      }),
      runs: ['docker image rm --force --no-prune a:1'],
      returns: { deleted: [], untagged: ['a:1'], diff: { after: { exists: true, tags: ['b:1'] } } },
    },
    'has nothing to remove': {
      commands: daemon({}),
      returns: { changed: false, actions: [], image: {}, deleted: [], untagged: [] },
    },
    'says why it stays': {
      commands: daemon({ 'a:1': one }, () => ({ rc: 1, stderr: 'conflict: in use\n' })),
      fails: 'Error removing image a:1 - conflict: in use',
    },
    'knows what a tag is': { args: { tag: 'a b' }, fails: '"a b" is not a valid docker tag' },
  },
)

const pushes = (said: string) => daemon({ 'r:5000/a:latest': one }, () => said)

testModule(
  push,
  { name: 'r:5000/a' },
  {
    'pushes an image': {
      commands: pushes('0a1b: Preparing\n0a1b: Pushed\nlatest: digest: sha256:1 size: 527\n'),
      runs: ['docker push r:5000/a:latest'],
      returns: { changed: true, actions: ['Pushed image r:5000/a:latest'], image: one },
      again: { changed: 'this registry never keeps what it gets' },
    },
    'sees that the registry has it': {
      commands: pushes('0a1b: Preparing\n0a1b: Layer already exists\nlatest: digest: sha256:1 size: 527\n'),
      changed: false,
      // What the registry has, it tells only when it is given.
      trips: 2,
    },
    'knows no such image': { commands: daemon({}), fails: 'Cannot find image r:5000/a:latest' },
    'says what the registry says': {
      commands: daemon({ 'r:5000/a:latest': one }, () => ({ rc: 1, stderr: 'no basic auth credentials\n' })),
      fails: 'Error pushing image r:5000/a:latest: no basic auth credentials',
    },
    'pushes no id': { args: { name: `sha256:${hex}` }, fails: 'Cannot push an image by ID' },
  },
)

const exports =
  (before: string, rc = 0) =>
  (): FakeCommands => {
    let held: string | { rc: number; stderr: string } = rc === 0 ? before : { rc, stderr: before }
    return [
      [/manifest\.json/, () => held],
      [
        /^docker save /,
        () => {
          held = JSON.stringify([{ Config: 'blobs/sha256/1', RepoTags: ['a:1'] }])
          return ''
        },
      ],
      ...(daemon({ 'a:1': one })() as Extract<FakeCommands, readonly unknown[]>),
    ]
  }

testModule(
  imageExport,
  { name: 'a:1', path: '/srv/a.tar' },
  {
    'writes an archive': {
      commands: exports('tar: /srv/a.tar: Cannot open\n', 2),
      runs: ['docker save --output /srv/a.tar a:1'],
      returns: {
        changed: true,
        images: [one],
      },
    },
    'leaves one that holds it': {
      commands: exports(JSON.stringify([{ Config: '1.json', RepoTags: ['a:1'] }])),
      returns: { changed: false, images: [one] },
    },
    'writes one that holds another': {
      args: { platform: 'linux/arm64' },
      commands: exports(JSON.stringify([{ Config: '2.json', RepoTags: ['a:1'] }])),
      runs: ['docker save --output /srv/a.tar --platform linux/arm64 a:1'],
    },
    'writes over what is no archive': {
      commands: exports('tar: This does not look like a tar archive\n', 2),
      changed: true,
    },
    'writes it when told to': {
      args: { force: true },
      commands: exports(JSON.stringify([{ Config: '1.json', RepoTags: ['a:1'] }])),
      changed: true,
      again: { changed: 'force writes it each time' },
    },
    'knows no such image': {
      args: { name: ['a:1', 'b'] },
      commands: exports('tar: /srv/a.tar: Cannot open\n', 2),
      fails: 'Image b:latest not found',
    },
    'wants an image': { args: { name: [] }, fails: 'At least one image name must be specified' },
  },
)

const platform = { Os: 'linux', Architecture: 'amd64' }

testModule(
  pull,
  { name: 'a', tag: '1' },
  {
    'pulls an image': {
      commands: daemon({}, now => {
        now['a:1'] = one
        return ''
      }),
      runs: ['docker pull a:1'],
      diff: { before: { exists: false }, after: { id: 'sha256:1' } },
      returns: { changed: true, actions: ['Pulled image a:1'], image: one },
      // What the registry has, it tells only when it is asked.
      trips: 3,
    },
    'leaves one that is there': {
      args: { pull: 'not_present' },
      commands: daemon({ 'a:1': one }),
      changed: false,
      diff: { before: { id: 'sha256:1' }, after: { id: 'sha256:1' } },
    },
    'replaces one for another platform': {
      args: { pull: 'not_present', platform: 'linux/arm64' },
      commands: daemon({ 'a:1': { ...one, ...platform } as never }, now => {
        now['a:1'] = { ...image('2'), Os: 'linux', Architecture: 'arm64' } as never
        return ''
      }),
      runs: ['docker pull --platform linux/arm64 a:1'],
      changed: true,
    },
    'leaves one for this platform': {
      args: { pull: 'not_present', platform: 'linux/amd64' },
      commands: daemon({ 'a:1': { ...one, ...platform } as never }),
      changed: false,
    },
    'pulls no id': { args: { name: `sha256:${hex}` }, fails: 'Cannot pull an image by ID' },
    'says what the registry says': {
      check: { differs: 'a rehearsal does not ask the registry' },
      commands: daemon({}, () => ({ rc: 1, stderr: 'manifest unknown\n' })),
      fails: 'Error pulling image a:1 - manifest unknown',
    },
  },
)

testModule(
  build,
  { name: 'a:1', path: '/srv/a' },
  {
    'builds with secrets, which no command line shows': {
      args: {
        secrets: [
          { id: 'f', type: 'file', src: '/root/f,1' },
          { id: 'e', type: 'env', env: 'TOKEN' },
          { id: 'v', type: 'value', value: 'hush' },
        ],
      },
      commands: daemon({}, now => {
        now['a:1'] = one
        return ''
      }),
      runs: [
        /^docker buildx build --progress plain --tag a:1 --secret '"id=f","type=file","src=\/root\/f,1"' --secret 'id=e,type=env,env=TOKEN' --secret 'id=v,type=env,env=UNDERSTUDY_SECRET_2' --load -- \/srv\/a$/,
      ],
      changed: true,
    },
    'builds for several destinations': {
      args: {
        outputs: [
          { type: 'tar', dest: '/srv/a.tar' },
          { type: 'docker', context: 'other' },
          { type: 'image', name: ['b:1', 'c:1'], push: true },
        ],
      },
      commands: daemon({}, now => {
        now['a:1'] = one
        return ''
      }),
      runs: [
        `docker buildx build --progress plain --output 'type=tar,dest=/srv/a.tar' --output 'type=docker,context=other' --output '"type=image","name=b:1,c:1","push=true"' --output 'type=image,name=a:1' -- /srv/a`,
      ],
    },
    'gives an image of the outputs its name': {
      args: { outputs: [{ type: 'image' }] },
      commands: daemon({}, now => {
        now['a:1'] = one
        return ''
      }),
      runs: [`docker buildx build --progress plain --output 'type=image,name=a:1' -- /srv/a`],
    },
    'wants what a secret needs': {
      args: { secrets: [{ id: 'f', type: 'file' }] },
      fails: 'type is file but all of the following are missing: src found in secrets',
    },
    'wants what an output needs': {
      args: { outputs: [{ type: 'local' }] },
      fails: 'type is local but all of the following are missing: dest found in outputs',
    },
    'builds no id': { args: { name: `sha256:${hex}` }, fails: /^Image name must not be a digest/ },
  },
)
