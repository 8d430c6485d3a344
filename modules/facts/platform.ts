import type { Collector } from './collector.js'

/** Sets $python and $python_version, once: the interpreters that Ansible looks for, the system's own first. */
export const findPython = `if [ -z "$python_seen" ]; then
  python_seen=1; python=; python_version=
  for name in /usr/bin/python3 /usr/libexec/platform-python /usr/bin/python python3 python; do
    has $name && python=$(command -v $name) && python_version=$($name --version 2>&1) && break
  done
fi
`

/** Sets $ids to what id(1) says and $uid to the effective number in it, once. */
export const findUser = `[ -n "$ids" ] || { ids=$(id); uid=\${ids#*euid=}; uid=\${uid#uid=}; uid=\${uid%%[!0-9]*}; }
`

export const platform: Collector = {
  name: 'platform',
  also: ['architecture', 'kernel', 'kernel_version', 'machine', 'machine_id', 'system', 'python_version'],
  minimal: true,
  files: ['/proc/sys/kernel/version', '/var/lib/dbus/machine-id', '/etc/machine-id'],
  script: `section uname; set -- $(uname -snrm); printf '%s\\n' "$@"; host=$2
[ -r /proc/sys/kernel/version ] || uname -v
section bits; getconf LONG_BIT 2>/dev/null
section fqdn
if has getent; then
  found=$(getent hosts "$host" 2>/dev/null); set -- $found
  { [ -n "$1" ] && getent hosts "$1" 2>/dev/null; } || printf '%s\\n' "$found"
else grep -w "$host" /etc/hosts 2>/dev/null
fi
${findPython}section python_version; echo "$python_version"
`,
  read: sections => {
    const [system = 'Linux', nodename = '', kernel = '', machine = '', told = ''] = sections.lines('uname')
    const version = sections.firstLine('/proc/sys/kernel/version') ?? told
    const id = sections.firstLine('/var/lib/dbus/machine-id') ?? sections.firstLine('/etc/machine-id')
    const bits = sections.trimmed('bits') || (/64|s390x/.test(machine) ? '64' : '32')
    const fqdn = fullName(sections.lines('fqdn')[0] ?? '', nodename)
    const python = /^Python (\d\S*)$/.exec(sections.trimmed('python_version'))?.[1]
    const thirtyTwo = bits === '32'
    return {
      system,
      kernel,
      kernel_version: version,
      machine,
      nodename,
      hostname: nodename.split('.')[0],
      fqdn,
      domain: fqdn.split('.').slice(1).join('.'),
      machine_id: id?.trim(),
      architecture: /^i[3456]86$/.test(machine) ? 'i386' : machine,
      userspace_bits: bits,
      userspace_architecture:
        machine === 'x86_64' ? (thirtyTwo ? 'i386' : 'x86_64') : /^i[3456]86$/.test(machine) ? 'i386' : undefined,
      python_version: python,
    }
  },
}

/** As Python's getfqdn: the first name with a dot, else the canonical one; `line` is "address canonical aliases". */
function fullName(line: string, nodename: string): string {
  const [, ...names] = line.trim().split(/\s+/)
  return names.find(name => name.includes('.')) ?? names[0] ?? nodename
}
