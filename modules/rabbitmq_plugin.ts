import { defineModule } from '../engine/module/define.js'
import { missingProgram } from '../engine/remote/missing-program.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

export default defineModule({
  name: 'community.rabbitmq.rabbitmq_plugin',
  summary: 'Plugins of RabbitMQ',
  check: 'full',
  args: {
    names: { type: 'str', required: true, aliases: ['name'], summary: 'plugins, separated by commas' },
    new_only: { type: 'bool', default: false, summary: 'leave other plugins enabled' },
    state: { type: 'str', choices: ['enabled', 'disabled'], default: 'enabled', summary: 'what they should be' },
    broker_state: {
      type: 'str',
      choices: ['online', 'offline'],
      default: 'online',
      summary: 'whether the broker runs meanwhile',
    },
    prefix: { type: 'str', summary: 'directory that RabbitMQ is installed in' },
  },
  returns: { enabled: 'plugins that were enabled', disabled: 'plugins that were disabled' },
  examples: `
- community.rabbitmq.rabbitmq_plugin:
    names: rabbitmq_management
    state: enabled
`,

  async run({ args, remote, fail }) {
    const program =
      args.prefix === undefined ? 'rabbitmq-plugins' : `${args.prefix.replace(/\/$/, '')}/sbin/rabbitmq-plugins`
    const now = await remote.query({
      command: sh`command -v ${program} >/dev/null 2>&1 || { printf %s "$PATH"; exit 91; }; ${program} list -E -m -q`,
      parse: (stdout, rc, stderr) => {
        if (rc === 91) return fail(missingProgram(program, stdout))
        if (rc !== 0) return fail(`Error:${stderr.trim() || stdout.trim()}`, { rc })
        return stdout
          .split('\n')
          .map(line => line.trim())
          .filter(line => /^[\w-]+$/.test(line))
      },
    })
    const names = args.names
      .split(',')
      .map(name => name.trim())
      .filter(Boolean)
    const enable = args.state === 'enabled' ? names.filter(name => !now.includes(name)) : []
    const disable =
      args.state === 'disabled'
        ? names.filter(name => now.includes(name))
        : args.new_only
          ? []
          : now.filter(name => !names.includes(name))
    const act = async (words: string[]) => {
      const [verb = '', ...plugins] = words
      await checked({ remote, fail }, [program, verb, `--${args.broker_state}`, ...plugins], `${verb} plugins`, said =>
        said.startsWith('Error:') ? said : `Error:${said}`,
      )
    }
    if (enable.length > 0) await act(['enable', ...enable])
    if (disable.length > 0) await act(['disable', ...disable])
    return { changed: remote.recorded.changed, enabled: enable, disabled: disable }
  },
})
