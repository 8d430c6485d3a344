/** Containers, jails and namespaces that are reached through a command-line client here, beside docker and podman. */
import { shlexSplit } from '../python/shlex.js'
import type { Value } from '../python/values.js'
import { type ConnectionOption, type ConnectionPlugin, defineConnection } from './connection.js'
import { executable, throughClient } from './containers.js'
import { OptionError } from './options.js'

type Options = ReadonlyMap<string, Value>

interface Client {
  readonly name: string
  readonly summary: string
  /** The host's address comes from ansible_host and from these. */
  readonly addressVars: readonly string[]
  readonly options?: { readonly [name: string]: ConnectionOption }
  /** What stands before `/bin/sh -c …`. */
  argv(target: { readonly address: string; readonly text: (option: string) => string; readonly pty: boolean }): string[]
}

const option = (summary: string, ...vars: string[]): ConnectionOption => ({ type: 'str', default: '', vars, summary })

/** `flag` and its value where there is one. */
const flag = (name: string, value: string): string[] => (value === '' ? [] : [name, value])

function client({ name, summary, addressVars, options = {}, argv }: Client): ConnectionPlugin {
  return defineConnection({
    name,
    summary,
    options: {
      remote_addr: {
        type: 'str',
        vars: ['inventory_hostname', 'ansible_host', ...addressVars],
        summary: 'its name',
      },
      executable: { ...executable, vars: ['ansible_executable', 'ansible_shell_executable'] },
      ...options,
    },
    connect: async (given: Options) => {
      const text = (option: string) => String(given.get(option) ?? '')
      const address = text('remote_addr')
      const user = text('remote_user') || undefined
      const build = (pty: boolean) => argv({ address, text, pty })
      return throughClient(`${build(false)[0]} ${address}`, user, build)
    },
  }) as unknown as ConnectionPlugin
}

export const lxc = client({
  name: 'community.general.lxc',
  summary: 'Run commands in an LXC container, through lxc-attach',
  addressVars: ['ansible_lxc_host'],
  argv: ({ address }) => ['lxc-attach', '--name', address, '--'],
})

/** Incus is LXD's fork: the same words, another program. */
const instances = (name: 'lxd' | 'incus', program: string, what: string, project = ''): ConnectionPlugin =>
  client({
    name: `community.general.${name}`,
    summary: `Run commands in an ${what} instance, through its client`,
    addressVars: [`ansible_${name}_host`],
    options: {
      remote: { ...option(`${what} remote that has it`, `ansible_${name}_remote`), default: 'local' },
      project: { ...option(`${what} project that it belongs to`, `ansible_${name}_project`), default: project },
    },
    argv: ({ address, text, pty }) => [
      program,
      ...flag('--project', text('project')),
      'exec',
      `${text('remote')}:${address}`,
      pty ? '-t' : '-T',
      '--',
    ],
  })

export const lxd = instances('lxd', 'lxc', 'LXD')
export const incus = instances('incus', 'incus', 'Incus', 'default')

export const jail = client({
  name: 'community.general.jail',
  summary: 'Run commands in a FreeBSD jail',
  addressVars: ['ansible_jail_host'],
  options: { remote_user: { ...option('user inside', 'ansible_user', 'ansible_jail_user'), keyword: 'remote_user' } },
  argv: ({ address, text }) => ['jexec', ...flag('-U', text('remote_user')), address],
})

export const nsenter = client({
  name: 'community.docker.nsenter',
  summary: 'Run commands on the machine that this container runs on',
  addressVars: [],
  options: {
    nsenter_pid: { ...option('process whose namespaces are entered', 'ansible_nsenter_pid'), default: '1' },
  },
  argv: ({ text }) => [
    'nsenter',
    '--ipc',
    '--mount',
    '--net',
    '--pid',
    '--uts',
    '--preserve-credentials',
    `--target=${text('nsenter_pid')}`,
    '--',
  ],
})

export const buildah = client({
  name: 'containers.podman.buildah',
  summary: 'Run commands in a container that buildah is building',
  addressVars: [],
  options: { remote_user: { ...option('user inside', 'ansible_user'), keyword: 'remote_user' } },
  argv: ({ address, text }) => ['buildah', 'run', ...flag('--user', text('remote_user')), '--', address],
})

export const libvirtLxc = client({
  name: 'community.libvirt.libvirt_lxc',
  summary: 'Run commands in an LXC container of libvirt',
  addressVars: ['ansible_libvirt_lxc_host'],
  argv: ({ address }) => ['virsh', '-q', '-c', 'lxc:///', 'lxc-enter-namespace', address, '--'],
})

const kubernetes = (name: string, program: 'kubectl' | 'oc'): ConnectionPlugin => {
  const vars = (...names: string[]) => names.map(one => `ansible_${program}_${one}`)
  return client({
    name,
    summary: `Run commands in a pod, through ${program}`,
    addressVars: vars('pod'),
    options: {
      container: option('container of the pod', ...vars('container')),
      namespace: option('namespace of the pod', ...vars('namespace')),
      kubeconfig: option('kubeconfig file', ...vars('kubeconfig', 'config')),
      context: option('context of the kubeconfig', ...vars('context')),
      server: option('address of the API', ...vars('host', 'server')),
      ca_cert: option('file of the authority', ...vars('ssl_ca_cert', 'ca_cert')),
      client_cert: option('file of the client’s certificate', ...vars('cert_file', 'client_cert')),
      client_key: option('file of the client’s key', ...vars('key_file', 'client_key')),
      validate_certs: option('whether the certificate of the API is checked', ...vars('verify_ssl', 'validate_certs')),
      extra_args: option(`arguments for ${program}`, ...vars('extra_args')),
      token: { ...option('token', ...vars('token', 'api_key')), noLog: true },
      password: { ...option('password', ...vars('password')), noLog: true },
    },
    argv: ({ address, text, pty }) => {
      if (text('token') || text('password'))
        throw new OptionError(
          `${program}: a token or password would show in the process list; put it into a kubeconfig`,
        )
      return [
        program,
        ...flag('--namespace', text('namespace')),
        ...flag('--kubeconfig', text('kubeconfig')),
        ...flag('--context', text('context')),
        ...flag('--server', text('server')),
        ...flag('--certificate-authority', text('ca_cert')),
        ...flag('--client-certificate', text('client_cert')),
        ...flag('--client-key', text('client_key')),
        ...(/^(?:false|no|0)$/i.test(text('validate_certs')) ? ['--insecure-skip-tls-verify=true'] : []),
        ...shlexSplit(text('extra_args')),
        'exec',
        pty ? '-it' : '-i',
        address,
        ...flag('-c', text('container')),
        '--',
      ]
    },
  })
}

export const kubectl = kubernetes('kubernetes.core.kubectl', 'kubectl')
export const oc = kubernetes('community.okd.oc', 'oc')
