/** Ten tasks that only the controller works on, over 1,000 hosts: time beside Ansible, and the memory that it takes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from '../line.js'

const HOSTS = 1000

function prepare({ folder }: { readonly folder: string }) {
  const inventory = join(folder, 'hosts')
  const names = Array.from({ length: HOSTS }, (_, index) => `h${index} ansible_connection=local`)
  writeFileSync(inventory, `${names.join('\n')}\n`)
  const tasks = Array.from({ length: 5 }, (_, index) => [
    `    - set_fact: {fact${index}: "{{ inventory_hostname }}-${index}"}`,
    `    - debug: {msg: "{{ fact${index} }}"}`,
  ])
  const playbook = join(folder, 'play.yml')
  writeFileSync(playbook, `${['- hosts: all', '  gather_facts: false', '  tasks:', ...tasks.flat()].join('\n')}\n`)
  return { playbook, args: ['-i', inventory] }
}

export const controllerHosts: Line[] = [
  {
    name: 'controller-hosts',
    title: `10 controller-only tasks × ${HOSTS} hosts`,
    bar: { ansible: 20 },
    rounds: 1,
    prepare,
  },
  {
    name: 'controller-memory',
    title: `memory, 10 controller-only tasks × ${HOSTS} hosts`,
    bar: {},
    limit: 300,
    unit: 'MB',
    rounds: 1,
    prepare,
  },
]
