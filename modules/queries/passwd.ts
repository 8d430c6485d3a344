/** What the user and group databases say. */
import { raw, sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly comment: string
  readonly home: string
  readonly shell: string
}

export interface Shadow {
  readonly password: string
  readonly min: string
  readonly max: string
  readonly warn: string
  readonly inactive: string
  readonly expires: string
}

export interface GroupEntry {
  readonly name: string
  readonly gid: number
}

export interface UserState {
  readonly account: Account | undefined
  readonly shadow: Shadow | undefined
  /** Every group of the user by name, the primary one first. */
  readonly groups: readonly string[]
  readonly homeExists: boolean
  /** Group as asked (name or number) → entry. */
  readonly known: ReadonlyMap<string, GroupEntry>
  readonly keyExists: boolean
  readonly fingerprint: string
  readonly publicKey: string
  /** Account programs the host has. */
  readonly tools: ReadonlySet<string>
}

const entryFunctions = (local: boolean) => `entry() { # database, name or number
  ${local ? '' : 'if command -v getent >/dev/null 2>&1; then getent "$1" "$2" && return; fi'}
  awk -F: -v key="$2" '$1 == key || ($3 == key && key ~ /^[0-9]+$/) { print; exit }' "/etc/$1" 2>/dev/null
}
`

/** Everything `user` has to know, in one question. `keyFile` relative to the home. */
export const userState = (
  name: string,
  {
    groups,
    local,
    home,
    keyFile,
  }: { groups: readonly string[]; local: boolean; home?: string | undefined; keyFile?: string | undefined },
): Query<UserState> => ({
  command: sh`${raw(entryFunctions(local))}
name=${name}
line=$(entry passwd "$name"); case $line in "$name":*) ;; *) line= ;; esac
if [ -n "$line" ]; then
  printf 'passwd %s\n' "$line"
  shadow=$(${raw(local ? '' : 'getent shadow "$name" 2>/dev/null ||')} awk -F: -v key="$name" '$1 == key { print; exit }' /etc/shadow 2>/dev/null)
  [ -z "$shadow" ] || printf 'shadow %s\n' "$shadow"
  # Names of several groups may share a number, so the members are what counts, not id's numbers.
  primary=$(entry group "$(printf '%s' "$line" | cut -d: -f4)" | cut -d: -f1)
  printf 'groups %s %s\n' "\${primary:-$(id -gn "$name" 2>/dev/null)}" "$({ ${raw(local ? '' : 'getent group 2>/dev/null;')} cat /etc/group 2>/dev/null; } |
    awk -F: -v name="$name" '!seen[$1]++ { count = split($4, members, ","); for (i = 1; i <= count; i++) if (members[i] == name) printf "%s ", $1 }')"
fi
home=${home ?? ''}; [ -n "$home" ] || home=$(printf '%s' "$line" | cut -d: -f6)
[ -n "$home" ] || home=/home/$name
[ ! -e "$home" ] || echo home
key=${keyFile ?? ''}
if [ -n "$key" ]; then
  case $key in /*) ;; *) key=$home/$key ;; esac
  [ ! -e "$key" ] || { echo key; ssh-keygen -l -f "$key" 2>/dev/null | sed 's/^/fingerprint /'; sed 's/^/public /' "$key.pub" 2>/dev/null; }
fi
for group in ${groups}; do line=$(entry group "$group"); [ -z "$line" ] || printf 'group %s:%s\n' "$group" "$line"; done
for tool in useradd usermod userdel luseradd lusermod luserdel lgroupmod chpasswd chage adduser deluser addgroup; do ! command -v $tool >/dev/null 2>&1 || echo "tool $tool"; done`,
  parse: stdout => {
    const rows = (key: string) => [...stdout.matchAll(new RegExp(`^${key} (.*)$`, 'gm'))].map(match => match[1]!)
    const [accountName, , uid, gid, comment = '', home_ = '', shell = ''] = rows('passwd')[0]?.split(':') ?? []
    const shadow = rows('shadow')[0]?.split(':')
    const known = new Map<string, GroupEntry>()
    for (const row of rows('group')) {
      const [asked = '', group = '', , id] = row.split(':')
      known.set(asked, { name: group, gid: Number(id) })
    }
    return {
      account:
        accountName === undefined
          ? undefined
          : { name: accountName, uid: Number(uid), gid: Number(gid), comment, home: home_, shell },
      shadow: shadow && {
        password: shadow[1] ?? '',
        min: shadow[3] ?? '',
        max: shadow[4] ?? '',
        warn: shadow[5] ?? '',
        inactive: shadow[6] ?? '',
        expires: shadow[7] ?? '',
      },
      groups: [...new Set((rows('groups')[0] ?? '').split(' ').filter(Boolean))],
      homeExists: /^home$/m.test(stdout),
      known,
      keyExists: /^key$/m.test(stdout),
      fingerprint: rows('fingerprint')[0] ?? '',
      publicKey: rows('public').join('\n'),
      tools: new Set(rows('tool')),
    }
  },
})

/** A group by name, and which programs can change groups. */
export const groupState = (
  name: string,
  local: boolean,
): Query<{ group: GroupEntry | undefined; tools: ReadonlySet<string> }> => ({
  command: sh`${raw(entryFunctions(local))}
entry group ${name} | sed 's/^/group /'
for tool in groupadd groupmod groupdel lgroupadd lgroupmod lgroupdel addgroup delgroup; do ! command -v $tool >/dev/null 2>&1 || echo "tool $tool"; done`,
  parse: stdout => {
    const [found, , gid] = /^group (.*)$/m.exec(stdout)?.[1]?.split(':') ?? []
    return {
      group: found === name ? { name: found, gid: Number(gid) } : undefined,
      tools: new Set([...stdout.matchAll(/^tool (.*)$/gm)].map(match => match[1]!)),
    }
  },
})
