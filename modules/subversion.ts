import { defineModule, type ModuleResult } from '../engine/module/define.js'
import { quote, raw, sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'

export default defineModule({
  name: 'ansible.builtin.subversion',
  summary: 'Check out subversion repositories',
  check: 'full',
  args: {
    repo: { type: 'str', required: true, aliases: ['name', 'repository'], summary: 'where to check out from' },
    dest: { type: 'path', summary: 'directory of the working copy' },
    revision: { type: 'str', default: 'HEAD', aliases: ['rev', 'version'], summary: 'which revision' },
    checkout: { type: 'bool', default: true, summary: 'check out what is not there' },
    update: { type: 'bool', default: true, summary: 'update what is there' },
    export: { type: 'bool', default: false, summary: 'files without a working copy' },
    switch: { type: 'bool', default: true, summary: 'switch to repo before updating' },
    force: { type: 'bool', default: false, summary: 'throw local changes away' },
    in_place: { type: 'bool', default: false, summary: 'check out over what is there' },
    username: { type: 'str', summary: 'user' },
    password: { type: 'str', noLog: true, summary: 'password' },
    validate_certs: { type: 'bool', default: false, summary: 'check the certificate of the server' },
    executable: { type: 'path', summary: 'svn to use' },
  },
  returns: { before: 'revision and address before', after: 'revision and address after' },
  examples: `
- ansible.builtin.subversion:
    repo: svn+ssh://an.example.org/path/to/repo
    dest: /src/checkout
`,

  async run({ args, remote, fail }) {
    const { repo, dest, revision } = args
    if (dest === undefined && (args.checkout || args.update || args.export))
      return fail('the destination directory must be specified unless checkout=no, update=no, and export=no')
    const at = dest ?? ''
    const svn = [
      args.executable ?? 'svn',
      '--non-interactive',
      '--no-auth-cache',
      ...(args.validate_certs ? [] : ['--trust-server-cert']),
      ...(args.username === undefined ? [] : ['--username', args.username]),
    ]
    const secret = args.password === undefined ? '' : ' --password-from-stdin'
    // The password is given on standard input, so that no process list shows it.
    const run = async (words: readonly string[], why: string, look: boolean) => {
      const done = await remote.exec({
        shell: sh`LC_ALL=C; export LC_ALL; command -v ${svn[0]!} >/dev/null || exit 91; ${svn}${raw(secret)} ${words}`,
        ...(args.password === undefined ? {} : { stdin: args.password }),
        why,
        changes: !look,
        inCheckMode: look,
      })
      if (done.rc === 91) await missingProgram({ remote, fail }, svn[0]!)
      return done
    }
    const infoOf = (said: string) => {
      const line = (name: string) => new RegExp(`^${name}: .*$`, 'm').exec(said)?.[0]
      return {
        revision: line('Revision') ?? 'Unable to get revision',
        url: line('URL') ?? 'Unable to get URL',
      }
    }
    const info = async (target: string) => infoOf((await run(['info', target], `look at ${target}`, true)).stdout)
    const act = async (words: string[], why: string) => {
      const done = await run(words, why, false)
      const { rc, stdout, stderr } = done
      if (rc !== 0) fail(stderr.trim(), { rc, cmd: [...svn, ...words].map(quote).join(' '), stdout, stderr })
      return done
    }
    const force = args.force ? ['--force'] : []

    if (!args.checkout && !args.update && !args.export) return { changed: false, after: (await info(repo)).revision }
    if (args.export) {
      if (!remote.checkMode) await act(['export', ...force, '-r', revision, repo, at], `export ${repo}`)
      return { changed: true }
    }
    const seen = await look()
    if (!seen.exists) {
      if (remote.checkMode) return { changed: true }
      return args.checkout ? checkOut(force) : { changed: false }
    }
    if (seen.copy === undefined) {
      if (!args.in_place) fail(`ERROR: ${at} folder already exists, but its not a subversion repository.`)
      return remote.checkMode ? { changed: true } : checkOut(['--force'])
    }
    if (!args.update) return { changed: false }
    const before = infoOf(seen.copy)
    const dirty = seen.status.split('\n').some(line => /^[^?X\s]/.test(line))
    if (dirty && !args.force) fail('ERROR: modified files exist in the repository.')
    const wanted = /^Revision: .*$/m.exec(seen.offered)?.[0] ?? before.revision
    const switching = args.switch && before.url !== `URL: ${repo.replace(/\/+$/, '')}`
    if (wanted === before.revision && !switching && !dirty)
      return { changed: false, before: [before.revision, before.url], after: [before.revision, before.url] }
    if (remote.checkMode)
      return { changed: true, before: [before.revision, before.url], after: [wanted, `URL: ${repo}`] }
    if (dirty) await act(['revert', '-R', at], `throw away local changes of ${at}`)
    if (switching) await act(['switch', '--revision', revision, repo, at], `switch ${at} to ${repo}`)
    await act(['update', '-r', revision, at], `update ${at}`)
    const after = await info(at)
    return {
      changed: before.revision !== after.revision || before.url !== after.url || dirty,
      before: [before.revision, before.url],
      after: [after.revision, after.url],
    }

    /** The working copy, its local changes and what the repository offers, at once. */
    async function look() {
      const done = await remote.exec({
        shell: sh`LC_ALL=C; export LC_ALL; command -v ${svn[0]!} >/dev/null || exit 91; [ -e ${at} ] || exit 92
p=; ${raw(secret && 'IFS= read -r p')}
ask() { printf '%s' "$p" | ${svn}${raw(secret)} "$@" 2>/dev/null; }
ask info ${at} || exit 93
${raw(args.update ? '' : 'exit')}
echo //; ask status --quiet --ignore-externals ${at}; echo //; ask info -r ${revision} ${repo}; :`,
        ...(args.password === undefined ? {} : { stdin: `${args.password}\n` }),
        why: `look at ${at}`,
        changes: false,
        inCheckMode: true,
      })
      if (done.rc === 91) await missingProgram({ remote, fail }, svn[0]!)
      const [copy = '', status = '', offered = ''] = done.stdout.split(/^\/\/$/m)
      return { exists: done.rc !== 92, copy: done.rc === 93 ? undefined : copy, status, offered }
    }

    async function checkOut(force: readonly string[]): Promise<ModuleResult> {
      await act(['checkout', ...force, '-r', revision, repo, at], `check out ${repo}`)
      const fresh = await info(at)
      return { changed: true, before: null, after: [fresh.revision, fresh.url] }
    }
  },
})
