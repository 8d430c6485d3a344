import { defineModule } from '../engine/module/define.js'
import type { Json } from '../engine/python/values.js'
import type { ShellText } from '../engine/remote/remote.js'

/** Each package manager: how to list, and how to read a line; the fields after the source are its own. */
const managers = {
  apt: {
    list: `dpkg-query -W -f='\${db:Status-Status}|\${Package}|\${Version}|\${Architecture}|\${Section}|\${Origin}\\n'`,
    program: 'dpkg-query',
    read: (line: string) => {
      const [status, name = '', version = '', arch = '', section = '', origin = ''] = line.split('|')
      return status === 'installed' ? { name, version, arch, category: section, origin: origin || 'Debian' } : undefined
    },
  },
  rpm: {
    list: `rpm -qa --qf '%{NAME}|%{VERSION}|%{RELEASE}|%{EPOCH}|%{ARCH}\\n'`,
    program: 'rpm',
    read: (line: string) => {
      const [name = '', version = '', release = '', epoch = '', arch = ''] = line.split('|')
      return {
        name,
        version,
        release,
        epoch: epoch === '(none)' ? null : Number(epoch),
        arch: arch === '(none)' ? null : arch,
      }
    },
  },
  apk: {
    list: 'apk info -v',
    program: 'apk',
    read: (line: string) => {
      const [, name, version, release] = /^(.+)-([^-]+)-(r\d+)$/.exec(line) ?? []
      return name ? { name, version: version!, release: release! } : undefined
    },
  },
  pacman: {
    list: 'LC_ALL=C pacman -Q',
    program: 'pacman',
    read: (line: string) => {
      const [name = '', version = ''] = line.split(' ')
      return { name, version }
    },
  },
  pkg_info: {
    list: 'pkg_info -a',
    program: 'pkg_info',
    read: (line: string) => {
      const [, name, version] = /^(.+)-(\d\S*)/.exec(line) ?? []
      return name ? { name, version: version! } : undefined
    },
  },
  pkg: {
    list: `pkg query '%n|%v|%q'`,
    program: 'pkg',
    read: (line: string) => {
      const [name = '', version = '', arch = ''] = line.split('|')
      return { name, version, arch }
    },
  },
  portage: {
    list: `qlist -Iv`,
    program: 'qlist',
    read: (line: string) => {
      const [, name, version] = /^(.+?)-(\d.*)$/.exec(line) ?? []
      return name ? { name, version: version! } : undefined
    },
  },
} as const
type Manager = keyof typeof managers

export default defineModule({
  name: 'ansible.builtin.package_facts',
  summary: 'Which packages are installed, as facts',
  check: 'full',
  args: {
    manager: { type: 'list', elements: 'str', default: ['auto'], summary: 'package managers to ask' },
    strategy: {
      type: 'str',
      choices: ['first', 'all'],
      default: 'first',
      summary: 'ask the first that is there, or all',
    },
  },
  returns: { ansible_facts: 'packages: name → list of installed versions' },
  examples: `
- name: Look at what is installed
  ansible.builtin.package_facts:

- name: Say which version
  ansible.builtin.debug:
    msg: "{{ packages['bash'][0].version }}"
`,

  async run({ args, remote, fail }) {
    const everyone = Object.keys(managers) as Manager[]
    const lower = args.manager.map(name =>
      name
        .toLowerCase()
        .replace(/^(?:yum|dnf5?|zypper)$/, 'rpm')
        .replace('pkgng', 'pkg'),
    )
    const asked = lower.includes('auto') ? everyone : everyone.filter(name => lower.includes(name))
    const unknown = lower.filter(name => name !== 'auto' && !(name in managers))
    if (unknown.length > 0) fail(`Unsupported package managers requested: ${unknown.join(', ')}`)

    // One that has nothing may be there beside the one that the host is made of, so those after it are asked, too.
    const found = await remote.query({
      command: asked
        .map(
          name =>
            `command -v ${managers[name].program} >/dev/null 2>&1 && out=$(${managers[name].list} 2>/dev/null) && { printf '\\036${name}\\n%s\\n' "$out"${args.strategy === 'first' ? '; [ -z "$out" ] || exit 0' : ''}; }`,
        )
        .concat('true')
        .join('\n') as ShellText,
      parse: stdout => stdout.split('\x1e').slice(1),
    })
    if (found.length === 0)
      fail(
        `Could not detect a supported package manager from the following list: ${asked.join(', ')}, or the required Python library is not installed. Check warnings for details.`,
      )
    const packages: { [name: string]: Json[] } = {}
    for (const part of found) {
      const [source = '', ...lines] = part.split('\n')
      for (const line of lines.filter(Boolean)) {
        const one = managers[source as Manager].read(line)
        if (one) packages[one.name] = [...(packages[one.name] ?? []), { ...one, source }]
      }
    }
    return { changed: false, ansible_facts: { packages } }
  },
})
