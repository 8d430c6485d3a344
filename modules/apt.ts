import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext, type ModuleResult } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import {
  apt,
  aptEnvironment,
  dpkgOptions,
  installFlags,
  installWords,
  nothingDone,
  updateScript,
} from './packages/apt-get.js'
import { installDebFiles } from './packages/deb-files.js'
import { fnmatch, isGlob } from './packages/glob.js'
import { compareDebianVersions, type DebianState, debianPackages, listsTime } from './queries/dpkg.js'

const args = {
  name: { type: 'list', elements: 'str', aliases: ['package', 'pkg'], summary: 'packages: name, name=version, globs' },
  state: {
    type: 'str',
    choices: ['absent', 'build-dep', 'fixed', 'latest', 'present', 'installed', 'removed'],
    default: 'present',
    summary: 'how the packages should be',
  },
  update_cache: { type: 'bool', aliases: ['update-cache'], summary: 'fetch the package lists first' },
  cache_valid_time: {
    type: 'int',
    default: 0,
    summary: 'seconds for which fetched lists are fresh; implies update_cache',
  },
  update_cache_retries: { type: 'int', default: 5, summary: 'how often to try again to fetch the lists' },
  update_cache_retry_max_delay: { type: 'int', default: 12, summary: 'longest pause between two tries, seconds' },
  upgrade: {
    type: 'str',
    choices: ['dist', 'full', 'no', 'safe', 'yes'],
    default: 'no',
    summary: 'upgrade everything',
  },
  deb: { type: 'path', summary: 'package file on the host, or its URL' },
  default_release: { type: 'str', aliases: ['default-release'], summary: 'release to install from' },
  install_recommends: { type: 'bool', aliases: ['install-recommends'], summary: 'also install what is recommended' },
  force: { type: 'bool', default: false, summary: 'do what apt warns about' },
  allow_unauthenticated: {
    type: 'bool',
    default: false,
    aliases: ['allow-unauthenticated'],
    summary: 'accept unsigned packages',
  },
  allow_downgrade: {
    type: 'bool',
    default: false,
    aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
    summary: 'accept an older version than the installed one',
  },
  allow_change_held_packages: { type: 'bool', default: false, summary: 'change packages that are on hold' },
  dpkg_options: {
    type: 'str',
    default: 'force-confdef,force-confold',
    summary: 'options for dpkg, separated by commas',
  },
  autoremove: { type: 'bool', default: false, summary: 'remove dependencies that nothing needs any more' },
  autoclean: { type: 'bool', default: false, summary: 'remove old package files from the cache' },
  clean: { type: 'bool', default: false, summary: 'remove all package files from the cache' },
  purge: { type: 'bool', default: false, summary: 'remove configuration, too' },
  only_upgrade: { type: 'bool', default: false, summary: 'only packages that are installed already' },
  fail_on_autoremove: { type: 'bool', default: false, summary: 'fail when a package would be removed' },
  force_apt_get: { type: 'bool', default: false, summary: 'never use aptitude' },
  policy_rc_d: { type: 'int', summary: 'exit code of policy-rc.d during the change; 101 keeps services from starting' },
  lock_timeout: { type: 'int', default: 60, summary: 'seconds to wait for the lock of dpkg' },
  auto_install_module_deps: { type: 'bool', default: true, summary: 'no use here: nothing depends on python3-apt' },
} as const satisfies ArgSpecs
type Context = ModuleContext<ArgsOf<typeof args>>

export default defineModule({
  name: 'ansible.builtin.apt',
  summary: 'Packages of Debian and its relatives',
  check: 'full',
  args,
  rules: { exclusive: [['deb', 'name', 'upgrade']] },
  returns: {
    cache_updated: 'whether the package lists were fetched',
    cache_update_time: 'when they were fetched last, seconds since the epoch',
    stdout: 'what apt printed',
    stderr: 'what apt complained about',
  },
  order: ['changed', 'cache_updated', 'cache_update_time', 'stdout', 'stderr', 'diff'],
  examples: `
- name: Fetch the lists unless they are fresh, then install
  ansible.builtin.apt:
    name: [apache2, "libxml2=2.9.*"]
    update_cache: true
    cache_valid_time: 3600

- name: Remove with configuration and unused dependencies
  ansible.builtin.apt:
    name: apache2
    state: absent
    purge: true
    autoremove: true

- name: Upgrade everything
  ansible.builtin.apt:
    upgrade: dist
`,

  async run(context) {
    const { args, remote, fail } = context
    const specs = (args.name ?? []).map(spec => spec.trim())
    for (const spec of specs) {
      if (spec === '') fail(`No package matching '' is available`)
      if (spec.split('=').length > 2 && !/[<>]=/.test(spec)) fail(`invalid package spec: ${spec}`)
    }
    const everything = specs.includes('*')
    const names = everything ? [] : specs.map(spec => parsed(spec).name)
    if (everything && specs.length > 1)
      fail('unable to install additional packages when upgrading all installed packages')

    const look = () =>
      remote.query(
        debianPackages(names, {
          candidates: args.state === 'latest' || specs.some(spec => parsed(spec).version !== undefined),
          globs: names.some(isGlob),
          check: args.state === 'fixed',
          release: args.default_release,
        }),
      )
    let state = await look()

    if (args.clean) {
      const { rc, stderr } = await remote.exec({
        shell: 'apt-get clean',
        environment: aptEnvironment,
        why: 'clean the cache',
        changes: false,
      })
      if (rc !== 0 || stderr) fail(`apt-get clean failed${stderr ? `: ${stderr}` : ''}`, { rc })
    }
    const cache = await refreshed(context, state)
    const nothingElse = specs.length === 0 && args.upgrade === 'no' && args.deb === undefined
    if (cache.asked && nothingElse) return { ...cache.facts, changed: cache.facts.cache_updated }
    if (cache.facts.cache_updated && !remote.checkMode) state = await look()

    if (args.upgrade !== 'no') return upgrade(context, args.upgrade, state)
    if (args.deb !== undefined) return installDebFiles(context, args.deb)
    if (everything && args.state === 'latest') return upgrade(context, 'yes', state)
    if (specs.length === 0 && (args.autoclean || args.autoremove)) return cleanup(context)
    if (args.state === 'absent' || args.state === 'removed') return removal(context, specs, state)
    return { ...cache.facts, ...(await installation(context, specs, state, cache.facts)) }
  },
})

/** `name`, `name=version`, `name>=version`. */
function parsed(spec: string): { name: string; version?: string; atLeast?: boolean } {
  const [, name = spec, operator, version] = /^([^=<>]+?)\s*(>?=)\s*(.+)$/.exec(spec) ?? []
  return version === undefined ? { name } : { name, version, atLeast: operator === '>=' }
}

async function refreshed({ args, remote, fail }: Context, { listsAt, now }: DebianState) {
  const asked = args.update_cache === true || args.cache_valid_time > 0
  const facts = { cache_updated: false, cache_update_time: listsAt }
  if (!asked || listsAt + args.cache_valid_time >= now) return { asked, facts }
  if (remote.checkMode) return { asked, facts: { ...facts, cache_updated: true } }
  const shell = updateScript(args, listsTime)
  const { rc, stdout } = await remote.exec({
    shell,
    environment: aptEnvironment,
    why: 'fetch the lists',
    changes: false,
  })
  const fetchedAt = Number(/\nlists (\d+)\s*$/.exec(`\n${stdout}`)?.[1] ?? 0)
  if (rc !== 0) fail(`Failed to update apt cache: ${complaint(stdout)}`)
  return { asked, facts: { cache_updated: fetchedAt !== listsAt, cache_update_time: fetchedAt } }
}

const complaint = (output: string) =>
  output
    .split('\n')
    .filter(line => /^[EW]: /.test(line))
    .map(line => line.replace(/^([EW]): /, '$1:'))
    .join(', ') || 'unknown reason'

async function installation(
  { args, remote, fail }: Context,
  specs: readonly string[],
  state: DebianState,
  facts: { readonly [key: string]: boolean | number },
): Promise<ModuleResult> {
  const wanted: string[] = []
  const kept: string[] = []
  for (const spec of specs) {
    const { name, version, atLeast } = parsed(spec)
    for (const one of isGlob(name) ? matching(state, name, fail) : [name]) {
      if (args.state === 'build-dep') {
        wanted.push(one)
        continue
      }
      const seen = state.packages.get(one)
      const installed = seen?.installed
      if (args.only_upgrade && installed === undefined) continue
      if (state.automatic.has(one)) kept.push(one)
      if (version !== undefined) {
        const best = seen && bestVersion(seen, version, atLeast ?? false)
        if (best === undefined) {
          if (!seen) fail(`No package matching '${one}' is available`)
          fail(`no available installation candidate for ${spec}`, facts)
        } else if (best !== installed) wanted.push(`${one}=${best}`)
      } else if (args.state === 'latest') {
        if (!seen && !state.provided.has(one)) fail(`No package matching '${one}' is available`)
        const candidate = seen?.candidate
        const newer = candidate !== undefined && (!installed || compareDebianVersions(candidate, installed) > 0)
        if (newer || (!installed && !state.provided.has(one))) wanted.push(one)
      } else if (installed === undefined && !state.provided.has(one)) wanted.push(one)
    }
  }
  const fix = args.state === 'fixed' && state.broken
  if (kept.length > 0 && !remote.checkMode) await markManual(remote, kept)
  if (wanted.length === 0 && !fix) return { changed: false }

  const verb = args.state === 'build-dep' ? 'build-dep' : 'install'
  const simulate = remote.checkMode
  const words = installWords(args, { verb, packages: wanted, fix: args.state === 'fixed', simulate })
  const done = await apt(remote, {
    program: '/usr/bin/apt-get',
    words,
    options: args,
    why: `${verb} ${wanted.join(' ')}`,
  })
  if (done.rc !== 0) {
    const unknown = unknownPackage(done)
    if (unknown !== undefined) fail(`No package matching '${unknown}' is available`)
    const shown = await withVersions(remote, done.shown, verb === 'install' ? wanted : [])
    fail(`'${shown}' failed: ${done.stderr}`, { ...facts, rc: done.rc, stdout: done.stdout, stderr: done.stderr })
  }
  const changed = verb === 'install' || !nothingDone(done.stdout)
  return { changed, stdout: done.stdout, stderr: done.stderr, diff: { ...done.diff } }
}

/** Ansible names the version that apt had chosen; that is asked only for its message. */
async function withVersions(remote: Context['remote'], shown: string, names: readonly string[]): Promise<string> {
  const { packages } = await remote.query(debianPackages(names, { candidates: true }))
  return names.reduce((text, name) => {
    const candidate = packages.get(name)?.candidate
    return candidate === undefined ? text : text.replace(`'${name}'`, () => `'${name}=${candidate}'`)
  }, shown)
}

/** What a task names is wanted for itself: autoremove shall leave it, also when it came as a dependency. Not a change. */
async function markManual(remote: Context['remote'], names: readonly string[]): Promise<void> {
  const shell = sh`apt-mark manual ${names} >/dev/null`
  await remote.exec({ shell, environment: aptEnvironment, why: `mark ${names.join(' ')} as manual`, changes: false })
}

/** The version to have: the newest that the wish admits, as apt's own candidate where that is among them. */
function bestVersion(
  seen: { installed: string | undefined; candidate: string | undefined; versions: readonly string[] },
  wish: string,
  atLeast: boolean,
): string | undefined {
  if (atLeast && seen.installed && compareDebianVersions(seen.installed, wish) >= 0) return seen.installed
  const admits = (version: string) => (atLeast ? compareDebianVersions(version, wish) >= 0 : fnmatch(version, wish))
  const known = [...new Set([...seen.versions, ...(seen.installed ? [seen.installed] : [])])].filter(admits)
  if (seen.candidate !== undefined && known.includes(seen.candidate)) return seen.candidate
  return known.sort(compareDebianVersions).at(-1)
}

function matching(state: DebianState, pattern: string, fail: Context['fail']): string[] {
  const names = state.known.filter(name => fnmatch(name, pattern)).sort()
  if (names.length === 0) fail(`No package(s) matching '${pattern}' available`)
  return names
}

async function removal(
  { args, remote, fail }: Context,
  specs: readonly string[],
  state: DebianState,
): Promise<ModuleResult> {
  const there = specs.flatMap(spec => {
    const { name, version } = parsed(spec)
    return (isGlob(name) ? matching(state, name, fail) : [name]).filter(one => {
      const seen = state.packages.get(one)
      if (seen?.installed !== undefined) return version === undefined || fnmatch(seen.installed, version)
      return args.purge && seen?.configFiles === true
    })
  })
  if (there.length === 0) return { changed: false }
  const flags = [
    ...dpkgOptions(args),
    ...(args.purge ? ['--purge'] : []),
    ...(args.force ? ['--force-yes'] : []),
    ...(args.autoremove ? ['--auto-remove'] : []),
    ...(args.allow_change_held_packages ? ['--allow-change-held-packages'] : []),
  ]
  const packages = there.map(name => `'${name}'`).join(' ')
  const words = ['-q', '-y', ...flags, 'remove', packages]
  const done = await apt(remote, {
    program: '/usr/bin/apt-get',
    words,
    options: args,
    why: `remove ${there.join(' ')}`,
  })
  const { rc, stdout, stderr } = done
  if (rc !== 0) fail(`'apt-get remove ${packages}' failed: ${stderr}`, { rc, stdout, stderr })
  return { changed: true, stdout, stderr, diff: { ...done.diff } }
}

async function upgrade({ args, remote, fail, warn }: Context, mode: string, state: DebianState): Promise<ModuleResult> {
  const aptitude = mode !== 'dist' && !args.force_apt_get && state.aptitude
  if (mode === 'full' && !aptitude && !args.force_apt_get) warn('Could not find aptitude. Using apt-get instead')
  const verb =
    mode === 'dist' || (mode === 'full' && !aptitude)
      ? ['dist-upgrade']
      : aptitude
        ? [mode === 'full' ? 'full-upgrade' : 'safe-upgrade']
        : ['upgrade', '--with-new-pkgs']
  const flags = aptitude ? dpkgOptions(args) : installFlags(args)
  const program = aptitude ? 'aptitude' : '/usr/bin/apt-get'
  const { rc, stdout, stderr, shown, diff } = await apt(remote, {
    program,
    words: ['-y', ...flags, ...verb],
    options: args,
    why: 'upgrade',
  })
  if (rc !== 0) fail(`'${shown}' failed: ${stderr}`, { rc, stdout, stderr })
  return { changed: !nothingDone(stdout), msg: stdout, stdout, stderr, diff: { ...diff } }
}

/** autoclean or autoremove alone. */
async function cleanup({ args, remote, fail }: Context): Promise<ModuleResult> {
  const verb = args.autoclean ? 'autoclean' : 'autoremove'
  const flags = [...dpkgOptions(args), ...(args.purge ? ['--purge'] : []), ...(args.force ? ['--force-yes'] : [])]
  const words = ['-y', ...flags, verb]
  const { rc, stdout, stderr, diff } = await apt(remote, {
    program: '/usr/bin/apt-get',
    words,
    options: args,
    why: verb,
  })
  if (rc !== 0) fail(`'apt-get ${verb}' failed: ${stderr}`, { rc, stdout, stderr })
  const changed = stdout.includes(verb === 'autoclean' ? 'Del ' : 'The following packages will be REMOVED')
  return { changed, stdout, stderr, diff: { ...diff } }
}

/** The package that apt has never heard of, or only as what others would depend on. */
function unknownPackage({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string | undefined {
  const unheard = /E: Unable to locate package (\S+)/.exec(stderr)?.[1]
  if (unheard !== undefined) return unheard
  const named = /E: Package '([^']+)' has no installation candidate/.exec(stderr)?.[1]
  return named !== undefined && stdout.includes(`Package ${named} is not available`) ? named : undefined
}
