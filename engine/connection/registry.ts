/** The connections there are, by the names playbooks use. */
import type { ConnectionPlugin } from './connection.js'

const plugins: { readonly [name: string]: () => Promise<{ default: ConnectionPlugin }> } = {
  'ansible.builtin.local': () => import('./local.js') as Promise<{ default: ConnectionPlugin }>,
  'ansible.builtin.ssh': () => import('./ssh.js') as unknown as Promise<{ default: ConnectionPlugin }>,
}

const names: { readonly [name: string]: string } = {
  local: 'ansible.builtin.local',
  ssh: 'ansible.builtin.ssh',
  smart: 'ansible.builtin.ssh',
  paramiko: 'ansible.builtin.ssh',
  paramiko_ssh: 'ansible.builtin.ssh',
  'ansible.builtin.paramiko_ssh': 'ansible.builtin.ssh',
}

/** The full name of a connection, undefined when there is none of that name. */
export function connectionNamed(name: string): string | undefined {
  const full = names[name] ?? name.replace(/^ansible\.legacy\./, 'ansible.builtin.')
  return Object.hasOwn(plugins, full) ? full : undefined
}

/** Every name a playbook may give, for suggestions. */
export const connectionNames = (): string[] => [...Object.keys(names), ...Object.keys(plugins)]

/** Loads a connection by its full name. */
export async function loadConnection(name: string): Promise<ConnectionPlugin> {
  return (await plugins[name]!()).default
}
