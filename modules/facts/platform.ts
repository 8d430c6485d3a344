import type { Collector } from './collector.js'

/** Sets $python and $python_version, once: the interpreters that Ansible looks for, the system's own first. */
export const findPython = `if [ -z "$python_seen" ]; then
  python_seen=1; python=; python_version=
  for name in /usr/bin/python3 /usr/libexec/platform-python /usr/bin/python python3 python; do
    has $name && python=$(command -v $name) && python_version=$($name --version 2>&1) && break
  done
fi
`

export const platform: Collector = {
  name: 'platform',
  also: ['architecture', 'kernel', 'kernel_version', 'machine', 'machine_id', 'system', 'python_version'],
  minimal: true,
  script: `section uname; uname -s; uname -r; uname -v; uname -m; uname -n
section bits; getconf LONG_BIT 2>/dev/null
section fqdn; host=$(uname -n)
if has getent; then
  address=$(getent hosts "$host" 2>/dev/null | { read -r a rest; echo "$a"; })
  { [ -n "$address" ] && getent hosts "$address" || getent hosts "$host"; } 2>/dev/null
else grep -w "$host" /etc/hosts 2>/dev/null
fi
bring machine_id /var/lib/dbus/machine-id; [ -r /var/lib/dbus/machine-id ] || bring machine_id /etc/machine-id
${findPython}section python_version; echo "$python_version"
`,
  read: sections => {
    const [system = 'Linux', kernel = '', version = '', machine = '', nodename = ''] = sections.lines('uname')
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
      machine_id: sections.trimmed('machine_id') || undefined,
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
