/** Where sudo happens: how each method starts a shell as another user, and how it asks for a password. */
import type { ConnectionOption } from './connection.js'

export interface BecomeOptions {
  readonly method: string
  readonly user: string
  readonly exe: string
  readonly flags: string
  readonly password: string | undefined
}

/** A command that becomes another user. */
export interface BecomeCommand {
  readonly command: string
  /** Text that asks for the password; undefined: any unfinished line that ends in a colon. */
  readonly prompt: string | undefined
  /** True when it never reads its stdin, so that what follows can be sent at once. */
  readonly silent: boolean
  /** True when it works only on a terminal. */
  readonly pty: boolean
}

interface Method {
  /** `command` is one quoted shell word that starts the new shell. */
  build(options: BecomeOptions, command: string, prompt: string): string
  /** Works only on a terminal: always, or when it asks for a password. */
  readonly pty?: 'always' | 'with password'
}

const quoted = (text: string): string => (/^[\w./@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
const words = (...parts: string[]): string => parts.filter(part => part !== '').join(' ')

/** sudo and its kin: with a password -n would refuse, and -p makes the prompt one that nobody else prints. */
function sudoLike({ exe, flags, user, password }: BecomeOptions, command: string, prompt: string): string {
  const asUser = user ? `-u ${quoted(user)}` : ''
  if (password === undefined) return words(exe, flags, asUser, `/bin/sh -c ${command}`)
  const without = flags
    .replace(/(^|\s)(?:-n|--non-interactive)(?=\s|$)/g, '$1')
    .replace(/(^|\s)-([A-Za-z]*)n([A-Za-z]*)(?=\s|$)/g, '$1-$2$3')
    .replace(/\s+/g, ' ')
    .trim()
  return words(exe, without, `-p ${quoted(prompt)}`, asUser, `/bin/sh -c ${command}`)
}

const methods: { readonly [name: string]: Method } = {
  sudo: { build: sudoLike },
  dzdo: { build: sudoLike },
  pfexec: { build: ({ exe, flags }, command) => words(exe, flags, `/bin/sh -c ${command}`) },
  su: {
    build: ({ exe, flags, user }, command) => words(exe, flags, quoted(user), `-c ${quoted(`/bin/sh -c ${command}`)}`),
  },
  runuser: {
    build: ({ exe, flags, user }, command) => words(exe, flags, quoted(user), `-c ${quoted(`/bin/sh -c ${command}`)}`),
  },
  doas: {
    build: ({ exe, flags, user, password }, command) =>
      words(
        exe,
        flags,
        password === undefined && !/(^|\s)-n/.test(flags) ? '-n' : '',
        user ? `-u ${quoted(user)}` : '',
        `/bin/sh -c ${command}`,
      ),
    pty: 'with password',
  },
  pbrun: {
    build: ({ exe, flags, user }, command) =>
      words(exe, flags, user ? `-u ${quoted(user)}` : '', `/bin/sh -c ${command}`),
  },
  pmrun: { build: ({ exe, flags }, command) => words(exe, flags, `/bin/sh -c ${command}`) },
  ksu: { build: ({ exe, flags, user }, command) => words(exe, quoted(user), flags, `-e /bin/sh -c ${command}`) },
  sesu: {
    build: ({ exe, flags, user }, command) => words(exe, flags, quoted(user), `-c ${quoted(`/bin/sh -c ${command}`)}`),
  },
  machinectl: {
    build: ({ exe, flags, user }, command) =>
      words(exe, '-q shell', flags, `${quoted(user)}@`, `/bin/sh -c ${command}`),
    pty: 'always',
  },
  sudosu: {
    build: (options, command, prompt) =>
      sudoLike({ ...options, user: '' }, '', prompt).replace(/ \/bin\/sh -c $/, '') +
      ` su -l ${quoted(options.user)} -c ${quoted(`/bin/sh -c ${command}`)}`,
  },
}

/** Method names that playbooks may use, short and full. */
export const becomeMethods: readonly string[] = Object.keys(methods)

const defaults: { readonly [name: string]: { exe?: string; flags?: string; user?: string } } = {
  sudo: { flags: '-H -S -n' },
  dzdo: { flags: '-H -S -n' },
  pfexec: { flags: '' },
  sudosu: { exe: 'sudo', flags: '-H -S -n' },
}

/** Options of a become method by the names Ansible's plugins have, as data. */
export function becomeOptionSpecs(method: string): { readonly [name: string]: ConnectionOption } {
  const own = defaults[method]
  return {
    become_user: {
      type: 'str',
      default: own?.user ?? 'root',
      vars: ['ansible_become_user', `ansible_${method}_user`],
      keyword: 'become_user',
      setting: [`become.${method}.become_user`, 'DEFAULT_BECOME_USER'],
      summary: 'user to become',
    },
    become_exe: {
      type: 'str',
      default: own?.exe ?? method,
      vars: ['ansible_become_exe', `ansible_${method}_exe`],
      keyword: 'become_exe',
      setting: [`become.${method}.become_exe`, 'DEFAULT_BECOME_EXE'],
      summary: 'program that switches the user',
    },
    become_flags: {
      type: 'str',
      default: own?.flags ?? '',
      vars: ['ansible_become_flags', `ansible_${method}_flags`],
      keyword: 'become_flags',
      setting: [`become.${method}.become_flags`, 'DEFAULT_BECOME_FLAGS'],
      summary: 'flags for that program',
    },
    become_pass: {
      type: 'str',
      noLog: true,
      vars: ['ansible_become_password', 'ansible_become_pass', `ansible_${method}_pass`],
      setting: `become.${method}.become_pass`,
      summary: 'password for that program',
    },
  }
}

/** Why a method that Ansible has cannot be used; undefined for names that nobody knows. */
export function becomeElsewhere(name: string): string | undefined {
  const short = name.split('.').at(-1)
  if (short === 'runas') return `The become method '${name}' is for Windows hosts, and cannot be used here.`
  if (short === 'enable') return `The become method '${name}' is for network devices, and cannot be used here.`
  return undefined
}

/** The short name of a method; undefined when there is no such method. */
export function becomeMethodNamed(name: string): string | undefined {
  const short = name.replace(/^(?:ansible\.builtin|ansible\.legacy|community\.general)\./, '')
  return Object.hasOwn(methods, short) ? short : undefined
}

/** Wraps the start of a shell: it prints `mark` as the new user and then is that user's shell. */
export function becomeCommand(options: BecomeOptions, shell: string, mark: string): BecomeCommand {
  const method = methods[options.method]!
  const prompt = `[${options.method} via understudy, key=${mark.slice(0, 8)}] password:`
  const start = quoted(`echo ${mark}; exec ${shell}`)
  const own = options.method === 'sudo' || options.method === 'dzdo' || options.method === 'sudosu'
  return {
    command: method.build(options, start, prompt),
    prompt: own && options.password !== undefined ? prompt : undefined,
    silent: options.password === undefined && /(^|\s)-[A-Za-z]*n/.test(options.flags),
    pty: method.pty === 'always' || (method.pty === 'with password' && options.password !== undefined),
  }
}

/** What the methods say when they want a password that they were not given, or got a wrong one. */
export const missingPassword =
  /a password is required|password is required to run|Authorization required|authentication required/i
export const wrongPassword =
  /Sorry, try again|incorrect password attempt|Authentication failure|Authentication failed|Permission denied|Sorry, a password is required|su: incorrect password|doas: Authorization failed/i
/** What they say when they work only on a terminal. */
export const wantsTerminal =
  /you must have a tty|must be run from a terminal|a tty is required|no tty present|a terminal is required|must be run from a tty|standard in must be a tty/i
