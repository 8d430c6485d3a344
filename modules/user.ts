import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext, type ModuleResult } from '../engine/module/define.js'
import { quote, quoteAll } from '../engine/remote/quote.js'
import { addUser, moveHome, passwdField, setFields, shadowField } from './accounts/busybox.js'
import { keyCommand } from './accounts/ssh-key.js'
import { missingProgram } from './commands/missing-program.js'
import { type UserState, userState } from './queries/passwd.js'

const args = {
  name: { type: 'str', required: true, aliases: ['user'], summary: 'the login name' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    summary: 'whether the account should be there',
  },
  uid: { type: 'int', summary: 'user number' },
  non_unique: { type: 'bool', default: false, summary: 'the number may be taken by another user' },
  comment: { type: 'str', summary: 'description (GECOS)' },
  group: { type: 'str', summary: 'primary group' },
  groups: { type: 'list', elements: 'str', summary: 'other groups; an empty list removes all' },
  append: { type: 'bool', default: false, summary: 'keep the groups that are not listed' },
  shell: { type: 'path', summary: 'login shell' },
  home: { type: 'path', summary: 'home directory' },
  move_home: { type: 'bool', default: false, summary: 'move the files to a new home' },
  create_home: { type: 'bool', default: true, aliases: ['createhome'], summary: 'make the home directory' },
  skeleton: { type: 'str', summary: 'directory of the files for a new home' },
  umask: { type: 'str', summary: 'umask for the new home' },
  password: { type: 'str', noLog: true, summary: 'password hash' },
  update_password: {
    type: 'str',
    choices: ['always', 'on_create'],
    default: 'always',
    summary: 'when to set the password',
  },
  password_lock: { type: 'bool', summary: 'whether the password is locked' },
  password_expire_max: { type: 'int', summary: 'days until a password has to be changed' },
  password_expire_min: { type: 'int', summary: 'days until a password may be changed' },
  password_expire_warn: { type: 'int', summary: 'days of warning before a password expires' },
  password_expire_account_disable: { type: 'int', summary: 'days after which an expired account is disabled' },
  expires: { type: 'float', summary: 'when the account expires, seconds since the epoch; negative: never' },
  system: { type: 'bool', default: false, summary: 'a new account is a system account' },
  force: { type: 'bool', default: false, summary: 'with absent: remove files even when in use; make a new ssh key' },
  remove: { type: 'bool', default: false, summary: 'with absent: remove home and mail, too' },
  local: { type: 'bool', default: false, summary: 'only look at and change the local database' },
  seuser: { type: 'str', summary: 'SELinux user' },
  generate_ssh_key: { type: 'bool', default: false, summary: 'make an ssh key for the user' },
  ssh_key_bits: { type: 'int', summary: 'size of the key' },
  ssh_key_type: { type: 'str', default: 'rsa', summary: 'type of the key' },
  ssh_key_file: { type: 'path', summary: 'file of the key, relative to the home' },
  ssh_key_comment: { type: 'str', summary: 'comment of the key' },
  ssh_key_passphrase: { type: 'str', noLog: true, summary: 'passphrase of the key' },
  uid_min: { type: 'int', summary: 'lowest number for a new account' },
  uid_max: { type: 'int', summary: 'highest number for a new account' },
  login_class: { type: 'str', summary: 'not on Linux', unsupported: 'login classes exist on BSD only' },
  hidden: { type: 'bool', summary: 'not on Linux', unsupported: 'hidden accounts exist on macOS only' },
  profile: { type: 'str', summary: 'not on Linux', unsupported: 'profiles exist on Solaris only' },
  authorization: { type: 'str', summary: 'not on Linux', unsupported: 'authorizations exist on Solaris only' },
  role: { type: 'str', summary: 'not on Linux', unsupported: 'roles exist on Solaris only' },
} as const satisfies ArgSpecs
type Context = ModuleContext<ArgsOf<typeof args>>

export default defineModule({
  name: 'ansible.builtin.user',
  summary: 'User accounts of the host',
  notes: ['Password hashes travel on standard input, never on a command line.'],
  check: 'full',
  args,
  returns: {
    uid: 'user number',
    group: 'number of the primary group',
    groups: 'the groups asked for',
    home: 'home directory',
    shell: 'login shell',
    comment: 'description',
    ssh_key_file: 'file of the generated key',
    ssh_fingerprint: 'its fingerprint',
    ssh_public_key: 'its public half',
  },
  order: [
    'name',
    'state',
    'append',
    'move_home',
    'system',
    'create_home',
    'changed',
    'uid',
    'group',
    'comment',
    'home',
    'shell',
  ],
  examples: `
- name: An account with a shell and two more groups
  ansible.builtin.user:
    name: james
    shell: /bin/bash
    groups: [admins, developers]
    append: true

- name: Remove an account with its files
  ansible.builtin.user:
    name: johnd
    state: absent
    remove: true
`,

  async run(context) {
    const { args, remote, warn, fail } = context
    const question = userState(args.name, {
      groups: [args.name, ...(args.group === undefined ? [] : [args.group]), ...requestedGroups(args)],
      local: args.local,
      home: args.home,
      keyFile: args.generate_ssh_key ? (args.ssh_key_file ?? `.ssh/id_${args.ssh_key_type}`) : undefined,
    })
    const seen = await remote.query(question)
    if (args.local && !seen.account)
      warn(
        `'local: true' specified and user '${args.name}' was not found in /etc/passwd. The local user account may already exist if the local account database exists somewhere other than /etc/passwd.`,
      )
    if (args.append && args.groups === undefined && args.state === 'present')
      warn(
        "'append' is set, but no 'groups' are specified. Use 'groups' for appending new groups.This will change to an error in Ansible 2.14.",
      )
    if (args.state === 'absent') return removal(context, seen)

    if (args.password !== undefined && !looksHashed(args.password)) {
      warn(
        "The input password appears not to have been hashed. The 'password' argument must be encrypted for this module to work properly.",
      )
    }
    const { account } = seen
    // Its groups may be what an earlier task would have made.
    if (remote.checkMode && !account) return { changed: true }
    checkGroups(context, seen)
    // The programs for local accounts are libuser's, which few systems have.
    if (args.local && !seen.tools.has('lgroupmod')) await missingProgram(context, 'lgroupmod')
    if (!account && !args.local && !seen.tools.has('useradd') && !seen.tools.has('adduser'))
      await missingProgram(context, 'useradd')
    const commands = account ? modification(context, seen) : creation(context, seen)
    const home = args.home ?? account?.home ?? `/home/${args.name}`
    const lacksHome = args.create_home && !seen.homeExists && (account !== undefined || !seen.tools.has('useradd'))
    const makesKey = args.generate_ssh_key && (!seen.keyExists || args.force)
    // A key needs a home that is there: nobody makes one for it.
    const homeless = !args.create_home && !seen.homeExists
    const done = await carryOut(context, commands, {
      home: lacksHome ? home : undefined,
      key: makesKey && !homeless ? home : undefined,
    })
    if (makesKey && homeless) fail(`User ${args.name} home directory does not exist`, { name: args.name, rc: 1 })
    const changed = commands.length > 0 || lacksHome || makesKey
    const after = changed && !remote.checkMode ? await remote.query(question) : seen
    const now = after.account
    const result: ModuleResult = {
      changed,
      name: args.name,
      state: 'present',
      ...(account
        ? { append: args.append, move_home: args.move_home }
        : { create_home: args.create_home, system: args.system }),
      ...(now && { uid: now.uid, group: now.gid, home: now.home, shell: now.shell, comment: now.comment }),
      ...(args.groups === undefined ? {} : { groups: args.groups.join(',') }),
      ...(args.password === undefined ? {} : { password: 'NOT_LOGGING_PASSWORD' }),
      ...(done.stdout ? { stdout: done.stdout } : {}),
      ...(done.stderr ? { stderr: done.stderr } : {}),
    }
    if (args.generate_ssh_key) {
      const file = args.ssh_key_file ?? `.ssh/id_${args.ssh_key_type}`
      result.ssh_key_file = file.startsWith('/') ? file : `${args.home ?? now?.home ?? home}/${file}`
      result.ssh_fingerprint = after.fingerprint
      result.ssh_public_key = after.publicKey
    }
    return result
  },
})

const requestedGroups = (given: Context['args']) => (given.groups ?? []).map(group => group.trim()).filter(Boolean)

function checkGroups({ args, fail }: Context, { known }: UserState): void {
  for (const group of [...(args.group === undefined ? [] : [args.group]), ...requestedGroups(args)]) {
    if (!known.has(group)) fail(`Group ${group} does not exist`)
  }
}

/** One shell command; `stdin` of all commands is joined, as only chpasswd reads it. */
interface Command {
  readonly shell: string
  readonly stdin?: string
}

/** Named groups without the primary one, which id lists, too. */
function extraGroups({ args }: Context, { known }: UserState): string[] {
  const primary = args.group === undefined ? undefined : known.get(args.group)?.name
  return [...new Set(requestedGroups(args).map(group => known.get(group)!.name))].filter(group => group !== primary)
}

const locked = (password: string, lock: boolean | undefined) =>
  lock && !password.startsWith('!') ? `!${password}` : password

const setPassword = ({ args }: Context, hash: string): Command => ({
  shell: 'chpasswd -e',
  stdin: `${args.name}:${locked(hash, args.password_lock)}\n`,
})

function creation(context: Context, seen: UserState): Command[] {
  const { args } = context
  const groups = extraGroups(context, seen)
  const primary = args.group === undefined ? undefined : seen.known.get(args.group)!
  const commands: Command[] = []
  if (!seen.tools.has('useradd') && seen.tools.has('adduser')) {
    const group = primary?.name ?? (seen.known.has(args.name) ? args.name : undefined)
    commands.push({ shell: addUser(args, group) })
    if (args.expires !== undefined && args.expires >= 0)
      commands.push({ shell: setFields('shadow', args.name, { [shadowField.expires]: expiryDay(args.expires) }) })
    for (const group of groups) commands.push({ shell: quoteAll(['addgroup', args.name, group]) })
  } else {
    const limits = { UID_MIN: args.uid_min, UID_MAX: args.uid_max, UMASK: args.create_home ? args.umask : undefined }
    commands.push({
      shell: quoteAll([
        args.local ? 'luseradd' : 'useradd',
        ...(args.uid === undefined ? [] : ['-u', String(args.uid), ...(args.non_unique ? ['-o'] : [])]),
        ...(args.seuser === undefined ? [] : ['-Z', args.seuser]),
        ...(primary ? ['-g', String(primary.gid)] : seen.known.has(args.name) ? [args.local ? '-n' : '-N'] : []),
        ...(groups.length > 0 && !args.local ? ['-G', groups.join(',')] : []),
        ...(args.comment === undefined ? [] : ['-c', args.comment]),
        ...(args.home === undefined ? [] : ['-d', args.home]),
        ...(args.shell === undefined ? [] : ['-s', args.shell]),
        ...(args.expires === undefined || args.local ? [] : ['-e', args.expires < 0 ? '' : day(args.expires)]),
        ...Object.entries(limits).flatMap(([key, value]) => (value === undefined ? [] : ['-K', `${key}=${value}`])),
        ...(args.local ? [] : [args.create_home ? '-m' : '-M']),
        ...(args.create_home && args.skeleton !== undefined ? ['-k', args.skeleton] : []),
        ...(args.system ? ['-r'] : []),
        args.name,
      ]),
    })
    if (args.local) commands.push(...localExpiry(args))
    if (args.local)
      for (const group of groups) commands.push({ shell: quoteAll(['lgroupmod', '-M', args.name, group]) })
  }
  if (args.password !== undefined) commands.push(setPassword(context, args.password))
  else if (args.password_lock) commands.push(lock(context, seen, true))
  return [...commands, ...aging(context, seen, undefined)]
}

function modification(context: Context, seen: UserState): Command[] {
  const { args } = context
  const account = seen.account!
  const flags: string[] = []
  if (args.uid !== undefined && args.uid !== account.uid)
    flags.push('-u', String(args.uid), ...(args.non_unique ? ['-o'] : []))
  const primary = args.group === undefined ? undefined : seen.known.get(args.group)!
  if (primary && primary.gid !== account.gid) flags.push('-g', String(primary.gid))
  if (args.comment !== undefined && args.comment !== account.comment) flags.push('-c', args.comment)
  if (args.home !== undefined && args.home !== account.home)
    flags.push('-d', args.home, ...(args.move_home ? ['-m'] : []))
  if (args.shell !== undefined && args.shell !== account.shell) flags.push('-s', args.shell)
  if (args.seuser !== undefined) flags.push('-Z', args.seuser)
  const expiry = seen.shadow?.expires ?? ''
  const commands: Command[] = []
  if (args.expires !== undefined) {
    const differs =
      args.expires < 0
        ? // Who is in no shadow file gets an entry there by usermod.
          (seen.shadow === undefined && seen.tools.has('usermod')) || (expiry !== '' && Number(expiry) >= 0)
        : Number(expiry || -1) !== Math.floor(args.expires / 86_400)
    if (differs && args.local) commands.push(...localExpiry(args))
    else if (differs) flags.push('-e', args.expires < 0 ? '' : day(args.expires))
  }

  if (args.groups !== undefined) {
    const wanted = extraGroups(context, seen)
    const current = seen.groups.slice(1)
    const missing = wanted.filter(group => !current.includes(group) && group !== seen.groups[0])
    const surplus = args.append ? [] : current.filter(group => !wanted.includes(group))
    if (missing.length > 0 || surplus.length > 0) {
      if (!seen.tools.has('usermod')) {
        for (const group of missing) commands.push({ shell: quoteAll(['addgroup', args.name, group]) })
        for (const group of surplus) commands.push({ shell: quoteAll(['delgroup', args.name, group]) })
      } else if (args.local) {
        for (const group of missing) commands.push({ shell: quoteAll(['lgroupmod', '-M', args.name, group]) })
        for (const group of surplus) commands.push({ shell: quoteAll(['lgroupmod', '-m', args.name, group]) })
      } else flags.push(...(args.append ? ['-a'] : []), '-G', wanted.join(','))
    }
  }
  if (flags.length > 0) commands.unshift({ shell: modifier(context, seen, flags) })

  const stored = seen.shadow?.password ?? ''
  const bare = (password: string) => password.replace(/^!+/, '')
  if (args.password !== undefined && args.update_password === 'always' && bare(stored) !== bare(args.password)) {
    commands.push(setPassword(context, args.password))
  } else if (args.password_lock === true && !stored.startsWith('!')) {
    commands.push(lock(context, seen, true))
  } else if (args.password_lock === false && stored.startsWith('!')) {
    commands.push(lock(context, seen, false))
  }
  return [...commands, ...aging(context, seen, seen.shadow)]
}

const lock = ({ args }: Context, { tools }: UserState, on: boolean): Command => ({
  shell: tools.has('usermod')
    ? quoteAll(['usermod', on ? '-L' : '-U', args.name])
    : quoteAll(['passwd', on ? '-l' : '-u', args.name]),
})

/** A day as /etc/shadow counts them, since 1970; nothing for never. */
const expiryDay = (seconds: number) => (seconds < 0 ? '' : String(Math.floor(seconds / 86_400)))

/** libuser's tools take no date of expiry but in lchage, as days since 1970. */
const localExpiry = ({ name, expires }: Context['args']): Command[] =>
  expires === undefined
    ? []
    : [{ shell: quoteAll(['lchage', '-E', String(expires < 0 ? -1 : Math.floor(expires / 86_400)), name]) }]

/** usermod, or where BusyBox has none edits of its files. */
function modifier({ args }: Context, seen: UserState, flags: string[]): string {
  if (seen.tools.has('usermod') || args.local)
    return quoteAll([args.local ? 'lusermod' : 'usermod', ...flags, args.name])
  const value = (flag: string) => {
    const at = flags.indexOf(flag)
    return at < 0 ? undefined : flags[at + 1]
  }
  const fields = { '-u': 'uid', '-g': 'gid', '-c': 'comment', '-d': 'home', '-s': 'shell' } as const
  const passwd: { [number: number]: string } = {}
  for (const [flag, name] of Object.entries(fields)) {
    const wish = value(flag)
    if (wish !== undefined) passwd[passwdField[name]] = wish
  }
  const home = value('-d')
  return [
    ...(flags.includes('-m') && home !== undefined ? [moveHome(seen.account!.home, home)] : []),
    ...(Object.keys(passwd).length > 0 ? [setFields('passwd', args.name, passwd)] : []),
    ...(value('-e') === undefined
      ? []
      : [setFields('shadow', args.name, { [shadowField.expires]: expiryDay(args.expires!) })]),
  ].join(' && ')
}

/** An empty field is what chage takes -1 for. */
function aging({ args }: Context, { tools }: UserState, shadow: UserState['shadow']): Command[] {
  const wishes = [
    ['-M', 'max', args.password_expire_max],
    ['-m', 'min', args.password_expire_min],
    ['-W', 'warn', args.password_expire_warn],
    ['-I', 'inactive', args.password_expire_account_disable],
  ] as const
  const open = wishes.filter(([, field, wish]) => {
    const now = shadow?.[field]
    return wish !== undefined && String(wish) !== (now === '' ? '-1' : now)
  })
  if (open.length === 0) return []
  if (!tools.has('chage') && tools.has('adduser')) {
    const fields = open.map(([, field, wish]) => [shadowField[field], wish! < 0 ? '' : String(wish)])
    return [{ shell: setFields('shadow', args.name, Object.fromEntries(fields)) }]
  }
  return [{ shell: quoteAll(['chage', ...open.flatMap(([flag, , wish]) => [flag, String(wish)]), args.name]) }]
}

const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10)

/** All commands in one trip; the first that fails ends it. */
async function carryOut(
  { args, remote, fail }: Context,
  commands: readonly Command[],
  extra: { home: string | undefined; key: string | undefined },
) {
  const steps = commands.map(command => command.shell)
  const owner = `$(id -u ${quote(args.name)}):$(id -g ${quote(args.name)})`
  if (extra.home !== undefined) {
    const home = quote(extra.home)
    const skeleton = quote(args.skeleton ?? '/etc/skel')
    const umask = args.umask ? `umask ${quote(args.umask)} && ` : ''
    steps.push(
      `{ ${umask}mkdir -p ${home} && { [ ! -d ${skeleton} ] || cp -R ${skeleton}/. ${home}; } && chown -R "${owner}" ${home}; }`,
    )
  }
  if (extra.key !== undefined) steps.push(await keyCommand({ args, remote }, extra.key, owner))
  if (steps.length === 0) return { stdout: '', stderr: '' }
  const stdin = commands.map(command => command.stdin ?? '').join('')
  const { rc, stdout, stderr } = await remote.exec({
    shell: steps.join(' && '),
    ...(stdin === '' ? {} : { stdin }),
    why: `change the account ${args.name}`,
  })
  if (rc !== 0) fail(stderr || stdout, { name: args.name, rc })
  return { stdout, stderr }
}

async function removal(context: Context, { account, tools }: UserState): Promise<ModuleResult> {
  const { args, remote, fail } = context
  const result = { name: args.name, state: 'absent' }
  if (!account) return { changed: false, ...result }
  if (!args.local && !tools.has('userdel') && !tools.has('deluser')) await missingProgram(context, 'userdel')
  const program = args.local ? 'luserdel' : tools.has('userdel') ? 'userdel' : 'deluser'
  const removeFlag = program === 'deluser' ? '--remove-home' : '-r'
  const argv = [
    program,
    ...(args.force && program === 'userdel' ? ['-f'] : []),
    ...(args.remove ? [removeFlag] : []),
    args.name,
  ]
  const { rc, stdout, stderr } = await remote.exec({ argv, why: `remove the account ${args.name}` })
  if (remote.checkMode) return { changed: true }
  // 12: the account is gone, its home could not be removed.
  if (rc !== 0) fail(stderr || stdout, { name: args.name, rc })
  return {
    changed: true,
    ...result,
    force: args.force,
    remove: args.remove,
    ...(stdout && { stdout }),
    ...(stderr && { stderr }),
  }
}

/** A hash that crypt(3) could have made, or a password that nobody can give. */
function looksHashed(password: string): boolean {
  if (['', '!', '*', '*************'].includes(password)) return true
  const fields = password.split('$')
  const hash = fields.at(-1)!
  if (/[:!*]/.test(password) || fields.length < 4 || !/^[a-zA-Z0-9./=]+$/.test(hash)) return false
  const lengths: { readonly [kind: string]: number } = { 1: 22, 5: 43, 6: 86 }
  return (lengths[fields[1]!] ?? hash.length) === hash.length
}
