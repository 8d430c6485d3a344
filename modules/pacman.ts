import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { shlexSplit } from '../engine/python/shlex.js'
import { quote, quoteAll, raw, sh } from '../engine/remote/quote.js'

const args = {
  name: { type: 'list', elements: 'str', aliases: ['package', 'pkg'], summary: 'packages, groups, files or URLs' },
  state: {
    type: 'str',
    choices: ['present', 'installed', 'latest', 'absent', 'removed'],
    default: 'present',
    summary: 'how the packages should be',
  },
  update_cache: { type: 'bool', summary: 'fetch the databases first' },
  update_cache_extra_args: { type: 'str', default: '', summary: 'more arguments for that' },
  upgrade: { type: 'bool', summary: 'upgrade everything' },
  upgrade_extra_args: { type: 'str', default: '', summary: 'more arguments for that' },
  extra_args: { type: 'str', default: '', summary: 'more arguments for installing and removing' },
  force: {
    type: 'bool',
    default: false,
    summary: 'with absent: ignore dependencies; with update_cache: fetch also what is fresh',
  },
  remove_nosave: { type: 'bool', default: false, summary: 'remove configuration without a copy' },
  executable: { type: 'str', default: 'pacman', summary: 'another program with the arguments of pacman' },
  root: { type: 'path', summary: 'root of another system to work on' },
  cachedir: { type: 'path', summary: 'where packages are kept; only with root' },
  config: { type: 'path', summary: 'another configuration' },
  reason: { type: 'str', choices: ['explicit', 'dependency'], summary: 'reason to record' },
  reason_for: { type: 'str', choices: ['new', 'all'], default: 'new', summary: 'which packages get the reason' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.pacman',
  summary: 'Packages of Arch Linux',
  check: 'full',
  args,
  rules: { oneOf: [['name', 'update_cache', 'upgrade']], exclusive: [['name', 'upgrade']] },
  returns: { packages: 'packages that changed', cache_updated: 'whether the databases are new' },
  examples: `
- name: Install packages with fresh databases
  community.general.pacman:
    name: [foo, bar]
    update_cache: true
`,

  async run({ args, remote, fail }) {
    const program = quoteAll([
      args.executable,
      ...(args.config === undefined ? [] : ['--config', args.config]),
      ...(args.root === undefined ? [] : ['--root', args.root]),
      ...(args.root === undefined || args.cachedir === undefined ? [] : ['--cachedir', args.cachedir]),
    ])
    const names = (args.name ?? []).map(name => name.trim()).filter(Boolean)
    const latest = args.state === 'latest'
    const seen = await remote.query({
      command: sh`export LC_ALL=C
for name in ${names}; do
  case $name in *://*|*.pkg.tar*) echo "file $name"; continue ;; esac
  group=$(${raw(program)} -Sgq "$name" 2>/dev/null); [ -n "$group" ] || group=$name
  for one in $group; do ${raw(program)} -Q "$one" >/dev/null 2>&1 && echo "installed $name $one" || echo "missing $name $one"; done
done
${raw(latest || args.upgrade ? `${program} -Qu 2>/dev/null | sed 's/^/old /'` : ':')}
true`,
      parse: stdout => stdout.split('\n').map(line => line.split(' ')),
    })
    const outdated = seen.filter(row => row[0] === 'old').map(row => row[1]!)
    const run = async (shell: string, msg: string, changes = true) => {
      const { rc, stdout, stderr } = await remote.exec({ shell, environment: { LC_ALL: 'C' }, why: shell, changes })
      if (rc !== 0) fail(msg, { stdout, stderr })
      return { stdout, stderr }
    }
    let cache_updated: boolean | undefined
    if (args.update_cache) {
      const { stdout } = await run(
        `${program} --sync --refresh ${args.force ? '--refresh ' : ''}${words(args.update_cache_extra_args)}`,
        'could not update package db',
        false,
      )
      cache_updated =
        remote.checkMode ||
        !stdout
          .split('\n')
          .filter(line => /is up to date$|downloading|^ \w/.test(line))
          .every(line => /is up to date/.test(line))
    }
    const cache = cache_updated === undefined ? {} : { cache_updated }
    if (args.upgrade) {
      if (outdated.length === 0)
        return { changed: cache_updated ?? false, msg: 'Nothing to upgrade', packages: [], ...cache }
      const done = await run(
        `${program} --sync --sysupgrade --quiet --noconfirm ${words(args.upgrade_extra_args)}`,
        'Could not upgrade',
      )
      return { changed: true, msg: 'System upgraded', packages: outdated, ...cache, ...done }
    }
    if (names.length === 0) return { changed: cache_updated ?? false, msg: 'Updated package db', ...cache }

    const absent = args.state === 'absent' || args.state === 'removed'
    const kind = absent ? 'installed' : 'missing'
    const concerned = [
      ...new Set([
        ...seen.filter(row => row[0] === kind).map(row => row[2]!),
        ...(absent ? [] : seen.filter(row => row[0] === 'file').map(row => row[1]!)),
        ...(latest ? seen.filter(row => row[0] === 'installed' && outdated.includes(row[2]!)).map(row => row[2]!) : []),
      ]),
    ]
    if (concerned.length === 0)
      return {
        changed: cache_updated ?? false,
        msg: absent ? 'package(s) already absent' : 'package(s) already installed',
        packages: [],
        ...cache,
      }
    const files = concerned.filter(name => /:\/\/|\.pkg\.tar/.test(name))
    const plain = concerned.filter(name => !files.includes(name))
    const list = (all: readonly string[]) => all.map(quote).join(' ')
    const steps = absent
      ? [
          `${program} --remove --noconfirm --noprogressbar ${args.force ? '--nodeps --nodeps ' : ''}${args.remove_nosave ? '--nosave ' : ''}${words(args.extra_args)} ${list(concerned)}`,
        ]
      : [
          ...(plain.length > 0
            ? [`${program} --sync --noconfirm --noprogressbar --needed ${words(args.extra_args)} ${list(plain)}`]
            : []),
          ...(files.length > 0
            ? [`${program} --upgrade --noconfirm --noprogressbar --needed ${words(args.extra_args)} ${list(files)}`]
            : []),
          ...(args.reason
            ? [
                `${program} --database --as${args.reason === 'explicit' ? 'explicit' : 'deps'} ${list(args.reason_for === 'all' ? names : plain)}`,
              ]
            : []),
        ]
    const done = await run(
      steps.join(' && '),
      absent ? `failed to remove ${concerned.join(' ')} package(s)` : `Failed to install package(s)`,
    )
    return {
      changed: true,
      msg: `${absent ? 'Removed' : 'Installed'} ${concerned.length} package(s)`,
      packages: concerned,
      ...cache,
      ...done,
    }
  },
})

/** Options as they were written, in quotes, for they are no shell text. */
const words = (text: string): string => quoteAll(shlexSplit(text))
