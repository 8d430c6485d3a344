/** The work of `dnf`, `dnf5` and `yum`: rpm answers what is installed, the front end changes it. */
import type { ArgSpecs, ArgsOf } from '../../engine/args.js'
import { defineModule, type ModuleContext, type ModuleResult } from '../../engine/module/define.js'
import { quote, sh } from '../../engine/remote/quote.js'
import { compareRpmVersions, type Installed, type RpmState, rpmPackages, type Tool } from '../queries/rpm.js'
import { type Action, calls, groupNames, nevraFormat, type Plan, planned, planOf, refusalOf } from './dnf-command.js'
import { isGlob } from './glob.js'

const dnfArgs = {
  name: {
    type: 'list',
    elements: 'str',
    aliases: ['pkg'],
    summary: 'packages: name, name-version, globs, @group, file or URL; * for all',
  },
  state: {
    type: 'str',
    choices: ['absent', 'installed', 'latest', 'present', 'removed'],
    summary: 'how the packages should be',
  },
  list: { type: 'str', summary: 'only list: installed, updates, available, repos or a package' },
  enablerepo: { type: 'list', elements: 'str', default: [], summary: 'repositories to use for this task, too' },
  disablerepo: { type: 'list', elements: 'str', default: [], summary: 'repositories not to use for this task' },
  exclude: {
    type: 'list',
    elements: 'str',
    default: [],
    summary: 'packages to leave alone when everything is updated',
  },
  conf_file: { type: 'str', summary: 'configuration file to use' },
  disable_gpg_check: { type: 'bool', default: false, summary: 'accept unsigned packages' },
  disable_excludes: { type: 'str', summary: 'ignore exclude settings: all, main or a repository' },
  disable_plugin: { type: 'list', elements: 'str', default: [], summary: 'plugins to switch off' },
  enable_plugin: { type: 'list', elements: 'str', default: [], summary: 'plugins to switch on' },
  installroot: { type: 'str', default: '/', summary: 'another root directory' },
  releasever: { type: 'str', summary: 'release to take packages from' },
  autoremove: { type: 'bool', default: false, summary: 'remove dependencies that nothing needs any more' },
  update_cache: { type: 'bool', default: false, aliases: ['expire-cache'], summary: 'fetch the metadata first' },
  update_only: { type: 'bool', default: false, summary: 'with latest: only what is installed already' },
  security: { type: 'bool', default: false, summary: 'with latest: only security updates' },
  bugfix: { type: 'bool', default: false, summary: 'with latest: only bug fixes' },
  allow_downgrade: { type: 'bool', default: false, summary: 'install an older version than the installed one' },
  skip_broken: { type: 'bool', default: false, summary: 'leave out packages with broken dependencies' },
  nobest: { type: 'bool', default: false, summary: 'accept a version that is not the newest' },
  best: { type: 'bool', summary: 'only the newest version will do' },
  allowerasing: { type: 'bool', default: false, summary: 'remove packages that are in the way' },
  install_weak_deps: { type: 'bool', default: true, summary: 'also install what is recommended' },
  install_repoquery: { type: 'bool', default: true, summary: 'no use any more, in Ansible too' },
  download_only: { type: 'bool', default: false, summary: 'only fetch packages' },
  download_dir: { type: 'str', summary: 'directory for fetched packages' },
  cacheonly: { type: 'bool', default: false, summary: 'use cached metadata only' },
  validate_certs: { type: 'bool', default: true, summary: 'check certificates of package URLs' },
  sslverify: { type: 'bool', default: true, summary: 'check certificates of repositories' },
  lock_timeout: { type: 'int', default: 30, summary: 'seconds to wait for the lock' },
  use_backend: {
    type: 'str',
    choices: ['auto', 'yum', 'yum4', 'dnf', 'dnf4', 'dnf5'],
    default: 'auto',
    summary: 'the program to use',
  },
} as const satisfies ArgSpecs

const dnfRules = {
  exclusive: [
    ['name', 'list'],
    ['best', 'nobest'],
  ],
} as const

const dnfReturns = {
  results: 'what was installed and removed',
  msg: 'why nothing was done, or what went wrong',
  rc: 'exit code',
}

type Context = ModuleContext<ArgsOf<typeof dnfArgs>>

/** A module for rpm packages. `tools`: the front ends to use, first the one to prefer. */
export function rpmModule(name: 'dnf' | 'dnf5' | 'yum', summary: string, tools: readonly Tool[]) {
  return defineModule({
    name: `ansible.builtin.${name}`,
    summary,
    notes: ['The front end that the host has is used: dnf, dnf5 or yum.'],
    check: 'full',
    args: dnfArgs,
    rules: dnfRules,
    returns: dnfReturns,
    examples: `
- name: Install Apache and a group
  ansible.builtin.${name}:
    name: [httpd, "@development"]
    state: present

- name: Update everything but the kernel
  ansible.builtin.${name}:
    name: "*"
    state: latest
    exclude: kernel*
`,

    run: context => manageRpms(context, tools),
  })
}

async function manageRpms(context: Context, preferred: readonly Tool[]): Promise<ModuleResult> {
  const { args, remote, fail } = context
  const backend = { yum: ['yum'], yum4: ['dnf'], dnf: ['dnf'], dnf4: ['dnf'], dnf5: ['dnf5'] } as {
    [name: string]: Tool[]
  }
  const prefer = backend[args.use_backend] ?? preferred
  if (args.autoremove && !['absent', undefined].includes(args.state))
    fail('Autoremove should be used alone or with state=absent', { results: [] })
  if (args.list !== undefined) return listing(context, prefer)

  const specs = (args.name ?? []).map(spec => spec.trim()).filter(Boolean)
  const state = args.state ?? (args.autoremove ? 'absent' : 'present')
  const everything = specs.includes('*')
  const seen = await remote.query(rpmPackages(specs, { prefer, root: args.installroot }))
  const tool = seen.tool ?? fail('Could not find dnf or yum on the host', { rc: 1, results: [] })

  if (specs.length === 0 && args.update_cache) {
    const { rc, stderr } = await remote.exec({
      shell: `${tool} -q -y ${flags(args, tool).join(' ')} makecache`,
      why: 'fetch metadata',
      changes: false,
    })
    if (rc !== 0) fail(`Failed to download metadata: ${stderr.trim()}`, { rc, results: [] })
    return { changed: false, msg: 'Cache updated', results: [], rc: 0 }
  }

  const groupSpecs = specs.filter(isGroup)
  const absent = state === 'absent' || state === 'removed'
  if (absent && specs.some(isFile)) fail('Cannot remove paths -- please specify package name.', { results: [] })
  const actions = absent ? removals(context, specs, seen) : additions(context, specs, seen, state === 'latest')
  const missing = specs.filter(spec => !isGroup(spec) && !isFile(spec) && !seen.installed.has(spec))
  const remarks = absent
    ? missing.filter(spec => /[*?]/.test(spec)).map(notInstalled)
    : state === 'latest' && args.update_only && !everything
      ? missing.map(spec => `Packages providing ${spec} not installed due to update_only specified`)
      : []
  if (!absent) remarks.push(...specs.filter(isFile).map(spec => `Installed ${spec}`))
  if (actions.length === 0) return { changed: false, msg: 'Nothing to do', results: remarks, rc: 0 }

  // What rpm alone cannot tell: whether the front end would do anything at all.
  const unsure =
    remote.checkMode || everything || actions.some(({ verb, specs }) => verb !== 'install' || specs.some(isOpen))
  const [plan, groups] = await Promise.all([
    unsure || state === 'latest' ? remote.query(planOf(tool, args.installroot, flags(args, tool), actions)) : undefined,
    groupSpecs.length > 0 ? remote.query(groupNames(tool, flags(args, tool), groupSpecs)) : undefined,
  ])
  const moduleRemarks: string[] = []
  for (const spec of groupSpecs) {
    const { kind, id } = groups!.get(spec)!
    const done = absent ? 'removed' : state === 'latest' ? 'upgraded' : 'installed'
    if (kind === 'unknown') fail(`No group ${id} available.`, { results: [] })
    if (kind === 'module') moduleRemarks.push(`Module ${spec.slice(1)} ${done}.`)
    else if (kind === 'group' && !absent) remarks.push(`Group ${id} ${done}.`)
  }
  if (plan?.refused !== undefined) refuse(context, plan.refused, 1)
  if (plan && plan.installed.length + plan.removed.length === 0)
    return { changed: false, msg: 'Nothing to do', results: remarks, rc: 0 }
  remarks.push(...moduleRemarks)
  if (plan && remote.checkMode)
    return {
      changed: true,
      msg: 'Check mode: No changes made, but would have if not in check mode',
      results: [...remarks, ...told(args, plan.installed, plan.removed)],
      rc: 0,
    }
  const modules = groupSpecs.filter(spec => groups!.get(spec)!.kind === 'module')
  const resets: Action[] = absent
    ? modules.map(spec => ({ verb: 'module reset', specs: [spec.slice(1).replace(/[:/].*/, '')] }))
    : []
  return transaction(context, tool, [...actions, ...resets], remarks, plan)
}

const isGroup = (spec: string) => spec.startsWith('@')
const isFile = (spec: string) => spec.endsWith('.rpm') || spec.includes('://')
/** Specs of which only the front end knows what is left to do. */
const isOpen = (spec: string) => isGroup(spec) || isGlob(spec) || isFile(spec)
const notInstalled = (spec: string) => `${spec} is not installed`

/** Options of the front end that come from the task. */
function flags(args: Context['args'], tool: Tool): string[] {
  const each = (flag: string, values: readonly string[]) => values.map(value => `${flag}=${quote(value)}`)
  const one = (flag: string, value: string | undefined) => (value === undefined ? [] : [`${flag}=${quote(value)}`])
  const when = (given: boolean | undefined, ...words: string[]) => (given ? words : [])
  // As settings, names of repositories that do not exist are no error.
  const repositories = (names: readonly string[], enabled: 0 | 1) =>
    tool === 'yum'
      ? each(enabled ? '--enablerepo' : '--disablerepo', names)
      : names.flatMap(name => name.split(',')).map(name => `--setopt=${quote(`${name.trim()}.enabled=${enabled}`)}`)
  return [
    ...(args.conf_file === undefined ? [] : ['-c', quote(args.conf_file)]),
    ...repositories(args.disablerepo, 0),
    ...repositories(args.enablerepo, 1),
    ...each('--exclude', args.exclude),
    ...one('--disableexcludes', args.disable_excludes),
    ...each('--disableplugin', args.disable_plugin),
    ...each('--enableplugin', args.enable_plugin),
    ...(args.installroot === '/' ? [] : one('--installroot', args.installroot)),
    ...one('--releasever', args.releasever),
    ...(args.disable_gpg_check ? ['--nogpgcheck'] : ['--setopt=localpkg_gpgcheck=1']),
    ...when(args.skip_broken, '--skip-broken'),
    ...(args.nobest || args.best === false ? when(tool !== 'yum', '--nobest') : []),
    ...when(args.best, '--best'),
    ...when(args.allowerasing, '--allowerasing'),
    ...when(args.cacheonly, '-C'),
    ...when(args.security, '--security'),
    ...when(args.bugfix, '--bugfix'),
    ...when(!args.install_weak_deps, '--setopt=install_weak_deps=False'),
    ...when(!args.sslverify || !args.validate_certs, '--setopt=sslverify=False'),
    ...when(args.download_only, '--downloadonly'),
    ...one('--downloaddir', args.download_dir),
    ...when(args.update_cache && tool !== 'yum', '--refresh'),
  ]
}

function removals({ args }: Context, specs: readonly string[], seen: RpmState): Action[] {
  const keep = args.autoremove ? [] : ['--setopt=clean_requirements_on_remove=False']
  if (specs.length === 0) return args.autoremove ? [{ verb: 'autoremove', specs: [] }] : []
  const found = specs.flatMap(spec => {
    if (isGroup(spec)) return [spec]
    const packages = seen.installed.get(spec) ?? []
    return isGlob(spec) ? packages.map(one => `${one.name}.${one.arch}`) : packages.length > 0 ? [spec] : []
  })
  return found.length > 0 ? [{ verb: 'remove', specs: found, options: keep }] : []
}

function additions({ args }: Context, specs: readonly string[], seen: RpmState, latest: boolean): Action[] {
  const best = latest && !args.nobest && args.best === undefined ? ['--best'] : []
  const switching = specs.some(isGroup) ? ['--setopt=module_stream_switch=1'] : []
  const everything = specs.includes('*')
  if (latest && everything) return [{ verb: 'upgrade', specs: [] }]
  const upgradeOnly = latest && args.update_only
  const groups = latest ? specs.filter(isGroup) : []
  const wanted = specs.filter(spec => {
    if (isGroup(spec)) return !latest
    const found = seen.installed.get(spec)
    if (found) return latest || isOpen(spec)
    const other = seen.otherVersion.get(spec)
    const asked = seen.offered.get(spec) ?? (other && !isOpen(spec) ? versionIn(spec, other) : undefined)
    const older = other !== undefined && asked !== undefined && compareRpmVersions(asked, versionOf(other)) < 0
    return !(older && !args.allow_downgrade) && !upgradeOnly
  })
  return [
    ...groups.map((spec): Action => ({ verb: 'upgrade', specs: [spec], options: best, otherwise: 'install' })),
    ...(wanted.length > 0
      ? [
          {
            verb: upgradeOnly ? ('upgrade' as const) : ('install' as const),
            specs: wanted,
            options: [...best, ...switching],
          },
        ]
      : []),
  ]
}

const versionOf = ({ version, release }: Installed) => `${version}-${release}`

/** `version-release` in a spec; Ansible compares no version that comes without its release. */
function versionIn(spec: string, { name, arch }: Installed): string | undefined {
  const version = spec
    .slice(name.length + 1)
    .replace(new RegExp(`\\.(?:${arch}|noarch)$`), '')
    .replace(/^\d+:/, '')
  return version.includes('-') ? version : undefined
}

const told = (args: Context['args'], installed: readonly string[], removed: readonly string[]) => [
  ...installed.map(nevra => `${args.download_only ? 'Downloaded' : 'Installed'}: ${nevra}`),
  ...(args.download_only ? [] : removed.map(nevra => `Removed: ${nevra}`)),
]

function refuse({ fail }: Context, said: string, rc: number, plan?: Plan): never {
  const { msg, extra } = refusalOf(said, rc, plan?.installed)
  return fail(msg, extra)
}

/** Runs the front end; what changed is the difference of `rpm -qa` before and after, whatever it prints. */
async function transaction(
  context: Context,
  tool: Tool,
  actions: readonly Action[],
  remarks: readonly string[],
  plan: Plan | undefined,
): Promise<ModuleResult> {
  const { args, remote } = context
  const refresh = tool === 'yum' && args.update_cache ? 'yum -q clean expire-cache; ' : ''
  const list = `rpm ${args.installroot === '/' ? '' : `--root ${quote(args.installroot)} `}-qa --qf '${nevraFormat}\\n'`
  const { rc, stdout, stderr } = await remote.exec({
    shell: `before=$(${list}); ${refresh}${calls(tool, '-y', flags(args, tool), actions)}; rc=$?
{ printf '%s\\n' "$before" | sed 's/^/- /'; ${list} | sed 's/^/+ /'; } | awk '
  $1 == "-" { old[$2] = 1 } $1 == "+" { if ($2 in old) delete old[$2]; else print "\\036Installed: " $2 }
  END { for (name in old) if (name != "") print "\\036Removed: " name }' | sort
exit $rc`,
    environment: { LC_ALL: 'C', LANG: 'C' },
    why: actions.map(({ verb, specs }) => `${verb} ${specs.join(' ')}`).join(', '),
    changes: false,
  })
  const results = stdout
    .split('\n')
    .filter(line => line.startsWith('\x1e'))
    .map(line => line.slice(1))
  const printed = stdout
    .split('\n')
    .filter(line => !line.startsWith('\x1e'))
    .join('\n')
  if (rc !== 0) refuse(context, `${printed}\n${stderr}`, rc, plan)
  if (args.download_only) {
    const fetched = plan?.installed ?? planned(printed).map(row => row.nevra)
    return {
      changed: fetched.length > 0,
      msg: fetched.length > 0 ? '' : 'Nothing to do',
      results: [...remarks, ...told(args, fetched, [])],
      rc: 0,
    }
  }
  const changed = results.length > 0
  return { changed, msg: changed ? '' : 'Nothing to do', results: [...remarks, ...results], rc: 0 }
}

async function listing({ args, remote, fail }: Context, prefer: readonly Tool[]): Promise<ModuleResult> {
  const row = '%{name} %{arch} %{epoch} %{version} %{release} %{repoid}\\n'
  const what = args.list!
  const some = (option: string) => `repoquery -q ${option} --qf "${row}"`
  // Which front end there is, the host knows.
  const options = `case $tool in yum) set -- ${flags(args, 'yum').join(' ')} ;; *) set -- ${flags(args, 'dnf').join(' ')} ;; esac`
  const call =
    what === 'installed'
      ? `rpm -qa --qf '%{NAME} %{ARCH} %{EPOCHNUM} %{VERSION} %{RELEASE} @System\\n'`
      : what === 'repos'
        ? `$tool -q "$@" repolist enabled | tail -n +2`
        : `$tool "$@" ${what === 'updates' || what === 'upgrades' ? some('--upgrades') : what === 'available' ? some('--available') : `${some('')} ${quote(what)}; rpm -qa --qf '%{NAME} %{ARCH} %{EPOCHNUM} %{VERSION} %{RELEASE} @System\\n' ${quote(what)}`}`
  const { stdout, stderr, rc } = await remote.query({
    command:
      `LC_ALL=C; export LC_ALL; for tool in ${sh`${[...prefer]}`}; do command -v $tool >/dev/null 2>&1 && break; done; ${options}; ${call}` as ReturnType<
        typeof sh
      >,
    parse: (stdout, rc, stderr) => ({ stdout, rc, stderr }),
  })
  if (rc !== 0) fail(`Failed to list ${what}: ${stderr.trim()}`, { rc, results: [] })
  const lines = stdout.split('\n').filter(Boolean)
  if (what === 'repos')
    return {
      changed: false,
      msg: '',
      results: lines.map(line => ({ repoid: line.split(/\s+/)[0]!, state: 'enabled' })),
    }
  const results = lines.map(line => {
    const [name = '', arch = '', epoch = '0', version = '', release = '', repo = ''] = line.split(' ')
    const envra = `${epoch}:${name}-${version}-${release}.${arch}`
    return {
      name,
      arch,
      epoch,
      version,
      release,
      repo,
      envra,
      nevra: envra,
      yumstate: repo === '@System' ? 'installed' : 'available',
    }
  })
  return { changed: false, msg: '', results }
}
