import { isDeepStrictEqual } from 'node:util'
import { defineModule } from '../engine/module/define.js'
import { dumps } from '../engine/python/json.js'
import type { Value } from '../engine/python/values.js'
import { ctl, lists, nodeArgs } from './rabbitmq/ctl.js'

export default defineModule({
  name: 'community.rabbitmq.rabbitmq_policy',
  summary: 'Policies of RabbitMQ',
  check: 'full',
  args: {
    name: { type: 'str', required: true, summary: 'the policy' },
    vhost: { type: 'str', default: '/', summary: 'virtual host' },
    apply_to: { type: 'str', choices: ['all', 'exchanges', 'queues'], default: 'all', summary: 'what it applies to' },
    pattern: { type: 'str', summary: 'names it applies to, as a regular expression' },
    tags: { type: 'dict', summary: 'what it says' },
    priority: { type: 'str', default: '0', summary: 'which of several applies' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
    ...nodeArgs,
  },
  rules: { requiredIf: [['state', 'present', 'pattern', 'tags']] },
  returns: { name: 'the policy', state: 'whether it is there' },
  examples: `
- community.rabbitmq.rabbitmq_policy:
    name: HA
    pattern: .*
    tags:
      ha-mode: all
`,

  async run({ args, remote, fail }) {
    const { name, vhost, node, state } = args
    const [policies] = await remote.query(lists(node, [['list_policies', '-p', vhost]], fail))
    const there = policies?.find(one => one.name === name)
    if (state === 'absent') {
      if (there) await ctl(remote, node, ['clear_policy', '-p', vhost, name], fail)
      return { changed: remote.recorded.changed, name, state }
    }
    const definition = dumps(args.tags as Value)
    // Older brokers write the definition as text inside of the JSON.
    const now = typeof there?.definition === 'string' ? (JSON.parse(there.definition) as unknown) : there?.definition
    const same =
      isDeepStrictEqual(now, JSON.parse(definition)) &&
      there?.pattern === args.pattern &&
      there?.['apply-to'] === args.apply_to &&
      String(there?.priority) === args.priority
    if (!same) {
      const words = ['set_policy', '-p', vhost, '--priority', args.priority, '--apply-to', args.apply_to]
      await ctl(remote, node, [...words, name, args.pattern!, definition], fail)
    }
    return { changed: remote.recorded.changed, name, state }
  },
})
