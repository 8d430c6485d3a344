import { isDeepStrictEqual } from 'node:util'
import { defineModule } from '../engine/module/define.js'
import { ctl, lists, nodeArgs } from './rabbitmq/ctl.js'

export default defineModule({
  name: 'community.rabbitmq.rabbitmq_parameter',
  summary: 'Parameters of components of RabbitMQ',
  check: 'full',
  args: {
    component: { type: 'str', required: true, summary: 'the component' },
    name: { type: 'str', required: true, summary: 'the parameter' },
    value: { type: 'str', summary: 'its value, as JSON' },
    vhost: { type: 'str', default: '/', summary: 'virtual host' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
    ...nodeArgs,
  },
  rules: { requiredIf: [['state', 'present', 'value']] },
  returns: { component: 'the component', name: 'the parameter', vhost: 'virtual host', state: 'whether it is there' },
  examples: `
- community.rabbitmq.rabbitmq_parameter:
    component: federation
    name: local-username
    value: '"guest"'
`,

  async run({ args, remote, fail }) {
    const { component, name, vhost, node, state } = args
    const [parameters] = await remote.query(lists(node, [['list_parameters', '-p', vhost]], fail))
    const there = parameters?.find(one => one.component === component && one.name === name)
    if (state === 'absent') {
      if (there) await ctl(remote, node, ['clear_parameter', '-p', vhost, component, name], fail)
    } else if (!there || !isDeepStrictEqual(parsed(there.value), parsed(args.value))) {
      await ctl(remote, node, ['set_parameter', '-p', vhost, component, name, args.value!], fail)
    }
    return { changed: remote.recorded.changed, component, name, vhost, state }
  },
})

function parsed(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value
  } catch {
    return value
  }
}
