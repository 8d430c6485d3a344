/** Every flag of the commands that run something, as data: parsing, help and settings are read from here. */
import type { Flag } from './flags.js'

export interface Option extends Flag {
  readonly heading: 'What to run' | 'Where' | 'How' | 'Output' | 'Connection' | 'Privilege escalation' | 'Passwords'
  /** Must be a whole number. */
  readonly number?: 'any' | 'positive'
  /** The setting that the flag overrides. */
  readonly setting?: string
}
export type Options = { readonly [name: string]: Option }

const output = {
  verbose: {
    names: ['-v', '--verbose'],
    kind: 'count',
    heading: 'Output',
    summary: 'say more; -vvv and -vvvv for connections',
  },
  diff: { names: ['-D', '--diff'], kind: 'switch', heading: 'Output', summary: 'show what changes in files' },
  version: {
    names: ['--version'],
    kind: 'switch',
    heading: 'Output',
    summary: 'show the version and where things are looked up',
  },
  help: { names: ['-h', '--help'], kind: 'switch', heading: 'Output', summary: 'show this help' },
} as const satisfies Options

const where = {
  inventory: {
    names: ['-i', '--inventory', '--inventory-file'],
    kind: 'list',
    metavar: 'SOURCE',
    heading: 'Where',
    summary: 'inventory file, folder or script, or a list of hosts that ends in a comma',
  },
  limit: {
    names: ['-l', '--limit'],
    kind: 'list',
    metavar: 'PATTERN',
    heading: 'Where',
    summary: 'only these of the hosts',
  },
  listHosts: {
    names: ['--list-hosts'],
    kind: 'switch',
    heading: 'Where',
    summary: 'only show which hosts it would be',
  },
} as const satisfies Options

const how = {
  check: { names: ['-C', '--check'], kind: 'switch', heading: 'How', summary: 'change nothing; say what would change' },
  forks: {
    names: ['-f', '--forks'],
    kind: 'value',
    number: 'positive',
    metavar: 'N',
    heading: 'How',
    summary: 'hosts to work on at the same time (default 5)',
  },
  extraVars: {
    names: ['-e', '--extra-vars'],
    kind: 'list',
    metavar: 'VARS',
    heading: 'How',
    summary: 'variables that win over all others: key=value, YAML, JSON or @file',
  },
  modulePath: {
    names: ['-M', '--module-path'],
    kind: 'list',
    metavar: 'PATH',
    heading: 'How',
    summary: 'accepted and without effect: modules are built in',
  },
} as const satisfies Options

const connection = {
  connection: {
    names: ['-c', '--connection'],
    kind: 'value',
    metavar: 'NAME',
    heading: 'Connection',
    setting: 'DEFAULT_TRANSPORT',
    summary: 'how to reach hosts: ssh or local',
  },
  user: {
    names: ['-u', '--user'],
    kind: 'value',
    metavar: 'NAME',
    heading: 'Connection',
    setting: 'DEFAULT_REMOTE_USER',
    summary: 'user to log in as',
  },
  privateKey: {
    names: ['--private-key', '--key-file'],
    kind: 'value',
    metavar: 'FILE',
    heading: 'Connection',
    setting: 'DEFAULT_PRIVATE_KEY_FILE',
    summary: 'private key to log in with',
  },
  timeout: {
    names: ['-T', '--timeout'],
    kind: 'value',
    number: 'any',
    metavar: 'SECONDS',
    heading: 'Connection',
    setting: 'DEFAULT_TIMEOUT',
    summary: 'how long to wait for a connection (default 10)',
  },
  sshCommonArgs: {
    names: ['--ssh-common-args'],
    kind: 'value',
    metavar: 'ARGS',
    heading: 'Connection',
    setting: 'connection.ssh.ssh_common_args',
    summary: "OpenSSH's arguments, such as -o ProxyJump=…",
  },
  sshExtraArgs: {
    names: ['--ssh-extra-args'],
    kind: 'value',
    metavar: 'ARGS',
    heading: 'Connection',
    setting: 'connection.ssh.ssh_extra_args',
    summary: 'the same, for ssh alone',
  },
  sftpExtraArgs: {
    names: ['--sftp-extra-args'],
    kind: 'value',
    metavar: 'ARGS',
    heading: 'Connection',
    setting: 'connection.ssh.sftp_extra_args',
    summary: 'the same, for sftp alone',
  },
  scpExtraArgs: {
    names: ['--scp-extra-args'],
    kind: 'value',
    metavar: 'ARGS',
    heading: 'Connection',
    setting: 'connection.ssh.scp_extra_args',
    summary: 'the same, for scp alone',
  },
} as const satisfies Options

const become = {
  become: {
    names: ['-b', '--become'],
    kind: 'switch',
    heading: 'Privilege escalation',
    summary: 'run tasks as another user',
  },
  becomeUser: {
    names: ['--become-user'],
    kind: 'value',
    metavar: 'NAME',
    heading: 'Privilege escalation',
    setting: 'DEFAULT_BECOME_USER',
    summary: 'that user (default root)',
  },
  becomeMethod: {
    names: ['--become-method'],
    kind: 'value',
    metavar: 'NAME',
    heading: 'Privilege escalation',
    setting: 'DEFAULT_BECOME_METHOD',
    summary: 'sudo (default), su, doas, …',
  },
} as const satisfies Options

const passwords = {
  askPass: {
    names: ['-k', '--ask-pass'],
    kind: 'switch',
    group: 'connection password',
    heading: 'Passwords',
    summary: 'ask for the connection password',
  },
  connectionPasswordFile: {
    names: ['--connection-password-file', '--conn-pass-file'],
    kind: 'value',
    group: 'connection password',
    metavar: 'FILE',
    heading: 'Passwords',
    summary: 'file or script that gives it',
  },
  askBecomePass: {
    names: ['-K', '--ask-become-pass'],
    kind: 'switch',
    group: 'become password',
    heading: 'Passwords',
    summary: 'ask for the become password',
  },
  becomePasswordFile: {
    names: ['--become-password-file', '--become-pass-file'],
    kind: 'value',
    group: 'become password',
    metavar: 'FILE',
    heading: 'Passwords',
    summary: 'file or script that gives it',
  },
  vaultId: {
    names: ['--vault-id'],
    kind: 'list',
    metavar: 'ID@SOURCE',
    heading: 'Passwords',
    summary: 'vault id and where its password is: a file, a script, or "prompt"',
  },
  askVaultPass: {
    names: ['-J', '--ask-vault-password', '--ask-vault-pass'],
    kind: 'switch',
    group: 'vault password',
    heading: 'Passwords',
    summary: 'ask for the vault password',
  },
  vaultPasswordFile: {
    names: ['--vault-password-file', '--vault-pass-file'],
    kind: 'list',
    group: 'vault password',
    metavar: 'FILE',
    heading: 'Passwords',
    summary: 'file or script that gives it',
  },
} as const satisfies Options

/** ansible-playbook's flags. */
export const playbookOptions = {
  tags: {
    names: ['-t', '--tags'],
    kind: 'list',
    metavar: 'TAGS',
    heading: 'What to run',
    summary: 'only plays and tasks with one of these tags',
  },
  skipTags: {
    names: ['--skip-tags'],
    kind: 'list',
    metavar: 'TAGS',
    heading: 'What to run',
    summary: 'leave plays and tasks with one of these tags out',
  },
  startAtTask: {
    names: ['--start-at-task'],
    kind: 'value',
    metavar: 'NAME',
    heading: 'What to run',
    summary: 'begin at the task with this name',
  },
  profile: {
    names: ['--profile'],
    kind: 'switch',
    heading: 'Output',
    summary: 'at the end, what each task and host cost: round trips, bytes, waiting for the network, engine',
  },
  step: { names: ['--step'], kind: 'switch', heading: 'What to run', summary: 'ask before each task' },
  syntaxCheck: {
    names: ['--syntax-check'],
    kind: 'switch',
    heading: 'What to run',
    summary: 'only look for mistakes, in all files, and show them all',
  },
  listTasks: { names: ['--list-tasks'], kind: 'switch', heading: 'What to run', summary: 'only show the tasks' },
  listTags: { names: ['--list-tags'], kind: 'switch', heading: 'What to run', summary: 'only show the tags' },
  ...where,
  ...how,
  flushCache: { names: ['--flush-cache'], kind: 'switch', heading: 'How', summary: 'forget cached facts first' },
  forceHandlers: {
    names: ['--force-handlers'],
    kind: 'switch',
    heading: 'How',
    setting: 'DEFAULT_FORCE_HANDLERS',
    summary: 'run handlers although a task failed',
  },
  ...connection,
  ...become,
  ...passwords,
  ...output,
} as const satisfies Options

/** ansible's flags. */
export const adhocOptions = {
  moduleName: {
    names: ['-m', '--module-name'],
    kind: 'value',
    metavar: 'NAME',
    heading: 'What to run',
    summary: 'module (default command)',
  },
  args: {
    names: ['-a', '--args'],
    kind: 'value',
    metavar: 'ARGS',
    heading: 'What to run',
    summary: "its arguments: k=v …, JSON, or a command's text",
  },
  background: {
    names: ['-B', '--background'],
    kind: 'value',
    number: 'any',
    metavar: 'SECONDS',
    heading: 'What to run',
    summary: 'run in the background, for at most so long',
  },
  poll: {
    names: ['-P', '--poll'],
    kind: 'value',
    number: 'any',
    metavar: 'SECONDS',
    heading: 'What to run',
    summary: 'with -B: how often to look whether it is done (default 15)',
  },
  taskTimeout: {
    names: ['--task-timeout'],
    kind: 'value',
    number: 'any',
    metavar: 'SECONDS',
    heading: 'What to run',
    setting: 'TASK_TIMEOUT',
    summary: 'how long a task may take',
  },
  ...where,
  playbookDir: {
    names: ['--playbook-dir'],
    kind: 'value',
    metavar: 'FOLDER',
    heading: 'Where',
    summary: "stands for a playbook's folder, for group_vars and roles",
  },
  ...how,
  ...connection,
  ...become,
  ...passwords,
  oneLine: { names: ['-o', '--one-line'], kind: 'switch', heading: 'Output', summary: 'a line per host' },
  tree: {
    names: ['-t', '--tree'],
    kind: 'value',
    metavar: 'FOLDER',
    heading: 'Output',
    summary: 'also write each result to a file of this folder',
  },
  ...output,
} as const satisfies Options
