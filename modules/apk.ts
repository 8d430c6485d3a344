import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { quote, raw, sh } from '../engine/remote/quote.js'

const args = {
  name: { type: 'list', elements: 'str', summary: 'packages, also name=version' },
  state: {
    type: 'str',
    choices: ['present', 'installed', 'absent', 'removed', 'latest'],
    default: 'present',
    summary: 'how the packages should be',
  },
  update_cache: { type: 'bool', default: false, summary: 'fetch the indexes first' },
  upgrade: { type: 'bool', default: false, summary: 'upgrade everything' },
  available: { type: 'bool', default: false, summary: 'with upgrade: also take what repositories have instead' },
  no_cache: { type: 'bool', default: false, summary: 'use no local cache' },
  repository: { type: 'list', elements: 'str', summary: 'repositories instead of those of the host' },
  world: { type: 'str', default: '/etc/apk/world', summary: 'file of the wanted packages' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.apk',
  summary: 'Packages of Alpine Linux',
  check: 'full',
  args,
  rules: { oneOf: [['name', 'update_cache', 'upgrade']], exclusive: [['name', 'upgrade']] },
  returns: { packages: 'packages that changed' },
  examples: `
- name: Install packages with fresh indexes
  community.general.apk:
    name: [nginx, curl]
    update_cache: true
`,

  async run({ args, remote, fail }) {
    const names = (args.name ?? []).map(name => name.trim()).filter(Boolean)
    const latest = args.state === 'latest'
    const options = [
      ...(args.no_cache ? ['--no-cache'] : []),
      ...(args.repository
        ? ['--repositories-file', '/dev/null', ...args.repository.flatMap(url => ['--repository', url])]
        : []),
    ]
    // Before anything is asked, for what is old is known by new indexes.
    if (args.update_cache && (names.length > 0 || args.upgrade)) {
      const argv = ['apk', 'update', ...options]
      const { rc, stdout, stderr } = await remote.exec({ argv, why: 'fetch the indexes', changes: false })
      if (rc !== 0) fail('could not update package db', { stdout, stderr })
    }
    const seen = await remote.query({
      command: sh`for name in ${names}; do
  plain=\${name%%[<>=~]*}
  if grep -qxF -- "$name" ${args.world} 2>/dev/null; then echo "wanted $name"; fi
  apk info -e "$name" >/dev/null 2>&1 && echo "installed $name"
  ${raw(latest ? 'apk version -q -l "<" "$plain" 2>/dev/null | grep -q . && echo "old $name"' : ':')}
done; true`,
      parse: stdout => (kind: string, name: string) => stdout.split('\n').includes(`${kind} ${name}`),
    })
    const apk = async (words: readonly string[], msg: string) => {
      const { rc, stdout, stderr } = await remote.exec({
        shell: `apk ${words.map(quote).join(' ')} ${options.map(quote).join(' ')}${remote.checkMode ? ' --simulate' : ''}`,
        why: words.join(' '),
        inCheckMode: true,
        changes: false,
      })
      const packages = [...stdout.matchAll(/^\(\d+\/\d+\) \S+ (\S+)/gm)].map(match => match[1]!)
      if (rc !== 0) fail(msg, { stdout, stderr, packages })
      const changed = packages.length > 0
      return { changed, stdout, stderr, packages }
    }

    if (args.upgrade) {
      const { changed, stdout, stderr, packages } = await apk(
        ['upgrade', ...(args.available ? ['--available'] : [])],
        'failed to upgrade packages',
      )
      return { changed, msg: changed ? 'upgraded packages' : 'packages already upgraded', stdout, stderr, packages }
    }
    if (names.length === 0) {
      const { rc, stdout, stderr } = await remote.exec({
        argv: ['apk', 'update', ...options],
        why: 'fetch the indexes',
      })
      if (rc !== 0) fail('could not update package db', { stdout, stderr })
      return { changed: true, msg: 'updated repository indexes', stdout, stderr }
    }
    const absent = args.state === 'absent' || args.state === 'removed'
    const concerned = names.filter(name => {
      const there = seen('installed', name)
      return absent ? there : !there || (latest && seen('old', name)) || !seen('wanted', name)
    })
    if (concerned.length === 0)
      return { changed: false, msg: absent ? 'package(s) already removed' : 'package(s) already installed' }
    const list = concerned.join(' ')
    const done = absent
      ? await apk(['del', ...concerned], `failed to remove ${list} package(s)`)
      : await apk(['add', ...(latest ? ['--upgrade'] : []), ...concerned], `failed to install ${list}`)
    const changed = done.changed || !absent
    return {
      changed,
      msg: absent ? `removed ${list} package(s)` : `installed ${list} package(s)`,
      stdout: done.stdout,
      stderr: done.stderr,
      packages: done.packages,
    }
  },
})
