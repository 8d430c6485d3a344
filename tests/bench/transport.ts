/** What a task costs on the way to a host: milliseconds and round trips, at several distances. Prints a table. */
import { HostPool } from '../../engine/remote/pool.js'
import { startRelay } from '../connection/relay.js'
import { testSettings } from '../connection/settings.js'
import { needs } from '../connection/ssh-to.js'
import { startSshd } from '../sshd.js'

const count = 50
const sshd = await startSshd()
const rows: string[][] = [
  ['round-trip time', 'transport', 'log in', `${count} × true`, `${count} looks`, 'trips per task'],
]
for (const delay of [0, 10, 50]) {
  for (const transport of ['ssh2', 'openssh']) {
    const relay = await startRelay(sshd.port)
    relay.delay = delay
    const variables: { [name: string]: string | number } = {
      ansible_host: '127.0.0.1',
      ansible_port: relay.port,
      ansible_user: sshd.user,
      ansible_ssh_private_key_file: sshd.key,
      ansible_ssh_transport: transport,
      ansible_ssh_common_args: '-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR',
    }
    const pool = new HostPool({ settings: testSettings(), environ: { PATH: process.env.PATH, HOME: sshd.folder } })
    const remote = pool.remote({ name: 'bench', connection: 'ssh', vars: name => variables[name] }, needs)
    const start = performance.now()
    await remote.exec({ argv: ['/bin/true'], why: 'bench' })
    const loggedIn = performance.now()
    const trips = pool.stats.trips
    for (let done = 0; done < count; done++) await remote.exec({ argv: ['/bin/true'], why: 'bench' })
    const ran = performance.now()
    for (let done = 0; done < count; done++) await remote.file('/etc/passwd')
    const looked = performance.now()
    rows.push([
      `${delay * 2} ms`,
      transport,
      `${Math.round(loggedIn - start)} ms`,
      `${Math.round(ran - loggedIn)} ms`,
      `${Math.round(looked - ran)} ms`,
      ((pool.stats.trips - trips) / (2 * count)).toFixed(2),
    ])
    await pool.close()
    await relay.close()
  }
}
await sshd.stop()
const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '))
