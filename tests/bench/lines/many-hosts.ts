/** Ten commands on 20, 50 and 100 hosts. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from '../line.js'
import { commandPlay } from './commands.js'

export const manyHosts: Line[] = [20, 50, 100].map(hosts => ({
  name: `hosts-${hosts}`,
  title: `10 tasks × ${hosts} hosts`,
  bar: { ansible: 20, mitogen: 10, pyinfra: 2 },
  hosts,
  rounds: hosts === 20 ? 3 : 1,
  prepare: ({ folder }) => prepareCommands(folder, 10),
}))

export function prepareCommands(folder: string, count: number) {
  const playbook = join(folder, 'play.yml')
  writeFileSync(playbook, commandPlay(count))
  const deploy = join(folder, 'deploy.py')
  writeFileSync(
    deploy,
    `from pyinfra.operations import server\nfor i in range(${count}):\n    server.shell(name=f"task {i}", commands=["/bin/true"])\n`,
  )
  return { playbook, deploy }
}
