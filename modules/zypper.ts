import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { quote, raw, sh } from '../engine/remote/quote.js'

const args = {
  name: {
    type: 'list',
    elements: 'str',
    required: true,
    aliases: ['pkg'],
    summary: 'packages: name, name=version, +name, -name, file or URL; * for all',
  },
  state: {
    type: 'str',
    choices: ['absent', 'installed', 'latest', 'present', 'removed', 'dist-upgrade'],
    default: 'present',
    summary: 'how the packages should be',
  },
  type: {
    type: 'str',
    choices: ['package', 'patch', 'pattern', 'product', 'srcpackage', 'application'],
    default: 'package',
    summary: 'kind of package',
  },
  update_cache: { type: 'bool', default: false, aliases: ['refresh'], summary: 'fetch the metadata first' },
  disable_gpg_check: { type: 'bool', default: false, summary: 'accept unsigned packages' },
  auto_import_keys: { type: 'bool', default: false, summary: 'trust new keys of repositories' },
  install_recommends: {
    type: 'bool',
    summary: 'whether what is recommended is installed, too; else as zypp.conf says',
  },
  skip_post_errors: { type: 'bool', default: false, summary: 'take scripts that fail after installing for success' },
  disable_recommends: { type: 'bool', default: true, summary: 'do not install what is recommended' },
  force: { type: 'bool', default: false, summary: 'install although it is installed' },
  force_resolution: { type: 'bool', default: false, summary: 'let the solver remove what is in the way' },
  oldpackage: { type: 'bool', default: false, summary: 'accept an older version' },
  replacefiles: { type: 'bool', default: false, summary: 'accept that packages hold the same file' },
  allow_vendor_change: { type: 'bool', default: false, summary: 'with dist-upgrade: accept other vendors' },
  clean_deps: { type: 'bool', default: false, summary: 'remove dependencies that nothing needs any more' },
  simple_errors: { type: 'bool', default: false, summary: 'no use here: errors are plain' },
  quiet: { type: 'bool', default: true, summary: 'no use here: the result is short' },
  extra_args: { type: 'str', summary: 'more arguments for the command of zypper' },
  extra_args_precommand: { type: 'str', summary: 'more arguments for zypper itself' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.zypper',
  summary: 'Packages of SUSE',
  check: 'full',
  args,
  rules: { exclusive: [['disable_recommends', 'install_recommends']] },
  examples: `
- name: Install nmap
  community.general.zypper:
    name: nmap
    state: present
`,

  async run({ args, remote, fail }) {
    const names = args.name.map(name => name.trim()).filter(Boolean)
    const everything = names.length === 1 && names[0] === '*'
    const state = { installed: 'present', removed: 'absent' }[args.state as string] ?? args.state
    const plain = names.filter(name => name !== '*').map(parsed)
    const seen = await remote.query({
      command: sh`export LC_ALL=C
for name in ${plain.map(one => one.name)}; do
  case $name in *.rpm) full=$(rpm -qp --nosignature --qf '%{NAME}-%{VERSION}-%{RELEASE}' "$name" 2>/dev/null) && rpm -q "$full" >/dev/null 2>&1 && echo "installed $name"
  ;; *) version=$(rpm -q --qf '%{VERSION}-%{RELEASE}\n' "$name" 2>/dev/null || rpm -q --whatprovides --qf '%{VERSION}-%{RELEASE}\n' "$name" 2>/dev/null) && printf '%s\n' "$version" | sed "s|^|installed $name |" ;; esac
done
${raw(state === 'latest' && !everything ? "zypper --quiet --non-interactive list-updates 2>/dev/null | awk -F' *[|] *' 'NR > 2 { print \"old \" $3 }'" : ':')}
true`,
      parse: stdout => stdout.split('\n').map(line => line.split(' ')),
    })
    const versionOf = (name: string) => seen.find(row => row[0] === 'installed' && row[1] === name)
    const needed = plain.filter(({ name, remove, version }) => {
      const known = versionOf(name)
      if (args.type !== 'package' || args.force) return true
      if (remove || state === 'absent') return known !== undefined
      if (version !== undefined)
        return known === undefined || !(known[2] ?? '').startsWith(version.replace(/^[<>=]+/, ''))
      return known === undefined || (state === 'latest' && seen.some(row => row[0] === 'old' && row[1] === name))
    })
    if (!everything && state !== 'dist-upgrade' && needed.length === 0) {
      return { changed: false, name: names, state: args.state, update_cache: args.update_cache, rc: 0, cmd: [] }
    }

    const global = [
      'zypper',
      '--quiet',
      '--non-interactive',
      ...(args.extra_args_precommand?.split(/\s+/) ?? []),
      ...(args.disable_gpg_check ? ['--no-gpg-checks'] : []),
    ]
    const when = (given: boolean, flag: string) => (given ? [flag] : [])
    const removing = state === 'absent'
    const recommended = args.install_recommends ?? (args.disable_recommends ? false : undefined)
    const verb =
      everything && state === 'latest'
        ? args.type === 'patch'
          ? ['patch']
          : ['update']
        : state === 'dist-upgrade'
          ? ['dist-upgrade', ...when(args.allow_vendor_change, '--allow-vendor-change')]
          : removing
            ? ['remove']
            : ['install']
    const words = [
      ...global,
      ...when(args.auto_import_keys && !removing, '--gpg-auto-import-keys'),
      ...verb,
      ...(verb[0] === 'install' || verb[0] === 'remove' ? ['--type', args.type] : []),
      ...when(remote.checkMode, '--dry-run'),
      ...(removing
        ? when(args.clean_deps, '--clean-deps')
        : [
            '--auto-agree-with-licenses',
            ...(recommended === undefined ? [] : [recommended ? '--recommends' : '--no-recommends']),
            ...when(args.force, '--force'),
            ...when(args.force_resolution, '--force-resolution'),
            ...when(args.oldpackage, '--oldpackage'),
            ...when(args.replacefiles, '--replacefiles'),
          ]),
      ...(args.extra_args?.split(/\s+/) ?? []),
      ...(everything || state === 'dist-upgrade'
        ? []
        : [
            '--',
            ...needed.map(
              one =>
                `${one.remove && !removing ? '-' : ''}${one.name}${one.version ? (/^[<>=]/.test(one.version) ? one.version : `=${one.version}`) : ''}`,
            ),
          ]),
    ]
    const refresh = args.update_cache && !remote.checkMode ? `${global.map(quote).join(' ')} refresh --force && ` : ''
    const list = `rpm -qa --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\\n' | sort`
    const { rc, stdout, stderr } = await remote.exec({
      shell: `before=$(${list}); ${refresh}${words.map(quote).join(' ')}; rc=$?; [ "$before" = "$(${list})" ] || printf '\\036'; exit $rc`,
      environment: { LC_ALL: 'C', ZYPP_LOCK_TIMEOUT: '120' },
      why: words.join(' '),
      inCheckMode: true,
      changes: false,
    })
    const printed = stdout.replace('\x1e', '')
    // 100 to 106 tell of updates, reboots and restarts that are due; 107 of a script that failed after installing.
    const tells = (rc >= 100 && rc <= 106 && rc !== 104) || (rc === 107 && args.skip_post_errors)
    if (rc !== 0 && !tells)
      fail(`Zypper run command failed with return code ${rc}.`, { rc, stdout: printed, stderr, cmd: words })
    const changed = remote.checkMode
      ? !/Nothing to do/.test(printed)
      : stdout.includes('\x1e') || args.type !== 'package'
    return {
      changed,
      name: names,
      state: args.state,
      update_cache: args.update_cache,
      rc,
      stdout: printed,
      stderr,
      cmd: words,
    }
  },
})

function parsed(spec: string): { name: string; version?: string; remove: boolean } {
  if (/:\/\/|\.rpm$/.test(spec)) return { name: spec, remove: false }
  const remove = /^[-~!]/.test(spec)
  const [, name = '', operator = '', version] = /^[-~!+]?(.+?)(?:(<=|>=|[<>=])(.+))?$/.exec(spec) ?? []
  return version === undefined
    ? { name, remove }
    : { name, version: operator === '=' ? version : operator + version, remove }
}
