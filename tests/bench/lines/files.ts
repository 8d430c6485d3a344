/** 40 tasks about files that find everything as it should be. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from '../line.js'

/** Eight of each kind. */
export function filePlay(target: string, source: string): string {
  const lines = ['- hosts: all', '  gather_facts: false', '  vars: {greeting: hello}', '  tasks:']
  for (let index = 0; index < 8; index++) {
    const at = `${target}/{{ inventory_hostname }}-${index}`
    lines.push(
      `    - file: {path: "${at}", state: directory, mode: "0755"}`,
      `    - copy: {src: "${source}/small.txt", dest: "${at}/copied.txt", mode: "0644"}`,
      `    - template: {src: "${source}/small.j2", dest: "${at}/templated.txt", mode: "0644"}`,
      `    - lineinfile: {path: "${at}/copied.txt", line: "line 3 of the text"}`,
      `    - stat: {path: "${at}/templated.txt"}`,
    )
  }
  return `${lines.join('\n')}\n`
}

const deployOf = (target: string, source: string) => `from pyinfra import host
from pyinfra.operations import files
from pyinfra.facts.files import File
for i in range(8):
    at = f"${target}/{host.name}-{i}"
    files.directory(path=at, mode="755")
    files.put(src="${source}/small.txt", dest=f"{at}/copied.txt", mode="644")
    files.template(src="${source}/small.j2", dest=f"{at}/templated.txt", mode="644", greeting="hello", inventory_hostname=host.name)
    files.line(path=f"{at}/copied.txt", line="line 3 of the text")
    host.get_fact(File, path=f"{at}/templated.txt")
`

export const files: Line = {
  name: 'files',
  title: '40 file, copy, template, lineinfile and stat tasks, second run',
  bar: { ansible: 20, mitogen: 6, pyinfra: 6 },
  rounds: 5,
  prepare: ({ folder }) => prepareFiles(folder),
}

export function prepareFiles(folder: string) {
  const text = Array.from({ length: 20 }, (_, index) => `line ${index} of the text\n`).join('')
  writeFileSync(join(folder, 'small.txt'), text)
  writeFileSync(join(folder, 'small.j2'), `${text}{{ greeting }} from {{ inventory_hostname }}\n`)
  const playbook = join(folder, 'play.yml')
  writeFileSync(playbook, filePlay(folder, folder))
  const deploy = join(folder, 'deploy.py')
  writeFileSync(deploy, deployOf(folder, folder))
  return { playbook, deploy }
}
