/** The work of `dnf`, `dnf5` and `yum`: rpm answers what is installed, the front end changes it. */
import type { ArgSpecs, ArgsOf } from '../../engine/args.js'
import { defineModule, type ModuleContext, type ModuleResult } from '../../engine/module/define.js'
import type { Json } from '../../engine/python/values.js'
import { quote, sh } from '../../engine/remote/quote.js'
import { compareRpmVersions, type Installed, type RpmState, rpmPackages, type Tool } from '../queries/rpm.js'
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
  if (args.list !== undefined) return listing(context, prefer)

  const specs = (args.name ?? []).map(spec => spec.trim()).filter(Boolean)
  const state = args.state ?? (args.autoremove ? 'absent' : 'present')
  const latest = state === 'latest'
  const everything = specs.includes('*')
  const asked = specs.filter(spec => spec !== '*')
  const wantsUpdates = latest && (everything || asked.length > 0)
  const checkFlags = [
    ...flags(args),
    ...(everything ? [] : asked.filter(spec => !spec.startsWith('@') && !spec.includes('/')).map(quote)),
  ].join(' ')
  const seen = await remote.query(
    rpmPackages(asked, { prefer, root: args.installroot, updates: wantsUpdates ? { flags: checkFlags } : undefined }),
  )
  const tool = seen.tool ?? fail('Could not find dnf or yum on the host', { rc: 1, results: [] })

  if (specs.length === 0 && args.update_cache && !args.autoremove) {
    const { rc, stderr } = await remote.exec({
      shell: `${tool} -q -y ${flags(args).join(' ')} makecache`,
      why: 'fetch metadata',
      changes: false,
    })
    if (rc !== 0) fail(`Failed to download metadata: ${stderr.trim()}`, { rc, results: [] })
    return { changed: false, msg: 'Cache updated', results: [], rc: 0 }
  }

  const [verb, wanted] =
    state === 'absent' || state === 'removed'
      ? (['remove', toRemove(asked, seen)] as const)
      : (['install', toInstall(context, asked, seen, latest)] as const)
  const updateAll = latest && everything && (seen.updates.size > 0 || seen.updatesFailed !== undefined)
  const removeUnused = args.autoremove && specs.length === 0
  if (wanted.length === 0 && !updateAll && !removeUnused)
    return { changed: false, msg: 'Nothing to do', results: [], rc: 0 }

  const upgrade = latest && (args.update_only || args.security || args.bugfix || everything)
  const action = removeUnused ? 'autoremove' : upgrade ? (tool === 'yum' ? 'update' : 'upgrade') : verb
  return transaction(context, tool, action, everything ? [] : wanted)
}

/** Options of the front end that come from the task. */
function flags(args: Context['args']): string[] {
  const each = (flag: string, values: readonly string[]) => values.map(value => `${flag}=${quote(value)}`)
  const one = (flag: string, value: string | undefined) => (value === undefined ? [] : [`${flag}=${quote(value)}`])
  const when = (given: boolean | undefined, ...words: string[]) => (given ? words : [])
  return [
    ...(args.conf_file === undefined ? [] : ['-c', quote(args.conf_file)]),
    ...each('--disablerepo', args.disablerepo),
    ...each('--enablerepo', args.enablerepo),
    ...each('--exclude', args.exclude),
    ...one('--disableexcludes', args.disable_excludes),
    ...each('--disableplugin', args.disable_plugin),
    ...each('--enableplugin', args.enable_plugin),
    ...(args.installroot === '/' ? [] : one('--installroot', args.installroot)),
    ...one('--releasever', args.releasever),
    ...when(args.disable_gpg_check, '--nogpgcheck'),
    ...when(args.skip_broken, '--skip-broken'),
    ...when(args.nobest, '--nobest'),
    ...when(args.best, '--best'),
    ...when(args.allowerasing, '--allowerasing'),
    ...when(args.cacheonly, '-C'),
    ...when(args.security, '--security'),
    ...when(args.bugfix, '--bugfix'),
    ...when(!args.install_weak_deps, '--setopt=install_weak_deps=False'),
    ...when(!args.sslverify || !args.validate_certs, '--setopt=sslverify=False'),
    ...when(args.download_only, '--downloadonly'),
    ...one('--downloaddir', args.download_dir),
    ...when(args.update_cache, '--refresh'),
  ]
}

const toRemove = (asked: readonly string[], seen: RpmState) =>
  asked.flatMap(spec => {
    if (spec.startsWith('@')) return [spec]
    const found = seen.installed.get(spec) ?? []
    return isGlob(spec) ? found.map(one => `${one.name}.${one.arch}`) : found.length > 0 ? [spec] : []
  })

function toInstall({ args }: Context, asked: readonly string[], seen: RpmState, latest: boolean): string[] {
  return asked.filter(spec => {
    // Only the front end knows whether a group is complete.
    if (spec.startsWith('@')) return true
    const found = seen.installed.get(spec)
    if (!found) {
      const other = seen.otherVersion.get(spec)
      const older =
        other !== undefined && compareRpmVersions(versionIn(spec, other), `${other.version}-${other.release}`) < 0
      return !(older && !args.allow_downgrade) && !(latest && args.update_only)
    }
    if (latest) return seen.updatesFailed !== undefined || found.some(one => seen.updates.has(one.name))
    return isGlob(spec)
  })
}

const versionIn = (spec: string, { name, arch }: Installed) =>
  spec
    .slice(name.length + 1)
    .replace(new RegExp(`\\.(?:${arch}|noarch)$`), '')
    .replace(/^\d+:/, '')

/** Runs the front end; what changed is the difference of `rpm -qa` before and after, whatever it prints. */
async function transaction(
  context: Context,
  tool: Tool,
  action: string,
  wanted: readonly string[],
): Promise<ModuleResult> {
  const { args, remote, fail } = context
  const keepUnused = action === 'remove' && !args.autoremove ? [' --setopt=clean_requirements_on_remove=False'] : []
  const answer = remote.checkMode ? '--assumeno' : '-y'
  const refresh = tool === 'yum' && args.update_cache ? 'yum -q clean expire-cache; ' : ''
  const options = flags(args).filter(flag => !(tool === 'yum' && flag === '--refresh'))
  const command = `${refresh}${[tool, answer, ...options].join(' ')}${keepUnused.join('')} ${action} ${wanted.map(quote).join(' ')}`
  const list = `rpm ${args.installroot === '/' ? '' : `--root ${quote(args.installroot)} `}-qa --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\\n'`
  const { rc, stdout, stderr } = await remote.exec({
    shell: `before=$(${list}); ${command}; rc=$?
{ printf '%s\\n' "$before" | sed 's/^/- /'; ${list} | sed 's/^/+ /'; } | awk '
  $1 == "-" { old[$2] = 1 } $1 == "+" { if ($2 in old) delete old[$2]; else print "\\036Installed: " $2 }
  END { for (name in old) if (name != "") print "\\036Removed: " name }' | sort
exit $rc`,
    environment: { LC_ALL: 'C', LANG: 'C' },
    why: `${action} ${wanted.join(' ')}`,
    inCheckMode: true,
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
  const missing = [
    ...`${printed}\n${stderr}`.matchAll(
      /(?:No match for argument|No package) :?\s*(\S+?)(?: available\.?)?$|No match for argument: (\S+)/gm,
    ),
  ].map(match => match[1] ?? match[2]!)
  const nothing = /Nothing to do|No packages marked for/i.test(printed)
  if (missing.length > 0 && action !== 'remove') {
    const failures = [...new Set(missing)].map(name => `No package ${name} available.`)
    return fail('Failed to install some of the specified packages', {
      changed: results.length > 0,
      rc: 1,
      results,
      failures,
    })
  }
  if (
    remote.checkMode &&
    (rc === 0 || /Operation aborted|Exiting on user command|aborted by the user/i.test(printed + stderr))
  ) {
    if (nothing) return { changed: false, msg: 'Nothing to do', results: [], rc: 0 }
    return {
      changed: true,
      msg: 'Check mode: No changes made, but would have if not in check mode',
      results: planned(printed).map(line => (args.download_only ? line.replace(/^Installed:/, 'Downloaded:') : line)),
      rc: 0,
    }
  }
  if (rc !== 0) {
    const why = stderr.trim() || printed.trim()
    return fail(`Failed to ${action} packages: ${why.replace(/^Error: /m, '')}`, {
      changed: results.length > 0,
      rc,
      results,
      failures: [why],
    })
  }
  const fetched = args.download_only ? planned(printed).map(line => line.replace(/^Installed:/, 'Downloaded:')) : []
  const changed = results.length > 0 || (!nothing && (args.download_only || wanted.some(spec => spec.startsWith('@'))))
  return { changed, msg: changed ? '' : 'Nothing to do', results: [...results, ...fetched] as Json, rc: 0 }
}

/** Rows of the table that the front end shows before it asks. */
function planned(printed: string): string[] {
  let verb = ''
  return printed.split('\n').flatMap(line => {
    const heading = /^(Installing|Upgrading|Updating|Removing|Downgrading|Reinstalling)/.exec(line)?.[1]
    if (heading) verb = heading === 'Removing' ? 'Removed' : 'Installed'
    const [, name, arch, version] = /^ (\S+)\s+(\S+)\s+(\S+)\s+\S+\s+[\d.]+ ?\w?B?$/.exec(line) ?? []
    return name && verb ? [`${verb}: ${name}-${version?.replace(/^\d+:/, '')}.${arch}`] : []
  })
}

async function listing({ args, remote, fail }: Context, prefer: readonly Tool[]): Promise<ModuleResult> {
  const row = '%{name} %{arch} %{epoch} %{version} %{release} %{repoid}\\n'
  const what = args.list!
  const some = (option: string) => `repoquery -q ${option} --qf "${row}"`
  const call =
    what === 'installed'
      ? `rpm -qa --qf '%{NAME} %{ARCH} %{EPOCHNUM} %{VERSION} %{RELEASE} installed\\n'`
      : what === 'repos'
        ? `$tool -q ${flags(args).join(' ')} repolist enabled | tail -n +2`
        : `$tool ${flags(args).join(' ')} ${what === 'updates' || what === 'upgrades' ? some('--upgrades') : what === 'available' ? some('--available') : `${some('')} ${quote(what)}; rpm -qa --qf '%{NAME} %{ARCH} %{EPOCHNUM} %{VERSION} %{RELEASE} installed\\n' ${quote(what)}`}`
  const { stdout, stderr, rc } = await remote.query({
    command:
      `LC_ALL=C; export LC_ALL; for tool in ${sh`${[...prefer]}`}; do command -v $tool >/dev/null 2>&1 && break; done; ${call}` as ReturnType<
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
      yumstate: repo === 'installed' ? 'installed' : 'available',
    }
  })
  return { changed: false, msg: '', results }
}
