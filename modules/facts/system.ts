/** The small collectors: each a few lines of shell and how to read them. */
import { shlexSplit } from '../../engine/python/shlex.js'
import type { Json } from '../../engine/python/values.js'
import { givenPath, sh } from '../../engine/remote/quote.js'
import { findPackageManager } from '../queries/package-manager.js'
import { findServiceManager } from '../queries/service-manager.js'
import type { Collector } from './collector.js'
import { findPython } from './platform.js'

const apparmor: Collector = {
  name: 'apparmor',
  also: [],
  minimal: true,
  script: 'section apparmor; [ ! -e /sys/kernel/security/apparmor ] || echo enabled\n',
  read: sections => ({ apparmor: { status: sections.trimmed('apparmor') || 'disabled' } }),
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
  script: `section chroot
if [ -n "$debian_chroot" ]; then echo yes
elif there=$(stat -c %d:%i /proc/1/root/. 2>/dev/null); then [ "$there" = "$(stat -c %d:%i /)" ] || echo yes
else case $(stat -f -c %T / 2>/dev/null) in btrfs) root=256 ;; xfs) root=128 ;; *) root=2 ;; esac; [ "$(stat -c %i /)" = $root ] || echo yes
fi
`,
  read: sections => ({ is_chroot: sections.trimmed('chroot') === 'yes' }),
}

const cmdline: Collector = {
  name: 'cmdline',
  also: [],
  minimal: true,
  script: 'bring cmdline /proc/cmdline\n',
  read: sections => {
    if (!sections.has('cmdline')) return {}
    const last: { [key: string]: Json } = {}
    const every: { [key: string]: Json } = {}
    for (const word of words(sections.trimmed('cmdline'))) {
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
now=$(date +%s.%N); epoch=\${now%%.*}
at() { if date -d "@$1" +%s >/dev/null 2>&1; then date -d "@$1" "$2"; else date "$2"; fi; }
utc() { if date -u -d "@$1" +%s >/dev/null 2>&1; then date -u -d "@$1" "$2"; else date -u "$2"; fi; }
echo "$now"
at $epoch '+%Y %m %d %H %M %S %A %w %W %Z %z'
utc $epoch '+%Y-%m-%dT%H:%M:%S'
year=$(at $epoch +%Y)
january=$(( (year - 1970) * 31556952 + 1300000 )); july=$((january + 15700000))
at $january '+%Z %z'; at $july '+%Z %z'
`,
  read: sections => {
    const [now = '0', local = '', utc = '', january = '', july = ''] = sections.lines('date_time')
    const [
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
    ] = local.split(' ')
    const [epoch = '0', nanos = ''] = now.split('.')
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
  script: 'bring dns /etc/resolv.conf\n',
  read: sections => {
    const found: { [key: string]: Json } = {}
    for (const line of sections.lines('dns')) {
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
  script: sh`section env; (PATH=${givenPath}; { env -0 2>/dev/null || env | tr '\\n' '\\000'; } | tr '\\000\\n' '\\n\\001')
`,
  read: sections => ({
    env: Object.fromEntries(
      sections.lines('env').flatMap(line => {
        const equals = line.indexOf('=')
        return equals < 1 ? [] : [[line.slice(0, equals), line.slice(equals + 1).replaceAll('\x01', '\n')]]
      }),
    ),
  }),
}

const fibreChannel: Collector = {
  name: 'fibre_channel_wwn',
  also: [],
  script: `section wwn; for port in /sys/class/fc_host/*/port_name; do [ ! -r "$port" ] || cat "$port"; done
`,
  read: sections => ({ fibre_channel_wwn: sections.lines('wwn').map(line => line.trim().replace(/^0x/, '')) }),
}

const fips: Collector = {
  name: 'fips',
  also: [],
  minimal: true,
  script: 'bring fips /proc/sys/crypto/fips_enabled\n',
  read: sections => ({ fips: sections.trimmed('fips') === '1' }),
}

const iscsi: Collector = {
  name: 'iscsi',
  also: [],
  script: 'bring iscsi /etc/iscsi/initiatorname.iscsi\n',
  read: sections => ({ iscsi_iqn: /^InitiatorName=(.*)$/m.exec(sections.text('iscsi'))?.[1]?.trim() ?? '' }),
}

const loadavg: Collector = {
  name: 'loadavg',
  also: [],
  script: 'bring loadavg /proc/loadavg\n',
  read: sections => {
    const [one, five, fifteen] = sections.trimmed('loadavg').split(' ').map(Number)
    return { loadavg: { '1m': one ?? 0, '5m': five ?? 0, '15m': fifteen ?? 0 } }
  },
}

const lsb: Collector = {
  name: 'lsb',
  also: [],
  minimal: true,
  script: `section lsb; if has lsb_release; then lsb_release -a 2>/dev/null; elif [ -r /etc/lsb-release ]; then cat /etc/lsb-release; fi
`,
  read: sections => {
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

const nvme: Collector = {
  name: 'nvme',
  also: [],
  script: 'bring nvme /etc/nvme/hostnqn\n',
  read: sections => ({
    hostnqn:
      sections
        .lines('nvme')
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
  script: `section selinux
if [ -e /sys/fs/selinux/enforce ]; then
  echo "mode=$(cat /sys/fs/selinux/enforce)"; echo "policyvers=$(cat /sys/fs/selinux/policyvers 2>/dev/null)"
  sed -n 's/^SELINUX=/config=/p; s/^SELINUXTYPE=/type=/p' /etc/selinux/config 2>/dev/null
fi
`,
  read: sections => {
    const found = sections.assignments('selinux')
    if (found.mode === undefined) return { selinux_python_present: true, selinux: { status: 'disabled' } }
    return {
      selinux_python_present: true,
      selinux: {
        status: 'enabled',
        policyvers: Number(found.policyvers) || 'unknown',
        config_mode: found.config ?? 'unknown',
        mode: found.mode === '1' ? 'enforcing' : 'permissive',
        type: found.type ?? 'unknown',
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
  script: `section ssh_keys
for dir in /etc/ssh /etc/openssh /etc; do
  any=
  for kind in dsa rsa ecdsa ed25519; do
    file=$dir/ssh_host_\${kind}_key.pub
    [ ! -r $file ] || { any=1; read -r type key rest <$file; printf '%s %s %s\\n' $kind "$type" "$key"; }
  done
  [ -z "$any" ] || break
done
`,
  read: sections =>
    Object.fromEntries(
      sections.lines('ssh_keys').flatMap(line => {
        const [kind, type, key] = line.split(' ')
        return [
          [`ssh_host_key_${kind}_public`, key],
          [`ssh_host_key_${kind}_public_keytype`, type],
        ]
      }),
    ),
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
  script: `section user; uid=$(id -u); { has getent && getent passwd "$uid"; } || grep "^[^:]*:[^:]*:$uid:" /etc/passwd
section ids; id -un; id -ur; id -u; id -gr; id -g
`,
  read: sections => {
    const [name, realUser, user, realGroup, group] = sections.lines('ids')
    const [, , uid, gid, gecos, home, shell] = (sections.lines('user')[0] ?? '').split(':')
    return {
      user_id: name,
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
