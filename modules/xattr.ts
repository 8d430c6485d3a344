import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import type { Query } from '../engine/remote/remote.js'
import { checked } from './commands/checked.js'

export default defineModule({
  name: 'community.general.xattr',
  summary: 'Extended attributes of files',
  notes: ['Uses getfattr and setfattr of the host, from the package attr.'],
  check: 'full',
  args: {
    path: { type: 'path', required: true, aliases: ['name'], summary: 'the file' },
    namespace: { type: 'str', default: 'user', summary: 'namespace of the key: user, trusted, …' },
    key: { type: 'str', summary: 'the attribute' },
    value: { type: 'str', summary: 'what it should be; implies state present' },
    state: {
      type: 'str',
      choices: ['absent', 'all', 'keys', 'present', 'read'],
      default: 'read',
      summary: 'read one, list names, dump all, set or remove',
    },
    follow: { type: 'bool', default: true, summary: 'look through links' },
  },
  returns: { xattr: 'attributes as they were found', msg: 'what was done' },
  examples: `
- name: Set user.foo
  community.general.xattr:
    path: /etc/foo.conf
    key: foo
    value: bar
`,

  async run(context) {
    const { args, remote, fail } = context
    const { path, namespace, value, follow } = args
    const state = value === undefined ? args.state : 'present'
    // Only where the namespace is what it is when nothing is said, a key may name it, too.
    const named = namespace === '' || (namespace === 'user' && args.key?.startsWith('user.'))
    const key = args.key === undefined || named ? args.key : `${namespace}.${args.key}`
    const [file, kept] = await Promise.all([
      remote.file(path, { want: 'stat', follow }),
      remote.query(
        attributes(path, {
          follow,
          key: state === 'all' || state === 'keys' ? undefined : key,
          names: state === 'keys',
        }),
      ),
    ])
    if (!file.exists) fail('path not found or not accessible!')
    const link = follow ? [] : ['-h']
    // Ansible takes off all quotes at the ends.
    const held = Object.fromEntries(
      Object.entries(kept).map(([name, text]) => [name, text.replace(/^"+|"+$/g, '')] as const),
    )

    switch (state) {
      case 'all':
        return { changed: false, msg: 'dumping all', xattr: held }
      case 'keys':
        return { changed: false, msg: 'returning all keys', xattr: held }
      case 'read':
        return { changed: false, msg: `returning ${key ?? 'None'}`, xattr: held }
    }
    if (key === undefined) return fail(`${state} needs a key parameter`)
    if (state === 'absent') {
      if (key in held) await checked(context, ['setfattr', ...link, '-x', key, path], `remove ${key}`)
      return { changed: key in held, msg: `${key} removed`, xattr: held }
    }
    if (value === undefined) return fail('present needs a value parameter')
    const now = /^"(.*)"$/.exec(kept[key] ?? '')?.[1] ?? kept[key]
    const same = now !== undefined && (now === value || plain(now) === value)
    if (!same) await checked(context, ['setfattr', ...link, '-n', key, '-v', value, path], `set ${key}`)
    return { changed: !same, msg: `${key} set to ${value}`, xattr: held }
  },
})

/** One attribute, all of them or only their names (with empty values), as getfattr writes them. */
const attributes = (
  path: string,
  { follow, key, names }: { follow: boolean; key: string | undefined; names: boolean },
): Query<{ readonly [name: string]: string }> => ({
  command: sh`getfattr --absolute-names ${follow ? [] : ['-h']} ${key !== undefined ? ['-n', key] : names ? [] : ['-d']} -- ${path}`,
  needs: 'getfattr',
  parse: stdout =>
    Object.fromEntries(
      stdout.split('\n').flatMap(line => {
        if (line === '' || line.startsWith('#')) return []
        const [, name = line, value = ''] = /^([^=]+)=(.*)$/.exec(line) ?? []
        return [[name, value]]
      }),
    ),
})

/** getfattr writes quotes, backslashes and what cannot be printed with a backslash. */
const plain = (text: string): string =>
  text.replace(/\\([0-7]{3}|.)/g, (_, what: string) =>
    what.length === 3 ? String.fromCharCode(Number.parseInt(what, 8)) : what,
  )
