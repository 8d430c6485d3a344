import { defineModule } from '../engine/module/define.js'
import type { Query } from '../engine/remote/remote.js'
import { serviceManager } from './queries/service-manager.js'
import { systemdUnit, type Unit } from './queries/systemd.js'
import { manageInitService } from './services/init-service.js'
import { manageUnit, reloadDaemon } from './services/systemd-unit.js'

export default defineModule({
  name: 'ansible.builtin.service',
  summary: 'Start, stop and enable services, whatever the init system',
  notes: ['systemd, OpenRC, runit, upstart, OpenWrt and SysV init are found by asking the host.'],
  check: 'full',
  args: {
    name: { type: 'str', aliases: ['service', 'unit'], summary: 'the service; systemd reloads itself without one' },
    state: {
      type: 'str',
      choices: ['started', 'stopped', 'reloaded', 'restarted'],
      summary: 'how the service should be',
    },
    enabled: { type: 'bool', summary: 'whether it starts at boot' },
    sleep: { type: 'int', summary: 'seconds between stop and start of a restart; not with systemd' },
    pattern: { type: 'str', summary: 'text to look for in ps where a service has no status; not with systemd' },
    runlevel: { type: 'str', default: 'default', summary: 'OpenRC: the runlevel to enable it in' },
    arguments: { type: 'str', aliases: ['args'], summary: 'more arguments for the init script; not with systemd' },
    use: { type: 'str', default: 'auto', summary: 'the init system, instead of asking the host' },
    masked: { type: 'bool', summary: 'systemd: whether it is impossible to start' },
    daemon_reload: {
      type: 'bool',
      default: false,
      aliases: ['daemon-reload'],
      summary: 'systemd: read unit files again',
    },
    daemon_reexec: {
      type: 'bool',
      default: false,
      aliases: ['daemon-reexec'],
      summary: 'systemd: execute itself again',
    },
    no_block: { type: 'bool', default: false, summary: 'systemd: do not wait until it is done' },
    force: { type: 'bool', summary: 'systemd: override existing symbolic links' },
    scope: { type: 'str', choices: ['system', 'user', 'global'], default: 'system', summary: 'systemd: whose systemd' },
  },
  rules: { oneOf: [['state', 'enabled', 'masked', 'daemon_reload', 'daemon_reexec']] },
  returns: {
    name: 'the service',
    state: 'how it is now',
    enabled: 'whether it starts at boot',
    status: 'systemd: properties of the unit',
  },
  examples: `
- name: Start httpd, now and at boot
  ansible.builtin.service:
    name: httpd
    state: started
    enabled: true
`,

  async run({ args, given, remote, task, fail, warn, call }) {
    const wanted = args.use === 'auto' ? await chosen(task) : args.use.replace(/^.*\./, '')
    const [manager, early] = await Promise.all([
      wanted === 'auto' ? remote.query(serviceManager) : wanted,
      remote.query(
        args.daemon_reload || args.daemon_reexec || args.name === undefined
          ? nothing
          : systemdUnit(args.name, args.scope),
      ),
    ])
    const own = modules[manager]
    const bySystemd = own === modules.systemd
    const unused = bySystemd ? foreign.filter(name => given.has(name)) : []
    for (const name of unused) warn(`Ignoring "${name}" as it is not used in "systemd"`)
    const defaults = own && (await task.moduleDefaults?.(own))
    if (own && defaults && Object.keys(defaults).length > 0) {
      const mine = Object.entries(args).filter(([name]) => given.has(name) && !['use', ...unused].includes(name))
      return call(own, { ...defaults, ...Object.fromEntries(mine) })
    }
    if (bySystemd) {
      const needing = (['state', 'enabled', 'masked'] as const).find(key => args[key] !== undefined)
      if (args.name === undefined && needing) fail(`missing parameter(s) required by '${needing}': name`)
      await reloadDaemon(remote, args, fail)
      return manageUnit({ remote, fail, warn }, args, early)
    }
    const { name = fail('missing required arguments: name') } = args
    return manageInitService(
      remote,
      { ...args, name, runlevels: args.runlevel === 'default' ? [] : [args.runlevel] },
      fail,
    )
  },
})

/** The modules of their own, which have defaults of their own. */
const modules: { readonly [manager: string]: string } = {
  systemd: 'ansible.builtin.systemd',
  systemd_service: 'ansible.builtin.systemd',
  sysvinit: 'ansible.builtin.sysvinit',
}

/** Options that mean nothing to systemd. */
const foreign = ['pattern', 'runlevel', 'sleep', 'arguments']

const nothing: Query<Unit | undefined> = { command: ':' as Query<unknown>['command'], parse: () => undefined }

/** `ansible_service_mgr` given as a variable spares the question, as facts do for Ansible. */
async function chosen(task: { variable(name: string): Promise<unknown> }): Promise<string> {
  const fact = await task.variable('ansible_service_mgr')
  return typeof fact === 'string' && fact !== '' ? fact : 'auto'
}
