import { defineModule } from '../engine/module/define.js'
import { ctl, lists, nodeArgs } from './rabbitmq/ctl.js'

export default defineModule({
  name: 'community.rabbitmq.rabbitmq_vhost',
  summary: 'Virtual hosts of RabbitMQ',
  check: 'full',
  args: {
    name: { type: 'str', required: true, aliases: ['vhost'], summary: 'the virtual host' },
    tracing: { type: 'bool', default: false, aliases: ['trace'], summary: 'whether it is traced' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
    ...nodeArgs,
  },
  returns: { name: 'the virtual host', state: 'whether it is there' },
  examples: `
- community.rabbitmq.rabbitmq_vhost:
    name: /test
`,

  async run({ args: { name, tracing, state, node }, remote, fail }) {
    const [hosts] = await remote.query(lists(node, [['list_vhosts', 'name', 'tracing']], fail))
    const there = hosts?.find(one => one.name === name)
    if (state === 'absent') {
      if (there) await ctl(remote, node, ['delete_vhost', name], fail)
    } else {
      if (!there) await ctl(remote, node, ['add_vhost', name], fail)
      if ((there?.tracing === true) !== tracing)
        await ctl(remote, node, [tracing ? 'trace_on' : 'trace_off', '-p', name], fail)
    }
    return { changed: remote.recorded.changed, name, state }
  },
})
