import { defineModule } from '../engine/module/define.js'
import type { ShellText } from '../engine/remote/remote.js'

type Service = { name: string; state: string; status?: string; source: string }

const script = `export LC_ALL=C
if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then
  printf '\\036units\\n'; systemctl list-units --no-pager --type service --all --plain --no-legend 2>/dev/null || systemctl list-units --no-pager --type service --all
  printf '\\036files\\n'; systemctl list-unit-files --no-pager --type service --all --no-legend 2>/dev/null
  printf '\\036states\\n'; systemctl list-unit-files --no-pager --type service --all --no-legend 2>/dev/null | sed -n 's/^\\([^ ]*[^@ ]\\.service\\) .*/\\1/p' | xargs systemctl show -p Names -p ActiveState -- 2>/dev/null
fi
if command -v rc-status >/dev/null 2>&1; then printf '\\036openrc\\n'; rc-status -a -s -m 2>/dev/null; printf '\\036levels\\n'; rc-update show -v 2>/dev/null; fi
if [ -d /etc/init.d ] && command -v service >/dev/null 2>&1 && ! command -v chkconfig >/dev/null 2>&1; then printf '\\036sysv\\n'; service --status-all 2>&1 | grep -E '\\[ *[-+?] *\\]'; fi
if command -v chkconfig >/dev/null 2>&1; then printf '\\036chkconfig\\n'; chkconfig --list 2>/dev/null; fi
if command -v initctl >/dev/null 2>&1; then printf '\\036upstart\\n'; initctl list 2>/dev/null; fi
true`

export default defineModule({
  name: 'ansible.builtin.service_facts',
  summary: 'Which services there are and how they are, as facts',
  check: 'full',
  args: {},
  returns: { ansible_facts: 'services: name → name, state, status, source' },
  examples: `
- name: Look at the services
  ansible.builtin.service_facts:
`,

  async run({ remote }) {
    const parts = await remote.query({
      command: script as ShellText,
      parse: stdout =>
        new Map(
          stdout
            .split('\x1e')
            .slice(1)
            .map(part => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]),
        ),
    })
    const lines = (name: string) => (parts.get(name) ?? '').split('\n').filter(line => line.trim() !== '')
    const services: { [name: string]: Service } = {}
    for (const line of lines('sysv')) {
      const [, sign, name] = /\[ *([-+?]) *\]\s+(\S+)/.exec(line) ?? []
      if (name) services[name] = { name, state: sign === '+' ? 'running' : 'stopped', source: 'sysv' }
    }
    for (const line of lines('chkconfig')) {
      const name = line.trim().split(/\s+/)[0]!
      const on = /\b[35]:on\b/.test(line)
      if (/\b0:/.test(line))
        services[name] = { name, state: 'unknown', status: on ? 'enabled' : 'disabled', source: 'sysv' }
    }
    for (const line of lines('upstart')) {
      const [, name, goal, state] = /^(\S+)(?: \(.*?\))? (\w+)\/(\w+)/.exec(line) ?? []
      if (name)
        services[name] = {
          name,
          state: state === 'running' ? 'running' : 'stopped',
          ...(goal && { goal }),
          source: 'upstart',
        }
    }
    const levels = lines('levels')
    for (const line of lines('openrc')) {
      const [, name, state] = /^\s*(\S+)\s+.*\[\s*(\w+)/.exec(line) ?? []
      if (!name) continue
      const enabled = levels.some(level => new RegExp(`^\\s*${name.replace(/[^\w-]/g, '\\$&')} \\|.*\\w`).test(level))
      services[name] = {
        name,
        state: state === 'started' ? 'running' : 'stopped',
        status: enabled ? 'enabled' : 'disabled',
        source: 'openrc',
      }
    }
    for (const line of lines('units')) {
      const [name = '', load = '', active = '', sub = ''] = line.replace(/^[●*\s]+/, '').split(/\s+/)
      if (!name.endsWith('.service')) continue
      // Without a unit file there is no status but whether it is active.
      const status = load === 'not-found' || load === 'masked' ? load : active
      services[name] = { name, state: sub === 'running' ? 'running' : 'stopped', status, source: 'systemd' }
    }
    // Another name of a unit is as active as the unit itself; templates have no state.
    const states = new Map(
      (parts.get('states') ?? '').split('\n\n').flatMap(block => {
        const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(block)?.[1] ?? ''
        return value('Names')
          .split(' ')
          .map(name => [name, value('ActiveState')] as const)
      }),
    )
    for (const line of lines('files')) {
      const [name = '', status = ''] = line.trim().split(/\s+/)
      if (!name.endsWith('.service')) continue
      const known = services[name]
      services[name] = known
        ? { ...known, status: ['not-found', 'masked', 'failed'].includes(known.status ?? '') ? known.status! : status }
        : { name, state: states.get(name) ?? 'unknown', status, source: 'systemd' }
    }
    return { changed: false, ansible_facts: { services } }
  },
})
