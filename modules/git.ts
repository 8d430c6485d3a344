import { posix } from 'node:path'
import type { ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { pyRepr } from '../engine/python/repr.js'
import type { Json } from '../engine/python/values.js'
import { quote, quoteAll, raw, sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'
import { type Checkout, checkoutState, gitEnvironment, remoteVersion } from './vcs/checkout.js'

const args = {
  repo: { type: 'str', required: true, aliases: ['name'], summary: 'where to clone from' },
  // Required, but with its own error text.
  dest: { type: 'path', summary: 'directory of the clone' },
  version: { type: 'str', default: 'HEAD', summary: 'branch, tag or commit' },
  remote: { type: 'str', default: 'origin', summary: 'name of the remote' },
  force: { type: 'bool', default: false, summary: 'throw local changes away' },
  clone: { type: 'bool', default: true, summary: 'clone what is not there' },
  update: { type: 'bool', default: true, summary: 'update what is there' },
  depth: { type: 'int', summary: 'how many commits to fetch' },
  single_branch: { type: 'bool', default: false, summary: 'fetch only one branch' },
  bare: { type: 'bool', default: false, summary: 'a repository without files' },
  recursive: { type: 'bool', default: true, summary: 'submodules, too' },
  track_submodules: { type: 'bool', default: false, summary: 'submodules follow their branch' },
  reference: { type: 'str', summary: 'local repository to take objects from' },
  refspec: { type: 'str', summary: 'what more to fetch' },
  separate_git_dir: { type: 'path', summary: 'where to keep the repository, apart from the files' },
  executable: { type: 'path', summary: 'git to use' },
  umask: { type: 'raw', summary: 'umask while git runs' },
  verify_commit: { type: 'bool', default: false, summary: 'check the signature of the commit' },
  gpg_whitelist: {
    type: 'list',
    elements: 'str',
    default: [],
    aliases: ['gpg_allowlist'],
    summary: 'fingerprints to trust',
  },
  key_file: { type: 'path', summary: 'private key for ssh' },
  ssh_opts: { type: 'str', summary: 'more options for ssh' },
  accept_hostkey: { type: 'bool', default: false, summary: 'trust the key of any server' },
  accept_newhostkey: { type: 'bool', default: false, summary: 'trust the key of a new server' },
  archive: { type: 'path', summary: 'archive to make of the version' },
  archive_prefix: { type: 'str', summary: 'directory within the archive' },
} as const
export type GitArgs = Omit<ArgsOf<typeof args>, 'dest'> & { readonly dest: string }
type Context = Omit<ModuleContext<unknown>, 'args'> & { readonly args: GitArgs }

export default defineModule({
  name: 'ansible.builtin.git',
  summary: 'Check out git repositories on hosts',
  check: 'full',
  args,
  rules: {
    exclusive: [
      ['separate_git_dir', 'bare'],
      ['accept_hostkey', 'accept_newhostkey'],
    ],
    requiredBy: { archive_prefix: ['archive'] },
  },
  returns: {
    before: 'commit before',
    after: 'commit after',
    submodules_changed: 'true when submodules were brought or changed',
    remote_url_changed: 'whether the remote’s address was changed',
  },
  examples: `
- ansible.builtin.git:
    repo: https://github.com/ansible/ansible-examples.git
    dest: /src/ansible-examples
    version: release-0.22
`,

  async run(given) {
    const { remote, fail } = given
    const { dest = '', repo, clone } = given.args
    if (dest === '' && clone) fail('the destination directory must be specified unless clone=no')
    const { umask, archive } = given.args
    if (umask !== undefined && umask !== null) {
      if (typeof umask !== 'string') return fail('umask must be defined as a quoted octal integer')
      if (!/^\s*(?:0o)?[0-7]+\s*$/i.test(umask))
        fail('umask must be an octal integer', {
          details: `invalid literal for int() with base 8: ${pyRepr(umask)}`,
        })
    }
    if (archive !== undefined && !remote.checkMode && !/\.(?:tar|tar\.gz|zip|tgz)$/.test(archive))
      fail(`Unable to get file extension from archive file name : ${archive}`, {
        details:
          "Please specify archive as filename with extension. File extension can be one of ['tar', 'tar.gz', 'zip', 'tgz']",
      })
    // As a path it would be copied by links, and `depth` ignored.
    const args = { ...given.args, dest, repo: repo.startsWith('/') ? `file://${repo}` : repo }
    const context: Context = { ...given, args }
    const seen = await remote.query(checkoutState(args))
    if (!seen.git) await missingProgram({ remote, fail }, 'git')

    if (!seen.exists) {
      const after = remoteVersion(seen, args)
      if (remote.checkMode || !args.clone) {
        reachable(context, seen)
        remote.changed(`clone ${shownUrl(args.repo)}`)
        return {
          changed: true,
          before: null,
          after: after ?? args.version,
          ...newlyOut(after ?? args.version, context),
        }
      }
      reachable(context, seen)
      const { head, ...more } = await act(context, [
        ...cloneSteps(args, seen),
        ...checkoutSteps(args, seen),
        ...laterSteps(args),
      ])
      return { changed: true, before: null, after: head, ...more, ...newlyOut(head, context) }
    }

    const before = seen.head ?? null
    const moved = await relocated(context, seen)
    if (!args.update) return { changed: moved !== undefined, before, after: before, ...moved }
    if (seen.dirty && !args.force)
      fail(`Local modifications exist in the destination: ${args.dest} (force=no).`, { before, ...moved })
    const local =
      seen.dirty && !remote.checkMode ? { msg: `Local modifications exist in the destination: ${args.dest}` } : {}
    reachable(context, seen)
    const wanted = remoteVersion(seen, args)
    const remote_url_changed = seen.url !== undefined && trimmed(seen.url) !== trimmed(args.repo)
    const settled =
      wanted !== undefined &&
      wanted === seen.head &&
      !seen.dirty &&
      !seen.submodulesDiffer &&
      !remote_url_changed &&
      seen.onVersion
    if (settled && args.archive === undefined && !args.verify_commit && !args.track_submodules)
      return { changed: moved !== undefined, before, after: before, remote_url_changed, ...moved }
    if (remote.checkMode) {
      const after = wanted ?? null
      return {
        changed: before !== after || remote_url_changed || seen.dirty || moved !== undefined,
        before,
        after,
        remote_url_changed,
      }
    }

    const { head: after, ...more } = await act(context, [
      ...(seen.dirty ? [step(['reset', '--hard', 'HEAD'], 'Failed to reset')] : []),
      ...(remote_url_changed
        ? [step(['remote', 'set-url', args.remote, args.repo], 'Failed to set the remote’s url')]
        : []),
      ...fetchSteps(args, seen),
      ...checkoutSteps(args, seen),
      ...laterSteps(args),
    ])
    const changed = before !== after || seen.dirty || remote_url_changed || seen.submodulesDiffer || moved !== undefined
    const diff = remote.diffMode && before !== after ? await diffBetween(context, before, after) : {}
    return { changed, before, after, remote_url_changed, ...more, ...local, ...moved, ...diff }
  },
})

/** Moves the repository of a checkout to `separate_git_dir`, where it is elsewhere. */
async function relocated({ args, remote, fail }: Context, { gitDirectory, separate }: Checkout) {
  const wanted = args.separate_git_dir
  if (wanted === undefined || args.bare || gitDirectory === undefined || separate === gitDirectory) return undefined
  if (separate !== undefined) fail(`Separate-git-dir path ${wanted} already exists.`)
  const done = await remote.exec({
    shell: sh`mkdir -p -- ${posix.dirname(wanted)} && mv -- ${gitDirectory} ${wanted} && printf 'gitdir: %s\\n' ${wanted} >${posix.join(args.dest, '.git')}`,
    why: `move the repository to ${wanted}`,
  })
  if (done.rc !== 0) fail('Unable to move git dir.', { details: done.stderr.trim() })
  return remote.checkMode ? {} : { git_dir_before: gitDirectory, git_dir_now: wanted }
}

interface Step {
  /** Shell text, run in dest. */
  readonly text: string
  /** What to say when it fails; without it, what git says. */
  readonly msg?: string
}
const step = (words: readonly string[], msg?: string): Step => ({
  text: `git ${quoteAll(words)}`,
  ...(msg ? { msg } : {}),
})
const trimmed = (url: string) => url.replace(/\/+$/, '').replace(/^file:\/\//, '')
const shownUrl = (url: string) => url.replace(/^([a-z]+:\/\/)[^/@]*:[^/@]*@/i, '$1')
const newlyOut = (commit: string | null, { remote }: Context): { diff?: Json } =>
  remote.diffMode && commit !== null ? { diff: { prepared: `>> Newly checked out ${commit}` } } : {}

/** What the commits between make different. */
async function diffBetween({ args, remote }: Context, before: string | null, after: string | null) {
  const { setup } = gitEnvironment(args)
  return remote.query({
    command: sh`${raw(setup)}
cd ${args.dest} && git diff ${before ?? ''} ${after ?? ''}; rm -f "$wrapper"`,
    parse: (stdout): { diff?: Json } => (stdout ? { diff: { prepared: stdout } } : {}),
  })
}

/** Fails as Ansible's ls-remote does when the repository cannot be asked. */
function reachable({ args, fail }: Context, { lsRemote }: Checkout): void {
  if (lsRemote.rc === 0 || /^[0-9a-f]{40}$/i.test(args.version)) return
  const { rc, stderr } = lsRemote
  fail(stderr.trim() || `Could not read ${shownUrl(args.repo)}`, {
    cmd: `git ls-remote ${shownUrl(args.repo)}`,
    rc,
    stdout: '',
    stderr,
  })
}

function cloneSteps(args: GitArgs, seen: Checkout): Step[] {
  const { version, depth, refspec } = args
  const named = seen.isBranch || seen.isTag
  const shallow = depth !== undefined && (version === 'HEAD' || named || refspec !== undefined)
  const words = [
    'clone',
    ...(args.bare ? ['--bare'] : ['--origin', args.remote]),
    ...(shallow ? ['--depth', String(depth)] : []),
    ...((shallow || args.single_branch) && named && refspec === undefined ? ['--branch', version] : []),
    ...(args.reference ? ['--reference', args.reference] : []),
    ...(args.single_branch ? ['--single-branch'] : []),
    ...(args.separate_git_dir ? [`--separate-git-dir=${args.separate_git_dir}`] : []),
    '--',
    args.repo,
    args.dest,
  ]
  return [
    { text: `mkdir -p -- ${quote(posix.dirname(args.dest))}` },
    { text: `git ${quoteAll(words)} && cd ${quote(args.dest)}` },
    ...(args.bare && args.remote !== 'origin' ? [step(['remote', 'add', args.remote, args.repo])] : []),
    ...(refspec ? [step(['fetch', ...(depth ? ['--depth', String(depth)] : []), args.remote, refspec])] : []),
  ]
}

function fetchSteps({ remote, refspec, depth, force, bare }: GitArgs, { isBranch, isTag }: Checkout): Step[] {
  const shallow = depth !== undefined && (isBranch || isTag) ? ['--depth', String(depth)] : []
  const specs = bare ? ['+refs/heads/*:refs/heads/*'] : []
  return [
    step(
      ['fetch', ...shallow, '--tags', ...(force ? ['--force'] : []), remote, ...specs],
      'Failed to download remote objects and refs',
    ),
    ...(bare ? [] : [step(['fetch', ...shallow, remote], 'Failed to download remote objects and refs')]),
    ...(refspec ? [step(['fetch', ...shallow, remote, refspec], 'Failed to download remote objects and refs')] : []),
  ]
}

/** Puts the files at the version: a branch is followed, a tag or commit is detached. */
function checkoutSteps({ bare, version, remote }: GitArgs, { isBranch }: Checkout): Step[] {
  if (bare) return []
  if (version === 'HEAD') {
    return [
      {
        text: `b=$(git symbolic-ref -q --short HEAD) || { b=$(git symbolic-ref -q --short refs/remotes/${quote(remote)}/HEAD) && b=\${b#*/}; } && git checkout --force "$b" -- && if git rev-parse -q --verify ${quote(`refs/remotes/${remote}/`)}"$b" >/dev/null; then git reset --hard ${quote(`${remote}/`)}"$b" --; fi`,
        msg: 'Failed to checkout branch HEAD',
      },
    ]
  }
  if (isBranch) {
    const there = `${remote}/${version}`
    return [
      {
        text: `git rev-parse -q --verify ${quote(`refs/remotes/${there}`)} >/dev/null || git fetch ${quoteAll([remote, `+refs/heads/${version}:refs/remotes/${there}`])}; if git rev-parse -q --verify ${quote(`refs/heads/${version}`)} >/dev/null; then git checkout --force ${quote(version)} -- && git reset --hard ${quote(there)} --; else git checkout --force --track -b ${quoteAll([version, there])} --; fi`,
        msg: `Failed to checkout branch ${version}`,
      },
    ]
  }
  return [
    {
      text: `git rev-parse -q --verify ${quote(`${version}^{commit}`)} >/dev/null || git fetch ${quoteAll([remote, version])} >/dev/null 2>&1; git checkout --force ${quote(version)}`,
      msg: `Failed to checkout ${version}`,
    },
  ]
}

function laterSteps(args: GitArgs): Step[] {
  const steps: Step[] = []
  if (args.verify_commit) {
    const trusted = args.gpg_whitelist.length > 0 ? ` | grep -Eq ${quote(args.gpg_whitelist.join('|'))}` : ''
    steps.push({
      text: trusted ? `git verify-commit --raw HEAD 2>&1${trusted}` : 'git verify-commit HEAD',
      msg: 'Failed to verify GPG signature of commit/tag',
    })
  }
  if (args.recursive && !args.bare) {
    const track = args.track_submodules ? ' --remote' : ''
    const update = `git submodule update --init --recursive${track}${args.force ? ' --force' : ''}`
    steps.push({
      text: `if [ -f .gitmodules ]; then git submodule status --recursive | grep -q '^[-+U]' && sm=y; git submodule sync --quiet && ${update}; fi`,
      msg: 'Failed to init/update submodules',
    })
  }
  if (args.archive !== undefined) {
    const format = /\.tar\.gz$|\.tgz$/.test(args.archive) ? 'tar.gz' : /\.zip$/.test(args.archive) ? 'zip' : 'tar'
    const prefix = args.archive_prefix === undefined ? [] : [`--prefix=${args.archive_prefix.replace(/\/?$/, '/')}`]
    steps.push(
      step(
        ['archive', `--format=${format}`, ...prefix, `--output=${args.archive}`, args.version],
        `Failed to perform archive operation`,
      ),
    )
  }
  return steps
}

/** Runs the steps one after another in one go; answers the commit that is checked out then. */
async function act(
  { args, remote, fail }: Context,
  steps: readonly Step[],
): Promise<{ head: string | null; submodules_changed?: true }> {
  const { setup, mask } = gitEnvironment(args)
  const text = steps.map(
    ({ text }, index) =>
      `{ ${text}; } >"$o" 2>"$e" || { rc=$?; cat "$o"; cat "$e" >&2; echo "//step ${index}"; exit $rc; }`,
  )
  const done = await remote.exec({
    shell: `${mask}${setup}
sm= o=$(mktemp) e=$(mktemp) || exit; trap 'rm -f "$o" "$e" "$wrapper"' EXIT
if [ -d ${quote(args.dest)} ]; then cd ${quote(args.dest)} || exit; fi
${text.join('\n')}
cd ${quote(args.dest)} && echo "//head $(git rev-parse HEAD)" && { [ -z "$sm" ] || echo //submodules; }`,
    why: `check out ${args.version} of ${shownUrl(args.repo)}`,
    changes: false,
  })
  if (done.rc !== 0) {
    const failed = steps[Number(/^\/\/step (\d+)$/m.exec(done.stdout)?.[1] ?? -1)]
    const stdout = done.stdout.replace(/^\/\/step \d+\n?/m, '')
    fail(failed?.msg ?? done.stderr.trim(), { rc: done.rc, stdout, stderr: done.stderr, cmd: failed?.text ?? 'git' })
  }
  const head = /^\/\/head (\S+)/m.exec(done.stdout)?.[1] ?? null
  return { head, ...(/^\/\/submodules$/m.test(done.stdout) ? { submodules_changed: true } : {}) }
}
