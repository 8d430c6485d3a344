/** Hosts that fail in the middle: the right status on the right host, the others go on, and nothing is left behind. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { canInventUsers, haveSshd, type Sshd, startSshd } from '../sshd.js'
import { recap, understudy } from '../understudy.js'

/** $a: the shells between a command and $q, the sshd or sudo that started them. */
const keptShells = `a= p=$$; while :; do q=$(ps -o ppid= -p $p | tr -d " "); case $(ps -o comm= -p $q) in sshd*|sudo*) break ;; esac; a="$a $q"; p=$q; done`

describe.skipIf(!haveSshd)('hosts that fail in the middle (skipped without sshd)', () => {
  let sshd: Sshd
  let folder: string
  beforeAll(async () => {
    sshd = await startSshd()
    folder = mkdtempSync(join(tmpdir(), 'understudy-chaos-'))
  })
  afterAll(async () => {
    await sshd.stop()
    rmSync(folder, { recursive: true })
  })
  beforeEach(() => rmSync(join(folder, 'runs'), { force: true }))

  const line = (name: string, server: Sshd, vars = '') =>
    `${name} ansible_host=127.0.0.1 ansible_port=${server.port} ansible_user=${server.user} ansible_ssh_private_key_file=${server.key} ansible_ssh_common_args="-F none -o IdentitiesOnly=yes -o UserKnownHostsFile=${server.knownHosts}" ${vars}\n`
  const play = (hosts: string, tasks: string, ...args: string[]) => {
    writeFileSync(join(folder, 'hosts'), hosts)
    writeFileSync(join(folder, 'play.yml'), `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`)
    return understudy(folder, 'playbook', '-i', join(folder, 'hosts'), ...args, join(folder, 'play.yml'))
  }
  const runs = () => readFileSync(join(folder, 'runs'), 'utf8').length

  describe.each(['ssh2', 'openssh'])('through %s', transport => {
    const cut = `    - shell: 'printf x >>runs; ${keptShells}; kill -9 $q; sleep 5'
      args: { chdir: "{{ playbook_dir }}" }
      when: inventory_hostname == 'cut'
    - debug:
`
    test('a cut connection is unreachable in ssh’s words, and the other host goes on', async () => {
      const outcome = await play(line('cut', sshd, `ansible_ssh_transport=${transport}`) + line('other', sshd), cut)
      expect(outcome.code).toBe(4)
      expect(recap(outcome)).toMatchObject({ cut: { unreachable: 1, failed: 0 }, other: { ok: 1, unreachable: 0 } })
      expect(outcome.stdout).toMatch(/fatal: \[cut\]: UNREACHABLE!.*Failed to connect to the host via ssh: .*closed/)
      expect(runs()).toBe(1)
    })

    test('ansible_ssh_retries runs again what a cut connection broke off', async () => {
      const vars = `ansible_ssh_transport=${transport} ansible_ssh_retries=2`
      const outcome = await play(line('cut', sshd, vars), cut)
      expect(recap(outcome)).toMatchObject({ cut: { unreachable: 1 } })
      expect(runs()).toBe(3)
      const once = cut.replace('kill -9 $q', 'test $(cat runs) = xx || kill -9 $q').replace('sleep 5', 'true')
      rmSync(join(folder, 'runs'))
      expect(recap(await play(line('cut', sshd, vars), once))).toMatchObject({ cut: { ok: 2, unreachable: 0 } })
      expect(runs()).toBe(2)
    })

    test('a killed shell fails its task; the host stays in the play', async () => {
      const outcome = await play(
        line('web', sshd, `ansible_ssh_transport=${transport}`),
        `    - shell: '${keptShells}; kill -9 $a; sleep 1'
      register: killed
      ignore_errors: true
    - assert: { that: [killed is failed, "'unreachable' not in killed", killed.msg is search('ended while it worked')] }
    - ping:
`,
      )
      expect(recap(outcome)).toEqual({ web: { ok: 3, changed: 0, unreachable: 0, failed: 0 } })
    })

    test('an sshd that wants one login at a time is asked again by all who want in', async () => {
      const busy = await startSshd(['MaxStartups 1'])
      const warnings: string[] = []
      const warned = (warning: Error) => warnings.push(warning.message)
      process.on('warning', warned)
      try {
        // Each try of the system's ssh is a process.
        const length = transport === 'ssh2' ? 12 : 5
        const hosts = Array.from({ length }, (_, n) => line(`web${n}`, busy, `ansible_ssh_transport=${transport}`))
        const outcome = await play(hosts.join(''), '    - ping:\n', '-f', '12')
        expect(outcome.code).toBe(0)
        expect(Object.keys(recap(outcome))).toHaveLength(length)
        expect(warnings).toEqual([])
      } finally {
        process.off('warning', warned)
        await busy.stop()
      }
    })
  })

  test('archives and scripts too large for one message arrive', async () => {
    const archive = join(folder, 'large.sh')
    writeFileSync(archive, `#!/bin/sh\n${'# a comment\n'.repeat(20_000)}echo "done $1"\n`)
    const outcome = await play(
      line('web', sshd),
      `    - script: large.sh well
      register: said
    - assert: { that: "said.stdout == 'done well\\n'" }
    - command: tar czf packed.tgz -C ${folder} large.sh play.yml
      args: { chdir: ${folder} }
    - file: { path: ${folder}/unpacked, state: directory }
    - command: head -c 300000 /dev/urandom
      args: { chdir: ${folder} }
      no_log: true
    - shell: head -c 300000 /dev/urandom >random && tar cf random.tar random
      args: { chdir: ${folder} }
    - unarchive: { src: random.tar, dest: ${folder}/unpacked }
`,
    )
    expect(outcome.stdout).toContain('failed=0')
    expect(readFileSync(join(folder, 'unpacked/random')).equals(readFileSync(join(folder, 'random')))).toBe(true)
  })

  test('variables of the connection may come from commands', async () => {
    const args = `-F none -o IdentitiesOnly=yes -o UserKnownHostsFile=${sshd.knownHosts}`
    const hosts = `web ansible_host=127.0.0.1 ansible_port="{{ lookup('pipe', 'echo ${sshd.port}') }}" ansible_user=${sshd.user} ansible_ssh_private_key_file=${sshd.key} ansible_ssh_common_args="{{ lookup('pipe', 'echo ${args}') }}" ansible_sudo_pass="{{ lookup('pipe', 'echo x') }}"\n`
    const outcome = await play(hosts, '    - ping:\n    - ping:\n      become: true\n')
    expect(recap(outcome)).toMatchObject({ web: { ok: 2, failed: 0, unreachable: 0 } })
  })

  test.each([
    ['SIGINT', 99],
    ['SIGTERM', 99],
    ['SIGHUP', 99],
  ] as const)('%s in mid-task leaves no process and no scratch directory on the host', async (signal, code) => {
    const marker = `29.${process.pid}${Math.floor(Math.random() * 1e6)}`
    const tmp = join(folder, 'tmp')
    rmSync(tmp, { recursive: true, force: true })
    mkdirSync(tmp)
    writeFileSync(join(folder, 'long.sh'), `touch ${tmp}/started; sleep ${marker} & (trap '' TERM; sleep ${marker})\n`)
    const running = play(
      line('web', sshd),
      `    - script: long.sh\n      environment: { TMPDIR: ${tmp} }\n    - ping:\n`,
    )
    for (let tries = 0; !existsSync(join(tmp, 'started')) && tries < 200; tries++) await pause(20)
    process.emit(signal)
    const outcome = await running
    expect(outcome.code).toBe(code)
    expect(outcome.stdout).not.toContain('TASK [ping]')
    expect(readdirSync(tmp)).toEqual(['started'])
    const left = readdirSync('/proc').filter(pid => /^\d+$/.test(pid) && argsOf(pid).includes(marker))
    expect(left).toEqual([])
  })

  describe.skipIf(!canInventUsers)('with users of its own (skipped unless root with mount namespaces)', () => {
    let own: Sshd
    const inventory = (vars: string) =>
      line('lisa', own, `ansible_user=lisa ansible_become_password=secret ${vars}`).replace(/ansible_user=root/, '')
    beforeAll(async () => {
      own = await startSshd([], [{ name: 'lisa', password: 'secret', sudo: 'ALL=(ALL) ALL' }])
    })
    afterAll(() => own.stop())

    test('a killed sudo fails its task; the next one gets another', async () => {
      const outcome = await play(
        inventory(''),
        `    - shell: '${keptShells}; kill -9 $q $a; sleep 1'
      become: true
      register: killed
      ignore_errors: true
    - assert: { that: [killed is failed, "'unreachable' not in killed"] }
    - command: id -un
      become: true
      register: who
    - assert: { that: "who.stdout == 'root'" }
`,
      )
      expect(recap(outcome)).toMatchObject({ lisa: { ok: 4, unreachable: 0, failed: 0 } })
    })

    test('a full disk is called that; files keep what they had, and nothing lies beside them', async () => {
      writeFileSync(join(folder, 'large'), 'x'.repeat(300_000))
      const task = (text: string) => `    - ${text}\n      ignore_errors: true\n      register: tried
    - assert: { that: [tried is failed, "tried.msg is search('No space left on device')"] }\n`
      const outcome = await play(
        inventory('ansible_become=true'),
        `    - shell: mount -t tmpfs -o size=128k tmpfs /mnt && cd /mnt && seq 10000 >conf; echo old >old; chmod 640 old; head -c 50k /dev/zero >fill
${task('copy: { src: large, dest: /mnt/old }')}${task('template: { src: large, dest: /mnt/new }')}${task(
  'lineinfile: { path: /mnt/conf, line: more }',
)}${task('replace: { path: /mnt/conf, regexp: "^1", replace: "one" }')}${task(
  'copy: { content: "{{ \'y\' * 70000 }}", dest: /mnt/small }',
)}
    - shell: ls -A /mnt; cat /mnt/old; stat -c %a /mnt/old; seq 10000 | cmp - /mnt/conf; umount /mnt
      register: left
    - assert: { that: "left.stdout_lines == ['conf', 'fill', 'old', 'old', '640']" }
`,
      )
      expect(outcome.stdout.match(/fatal: .*/g)?.filter(text => !text.includes('No space left'))).toEqual([])
      expect(recap(outcome)).toMatchObject({ lisa: { ok: 13, failed: 0 } })
    })
  })
})

function argsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

const pause = (milliseconds: number) =>
  new Promise(resolve => {
    setTimeout(resolve, milliseconds)
  })
