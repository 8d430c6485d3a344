import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

export default defineModule({
  name: 'ansible.posix.selinux',
  summary: 'Switch SELinux on and off',
  check: 'full',
  args: {
    state: {
      type: 'str',
      required: true,
      choices: ['enforcing', 'permissive', 'disabled'],
      summary: 'what it should do',
    },
    policy: { type: 'str', summary: 'name of the policy; needed unless disabled' },
    configfile: {
      type: 'str',
      default: '/etc/selinux/config',
      aliases: ['conf', 'file'],
      summary: 'its configuration',
    },
    update_kernel_param: { type: 'bool', default: false, summary: 'set it on the kernel’s command line, too' },
  },
  returns: {
    msg: 'what was done',
    configfile: 'the file',
    policy: 'the policy',
    state: 'the state',
    reboot_required: 'whether a reboot is needed',
  },
  examples: `
- ansible.posix.selinux:
    policy: targeted
    state: enforcing
`,

  async run(context) {
    const { args, remote, warn, fail } = context
    const { state, configfile } = args
    const [file, now, kernel] = await Promise.all([
      remote.file(configfile, { want: 'text' }),
      remote.query({ command: sh`getenforce 2>/dev/null`, parse: out => out.trim().toLowerCase() || 'disabled' }),
      remote.query({
        command: sh`grubby --info=ALL 2>/dev/null | grep '^args='`,
        parse: out => out.split('\n').filter(Boolean),
      }),
    ])
    if (!file.exists)
      fail(`Unable to find file ${configfile}`, {
        details: 'Please install SELinux-policy package, if this package is not installed previously.',
      })
    if (state !== 'disabled' && !args.policy) fail("Policy is required if state is not 'disabled'")
    const configured = (name: string) =>
      file.lines.map(line => new RegExp(`^${name}=(.*)`).exec(line)?.[1]?.trim()).find(Boolean)
    const policy = args.policy ?? configured('SELINUXTYPE') ?? ''
    const msgs: string[] = []
    let reboot_required = false

    if (args.update_kernel_param) {
      const off = kernel.some(line => /selinux=0/.test(line))
      if (off !== (state === 'disabled')) {
        const words = state === 'disabled' ? ['--args=selinux=0'] : ['--remove-args=selinux']
        await checked(context, ['grubby', '--update-kernel=ALL', ...words], 'set the kernel’s command line')
        reboot_required = true
        msgs.push(
          `Kernel SELinux state changed from '${off ? 'disabled' : 'enabled'}' to '${state === 'disabled' ? 'disabled' : 'enabled'}'`,
        )
      }
    }
    const set = (lines: string[], name: string, value: string) => {
      const at = lines.findIndex(line => line.startsWith(`${name}=`))
      return at === -1 ? [...lines, `${name}=${value}`] : lines.with(at, `${name}=${value}`)
    }
    let lines = file.lines
    if (state !== 'disabled' && configured('SELINUXTYPE') !== policy) {
      msgs.push(
        `SELinux policy configuration in '${configfile}' changed from '${configured('SELINUXTYPE') ?? ''}' to '${policy}'`,
      )
      lines = set(lines, 'SELINUXTYPE', policy)
    }
    if (now !== state) {
      // The running kernel can only go between enforcing and permissive.
      if (now === 'disabled' || state === 'disabled') {
        if (state === 'disabled' && now === 'enforcing') {
          await checked(context, ['setenforce', '0'], 'let SELinux be permissive')
          msgs.push(
            "SELinux state temporarily changed from 'enforcing' to 'permissive'. State change will take effect next reboot.",
          )
        } else if (configured('SELINUX') !== state) warn('SELinux state change will take effect next reboot')
        reboot_required = true
      } else {
        await checked(context, ['setenforce', state === 'enforcing' ? '1' : '0'], `let SELinux be ${state}`)
        msgs.push(`SELinux state changed from '${now}' to '${state}'`)
      }
    }
    if (configured('SELINUX') !== state) {
      msgs.push(`Config SELinux state changed from '${configured('SELINUX') ?? ''}' to '${state}'`)
      lines = set(lines, 'SELINUX', state)
    }
    const otherPolicy = state !== 'disabled' && configured('SELINUXTYPE') !== policy
    if (otherPolicy && !remote.checkMode) {
      const there = await remote.file(`/etc/selinux/${policy}`, { want: 'stat' })
      if (!there.isDirectory) fail(`Policy ${policy} does not exist in /etc/selinux/`)
    }
    await file.put({ lines })
    if (remote.checkMode && otherPolicy) return { changed: true }
    return { msg: msgs.join(', '), configfile, policy, state, reboot_required }
  },
})
