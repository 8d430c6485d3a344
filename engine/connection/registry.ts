/** The connections there are, by the names playbooks use. */
import { didYouMean } from '../diagnostics.js'
import type { ConnectionPlugin } from './connection.js'

type Loaded = () => Promise<ConnectionPlugin>

function clients(): { readonly [name: string]: Loaded } {
  const one = (pick: (file: typeof import('./clients.js')) => ConnectionPlugin) => async () =>
    pick(await import('./clients.js'))
  return {
    'community.general.lxc': one(({ lxc }) => lxc),
    'community.general.lxd': one(({ lxd }) => lxd),
    'community.general.incus': one(({ incus }) => incus),
    'community.general.jail': one(({ jail }) => jail),
    'community.docker.nsenter': one(({ nsenter }) => nsenter),
    'community.libvirt.libvirt_lxc': one(({ libvirtLxc }) => libvirtLxc),
    'community.okd.oc': one(({ oc }) => oc),
    'containers.podman.buildah': one(({ buildah }) => buildah),
    'kubernetes.core.kubectl': one(({ kubectl }) => kubectl),
  }
}

const plugins: { readonly [name: string]: Loaded } = {
  'ansible.builtin.local': async () => (await import('./local.js')).default as unknown as ConnectionPlugin,
  'ansible.builtin.ssh': async () => (await import('./ssh.js')).default as unknown as ConnectionPlugin,
  'ansible.builtin.paramiko_ssh': async () => (await import('./ssh.js')).paramiko as unknown as ConnectionPlugin,
  'community.docker.docker': async () => (await import('./containers.js')).docker as unknown as ConnectionPlugin,
  'containers.podman.podman': async () => (await import('./containers.js')).podman as unknown as ConnectionPlugin,
  ...clients(),
  'community.general.chroot': async () => (await import('./containers.js')).chroot as unknown as ConnectionPlugin,
}

const names: { readonly [name: string]: string } = {
  local: 'ansible.builtin.local',
  ssh: 'ansible.builtin.ssh',
  smart: 'ansible.builtin.ssh',
  paramiko: 'ansible.builtin.paramiko_ssh',
  paramiko_ssh: 'ansible.builtin.paramiko_ssh',
  docker: 'community.docker.docker',
  'community.general.docker': 'community.docker.docker',
  podman: 'containers.podman.podman',
  'community.docker.docker_api': 'community.docker.docker',
  buildah: 'containers.podman.buildah',
  chroot: 'community.general.chroot',
  jail: 'community.general.jail',
  kubectl: 'kubernetes.core.kubectl',
  'community.kubernetes.kubectl': 'kubernetes.core.kubectl',
  libvirt_lxc: 'community.libvirt.libvirt_lxc',
  'community.general.libvirt_lxc': 'community.libvirt.libvirt_lxc',
  lxc: 'community.general.lxc',
  lxd: 'community.general.lxd',
  nsenter: 'community.docker.nsenter',
  oc: 'community.okd.oc',
}

/** The full name of a connection, undefined when there is none of that name. */
export function connectionNamed(name: string): string | undefined {
  const full = names[name] ?? name.replace(/^ansible\.legacy\./, 'ansible.builtin.')
  return Object.hasOwn(plugins, full) ? full : undefined
}

const elsewhere: { readonly [name: string]: string } = {
  ...Object.fromEntries(['winrm', 'psrp'].map(name => [name, 'for Windows hosts'])),
  ...Object.fromEntries(
    ['network_cli', 'httpapi', 'netconf', 'grpc', 'persistent', 'libssh'].map(name => [name, 'for network devices']),
  ),
  ...Object.fromEntries(
    ['aws_ssm', 'vmware_tools', 'libvirt_qemu', 'qubes', 'saltstack', 'funcd', 'zone', 'iocage'].map(name => [
      name,
      'not built in',
    ]),
  ),
}

/** What to say of a connection that there is not. */
export function noConnection(name: string): string {
  const reason = elsewhere[name.split('.').at(-1)!]
  if (reason !== undefined) return `the connection plugin '${name}' is ${reason}, and cannot be used here`
  const near = didYouMean(name, connectionNames())
  return `the connection plugin '${name}' was not found${near === undefined ? '' : `; did you mean '${near}'?`}`
}

/** Every name a playbook may give, for suggestions. */
export const connectionNames = (): string[] => [...Object.keys(names), ...Object.keys(plugins)]

/** Loads a connection by its full name. */
export function loadConnection(name: string): Promise<ConnectionPlugin> {
  return plugins[name]!()
}
