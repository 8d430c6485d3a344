/** The connections there are, by the names playbooks use. */
import type { ConnectionPlugin } from './connection.js'

type Loaded = () => Promise<ConnectionPlugin>
const plugins: { readonly [name: string]: Loaded } = {
  'ansible.builtin.local': async () => (await import('./local.js')).default as unknown as ConnectionPlugin,
  'ansible.builtin.ssh': async () => (await import('./ssh.js')).default as unknown as ConnectionPlugin,
  'community.docker.docker': async () => (await import('./containers.js')).docker as unknown as ConnectionPlugin,
  'containers.podman.podman': async () => (await import('./containers.js')).podman as unknown as ConnectionPlugin,
  'community.general.chroot': async () => (await import('./containers.js')).chroot as unknown as ConnectionPlugin,
}

const names: { readonly [name: string]: string } = {
  local: 'ansible.builtin.local',
  ssh: 'ansible.builtin.ssh',
  smart: 'ansible.builtin.ssh',
  paramiko: 'ansible.builtin.ssh',
  paramiko_ssh: 'ansible.builtin.ssh',
  'ansible.builtin.paramiko_ssh': 'ansible.builtin.ssh',
  docker: 'community.docker.docker',
  'community.general.docker': 'community.docker.docker',
  podman: 'containers.podman.podman',
  chroot: 'community.general.chroot',
}

/** The full name of a connection, undefined when there is none of that name. */
export function connectionNamed(name: string): string | undefined {
  const full = names[name] ?? name.replace(/^ansible\.legacy\./, 'ansible.builtin.')
  return Object.hasOwn(plugins, full) ? full : undefined
}

/** Every name a playbook may give, for suggestions. */
export const connectionNames = (): string[] => [...Object.keys(names), ...Object.keys(plugins)]

/** Loads a connection by its full name. */
export function loadConnection(name: string): Promise<ConnectionPlugin> {
  return plugins[name]!()
}
