import { randomBytes } from 'node:crypto'
import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { ctl, lists, nodeArgs, type Row } from './rabbitmq/ctl.js'

const rights = (vhost: string) =>
  ({
    vhost: { type: 'str', default: vhost, summary: 'virtual host' },
    read_priv: { type: 'str', default: '^$', summary: 'what may be read, as a regular expression' },
    write_priv: { type: 'str', default: '^$', summary: 'what may be written' },
  }) as const satisfies ArgSpecs
const configure = { type: 'str', default: '^$', summary: 'what may be configured, as a regular expression' } as const

const args = {
  user: { type: 'str', required: true, aliases: ['username', 'name'], summary: 'the user' },
  password: { type: 'str', noLog: true, summary: 'password of a new user' },
  update_password: {
    type: 'str',
    choices: ['on_create', 'always'],
    default: 'on_create',
    summary: 'whether the password of an existing user is set, too',
  },
  tags: { type: 'str', summary: 'tags, separated by commas' },
  permissions: {
    type: 'list',
    elements: 'dict',
    default: [],
    options: { ...rights('/'), configure_priv: configure },
    summary: 'rights per virtual host; others are taken away',
  },
  topic_permissions: {
    type: 'list',
    elements: 'dict',
    default: [],
    options: { ...rights('/'), exchange: { type: 'str', required: true, summary: 'the exchange' } },
    summary: 'rights on topics; others are taken away when this is given',
  },
  ...rights('/'),
  configure_priv: configure,
  force: { type: 'bool', default: false, summary: 'delete the user and make it again' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
  ...nodeArgs,
} as const satisfies ArgSpecs
type Args = ArgsOf<typeof args>

interface Rights {
  readonly vhost: string
  readonly exchange?: string
  readonly configure?: string
  readonly write: string
  readonly read: string
}

export default defineModule({
  name: 'community.rabbitmq.rabbitmq_user',
  summary: 'Users of RabbitMQ and their rights',
  check: 'none',
  args,
  returns: { user: 'the user', state: 'whether it is there' },
  examples: `
- community.rabbitmq.rabbitmq_user:
    user: joe
    password: "{{ secret }}"
    vhost: /
    configure_priv: .*
    read_priv: .*
    write_priv: .*
`,

  async run({ args, given, remote, fail }) {
    const { user, node, state, password } = args
    const [[users, permissions, topics], fits] = await Promise.all([
      remote.query(
        lists(node, [['list_users'], ['list_user_permissions', user], ['list_user_topic_permissions', user]], fail),
      ),
      password !== undefined && args.update_password === 'always' && state === 'present'
        ? remote.query({
            // printf is the shell's own: the password does not show in the list of processes.
            command: sh`printf '%s\n' ${password} | rabbitmqctl -q -n ${node} authenticate_user ${user} >/dev/null 2>&1`,
            parse: (_stdout, rc) => rc === 0,
          })
        : true,
    ])
    const found = users?.find(one => one.user === user)
    const run = (words: readonly string[], stdin?: string) => ctl(remote, node, words, fail, stdin)
    if (state === 'absent') {
      if (found) await run(['delete_user', user])
      return { changed: remote.recorded.changed, user, state }
    }
    const there = args.force ? undefined : found
    if (found && args.force) await run(['delete_user', user])
    if (!there) {
      await run(['add_user', user], password ?? randomBytes(24).toString('hex'))
      // Without a password a user cannot log in by one.
      if (password === undefined) await run(['clear_password', user])
    } else if (!fits) await run(['change_password', user], password)

    const tags = (args.tags ?? '')
      .split(',')
      .map(tag => tag.trim())
      .filter(Boolean)
      .sort()
    const now = [...((there?.tags as string[] | undefined) ?? [])].sort()
    if (tags.join() !== now.join()) await run(['set_user_tags', user, ...tags])

    const wanted = wishes(args)
    const old = there ? (permissions ?? []).map(rightsOf) : []
    for (const one of old.filter(has => !wanted.some(want => want.vhost === has.vhost))) {
      await run(['clear_permissions', '-p', one.vhost, user])
    }
    for (const one of wanted.filter(want => !old.some(has => same(want, has)))) {
      await run(['set_permissions', '-p', one.vhost, user, one.configure!, one.write, one.read])
    }
    if (given.has('topic_permissions')) {
      const had = there ? (topics ?? []).map(rightsOf) : []
      const topicWish = args.topic_permissions.map(({ vhost, exchange, read_priv: read, write_priv: write }) => ({
        vhost,
        exchange,
        read,
        write,
      }))
      const place = ({ vhost, exchange }: Rights) => `${vhost}\n${exchange}`
      for (const one of had.filter(has => !topicWish.some(want => place(want) === place(has)))) {
        await run(['clear_topic_permissions', '-p', one.vhost, user, one.exchange!])
      }
      for (const one of topicWish.filter(want => !had.some(has => same(want, has)))) {
        await run(['set_topic_permissions', '-p', one.vhost, user, one.exchange, one.write, one.read])
      }
    }
    return { changed: remote.recorded.changed, user, state }
  },
})

/** `permissions` says all there should be; without it the single options are meant. */
const wishes = (args: Args): Rights[] =>
  (args.permissions.length > 0 ? args.permissions : [args]).map(one => ({
    vhost: one.vhost,
    configure: one.configure_priv,
    write: one.write_priv,
    read: one.read_priv,
  }))

const rightsOf = (row: Row): Rights => ({
  vhost: String(row.vhost),
  ...(row.exchange === undefined ? {} : { exchange: String(row.exchange) }),
  ...(row.configure === undefined ? {} : { configure: String(row.configure) }),
  write: String(row.write),
  read: String(row.read),
})

const same = (one: Rights, other: Rights): boolean =>
  (['vhost', 'exchange', 'configure', 'write', 'read'] as const).every(key => one[key] === other[key])
