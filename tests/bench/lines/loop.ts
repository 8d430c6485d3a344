/** One task that loops over 200 items. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from '../line.js'

export const loop: Line = {
  name: 'loop',
  title: 'one task, 200 loop items',
  bar: { ansible: 25, mitogen: 3 },
  prepare({ folder }) {
    const playbook = join(folder, 'play.yml')
    writeFileSync(
      playbook,
      '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: "/bin/echo {{ item }}"\n      loop: "{{ range(200) | list }}"\n',
    )
    const deploy = join(folder, 'deploy.py')
    writeFileSync(
      deploy,
      'from pyinfra.operations import server\nfor i in range(200):\n    server.shell(name=f"item {i}", commands=[f"/bin/echo {i}"])\n',
    )
    return { playbook, deploy }
  },
}
