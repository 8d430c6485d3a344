/** `ansible_connection: ssh`: ssh2 in this process, or the system's ssh where a wish goes beyond ssh2. */
import { homedir } from 'node:os'
import type { Value } from '../python/values.js'
import { type Connection, defineConnection } from './connection.js'
import { OptionError } from './options.js'
import { beyondKeys } from './ssh/auth.js'
import { planSsh, splitArgs } from './ssh/config.js'
import { withRetries } from './ssh/retries.js'

const ssh = defineConnection({
  name: 'ansible.builtin.ssh',
  summary: 'Reach hosts by ssh',
  options: {
    host: {
      type: 'str',
      vars: ['inventory_hostname', 'ansible_host', 'ansible_ssh_host'],
      summary: 'name or address of the host',
    },
    port: {
      type: 'int',
      vars: ['ansible_port', 'ansible_ssh_port'],
      keyword: 'port',
      setting: ['connection.ssh.port', 'DEFAULT_REMOTE_PORT'],
      summary: 'port of its sshd',
    },
    remote_user: {
      type: 'str',
      vars: ['ansible_user', 'ansible_ssh_user'],
      keyword: 'remote_user',
      setting: ['connection.ssh.remote_user', 'DEFAULT_REMOTE_USER'],
      summary: 'user to log in as',
    },
    password: {
      type: 'str',
      noLog: true,
      vars: ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'],
      summary: 'password to log in with',
    },
    private_key_file: {
      type: 'path',
      vars: ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
      setting: ['connection.ssh.private_key_file', 'DEFAULT_PRIVATE_KEY_FILE'],
      summary: 'private key to log in with',
    },
    private_key: {
      type: 'str',
      noLog: true,
      vars: ['ansible_private_key', 'ansible_ssh_private_key'],
      summary: 'text of the private key to log in with',
    },
    private_key_passphrase: {
      type: 'str',
      noLog: true,
      vars: ['ansible_private_key_passphrase', 'ansible_ssh_private_key_passphrase'],
      summary: 'passphrase of that text',
    },
    host_key_checking: {
      type: 'bool',
      default: true,
      vars: ['ansible_host_key_checking', 'ansible_ssh_host_key_checking'],
      setting: ['connection.ssh.host_key_checking', 'HOST_KEY_CHECKING'],
      summary: 'refuse hosts whose key is not known',
    },
    ssh_args: {
      type: 'str',
      default: '',
      vars: ['ansible_ssh_args'],
      setting: 'connection.ssh.ssh_args',
      summary: 'arguments of ssh',
    },
    ssh_common_args: {
      type: 'str',
      default: '',
      vars: ['ansible_ssh_common_args'],
      setting: 'connection.ssh.ssh_common_args',
      summary: 'more arguments of ssh',
    },
    ssh_extra_args: {
      type: 'str',
      default: '',
      vars: ['ansible_ssh_extra_args'],
      setting: 'connection.ssh.ssh_extra_args',
      summary: 'yet more arguments of ssh',
    },
    ssh_executable: {
      type: 'str',
      default: 'ssh',
      vars: ['ansible_ssh_executable'],
      setting: 'connection.ssh.ssh_executable',
      summary: 'the system’s ssh',
    },
    pkcs11_provider: {
      type: 'str',
      default: '',
      vars: ['ansible_ssh_pkcs11_provider'],
      setting: 'connection.ssh.pkcs11_provider',
      summary: 'PKCS#11 library that holds the key',
    },
    reconnection_retries: {
      type: 'int',
      default: 0,
      vars: ['ansible_ssh_retries'],
      setting: 'connection.ssh.reconnection_retries',
      summary: 'how often to try again',
    },
    timeout: {
      type: 'int',
      default: 10,
      vars: ['ansible_ssh_timeout'],
      keyword: 'connection_timeout',
      setting: ['connection.ssh.timeout', 'DEFAULT_TIMEOUT'],
      summary: 'seconds to wait for a connection',
    },
    executable: {
      type: 'path',
      default: '/bin/sh',
      vars: ['ansible_shell_executable'],
      setting: 'DEFAULT_EXECUTABLE',
      summary: 'shell on the host',
    },
    transport: {
      type: 'str',
      default: 'auto',
      choices: ['auto', 'ssh2', 'openssh'],
      vars: ['ansible_ssh_transport'],
      setting: 'connection.ssh.transport',
      summary: 'ssh2 in this process, the system’s ssh, or whichever can do what is asked',
    },
  },
  async connect(options, context) {
    const text = (name: string): string => String(options.get(name) ?? '')
    const host = text('host')
    const args = sshArgs(options)
    const home = context.environ.HOME ?? homedir()
    const plan = planSsh({ host, args, home })
    const { beyond, connectSsh2 } = await import('./ssh/connect.js')
    const executable = text('ssh_executable')
    const reason =
      beyond(plan) ??
      beyondKeys(plan, host, home) ??
      (isOpenssh(executable) ? undefined : `ssh_executable ${executable}`)
    const transport = text('transport')
    const retries = Number(options.get('reconnection_retries'))
    const password = options.has('password') ? text('password') : undefined
    const passphrase = options.has('private_key_passphrase') ? text('private_key_passphrase') : undefined
    const key = options.has('private_key') ? { text: text('private_key'), passphrase } : undefined
    const timeout = Number(options.get('timeout'))
    if (transport === 'openssh' || (transport === 'auto' && reason !== undefined)) {
      if (reason !== undefined) context.debug(2, `ssh: ${host}: the system's ssh is used for ${reason}`)
      if (key !== undefined)
        throw new OptionError(`private_key is for ssh2, and ${reason ?? 'transport openssh'} needs the system's ssh`)
      const { connectOpenssh } = await import('./ssh/openssh.js')
      const target = { host, user: plan.user, args, executable, password, timeout }
      return keptTrying(() => connectOpenssh(target, context))
    }
    return keptTrying(() => connectSsh2({ host, plan, password, key, timeout }, context))

    async function keptTrying(connect: () => Promise<Connection>): Promise<Connection> {
      const connection = await withRetries({ host, retries, debug: context.debug, signal: context.signal }, connect)
      return Object.defineProperty(connection, 'retries', { value: retries })
    }
  },
})

export default ssh

/** OpenSSH's own client under its usual name: whatever else somebody asks for is run. */
const isOpenssh = (executable: string): boolean => /^(?:(?:\/usr(?:\/local)?)?\/bin\/)?ssh$/.test(executable)

/** paramiko's name for the same hosts, with variables of its own. */
export const paramiko: typeof ssh = {
  ...ssh,
  name: 'ansible.builtin.paramiko_ssh',
  options: {
    ...ssh.options,
    host: { ...ssh.options.host, vars: [...ssh.options.host.vars, 'ansible_paramiko_host'] as never },
    remote_user: {
      ...ssh.options.remote_user,
      vars: [...ssh.options.remote_user.vars, 'ansible_paramiko_user'] as never,
    },
    password: {
      ...ssh.options.password,
      vars: [...ssh.options.password.vars, 'ansible_paramiko_pass', 'ansible_paramiko_password'] as never,
    },
    host_key_checking: {
      ...ssh.options.host_key_checking,
      vars: [...ssh.options.host_key_checking.vars, 'ansible_paramiko_host_key_checking'] as never,
    },
  },
}

/** Ansible's options as ssh's, in the order in which Ansible puts them: the first that says something wins. */
function sshArgs(options: ReadonlyMap<string, Value>): string[] {
  const args = splitArgs(String(options.get('ssh_args') ?? ''))
  const add = (name: string, keyword: string) => {
    const value = options.get(name)
    if (value !== undefined && value !== '') args.push('-o', `${keyword}=${String(value)}`)
  }
  if (options.get('host_key_checking') === false) args.push('-o', 'StrictHostKeyChecking=no')
  add('port', 'Port')
  if (options.has('private_key_file')) args.push('-o', `IdentityFile="${String(options.get('private_key_file'))}"`)
  add('pkcs11_provider', 'PKCS11Provider')
  if (!options.has('password')) {
    args.push(
      '-o',
      'KbdInteractiveAuthentication=no',
      '-o',
      'PreferredAuthentications=gssapi-with-mic,gssapi-keyex,hostbased,publickey',
      '-o',
      'PasswordAuthentication=no',
    )
  }
  add('remote_user', 'User')
  args.push('-o', `ConnectTimeout=${String(options.get('timeout'))}`)
  for (const name of ['ssh_common_args', 'ssh_extra_args']) args.push(...splitArgs(String(options.get(name) ?? '')))
  return args
}
