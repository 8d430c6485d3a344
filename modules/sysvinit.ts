import { defineModule } from '../engine/module/define.js'
import { changeInitService } from './services/init-service.js'

export default defineModule({
  name: 'ansible.builtin.sysvinit',
  summary: 'Start, stop and enable services of SysV init scripts',
  check: 'full',
  args: {
    name: { type: 'str', required: true, aliases: ['service'], summary: 'the service' },
    state: {
      type: 'str',
      choices: ['started', 'stopped', 'restarted', 'reloaded'],
      summary: 'how the service should be',
    },
    enabled: { type: 'bool', summary: 'whether it starts at boot' },
    sleep: { type: 'int', default: 1, summary: 'seconds between stop and start of a restart' },
    pattern: { type: 'str', summary: 'text to look for in ps where a service has no status' },
    arguments: { type: 'str', aliases: ['args'], summary: 'more arguments for the init script' },
    runlevels: { type: 'list', elements: 'str', summary: 'run levels to enable it in' },
    daemonize: { type: 'bool', default: false, summary: 'let the script run detached from this task' },
  },
  rules: { oneOf: [['state', 'enabled']] },
  returns: { status: 'what was done about `enabled` and about the state' },
  examples: `
- name: Start apache2 in some run levels
  ansible.builtin.sysvinit:
    name: apache2
    state: started
    enabled: true
    runlevels: [3, 5]
`,

  async run({ args, remote, fail }) {
    const { changed, stateChanged, enabledChanged } = await changeInitService(
      remote,
      { ...args, direct: true },
      fail,
      `Could not find the requested service ${args.name}: `,
    )
    const none = { changed: false, rc: null, stdout: null, stderr: null }
    return {
      changed,
      name: args.name,
      status: {
        enabled: { ...none, changed: enabledChanged },
        [args.state ?? 'null']: stateChanged ? { changed: true, ...stateChanged } : none,
      },
    }
  },
})
