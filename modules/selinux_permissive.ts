import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

const args = {
  domain: { type: 'str', required: true, aliases: ['name'], summary: 'the domain, such as httpd_t' },
  permissive: { type: 'bool', required: true, summary: 'whether SELinux only warns about it' },
  no_reload: { type: 'bool', default: false, summary: 'leave the policy that is in force as it is' },
  store: { type: 'str', default: '', summary: 'the policy store' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.selinux_permissive',
  summary: 'Domains about which SELinux only warns',
  notes: ['The host needs semanage, and no Python library.'],
  check: 'full',
  args,
  returns: {
    domain: 'the domain',
    permissive: 'what was asked for',
    no_reload: 'what was asked for',
    store: 'what was asked for',
  },
  examples: `
- name: Only warn about the web server
  community.general.selinux_permissive:
    name: httpd_t
    permissive: true
`,

  async run(context) {
    const { args, remote, fail } = context
    const { domain, permissive, no_reload, store } = args
    const where = store ? ['-S', store] : []
    const domains = await remote.query({
      command: sh`semanage permissive ${where} -l -n`,
      parse: (stdout, rc, stderr) => {
        if (rc !== 0) fail(stderr.trim(), { rc })
        // Under headings, with or without -n; a domain is a word of its own.
        return stdout.split('\n').map(line => line.trim())
      },
      needs: 'semanage',
    })
    const is = domains.includes(domain)
    if (is !== permissive) {
      const flags = [...where, ...(no_reload ? ['-N'] : [])]
      await checked(
        context,
        ['semanage', 'permissive', ...flags, permissive ? '-a' : '-d', domain],
        `${permissive ? 'only warn about' : 'enforce the rules for'} ${domain}`,
      )
    }
    return { changed: is !== permissive, store, permissive, domain, no_reload }
  },
})
