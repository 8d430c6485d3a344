/** A file of 100 MB, and a folder with 1,000 small files. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Endpoint } from '../endpoints.js'
import type { Line } from '../line.js'

const play = (source: string, target: string) =>
  `- hosts: all\n  gather_facts: false\n  tasks:\n    - copy: {src: "${source}", dest: "${target}"}\n`

export const sshWords = ({ key, port, user, address }: Endpoint): string =>
  `ssh -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -i ${key} -p ${port} ${user}@${address}`

export const copyLarge: Line = {
  name: 'copy-large',
  title: 'copy of 100 MB',
  bar: {},
  within: { floor: 1.3 },
  prepare({ folder, endpoints }) {
    const target = join(folder, 'target')
    const source = join(folder, 'source')
    writeFileSync(source, randomBytes(100 << 20))
    const playbook = join(folder, 'play.yml')
    writeFileSync(playbook, play(source, target))
    const deploy = join(folder, 'deploy.py')
    writeFileSync(deploy, `from pyinfra.operations import files\nfiles.put(src="${source}", dest="${target}")\n`)
    const floor = { argv: ['sh', '-c', `${sshWords(endpoints.all[0]!)} 'cat >${target}' <${source}`] }
    return { playbook, deploy, commands: { floor }, before: () => rmSync(target, { force: true }) }
  },
}

export const copyDirectory: Line = {
  name: 'copy-directory',
  title: 'copy of a directory with 1,000 small files',
  bar: { ansible: 20, mitogen: 2 },
  rounds: 1,
  prepare({ folder }) {
    const target = join(folder, 'target')
    const source = join(folder, 'source')
    mkdirSync(source)
    for (let index = 0; index < 1000; index++) writeFileSync(join(source, `file${index}`), `text of file ${index}\n`)
    const playbook = join(folder, 'play.yml')
    writeFileSync(playbook, play(`${source}/`, `${target}/`))
    return { playbook, before: () => rmSync(target, { recursive: true, force: true }) }
  },
}
