/** 50 × `command: /bin/true` on one host. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from '../line.js'

export function commandPlay(count: number): string {
  const tasks = Array.from({ length: count }, (_, index) => `    - name: task ${index}\n      command: /bin/true\n`)
  return `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('')}`
}

/** The same questions on one `ssh host sh` that is kept open, one after another. */
export const floorScript = (count: number): string => `
const { spawn } = require('node:child_process')
const child = spawn('ssh', process.argv.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
let left = ${count}
const ask = () => child.stdin.write('/bin/true; echo $?\\n')
child.stdout.on('data', () => (--left ? ask() : child.stdin.end()))
ask()
`

export const commands: Line = {
  name: 'commands',
  title: '50 × `command: /bin/true`, one host',
  bar: { ansible: 20, mitogen: 6 },
  within: { floor: 2 },
  rounds: 5,
  prepare({ folder, endpoints }) {
    const playbook = join(folder, 'play.yml')
    writeFileSync(playbook, commandPlay(50))
    const deploy = join(folder, 'deploy.py')
    writeFileSync(
      deploy,
      'from pyinfra.operations import server\nfor i in range(50):\n    server.shell(name=f"task {i}", commands=["/bin/true"])\n',
    )
    const [host] = endpoints.all
    const options = ['UserKnownHostsFile=/dev/null', 'StrictHostKeyChecking=no', 'LogLevel=ERROR'].flatMap(text => [
      '-o',
      text,
    ])
    const ssh = [...options, '-i', host!.key, '-p', String(host!.port), `${host!.user}@${host!.address}`, 'sh']
    return { playbook, deploy, commands: { floor: { argv: [process.execPath, '-e', floorScript(50), '--', ...ssh] } } }
  },
}
