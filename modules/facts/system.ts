/** The small collectors: each a few lines of shell and how to read them. */
import { shlexSplit } from '../../engine/python/shlex.js'
import { float, type Json } from '../../engine/python/values.js'
import { givenPath, sh } from '../../engine/remote/quote.js'
import { findPackageManager } from '../queries/package-manager.js'
import { findServiceManager } from '../queries/service-manager.js'
import type { Collector } from './collector.js'
import { osRelease, osReleaseFiles } from './distribution.js'
import { findPython, findUser } from './platform.js'
import { assignments } from './sections.js'

const apparmor: Collector = {
  name: 'apparmor',
  also: [],
  minimal: true,
  links: ['/sys/kernel/security/apparmor'],
  read: ({ links }) => ({ apparmor: { status: links.has('/sys/kernel/security/apparmor') ? 'enabled' : 'disabled' } }),
}

const caps: Collector = {
  name: 'caps',
  also: ['system_capabilities', 'system_capabilities_enforced'],
  minimal: true,
  script: `section caps; if has capsh; then capsh --print 2>/dev/null; fi
`,
  read: sections => {
    const current = sections.lines('caps').find(line => line.startsWith('Current:'))
    if (current === undefined) return { system_capabilities: 'N/A', system_capabilities_enforced: 'N/A' }
    const all = current.split(':')[1]!.trim() === '=ep'
    const listed = (current.split('=')[1] ?? '').split(',').map(one => one.trim())
    return { system_capabilities_enforced: all ? 'False' : 'True', system_capabilities: all ? [] : listed }
  },
}

const chroot: Collector = {
  name: 'chroot',
  also: ['is_chroot'],
  files: ['/proc/mounts'],
  script: `section chroot; if [ -n "$debian_chroot" ]; then echo yes; else stat -c %d:%i / /proc/1/root/. 2>/dev/null; fi
`,
  read: sections => {
    const [own = '', first] = sections.lines('chroot')
    if (own === 'yes' || first !== undefined) return { is_chroot: own !== first }
    // Who may not look at the first process's root knows by the number that its own has.
    const types = [...sections.file('/proc/mounts').matchAll(/^\S+ \/ (\S+)/gm)].map(match => match[1])
    const root = { btrfs: '256', xfs: '128' }[types.at(-1) ?? ''] ?? '2'
    return { is_chroot: own !== '' && own.split(':')[1] !== root }
  },
}

const cmdline: Collector = {
  name: 'cmdline',
  also: [],
  minimal: true,
  files: ['/proc/cmdline'],
  read: sections => {
    if (sections.file('/proc/cmdline') === '') return {}
    const last: { [key: string]: Json } = {}
    const every: { [key: string]: Json } = {}
    for (const word of words(sections.file('/proc/cmdline').trim())) {
      const equals = word.indexOf('=')
      const key = equals === -1 ? word : word.slice(0, equals)
      const value = equals === -1 ? true : word.slice(equals + 1)
      last[key] = value
      const before = every[key]
      every[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
    }
    return { cmdline: last, proc_cmdline: every }
  },
}

const words = (text: string): string[] => {
  try {
    return shlexSplit(text)
  } catch {
    return text.split(/\s+/)
  }
}

const dateTime: Collector = {
  name: 'date_time',
  also: [],
  minimal: true,
  script: `section date_time
set -- $(LC_ALL=C date '+%s.%N %Y %m %d %H %M %S %A %w %W %Z %z'); echo "$*"
january=$((($2 - 1970) * 31556952 + 1300000))
[ "\${11}" = UTC ] || for when in $january $((january + 15700000)); do
  date -d "@$when" '+%Z %z' 2>/dev/null || date '+%Z %z'
done
`,
  read: sections => {
    const [today = '', january = '', july = ''] = sections.lines('date_time')
    const [
      now = '0',
      year = '',
      month = '',
      day = '',
      hour = '',
      minute = '',
      second = '',
      weekday = '',
      number = '',
      week = '',
      tz = '',
      offset = '',
    ] = today.split(' ')
    const [epoch = '0', nanos = ''] = now.split('.')
    const utc = new Date(Number(epoch) * 1000).toISOString().slice(0, 19)
    const micro = /^\d+$/.test(nanos) ? nanos.slice(0, 6).padEnd(6, '0') : '000000'
    // Daylight saving time is the one further east; tzname[1] is the standard name where there is none.
    const [one, other] = [january, july].map(text => text.split(' ') as [string, string])
    const summer = Number(one?.[1] ?? 0) > Number(other?.[1] ?? 0) ? one : other
    return {
      date_time: {
        year,
        month,
        weekday,
        weekday_number: number,
        weeknumber: week,
        day,
        hour,
        minute,
        second,
        epoch,
        epoch_int: epoch,
        date: `${year}-${month}-${day}`,
        time: `${hour}:${minute}:${second}`,
        iso8601_micro: `${utc}.${micro}Z`,
        iso8601: `${utc}Z`,
        iso8601_basic: `${year}${month}${day}T${hour}${minute}${second}${micro}`,
        iso8601_basic_short: `${year}${month}${day}T${hour}${minute}${second}`,
        tz,
        tz_dst: summer?.[0] || tz,
        tz_offset: offset,
      },
    }
  },
}

const dns: Collector = {
  name: 'dns',
  also: [],
  minimal: true,
  files: ['/etc/resolv.conf'],
  read: sections => {
    const found: { [key: string]: Json } = {}
    for (const line of sections.file('/etc/resolv.conf').split('\n')) {
      if (/^[#;]/.test(line) || line.trim() === '') continue
      const [key, ...values] = line.trim().split(/\s+/)
      if (key === 'nameserver') found.nameservers = [...((found.nameservers as string[]) ?? []), ...values]
      if (key === 'domain' && values[0]) found.domain = values[0]
      if (key === 'search' || key === 'sortlist') found[key] = values
      if (key === 'options') {
        found.options = Object.fromEntries(values.map(option => [option.split(':')[0]!, option.split(':')[1] ?? true]))
      }
    }
    return { dns: found }
  },
}

const env: Collector = {
  name: 'env',
  also: [],
  minimal: true,
  script: sh`section env; (PATH=${givenPath}; _u 2>/dev/null; env -0 2>/dev/null || env | tr '\\n' '\\000')
`,
  read: sections => ({
    env: Object.fromEntries(
      sections
        .text('env')
        .split('\0')
        .flatMap(one => {
          const equals = one.indexOf('=')
          return equals < 1 ? [] : [[one.slice(0, equals), one.slice(equals + 1)]]
        }),
    ),
  }),
}

const fibreChannel: Collector = {
  name: 'fibre_channel_wwn',
  also: [],
  files: ['/sys/class/fc_host/*/port_name'],
  read: sections => ({
    fibre_channel_wwn: sections
      .names(/^(\/sys\/class\/fc_host\/.*)$/)
      .map(path => sections.file(path).trim().replace(/^0x/, '')),
  }),
}

const fips: Collector = {
  name: 'fips',
  also: [],
  minimal: true,
  files: ['/proc/sys/crypto/fips_enabled'],
  read: sections => ({ fips: sections.firstLine('/proc/sys/crypto/fips_enabled') === '1' }),
}

const iscsi: Collector = {
  name: 'iscsi',
  also: [],
  files: ['/etc/iscsi/initiatorname.iscsi'],
  read: sections => ({
    iscsi_iqn: /^InitiatorName=(.*)$/m.exec(sections.file('/etc/iscsi/initiatorname.iscsi'))?.[1]?.trim() ?? '',
  }),
}

const loadavg: Collector = {
  name: 'loadavg',
  also: [],
  files: ['/proc/loadavg'],
  read: sections => {
    const [one, five, fifteen] = sections.file('/proc/loadavg').split(' ').map(Number)
    return { loadavg: { '1m': float(one ?? 0), '5m': float(five ?? 0), '15m': float(fifteen ?? 0) } }
  },
}

const lsb: Collector = {
  name: 'lsb',
  also: [],
  minimal: true,
  files: osReleaseFiles,
  // Debian's own since 12 is a script of a dozen programs that only says what os-release does.
  script: `section lsb
if has lsb_release; then
  line=; { read -r line; read -r line; read -r line; } <"$(command -v lsb_release)" 2>/dev/null
  case $line$LSB_OS_RELEASE in *'Gioele Barabucci') echo os-release ;; *) lsb_release -a 2>/dev/null ;; esac
elif [ -r /etc/lsb-release ]; then cat /etc/lsb-release; fi
`,
  read: sections => {
    if (sections.trimmed('lsb') === 'os-release') return { lsb: lsbOfOsRelease(osRelease(sections)) }
    const names: { readonly [key: string]: string } = {
      'distributor id': 'id',
      distrib_id: 'id',
      release: 'release',
      distrib_release: 'release',
      description: 'description',
      distrib_description: 'description',
      codename: 'codename',
      distrib_codename: 'codename',
    }
    const found: { [key: string]: string } = {}
    for (const line of sections.lines('lsb')) {
      const [, key = '', value = ''] = /^([\w ]+?)\s*[:=]\s*(.*)$/.exec(line) ?? []
      const name = names[key.toLowerCase()]
      if (name) found[name] = value.trim().replace(/^["'](.*)["']$/, '$1')
    }
    if (found.release) found.major_release = found.release.split('.')[0]!
    return { lsb: found }
  },
}

function lsbOfOsRelease({ ID = '', NAME, VERSION_ID, VERSION_CODENAME, PRETTY_NAME }: { [key: string]: string }) {
  const release = VERSION_ID || 'n/a'
  return {
    id: NAME?.toLowerCase() === ID.toLowerCase() ? NAME : ID.slice(0, 1).toUpperCase() + ID.slice(1) || 'n/a',
    release,
    description: PRETTY_NAME || 'n/a',
    codename: VERSION_CODENAME || 'n/a',
    major_release: release.split('.')[0]!,
  }
}

const nvme: Collector = {
  name: 'nvme',
  also: [],
  files: ['/etc/nvme/hostnqn'],
  read: sections => ({
    hostnqn:
      sections
        .file('/etc/nvme/hostnqn')
        .split('\n')
        .find(line => line.startsWith('nqn.'))
        ?.trim() ?? '',
  }),
}

const packageManager: Collector = {
  name: 'pkg_mgr',
  also: [],
  minimal: true,
  needs: ['distribution'],
  script: `section pkg_mgr\n${findPackageManager}pkg_mgr\n`,
  read: sections => ({ pkg_mgr: sections.trimmed('pkg_mgr') }),
}

const python: Collector = {
  name: 'python',
  also: [],
  minimal: true,
  script: `${findPython}section python; printf '%s\\n%s\\n' "$python" "$python_version"
`,
  read: sections => {
    const [executable, version = ''] = sections.lines('python')
    const [, major, minor, micro] = /^Python (\d+)\.(\d+)\.(\d+)/.exec(version) ?? []
    if (!executable || major === undefined) return {}
    const numbers = {
      major: Number(major),
      minor: Number(minor),
      micro: Number(micro),
      releaselevel: 'final',
      serial: 0,
    }
    return {
      python: {
        version: numbers,
        version_info: Object.values(numbers),
        executable,
        has_sslcontext: true,
        type: 'cpython',
      },
    }
  },
}

const selinux: Collector = {
  name: 'selinux',
  also: [],
  minimal: true,
  files: ['/sys/fs/selinux/enforce', '/sys/fs/selinux/policyvers', '/etc/selinux/config'],
  read: sections => {
    const mode = sections.firstLine('/sys/fs/selinux/enforce')
    const config = assignments(sections.file('/etc/selinux/config'))
    if (mode === undefined) return { selinux_python_present: true, selinux: { status: 'disabled' } }
    return {
      selinux_python_present: true,
      selinux: {
        status: 'enabled',
        policyvers: Number(sections.file('/sys/fs/selinux/policyvers')) || 'unknown',
        config_mode: config.SELINUX ?? 'unknown',
        mode: mode === '1' ? 'enforcing' : 'permissive',
        type: config.SELINUXTYPE ?? 'unknown',
      },
    }
  },
}

const serviceManager: Collector = {
  name: 'service_mgr',
  also: [],
  minimal: true,
  needs: ['platform', 'distribution'],
  script: `section service_mgr\n${findServiceManager}echo "$manager"\n`,
  read: sections => ({ service_mgr: sections.trimmed('service_mgr') }),
}

/** The first that has any. */
const keyFolders = ['/etc/ssh', '/etc/openssh', '/etc']

const sshKeys: Collector = {
  name: 'ssh_pub_keys',
  also: [
    'ssh_host_pub_keys',
    'ssh_host_key_dsa_public',
    'ssh_host_key_rsa_public',
    'ssh_host_key_ecdsa_public',
    'ssh_host_key_ed25519_public',
  ],
  minimal: true,
  files: keyFolders.map(folder => `${folder}/ssh_host_*_key.pub`),
  read: sections => {
    const keys = keyFolders.map(folder =>
      ['dsa', 'rsa', 'ecdsa', 'ed25519'].flatMap(kind => {
        const [type, key] = sections.firstLine(`${folder}/ssh_host_${kind}_key.pub`)?.split(' ') ?? []
        if (type === undefined) return []
        return [
          [`ssh_host_key_${kind}_public`, key],
          [`ssh_host_key_${kind}_public_keytype`, type],
        ]
      }),
    )
    return Object.fromEntries(keys.find(found => found.length > 0) ?? [])
  },
}

const user: Collector = {
  name: 'user',
  also: [
    'user_id',
    'user_uid',
    'user_gid',
    'user_gecos',
    'user_dir',
    'user_shell',
    'real_user_id',
    'effective_user_id',
    'effective_group_ids',
  ],
  minimal: true,
  script: `section ids; ${findUser}printf '%s\\n' "$ids"
section user; { has getent && getent passwd "$uid"; } || grep "^[^:]*:[^:]*:$uid:" /etc/passwd
`,
  read: sections => {
    const {
      uid: realUser,
      gid: realGroup,
      euid: user = realUser,
      egid: group = realGroup,
    } = numbers(sections.text('ids'))
    const [name, , uid, gid, gecos, home, shell] = (sections.lines('user')[0] ?? '').split(':')
    return {
      user_id: name ?? '',
      user_uid: Number(uid ?? user),
      user_gid: Number(gid ?? group),
      user_gecos: gecos ?? '',
      user_dir: home ?? '',
      user_shell: shell ?? '',
      real_user_id: Number(realUser),
      effective_user_id: Number(user),
      real_group_id: Number(realGroup),
      effective_group_id: Number(group),
    }
  },
}

/** The numbers that id(1) prints by name: `uid=1000(joe) gid=1000(joe) euid=0(root) …`. */
const numbers = (ids: string): { [name: string]: string } =>
  Object.fromEntries([...ids.matchAll(/\b(e?[ug]id)=(\d+)/g)].map(match => [match[1]!, match[2]!]))

/** Facts of other programs, where these are installed. */
const foreign = (name: string, command: string): Collector => ({
  name,
  also: [],
  script: `section ${name}; if has ${name}; then ${command} 2>/dev/null; fi\n`,
  read: sections => {
    try {
      const facts = JSON.parse(sections.text(name)) as { [key: string]: Json }
      return Object.fromEntries(Object.entries(facts).map(([key, value]) => [`=${name}_${key}`, value]))
    } catch {
      return {}
    }
  },
})

export const systemCollectors: readonly Collector[] = [
  apparmor,
  caps,
  chroot,
  cmdline,
  dateTime,
  dns,
  env,
  foreign('facter', 'facter --puppet --json'),
  fibreChannel,
  fips,
  iscsi,
  loadavg,
  lsb,
  nvme,
  foreign('ohai', 'ohai'),
  packageManager,
  python,
  selinux,
  serviceManager,
  sshKeys,
  user,
]
