import { expect } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCall, FakeCommands } from '../engine/remote/fake.js'
import parameter from './rabbitmq_parameter.js'
import plugin from './rabbitmq_plugin.js'
import policy from './rabbitmq_policy.js'
import user from './rabbitmq_user.js'
import vhost from './rabbitmq_vhost.js'

const rows = (...lists: unknown[][]) =>
  lists.map(list => `${JSON.stringify(list)}\n\nUNDERSTUDY_END_OF_LIST 0\n`).join('')

/** A broker whose lists change once it was told something. */
const broker = (before: unknown[][], after: unknown[][]) => (): FakeCommands => {
  let now = before
  return [
    [({ query }: FakeCall) => query, () => rows(...now)],
    [
      /rabbitmqctl/,
      ({ text, stdin }: FakeCall) => {
        expect(text).not.toContain('s3cret')
        if (text.includes('add_user')) expect(stdin).toBe('s3cret\n')
        now = after
        return ''
      },
    ],
  ]
}

testModule(
  vhost,
  { name: '/v' },
  {
    'makes a traced one': {
      args: { tracing: true },
      commands: broker([[]], [[{ name: '/v', tracing: true }]]),
      runs: ['rabbitmqctl -q -n rabbit add_vhost /v', 'rabbitmqctl -q -n rabbit trace_on -p /v'],
    },
    'removes it': {
      args: { state: 'absent', node: 'n@h' },
      commands: broker([[{ name: '/v', tracing: false }]], [[]]),
      runs: ['rabbitmqctl -q -n n@h delete_vhost /v'],
    },
    'no broker': {
      commands: { '*': { stdout: '\nUNDERSTUDY_END_OF_LIST 69\n', stderr: 'unable to perform an operation' } },
      fails: 'Error:unable to perform an operation',
    },
  },
)

const joe = { user: 'joe', tags: ['administrator'] }
const all = { vhost: '/', configure: '.*', write: '^$', read: '.*' }
testModule(
  user,
  { user: 'joe', tags: 'administrator', configure_priv: '.*', read_priv: '.*' },
  {
    'makes one': {
      args: { password: 's3cret' },
      commands: broker([[], [], []], [[joe], [all], []]),
      runs: [
        'rabbitmqctl -q -n rabbit add_user joe',
        'rabbitmqctl -q -n rabbit set_user_tags joe administrator',
        "rabbitmqctl -q -n rabbit set_permissions -p / joe '.*' '^$' '.*'",
      ],
    },
    'takes rights away that permissions do not name': {
      args: { permissions: [{ vhost: '/b', read_priv: 'x' }] },
      commands: broker([[joe], [all], []], [[joe], [{ vhost: '/b', configure: '^$', write: '^$', read: 'x' }], []]),
      runs: [
        'rabbitmqctl -q -n rabbit clear_permissions -p / joe',
        "rabbitmqctl -q -n rabbit set_permissions -p /b joe '^$' '^$' x",
      ],
    },
    'sets rights on topics': {
      args: { topic_permissions: [{ exchange: 'amq.topic', write_priv: 'w' }] },
      commands: broker(
        [[joe], [all], []],
        [[joe], [all], [{ vhost: '/', exchange: 'amq.topic', write: 'w', read: '^$' }]],
      ),
      runs: ["rabbitmqctl -q -n rabbit set_topic_permissions -p / joe amq.topic w '^$'"],
    },
    'makes one that cannot log in by a password': {
      args: { user: 'jim', tags: undefined, configure_priv: '^$', read_priv: '^$' },
      commands: [
        [({ query }: FakeCall) => query, rows([], [], [])],
        [/rabbitmqctl/, ''],
      ],
      runs: [/ add_user jim$/, / clear_password jim$/, / set_permissions -p \/ jim/],
      again: { changed: 'the broker of this case forgets' },
    },
    'removes one': {
      args: { state: 'absent' },
      commands: broker([[joe], [all], []], [[], [], []]),
      runs: ['rabbitmqctl -q -n rabbit delete_user joe'],
    },
  },
)

testModule(
  policy,
  { name: 'HA', pattern: '.*', tags: { 'max-length': 10 } },
  {
    'makes one': {
      commands: broker(
        [[]],
        [[{ name: 'HA', pattern: '.*', 'apply-to': 'all', priority: 0, definition: '{"max-length":10}' }]],
      ),
      runs: [`rabbitmqctl -q -n rabbit set_policy -p / --priority 0 --apply-to all HA '.*' '{"max-length": 10}'`],
    },
    'removes one': {
      args: { state: 'absent' },
      commands: broker([[{ name: 'HA' }]], [[]]),
      runs: ['rabbitmqctl -q -n rabbit clear_policy -p / HA'],
    },
  },
)

testModule(
  parameter,
  { component: 'federation', name: 'up', value: '{"uri":"amqp://x"}' },
  {
    'sets one': {
      commands: broker([[]], [[{ component: 'federation', name: 'up', value: '{"uri":"amqp://x"}' }]]),
      runs: [`rabbitmqctl -q -n rabbit set_parameter -p / federation up '{"uri":"amqp://x"}'`],
    },
  },
)

const plugins = (before: string, after: string) => (): FakeCommands => {
  let now = before
  return [
    [({ query }: FakeCall) => query, () => now],
    [
      /rabbitmq-plugins/,
      () => {
        now = after
        return ''
      },
    ],
  ]
}
testModule(
  plugin,
  { names: 'a,b' },
  {
    'enables some and disables the others': {
      commands: plugins('a\nc\n', 'a\nb\n'),
      runs: ['rabbitmq-plugins enable --online b', 'rabbitmq-plugins disable --online c'],
      returns: { enabled: ['b'], disabled: ['c'] },
    },
    'leaves the others': {
      args: { new_only: true, broker_state: 'offline' },
      commands: plugins('c\n', 'a\nb\nc\n'),
      runs: ['rabbitmq-plugins enable --offline a b'],
    },
    disables: {
      args: { state: 'disabled' },
      commands: plugins('a\nc\n', 'c\n'),
      runs: ['rabbitmq-plugins disable --online a'],
    },
    'no such program': {
      commands: { '*': { rc: 91, stdout: '/usr/bin:/sbin' } },
      fails: 'Failed to find required executable "rabbitmq-plugins" in paths: /usr/bin:/sbin',
    },
  },
)
