import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hostFor, play, testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import subversion from './subversion.js'

const trunk = 'file:///srv/repo/trunk'
const info = (revision: number, url = trunk) => `Path: co\nURL: ${url}\nRevision: ${revision}\nNode Kind: directory\n`

interface Copy {
  readonly url?: string
  readonly revision: number
  /** What `svn status` prints. */
  readonly status?: string
}

/** A working copy (or `undefined`, or a folder that is none), and a repository at revision 2 with what each verb of svn leaves. */
const svn =
  (before: Copy | 'folder' | undefined, after: { readonly [verb: string]: Copy | undefined } = {}) =>
  (): FakeCommands => {
    let copy = before
    return [
      [
        / exit 92\n/,
        () => {
          if (copy === undefined) return { rc: 92 }
          if (copy === 'folder') return { rc: 93 }
          return `${info(copy.revision, copy.url)}//\n${copy.status ?? ''}//\n${info(2)}`
        },
      ],
      [/ info \/srv\/co$/, () => (typeof copy === 'object' ? info(copy.revision, copy.url) : { rc: 1 })],
      [/ info file:/, () => info(2)],
      [
        / (checkout|update|switch|revert|export) -/,
        ({ text }) => {
          const verb = / (checkout|update|switch|revert|export) -/.exec(text)![1]!
          if (verb in after) copy = after[verb]
          return ''
        },
      ],
    ]
  }
const verb = (words: string) => new RegExp(` ${words.replaceAll('/', '\\/')}$`)

testModule(
  subversion,
  { repo: trunk, dest: '/srv/co' },
  {
    'checks out': {
      commands: svn(undefined, { checkout: { revision: 2 } }),
      runs: [/^LC_ALL=C/, verb(`checkout -r HEAD ${trunk} /srv/co`), verb('info /srv/co')],
      returns: { changed: true, before: null, after: ['Revision: 2', `URL: ${trunk}`] },
      foretells: { changed: true },
    },
    'leaves what is at this revision': {
      commands: svn({ revision: 2 }),
      returns: {
        changed: false,
        before: ['Revision: 2', `URL: ${trunk}`],
        after: ['Revision: 2', `URL: ${trunk}`],
      },
    },
    'leaves what has files that are not versioned': {
      commands: svn({ revision: 2, status: '?       mine\nX       other\n' }),
      changed: false,
    },
    updates: {
      commands: svn({ revision: 1 }, { update: { revision: 2 } }),
      runs: [/^LC_ALL=C/, verb('update -r HEAD /srv/co'), verb('info /srv/co')],
      returns: { before: ['Revision: 1', `URL: ${trunk}`], after: ['Revision: 2', `URL: ${trunk}`] },
      changed: true,
    },
    'leaves an old revision where updates are off': {
      args: { update: false },
      commands: svn({ revision: 1 }),
      changed: false,
    },
    'switches to another place of the repository': {
      commands: svn({ revision: 2, url: 'file:///srv/repo/old' }, { switch: { revision: 2 } }),
      runs: [/^LC_ALL=C/, verb(`switch --revision HEAD ${trunk} /srv/co`), verb('update -r HEAD /srv/co'), /info/],
      changed: true,
    },
    'does not touch local changes': {
      commands: svn({ revision: 2, status: 'M       a\n' }),
      fails: 'ERROR: modified files exist in the repository.',
    },
    'throws local changes away when told to': {
      args: { force: true },
      commands: svn({ revision: 2, status: 'M       a\n' }, { revert: { revision: 2 } }),
      runs: [/^LC_ALL=C/, verb('revert -R /srv/co'), verb('update -r HEAD /srv/co'), /info/],
      changed: true,
    },
    'gives the password on standard input alone': {
      args: { username: 'me', password: 's3cret' },
      commands: () => [
        [/s3cret/, { rc: 1, stderr: 'in the process list' }],
        [call => call.stdin.trim() !== 's3cret', { rc: 1, stderr: 'no password' }],
        ...(svn({ revision: 1 }, { update: { revision: 2 } })() as [RegExp, string][]),
      ],
      runs: [
        / --username me --password-from-stdin "\$@"/,
        / --password-from-stdin update /,
        / --password-from-stdin info /,
      ],
    },
    exports: {
      args: { export: true, force: true },
      commands: svn(undefined),
      runs: [verb(`export --force -r HEAD ${trunk} /srv/co`)],
      changed: true,
      again: { changed: 'an export does not say of which revision it is' },
    },
    'only asks': {
      args: { checkout: false, update: false },
      commands: svn(undefined),
      returns: { changed: false, after: 'Revision: 2' },
    },
    'does not take a folder that is no working copy': {
      commands: svn('folder'),
      fails: 'ERROR: /srv/co folder already exists, but its not a subversion repository.',
    },
    'checks out over a folder when told to': {
      args: { in_place: true },
      commands: svn('folder', { checkout: { revision: 2 } }),
      runs: [/^LC_ALL=C/, verb(`checkout --force -r HEAD ${trunk} /srv/co`), /info/],
    },
    'says what svn says': {
      commands: [
        [/ exit 92\n/, { rc: 92 }],
        [/ checkout /, { rc: 1, stderr: `svn: E170000: URL '${trunk}' doesn't exist\n` }],
      ],
      fails: `svn: E170000: URL '${trunk}' doesn't exist`,
      returns: { rc: 1 },
    },
    'needs svn': {
      commands: { 'LC_ALL=C*': { rc: 91 } },
      fails: /^Failed to find required executable "svn" in paths: /,
    },
  },
)

test('a shell that looks gives each svn the password, on standard input', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'understudy-svn-'))
  try {
    mkdirSync(join(dir, 'co'))
    const program = `#!/bin/sh
printf '%s <%s>\\n' "$*" "$(cat)" >>${dir}/log
case "$*" in
*' status '*) echo 'M       a' ;;
*' info -r'*) printf 'URL: ${trunk}\\nRevision: 2\\n' ;;
*' info '*) printf 'URL: ${trunk}\\nRevision: 1\\n' ;;
esac
`
    writeFileSync(join(dir, 'svn'), program, { mode: 0o755 })
    const one = {
      args: { repo: trunk, dest: join(dir, 'co'), executable: join(dir, 'svn'), password: "s3 'cret$x", force: true },
      commands: {
        '*': ({ text, stdin }: { text: string; stdin: string }) => {
          const { status, stdout, stderr } = spawnSync('sh', ['-c', text], { input: stdin })
          return { rc: status ?? 1, stdout: stdout.toString(), stderr: stderr.toString() }
        },
      },
    }
    const { result } = await play(subversion, one, hostFor(one), { checkMode: true })
    expect(result).toMatchObject({
      changed: true,
      before: ['Revision: 1', `URL: ${trunk}`],
      after: ['Revision: 2', `URL: ${trunk}`],
    })
    const calls = readFileSync(join(dir, 'log'), 'utf8').trim().split('\n')
    expect(calls).toHaveLength(3)
    for (const call of calls) expect(call).toMatch(/--password-from-stdin .* <s3 'cret\$x>$/)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
