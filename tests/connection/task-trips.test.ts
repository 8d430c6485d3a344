/** What tasks cost on the way to a host, from the command line down: read from what `--profile` says. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filePlay } from '../bench/lines/files.js'
import { haveSshd, type Sshd, startSshd } from '../sshd.js'
import { understudy } from '../understudy.js'

let sshd: Sshd
let folder: string
beforeAll(async () => {
  if (!haveSshd) return
  sshd = await startSshd()
  folder = mkdtempSync(join(tmpdir(), 'understudy-trips-'))
  const ssh = `-F none -o UserKnownHostsFile=${sshd.knownHosts}`
  writeFileSync(
    join(folder, 'hosts'),
    `one ansible_host=127.0.0.1 ansible_port=${sshd.port} ansible_user=${sshd.user} ansible_ssh_private_key_file=${sshd.key} ansible_ssh_common_args="${ssh}"\n`,
  )
})
afterAll(async () => {
  await sshd?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

/** Round trips of each task, in the order of their names. */
async function tripsOf(play: string): Promise<{ trips: number[]; changed: boolean }> {
  writeFileSync(join(folder, 'play.yml'), play)
  const { code, stdout } = await understudy(folder, 'playbook', '-i', 'hosts', '--profile', 'play.yml')
  expect(code, stdout).toBe(0)
  const table = stdout.slice(stdout.indexOf('\nTASK  '), stdout.indexOf('\nHOST  '))
  const trips = [...table.matchAll(/^(?!all |TASK ).*? +(\d+) +[\d.]+ K?M?B /gm)].map(([, count]) => Number(count))
  return { trips, changed: /changed=[1-9]/.test(stdout) }
}

test.skipIf(!haveSshd)(
  'file, copy, template, lineinfile and stat that change nothing take one round trip each',
  async () => {
    const files = join(folder, 'files')
    mkdirSync(files)
    writeFileSync(join(files, 'small.txt'), 'line 3 of the text\n')
    writeFileSync(join(files, 'small.j2'), '{{ greeting }}\n')
    const play = filePlay(files, files)
    expect((await tripsOf(play)).changed).toBe(true)
    const { trips, changed } = await tripsOf(play)
    expect(changed).toBe(false)
    // The twenty dearest are listed.
    expect(trips).toEqual(Array.from({ length: 20 }, () => 1))
  },
)

test.skipIf(!haveSshd)(
  'a directory of a thousand files takes three round trips, and one when nothing has changed',
  async () => {
    const source = join(folder, 'source')
    mkdirSync(source)
    for (let index = 0; index < 1000; index++) writeFileSync(join(source, `file${index}`), `text of file ${index}\n`)
    const play = `- hosts: all\n  gather_facts: false\n  tasks:\n    - copy: {src: "${source}/", dest: "${folder}/target/"}\n`
    expect(await tripsOf(play)).toEqual({ trips: [3], changed: true })
    expect(await tripsOf(play)).toEqual({ trips: [1], changed: false })
    for (let index = 0; index < 1000; index += 2) writeFileSync(join(source, `file${index}`), 'new\n')
    expect(await tripsOf(play)).toEqual({ trips: [2], changed: true })
  },
)

test.skipIf(!haveSshd)('gathering facts takes one round trip, and so does each item of a loop', async () => {
  expect((await tripsOf('- hosts: all\n  tasks: []\n')).trips).toEqual([1])
  const loop = '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: echo {{ item }}\n      loop: [1, 2, 3]\n'
  expect((await tripsOf(loop)).trips).toEqual([3])
})
