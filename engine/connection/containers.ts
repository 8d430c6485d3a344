/** Containers and other roots on the controller, reached through their own command-line clients. */
import { shlexSplit } from '../python/shlex.js'
import type { Value } from '../python/values.js'
import { childChannel } from './child.js'
import { type Connection, type ConnectionOption, defineConnection, Unreachable } from './connection.js'

export const executable: ConnectionOption = {
  type: 'path',
  default: '/bin/sh',
  vars: ['ansible_shell_executable'],
  summary: 'shell inside',
}
const remoteUser: ConnectionOption = {
  type: 'str',
  vars: ['ansible_user'],
  keyword: 'remote_user',
  setting: 'DEFAULT_REMOTE_USER',
  summary: 'user inside the container',
}

/** A connection whose every channel is one run of a client; `argv` puts the command's shell behind it. */
export async function throughClient(
  description: string,
  user: string | undefined,
  argv: (pty: boolean) => string[],
): Promise<Connection> {
  return {
    alive: true,
    user,
    description,
    async open(command, { pty = false } = {}) {
      const [program, ...rest] = argv(pty)
      try {
        return await childChannel([program!, ...rest, '/bin/sh', '-c', command])
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        throw new Unreachable(code === 'ENOENT' ? `${program} command not found in PATH` : (error as Error).message)
      }
    },
    close: async () => {},
  }
}

const text = (options: ReadonlyMap<string, Value>, name: string): string => String(options.get(name) ?? '')
const asUser = (options: ReadonlyMap<string, Value>, flag: string): string[] =>
  options.has('remote_user') ? [flag, text(options, 'remote_user')] : []
const nameOf = (options: ReadonlyMap<string, Value>): string | undefined =>
  options.has('remote_user') ? text(options, 'remote_user') : undefined

export const docker = defineConnection({
  name: 'community.docker.docker',
  summary: 'Run commands in a running container, through the docker client',
  options: {
    remote_addr: {
      type: 'str',
      vars: ['inventory_hostname', 'ansible_host', 'ansible_docker_host'],
      summary: 'name or id of the container',
    },
    remote_user: { ...remoteUser, vars: ['ansible_user', 'ansible_docker_user'] },
    docker_extra_args: {
      type: 'str',
      default: '',
      vars: ['ansible_docker_extra_args'],
      summary: 'arguments for docker',
    },
    executable,
  },
  connect: async options =>
    throughClient(`docker ${text(options, 'remote_addr')}`, nameOf(options), pty => [
      'docker',
      ...shlexSplit(text(options, 'docker_extra_args')),
      'exec',
      pty ? '-it' : '-i',
      ...asUser(options, '-u'),
      text(options, 'remote_addr'),
    ]),
})

export const podman = defineConnection({
  name: 'containers.podman.podman',
  summary: 'Run commands in a running container, through podman',
  options: {
    remote_addr: {
      type: 'str',
      vars: ['inventory_hostname', 'ansible_host', 'ansible_podman_host'],
      summary: 'name or id of the container',
    },
    remote_user: remoteUser,
    podman_extra_args: {
      type: 'str',
      default: '',
      vars: ['ansible_podman_extra_args'],
      summary: 'arguments for podman',
    },
    podman_executable: {
      type: 'str',
      default: 'podman',
      vars: ['ansible_podman_executable'],
      summary: 'podman program',
    },
    executable,
  },
  connect: async options =>
    throughClient(`podman ${text(options, 'remote_addr')}`, nameOf(options), pty => [
      text(options, 'podman_executable'),
      ...shlexSplit(text(options, 'podman_extra_args')),
      'exec',
      pty ? '-it' : '-i',
      ...asUser(options, '--user'),
      text(options, 'remote_addr'),
    ]),
})

export const chroot = defineConnection({
  name: 'community.general.chroot',
  summary: 'Run commands in another root directory of the controller',
  options: {
    remote_addr: { type: 'str', vars: ['inventory_hostname', 'ansible_host'], summary: 'the directory' },
    chroot_exe: { type: 'str', default: 'chroot', vars: ['ansible_chroot_exe'], summary: 'chroot program' },
    executable: { ...executable, vars: ['ansible_executable', 'ansible_shell_executable'] },
  },
  connect: async options =>
    throughClient(`chroot ${text(options, 'remote_addr')}`, 'root', () => [
      text(options, 'chroot_exe'),
      text(options, 'remote_addr'),
    ]),
})
