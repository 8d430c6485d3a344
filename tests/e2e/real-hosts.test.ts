/**
 * The book's playbooks, unchanged, on hosts with their own systemd, package manager, Apache, MariaDB and PHP. Needs root and
 * scripts that boot such hosts (LAB, by default beside the checkout); runs only when UNDERSTUDY_REAL_HOSTS=1, as in .ci/run.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projectFolder, recap, understudy } from '../understudy.js'

const scripts = process.env.LAB ?? join(projectFolder, '..', 'shared', 'lab')
const env = { ...process.env, LAB_ID: process.env.LAB_ID ?? '7', LAB_DIR: process.env.LAB_DIR ?? '/var/tmp/lab' }
const canRun = process.env.UNDERSTUDY_REAL_HOSTS === '1' && existsSync(join(scripts, 'up')) && userInfo().uid === 0

describe.skipIf(!canRun)('real hosts', { timeout: 300_000 }, () => {
  let folder: string
  let inventory: string[]
  const lab = (script: string, ...args: string[]) =>
    execFileSync(join(scripts, script), args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const on = (host: string, command: string) => lab('exec', host, '--', 'sh', '-c', command)
  const book = (file: string, ...args: string[]) =>
    understudy(folder, 'playbook', ...inventory, ...args, join(projectFolder, 'playbooks', file))

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'understudy-real-'))
    lab('up', '4', '--image', 'el,debian,debian-nopython,busybox')
    writeFileSync(join(folder, 'groups'), '[lamp]\nlab1\n[database]\nlab2\n[web]\nlab2\n')
    // A copy: a host that is taken down leaves the lab's own.
    copyFileSync(join(env.LAB_DIR, 'inventory'), join(folder, 'hosts'))
    inventory = ['-i', join(folder, 'hosts'), '-i', join(folder, 'groups')]
    // Images may take a while where they have to be built first.
  }, 600_000)
  afterAll(() => {
    lab('down')
    rmSync(folder, { recursive: true })
  }, 60_000)

  test('installkvm.yaml on CentOS, twice: the second run changes nothing but its commands', async () => {
    const first = await book('installkvm.yaml', '-l', 'el')
    expect(first.stdout).toContain('changed: [lab1] => (item=qemu-kvm)')
    expect(recap(first)).toMatchObject({ lab1: { ok: 5, failed: 0 } })
    expect(recap(await book('installkvm.yaml', '-l', 'el'))).toEqual({
      lab1: { ok: 5, changed: 2, unreachable: 0, failed: 0 },
    })
    expect(on('lab1', 'systemctl is-active libvirtd')).toBe('active\n')
  })

  test('virt, virt_net and virt_pool on a real libvirtd: define, start, pause, stop, autostart, undefine, info, lists', async () => {
    const { code, stdout } = await understudy(
      folder,
      'playbook',
      ...inventory,
      join(projectFolder, 'tests/e2e/play/virt.yml'),
    ) // prettier-ignore
    expect(stdout).not.toContain('fatal')
    expect(code).toBe(0)
  })

  test('lamp.yaml on CentOS, twice: the second run changes nothing, and curl gets the PHP page', async () => {
    const first = await book('lamp.yaml')
    expect(recap(first)).toMatchObject({ lab1: { ok: 7, failed: 0 } })
    expect(recap(await book('lamp.yaml'))).toEqual({ lab1: { ok: 7, changed: 0, unreachable: 0, failed: 0 } })
    expect(on('lab1', 'curl -s http://localhost/index.php')).toMatch(/PHP Version \d/)
    expect(on('lab1', 'mysql -utestuser -ptestpassword -e "SHOW DATABASES"')).toContain('testdb')
  })

  test('the LAMP roles on Debian serve phpinfo from Apache, and change nothing the second time', async () => {
    const first = await book('lamp-roles.yaml')
    expect(first.stdout).toContain('RUNNING HANDLER [lamp-web : restart web server]')
    expect(recap(first)).toMatchObject({ lab2: { failed: 0 } })
    expect(recap(await book('lamp-roles.yaml'))).toMatchObject({ lab2: { changed: 0, failed: 0 } })
    expect(on('lab2', 'curl -s http://localhost/index.php')).toMatch(/PHP Version \d[\s\S]*Apache/)
    expect(on('lab2', 'mysql -utestuser -ptestpassword -e "SHOW DATABASES"')).toContain('testdb')
  })

  test('busybox and a Debian without Python, where become needs a password', async () => {
    const play = () => understudy(folder, 'playbook', ...inventory, join(projectFolder, 'tests/e2e/play/no-python.yml'))
    const first = await play()
    expect(first.code).toBe(0)
    expect(recap(first)).toMatchObject({ lab3: { changed: 5 }, lab4: { changed: 5 } })
    expect(recap(await play())).toMatchObject({ lab3: { changed: 0, failed: 0 }, lab4: { changed: 0, failed: 0 } })
    expect(on('lab4', 'stat -c %a /etc/greeting; cat /etc/greeting')).toBe('600\nHello\n')
  })

  test('a wrong sudo password and a powered-off host are told, and the others go on', async () => {
    lab('down', 'lab2')
    const { code, stdout } = await understudy(
      folder,
      'adhoc',
      'all',
      ...inventory,
      '-b',
      '-m',
      'command',
      '-a',
      'id -un',
      '-T',
      '5',
      '-e',
      'ansible_become_password=wrong',
    ) // prettier-ignore
    expect(code).toBe(4)
    expect(stdout).toMatch(/lab1 \| CHANGED \| rc=0 >>\nroot/)
    expect(stdout).toMatch(/lab2 \| UNREACHABLE!/)
    expect(stdout).toMatch(/lab3 \| FAILED \| rc=-1 >>\nIncorrect sudo password/)
  })
})
