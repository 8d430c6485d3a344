import { defineModule } from '../engine/module/define.js'
import { manageUnit, reloadDaemon } from './services/systemd-unit.js'

export default defineModule({
  name: 'ansible.builtin.systemd',
  summary: 'Start, stop, enable and mask systemd units',
  check: 'full',
  args: {
    name: { type: 'str', aliases: ['service', 'unit'], summary: 'the unit; .service may be left out' },
    state: { type: 'str', choices: ['reloaded', 'restarted', 'started', 'stopped'], summary: 'how the unit should be' },
    enabled: { type: 'bool', summary: 'whether it starts at boot' },
    masked: { type: 'bool', summary: 'whether it is impossible to start' },
    force: { type: 'bool', summary: 'override existing symbolic links' },
    daemon_reload: {
      type: 'bool',
      default: false,
      aliases: ['daemon-reload'],
      summary: 'first make systemd read its unit files again',
    },
    daemon_reexec: {
      type: 'bool',
      default: false,
      aliases: ['daemon-reexec'],
      summary: 'first make systemd execute itself again',
    },
    scope: { type: 'str', choices: ['system', 'user', 'global'], default: 'system', summary: 'whose systemd' },
    no_block: { type: 'bool', default: false, summary: 'do not wait until it is done' },
  },
  rules: {
    requiredBy: { state: ['name'], enabled: ['name'], masked: ['name'] },
  },
  returns: {
    status: 'properties of the unit before the change, from systemctl show',
    state: 'how it is now',
    enabled: 'whether it starts at boot',
  },
  examples: `
- name: Start a unit, now and at boot
  ansible.builtin.systemd:
    name: httpd
    state: started
    enabled: true

- name: Restart it with a changed unit file
  ansible.builtin.systemd:
    name: crond
    state: restarted
    daemon_reload: true
`,

  async run({ args, remote, fail, warn }) {
    const glob = /[*?[]/.exec(args.name ?? '')
    if (glob) {
      fail(
        `This module does not currently support using glob patterns, found '${glob[0]}' in service name: ${args.name}`,
      )
    }
    await reloadDaemon(remote, args, fail)
    return manageUnit({ remote, fail, warn }, args)
  },
})
