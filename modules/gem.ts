import { posix } from 'node:path'
import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { escapeRegExp } from '../engine/python/regexp.js'
import { quoteAll, raw, sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'

const args = {
  name: { type: 'str', required: true, summary: 'the gem' },
  state: { type: 'str', choices: ['present', 'absent', 'latest'], default: 'present', summary: 'how it should be' },
  version: { type: 'str', summary: 'version' },
  gem_source: { type: 'path', summary: 'file to install from' },
  repository: { type: 'str', aliases: ['source'], summary: 'repository to install from' },
  executable: { type: 'path', summary: 'the program gem' },
  user_install: { type: 'bool', default: true, summary: "install for the user's own account" },
  override_platform_install_dir: {
    type: 'bool',
    default: false,
    summary: "name the user's own directory, where the platform sets another by itself",
  },
  install_dir: { type: 'path', summary: 'directory to install in' },
  bindir: { type: 'path', summary: 'directory for programs' },
  norc: { type: 'bool', default: true, summary: 'read no .gemrc' },
  env_shebang: { type: 'bool', default: false, summary: 'programs start with /usr/bin/env' },
  pre_release: { type: 'bool', default: false, summary: 'also versions before a release' },
  include_dependencies: { type: 'bool', default: true, summary: 'also what it needs' },
  include_doc: { type: 'bool', default: false, summary: 'also its documentation' },
  build_flags: { type: 'str', summary: 'flags to build with' },
  force: { type: 'bool', default: false, summary: 'whatever the dependencies say' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.gem',
  summary: 'Gems of Ruby',
  check: 'full',
  args,
  rules: {
    exclusive: [
      ['gem_source', 'repository'],
      ['gem_source', 'version'],
    ],
  },
  returns: { name: 'the gem', state: 'as asked', version: 'as asked' },
  examples: `
- name: Install a gem
  community.general.gem:
    name: vagrant
    version: 1.0
    state: present
    user_install: false
`,

  async run({ args, remote, fail }) {
    const { name, state, version } = args
    if (version && state === 'latest') fail('Cannot specify version when state=latest')
    if (args.gem_source && state === 'latest') fail('Cannot maintain state=latest when installing from local source')
    if (args.user_install && args.install_dir) fail('install_dir requires user_install=false')
    const named = args.override_platform_install_dir
    if (named && !args.user_install) fail('override_platform_install_dir requires user_install=true')
    const gem = args.executable ? args.executable.split(' ') : ['gem']
    const environment: { readonly [name: string]: string } = args.install_dir ? { GEM_HOME: args.install_dir } : {}
    const asked = raw(args.install_dir ? sh`GEM_HOME=${args.install_dir} ${gem}` : quoteAll(gem))
    const norc = args.norc ? ['--norc'] : []
    const source = args.repository ? ['--source', args.repository] : []
    const where = (remotely: boolean) => [...norc, ...(remotely ? ['--remote', ...source] : ['--local'])]
    const versionsIn = (stdout: string) =>
      new RegExp(`^${escapeRegExp(name)} +\\(([^)]*)\\)`, 'm')
        .exec(stdout)?.[1]
        ?.split(',')
        .map(
          one =>
            one
              .trim()
              .replace(/^default: /, '')
              .split(' ')[0]!,
        ) ?? []
    const list = (remotely: boolean) =>
      remote.query({
        // `query` was dropped by RubyGems 3.6, `list` takes patterns since long ago.
        command: sh`${asked} query ${where(remotely)} -n ${`^${name}$`} 2>/dev/null || ${asked} list ${where(remotely)} ${`^${name}$`}`,
        parse: (stdout, rc, stderr) => ({ versions: versionsIn(stdout), rc, stderr }),
      })
    const [local, far, own] = await Promise.all([
      list(false),
      state === 'latest' ? list(true) : undefined,
      named ? remote.query({ command: sh`${asked} environment`, parse: userDirectoryIn }) : undefined,
    ])
    if (local.rc === 127) await missingProgram({ remote, fail }, 'gem')
    if (far && far.rc !== 0) fail(far.stderr.trim())
    const wanted = far?.versions[0] ?? (version || undefined)
    if (named && own === undefined) fail("Could not determine the user installation directory from 'gem environment'")
    const directory = own ?? args.install_dir
    const programs = args.bindir ?? (own && posix.join(own, 'bin'))
    const there = wanted === undefined ? local.versions.length > 0 : local.versions.includes(wanted)
    const result = {
      name,
      state,
      ...(version ? { version } : {}),
    }
    if (there === (state !== 'absent')) return { changed: false, ...result }
    const words =
      state === 'absent'
        ? [
            'uninstall',
            ...norc,
            ...(directory ? ['--install-dir', directory] : []),
            ...(args.bindir ? ['--bindir', args.bindir] : []),
            ...(version ? ['--version', version] : ['--all']),
            '--executable',
            ...(args.force ? ['--force'] : []),
            name,
          ]
        : [
            'install',
            ...norc,
            ...(wanted ? ['--version', wanted] : []),
            ...source,
            ...(args.include_dependencies ? [] : ['--ignore-dependencies']),
            args.user_install && !named ? '--user-install' : '--no-user-install',
            ...(directory ? ['--install-dir', directory] : []),
            ...(programs ? ['--bindir', programs] : []),
            ...(args.pre_release ? ['--pre'] : []),
            ...(args.include_doc ? [] : ['--no-document']),
            ...(args.env_shebang ? ['--env-shebang'] : []),
            args.gem_source ?? name,
            ...(args.force ? ['--force'] : []),
            ...(args.build_flags ? ['--', args.build_flags] : []),
          ]
    const done = await remote.exec({ argv: [...gem, ...words], environment, why: `gem ${words[0]} ${name}` })
    if (done.rc !== 0)
      fail(done.stderr.trim() || done.stdout.trim(), {
        cmd: quoteAll([...gem, ...words]),
        rc: done.rc,
        stdout: done.stdout,
        stderr: done.stderr,
      })
    return { changed: true, ...result }
  },
})

const userDirectoryIn = (environment: string): string | undefined =>
  /^ *- USER INSTALLATION DIRECTORY: (.+)$/m.exec(environment)?.[1]?.trim()
