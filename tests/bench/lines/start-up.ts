/** Processor time of `--version`, and the syntax check of a big playbook. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from '../line.js'

const version: Line = {
  name: 'version',
  title: '`--version`',
  bar: { ansible: 5 },
  limit: 0.12,
  unit: 'cpu',
  rounds: 9,
  prepare: () => ({ playbook: '--version' }),
}

const syntax: Line = {
  name: 'syntax',
  title: '`--syntax-check` of 20 roles with 2,000 tasks',
  bar: { ansible: 5 },
  rounds: 5,
  prepare({ folder }) {
    for (let role = 0; role < 20; role++) {
      const at = join(folder, 'roles', `role${role}`)
      mkdirSync(join(at, 'tasks'), { recursive: true })
      mkdirSync(join(at, 'defaults'))
      writeFileSync(join(at, 'defaults', 'main.yml'), `port${role}: 80${role}\nname${role}: "{{ port${role} }} x"\n`)
      const tasks = Array.from({ length: 100 }, (_, index) => {
        const kinds = [
          `- name: install ${index}\n  apt: {name: "pkg{{ port${role} }}", state: present}\n  when: port${role} is defined\n`,
          `- name: put ${index}\n  copy:\n    content: "{{ name${role} }}"\n    dest: /etc/file${index}\n    mode: "0644"\n  tags: [config]\n`,
          `- name: run ${index}\n  shell: echo {{ item }}\n  loop: [a, b, c]\n  register: out\n  changed_when: false\n`,
          `- name: line ${index}\n  lineinfile: {path: /etc/hosts, line: "10.0.0.${index} host"}\n  become: true\n`,
        ]
        return kinds[index % kinds.length]!
      })
      writeFileSync(join(at, 'tasks', 'main.yml'), tasks.join(''))
    }
    const playbook = join(folder, 'site.yml')
    const roles = Array.from({ length: 20 }, (_, role) => `    - role${role}\n`)
    writeFileSync(playbook, `- hosts: all\n  roles:\n${roles.join('')}`)
    return { playbook, args: ['--syntax-check'] }
  },
}

export const startUp = [version, syntax]
