import { quote, raw, sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'
import type { GitArgs } from '../git.js'

export interface Checkout {
  readonly git: boolean
  readonly exists: boolean
  readonly head: string | undefined
  readonly dirty: boolean
  readonly url: string | undefined
  /** The branch that is checked out; undefined when detached. */
  readonly branch: string | undefined
  /** True when what is checked out is the version by name, too (a branch is on that branch). */
  readonly onVersion: boolean
  readonly submodulesDiffer: boolean
  /** Where the repository of the checkout is. */
  readonly gitDirectory: string | undefined
  /** `separate_git_dir`, without links; undefined when nothing is there. */
  readonly separate: string | undefined
  readonly isBranch: boolean
  readonly isTag: boolean
  readonly refs: ReadonlyMap<string, string>
  readonly lsRemote: { readonly rc: number; readonly stderr: string }
}

/** Shell text before git runs: which git, how it calls ssh, and the umask. */
export function gitEnvironment(args: GitArgs): { setup: string; mask: string } {
  const { key_file, ssh_opts, accept_hostkey, accept_newhostkey, executable, umask } = args
  const options = [
    '-o BatchMode=yes',
    ...(accept_hostkey ? ['-o StrictHostKeyChecking=no'] : []),
    ...(accept_newhostkey ? ['-o StrictHostKeyChecking=accept-new'] : []),
    ...(key_file ? [`-i ${quote(key_file)} -o IdentitiesOnly=yes`] : []),
    ...(ssh_opts ? [ssh_opts] : []),
  ].join(' ')
  // A wrapper, because git before 2.3 (EL7) does not know GIT_SSH_COMMAND.
  const wrapper = `wrapper=$(mktemp) && { echo '#!/bin/sh'; echo ${quote(`exec ssh ${options} "$@"`)}; } >"$wrapper" && chmod 700 "$wrapper"; export GIT_SSH="$wrapper" GIT_TERMINAL_PROMPT=0; unset GIT_SSH_COMMAND`
  const own = executable ? `\ngit() { command ${quote(executable)} "$@"; }` : ''
  const mode =
    umask === undefined || umask === null ? '' : typeof umask === 'number' ? umask.toString(8) : String(umask)
  return { setup: `${wrapper}${own}`, mask: mode ? `umask ${quote(mode)}\n` : '' }
}

/** Shell text that tells where the repository is and what is at `separate_git_dir`; both without links. */
const separateGitDirectory = ({ separate_git_dir: wanted, bare }: GitArgs): string =>
  wanted === undefined || bare
    ? ':'
    : sh`echo "gitdir $(cd "$(git rev-parse --git-dir)" && pwd -P)"
  if cd ${wanted} 2>/dev/null; then echo "separate $(pwd -P)"; elif [ -e ${wanted} ]; then echo "separate" ${wanted}; fi`

/** What is there, and what the remote offers: one look, though git asks the network. */
export const checkoutState = (args: GitArgs): Query<Checkout> => ({
  command: sh`${raw(gitEnvironment(args).setup)}
command -v git >/dev/null 2>&1 || { rm -f "$wrapper"; echo "git no"; exit 0; }
d=${args.dest}
if [ -d "$d" ] && cd "$d" && ${raw(args.bare ? '[ -f config ] && [ -d objects ]' : '[ -e .git ]')}; then
  echo "exists yes"
  echo "head $(git rev-parse -q --verify HEAD 2>/dev/null)"
  echo "branch $(git symbolic-ref -q --short HEAD 2>/dev/null)"
  echo "url $(git config --get ${`remote.${args.remote}.url`} 2>/dev/null)"
  [ -e .git ] && git status --porcelain 2>/dev/null | grep -v '^??' | head -n 1 | sed 's/^/dirty /'
  [ -f .gitmodules ] && git submodule status --recursive 2>/dev/null | grep '^[-+U]' | head -n 1 | sed 's/^/submodule /'
  ${raw(separateGitDirectory(args))}
  cd /
fi
e=$(mktemp)
echo //refs
git ls-remote ${args.repo} 2>"$e"; echo "//rc $?"
cat "$e"; rm -f "$e" "$wrapper"`,
  parse(stdout) {
    const [look = '', offered = ''] = stdout.split(/^\/\/refs\n/m)
    const [list = '', ended = ''] = offered.split(/^\/\/rc /m)
    const said = (name: string) => new RegExp(`^${name} (.+)$`, 'm').exec(look)?.[1]
    const refs = new Map(
      list
        .split('\n')
        .flatMap(line => (/^[0-9a-f]{40,}\t/.test(line) ? [line.split('\t').reverse() as [string, string]] : [])),
    )
    const branch = said('branch')
    const isBranch = refs.has(`refs/heads/${args.version}`)
    return {
      git: said('git') !== 'no',
      exists: said('exists') === 'yes',
      head: said('head'),
      dirty: said('dirty') !== undefined,
      url: said('url'),
      branch,
      onVersion: args.bare || args.version === 'HEAD' || !isBranch || branch === args.version,
      submodulesDiffer: args.recursive && said('submodule') !== undefined,
      gitDirectory: said('gitdir'),
      separate: said('separate'),
      isBranch,
      isTag: refs.has(`refs/tags/${args.version}`),
      refs,
      lsRemote: { rc: Number.parseInt(ended, 10) || 0, stderr: ended.slice(ended.indexOf('\n') + 1) },
    }
  },
})

/** The commit that the version means at the remote; undefined when it does not offer it. */
export function remoteVersion({ refs, branch, exists }: Checkout, { version, bare }: GitArgs): string | undefined {
  if (version === 'HEAD') return (exists && !bare && branch && refs.get(`refs/heads/${branch}`)) || refs.get('HEAD')
  if (/^[0-9a-f]{40}$/i.test(version)) return version.toLowerCase()
  return (
    refs.get(`refs/heads/${version}`) ??
    refs.get(`refs/tags/${version}^{}`) ??
    refs.get(`refs/tags/${version}`) ??
    refs.get(version)
  )
}
