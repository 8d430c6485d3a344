/** What systemd knows about a unit. */
import { raw, sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'

export type Scope = 'system' | 'user' | 'global'

export interface Unit {
  /** False where systemctl is missing or cannot reach a running systemd; `error` says so in its words. */
  readonly answered: boolean
  readonly error: string
  /** systemctl sees a chroot or SYSTEMD_OFFLINE: units can be enabled and masked, but no systemd runs them. */
  readonly offline: boolean
  /** Every property of `systemctl show`. */
  readonly properties: { readonly [name: string]: string }
  /** systemd has a unit of this name, or there is an init script that it would wrap. */
  readonly exists: boolean
  readonly active: boolean
  readonly deactivating: boolean
  readonly masked: boolean
  /** By `systemctl is-enabled`, or the rc?.d links of an init script that it does not speak for. */
  readonly enabled: boolean
}

/** The systemctl command line of a scope. A user's systemd is found by XDG_RUNTIME_DIR, which sudo and su do not set. */
export const systemctl = (scope: Scope) =>
  scope === 'user'
    ? 'XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" systemctl --user'
    : scope === 'global'
      ? 'systemctl --global'
      : 'systemctl'

/** One question answers everything that `service`, `systemd` and their results need about a unit. */
export const systemdUnit = (name: string, scope: Scope = 'system'): Query<Unit> => ({
  command: sh`LC_ALL=C; export LC_ALL
${raw(systemctl(scope === 'global' ? 'system' : scope))} show -- ${name} 2>&1; echo "=show $?"
${raw(systemctl(scope))} is-enabled -l -- ${name} 2>/dev/null; echo "=enabled $?"
[ ! -e /etc/init.d/${name} ] || echo script
for link in /etc/rc?.d/S??${name}; do [ ! -e "$link" ] || { echo linked; break; }; done`,
  parse: stdout => {
    const [, show = '', showCode, enabled = '', enabledCode, rest = ''] =
      /^([\s\S]*?)=show (\d+)\n([\s\S]*?)=enabled (\d+)\n([\s\S]*)$/.exec(stdout) ?? []
    const properties = showCode === '0' ? parseProperties(show) : {}
    const script = /^script$/m.test(rest)
    const state = enabled.trim()
    // A template without its instance (`getty@`) can be enabled, but has no properties.
    const template = /@(?:\.\w+)?$/.test(name) && /^[a-z-]+$/m.test(state) && state !== 'not-found'
    const offline = /^Running in chroot, ignoring /m.test(show)
    const answered = 'LoadState' in properties || template || offline
    // What is enabled until the next boot alone is still to be enabled. With -l, links that enable an alias or an
    // indirect unit are listed below its state.
    const isEnabled =
      enabledCode === '0'
        ? !['indirect', 'alias', 'enabled-runtime'].includes(state)
        : scope === 'system' && script && !state.endsWith('disabled') && /^linked$/m.test(rest)
    return {
      answered,
      error: answered ? '' : show.trim(),
      properties,
      offline,
      exists: script || template || (offline ? state !== '' : answered && properties.LoadState !== 'not-found'),
      active: /^(?:active|activating|reloading|refreshing)$/.test(properties.ActiveState ?? ''),
      deactivating: properties.ActiveState === 'deactivating',
      masked: offline ? state === 'masked' : properties.LoadState === 'masked',
      enabled: isEnabled,
    }
  },
})

/** `Key=value` lines; the value of an Exec… property may go on over several lines, between braces. */
export function parseProperties(text: string): { [name: string]: string } {
  const properties: { [name: string]: string } = {}
  let open: string | undefined
  for (const line of text.split('\n')) {
    if (open !== undefined) {
      properties[open] += `\n${line}`
      if (line.trimEnd().endsWith('}')) open = undefined
      continue
    }
    const equals = line.indexOf('=')
    if (equals === -1) continue
    const name = line.slice(0, equals)
    const value = line.slice(equals + 1)
    properties[name] = value.trim()
    if (name.startsWith('Exec') && value.startsWith('{') && !value.trimEnd().endsWith('}')) open = name
  }
  return properties
}
