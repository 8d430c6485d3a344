import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

export default defineModule({
  name: 'ansible.posix.seboolean',
  summary: 'Switch booleans of SELinux',
  check: 'full',
  args: {
    name: { type: 'str', required: true, summary: 'the boolean' },
    state: { type: 'bool', required: true, summary: 'what it should be' },
    persistent: { type: 'bool', default: false, summary: 'also after a reboot' },
    ignore_selinux_state: { type: 'bool', default: false, summary: 'go on where SELinux is off' },
  },
  examples: `
- ansible.posix.seboolean:
    name: httpd_can_network_connect
    state: true
    persistent: true
`,

  async run(context) {
    const { args, remote, fail } = context
    const { name, state, persistent } = args
    const seen = await remote.query({
      command: sh`selinuxenabled 2>/dev/null && echo "enabled yes"; echo "now $(getsebool ${name} 2>&1)"; echo "boot $(semanage boolean -l -n -C 2>/dev/null | grep ${`^${name} `})"; echo "all $(semanage boolean -l -n 2>/dev/null | grep ${`^${name} `})"`,
      parse: stdout =>
        new Map(stdout.split('\n').map(line => [line.split(' ')[0]!, line.slice(line.indexOf(' ') + 1)])),
    })
    if (!seen.has('enabled') && !args.ignore_selinux_state) fail('SELinux is disabled on this host.')
    const now = /--> (on|off)/.exec(seen.get('now') ?? '')?.[1]
    const boot = /\((on|off)\s*,\s*(on|off)\)/.exec(seen.get('all') ?? '')?.[2] ?? now
    if (now === undefined && boot === undefined) fail(`SELinux boolean ${name} does not exist.`)
    const wanted = state ? 'on' : 'off'
    if (now !== wanted || (persistent && boot !== wanted))
      await checked(
        context,
        ['setsebool', ...(persistent ? ['-P'] : []), name, wanted],
        `switch ${name} ${wanted}`,
        said => `Failed to set boolean ${name} to ${state}: ${said}`,
      )
    return { name, persistent, state }
  },
})
