/** Hosts for the benchmark: sshd's of our own, each on up to 16 loopback addresses, and the inventories that name them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Relay, startRelay } from '../connection/relay.js'
import { canInventUsers, type Sshd, startSshd } from '../sshd.js'

export interface Endpoint {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly key: string
  readonly user: string
}

export interface Endpoints {
  readonly all: readonly Endpoint[]
  /** INI for Ansible and us, and Python for pyinfra. */
  readonly inventory: string
  readonly pyinfra: string
}

const perServer = 16
const config = ['LogLevel ERROR', 'MaxStartups 2000', 'MaxSessions 100']

/** Starts servers when more hosts are asked for than there are; keeps them until `stop`. */
export class Servers {
  readonly #servers: Sshd[] = []
  readonly #relays: Relay[] = []

  async hosts(count: number, folder: string, rtt = 0): Promise<Endpoints> {
    while (this.#servers.length * perServer < count) {
      const own = Array.from({ length: perServer }, (_, index) => this.#address(this.#servers.length, index))
      const listen = ['127.0.0.1', ...own.slice(1)].map(address => `ListenAddress ${address}`)
      this.#servers.push(await startSshd([...listen, ...config], [], [], { ownHome: canInventUsers }))
    }
    const all: Endpoint[] = []
    for (let index = 0; index < count; index++) {
      const server = this.#servers[Math.floor(index / perServer)]!
      const address =
        index % perServer === 0 ? '127.0.0.1' : this.#address(Math.floor(index / perServer), index % perServer)
      let { port } = server
      if (rtt > 0) {
        const relay = await startRelay(port)
        relay.delay = rtt / 2
        this.#relays.push(relay)
        port = relay.port
      }
      const reached = rtt > 0 ? '127.0.0.1' : address
      all.push({ name: `host${index + 1}`, address: reached, port, key: server.key, user: server.user })
    }
    const inventory = join(folder, 'hosts.ini')
    writeFileSync(inventory, ini(all))
    const pyinfra = join(folder, 'hosts.py')
    writeFileSync(pyinfra, python(all, join(folder, 'known_hosts')))
    return { all, inventory, pyinfra }
  }

  async stop(): Promise<void> {
    for (const relay of this.#relays) await relay.close()
    for (const server of this.#servers) await server.stop()
  }

  #address = (server: number, index: number): string => `127.9.${server}.${index + 1}`
}

const ini = (hosts: readonly Endpoint[]): string => {
  const lines = hosts.map(
    ({ name, address, port, key, user }) =>
      `${name} ansible_host=${address} ansible_port=${port} ansible_user=${user} ansible_ssh_private_key_file=${key}`,
  )
  const unknown = '-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR'
  // Peers need no time to look for a Python.
  const python = process.env.BENCH_PYTHON ?? '/usr/bin/python3'
  return `${lines.join('\n')}\n[all:vars]\nansible_ssh_common_args=${unknown}\nansible_python_interpreter=${python}\n`
}

const python = (hosts: readonly Endpoint[], knownHosts: string): string => {
  const entries = hosts.map(({ name, address, port, key, user }) => {
    const data = {
      ssh_hostname: address,
      ssh_port: port,
      ssh_user: user,
      ssh_key: key,
      ssh_known_hosts_file: knownHosts,
      ssh_strict_host_key_checking: 'no',
    }
    return `    (${JSON.stringify(name)}, ${JSON.stringify(data)}),`
  })
  return `hosts = [\n${entries.join('\n')}\n]\n`
}
