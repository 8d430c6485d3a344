/** Plays over a real OpenSSH server on loopback. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LAB_HOSTS } from '../../lab/hosts.js'
import { canInventUsers, freePort, haveSshd, keygen, type Sshd, startSshd } from '../sshd.js'
import { projectFolder, recap, understudy } from '../understudy.js'

describe.skipIf(!haveSshd)('a real sshd', () => {
  let sshd: Sshd
  let folder: string
  let inventory: string

  beforeAll(async () => {
    sshd = await startSshd()
    folder = mkdtempSync(join(tmpdir(), 'understudy-e2e-'))
    const dead = await freePort()
    keygen('ed25519', join(folder, 'stranger'))
    keygen('ed25519', join(folder, 'other-host'))
    const wrongKey = readFileSync(join(folder, 'other-host.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
    writeFileSync(join(folder, 'changed_hosts'), `[127.0.0.1]:${sshd.port} ${wrongKey}\n`)
    const options = (file: string) =>
      `-F none -o IdentitiesOnly=yes -o UserKnownHostsFile=${file} -o StrictHostKeyChecking=yes`
    inventory = join(folder, 'hosts')
    writeFileSync(
      inventory,
      `[good]
web1
web2

[bad]
dead ansible_port=${dead}
refused ansible_ssh_private_key_file=${join(folder, 'stranger')}
changed ansible_ssh_common_args="${options(join(folder, 'changed_hosts'))}"

[all:vars]
ansible_host=127.0.0.1
ansible_port=${sshd.port}
ansible_user=${sshd.user}
ansible_ssh_private_key_file=${sshd.key}
ansible_ssh_common_args=${options(sshd.knownHosts)}
`,
    )
  })
  afterAll(async () => {
    await sshd.stop()
    rmSync(folder, { recursive: true })
  })

  const play = (text: string, ...args: string[]) => {
    writeFileSync(join(folder, 'play.yml'), text)
    return understudy(folder, 'playbook', '-i', inventory, ...args, join(folder, 'play.yml'))
  }

  test('forty mixed tasks, twice: the second run changes nothing', async () => {
    const at = `${folder}/{{ inventory_hostname }}`
    const files = Array.from(
      { length: 9 },
      (_, index) => `
    - copy: { content: "{{ inventory_hostname }} ${index}\\n", dest: "${at}/file${index}", mode: "0640" }
    - lineinfile: { path: "${at}/file${index}", line: "more" }
      when: false
    - stat: { path: "${at}/file${index}" }
      register: seen
    - assert: { that: [seen.stat.exists, "seen.stat.mode == '0640'"] }`,
    ).join('')
    const text = `- hosts: good
  tasks:
    - file: { path: "${at}", state: directory }
    - shell: printf '%s' {{ item }}
      register: words
      changed_when: false
      loop: [a, b, c]
    - assert: { that: ["words.results | map(attribute='stdout') | list == ['a', 'b', 'c']"] }
    - block:
        - command: /bin/false
      rescue:
        - set_fact: { rescued: "yes" }${files}
`
    const first = await play(text)
    expect(first.code).toBe(0)
    expect(recap(first)).toMatchObject({ web1: { changed: 10 }, web2: { changed: 10 } })
    const second = recap(await play(text))
    expect(second).toMatchObject({ web1: { changed: 0, failed: 0 }, web2: { changed: 0, failed: 0 } })
    expect(readFileSync(join(folder, 'web2/file8'), 'utf8')).toBe('web2 8\n')
  })

  test("migrate.yml with the lab's clients on PATH", async () => {
    const state = join(folder, 'state')
    mkdirSync(state)
    for (const [name, content] of Object.entries(LAB_HOSTS[0]!.state)) writeFileSync(join(state, name), content)
    const site = readFileSync(join(projectFolder, 'playbooks/migrate.yml'), 'utf8')
      .replace('util_container', 'web1')
      .replace(
        / {2}remote_user: root\n {2}become: true\n/,
        `  environment: { PATH: "${projectFolder}lab/stand-ins:{{ ansible_env.PATH }}", UNDERSTUDY_LAB_STATE: ${state} }\n  vars_files: ${projectFolder}group_vars/util_container\n`,
      )
    rmSync(join(folder, 'roles'), { recursive: true, force: true })
    symlinkSync(join(projectFolder, 'roles'), join(folder, 'roles'))
    const outcome = await play(site)
    expect(outcome.stdout).toContain('was migrated from 021579-compute01 to 021579-compute02')
    expect(recap(outcome)).toMatchObject({ web1: { ok: 9, changed: 7 } })
  })

  test('unreachable, refused and changed hosts are told apart, and the others go on: exit code 4', async () => {
    const outcome = await play('- hosts: all\n  gather_facts: false\n  tasks:\n    - ping:\n')
    expect(outcome.code).toBe(4)
    expect(recap(outcome)).toMatchObject({
      web1: { ok: 1, unreachable: 0 },
      web2: { ok: 1, unreachable: 0 },
      dead: { ok: 0, unreachable: 1 },
      refused: { unreachable: 1 },
      changed: { unreachable: 1 },
    })
    expect(outcome.stdout).toMatch(/fatal: \[dead\]: UNREACHABLE!.*Connection refused/)
    expect(outcome.stdout).toMatch(/fatal: \[refused\]: UNREACHABLE!.*Permission denied/)
    expect(outcome.stdout).toMatch(
      /fatal: \[changed\]: UNREACHABLE!.*(?:REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed)/,
    )
  })

  test('a host that dies in the middle is unreachable, leaves nothing half-written, and the other goes on', async () => {
    const mortal = await startSshd()
    try {
      writeFileSync(
        join(folder, 'mortal'),
        `mortal ansible_host=127.0.0.1 ansible_port=${mortal.port} ansible_user=${mortal.user} ansible_ssh_private_key_file=${mortal.key} ansible_ssh_common_args="-F none -o UserKnownHostsFile=${mortal.knownHosts}"\n`,
      )
      writeFileSync(
        join(folder, 'dying.yml'),
        `- hosts: web1:mortal
  gather_facts: false
  tasks:
    - ping:
    - name: Die
      shell: kill -9 $(ps -o ppid= -p $(ps -o ppid= -p $PPID)) $PPID
      when: inventory_hostname == 'mortal'
    - copy: { content: whole, dest: "${folder}/after-{{ inventory_hostname }}" }
`,
      )
      const outcome = await understudy(
        folder,
        'playbook',
        '-i',
        inventory,
        '-i',
        join(folder, 'mortal'),
        join(folder, 'dying.yml'),
      ) // prettier-ignore
      expect(outcome.code).toBe(4)
      expect(recap(outcome)).toMatchObject({ web1: { ok: 2, unreachable: 0 }, mortal: { ok: 1, unreachable: 1 } })
      expect(readFileSync(join(folder, 'after-web1'), 'utf8')).toBe('whole')
    } finally {
      await mortal.stop()
    }
  })

  test.skipIf(!canInventUsers)('a wrong sudo password is one clear failure, the right one works', async () => {
    const own = await startSshd([], [{ name: 'lisa', password: 'secret', sudo: 'ALL=(ALL) ALL' }])
    try {
      writeFileSync(
        join(folder, 'lisa'),
        `lisa ansible_host=127.0.0.1 ansible_port=${own.port} ansible_user=lisa ansible_ssh_private_key_file=${own.key} ansible_ssh_common_args="-F none -o UserKnownHostsFile=${own.knownHosts}"\n`,
      )
      const ask = (password: string) =>
        understudy(
          folder,
          'adhoc',
          'lisa',
          '-i',
          join(folder, 'lisa'),
          '-b',
          '-a',
          'id -un',
          '-e',
          `ansible_become_password=${password}`,
        ) // prettier-ignore
      const wrong = await ask('nonsense')
      expect(wrong.code).toBe(2)
      expect(wrong.stdout).toContain('Incorrect sudo password')
      expect(wrong.stdout + wrong.stderr).not.toContain('nonsense')
      expect((await ask('secret')).stdout).toBe('lisa | CHANGED | rc=0 >>\nroot\n')
    } finally {
      await own.stop()
    }
  })
})
