import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../engine/cli/main.js'
import { JOBS } from './jobs.js'
import { type Lab, projectFolder, startLab } from './lab.js'

let lab: Lab

beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

async function understudy(...argv: string[]) {
  const out: string[] = []
  const err: string[] = []
  const io = {
    stdin: Readable.from([]),
    stdout: { write: (text: string | Uint8Array) => out.push(String(text)) },
    stderr: { write: (text: string | Uint8Array) => err.push(String(text)) },
    env: { HOME: lab.folder, ANSIBLE_NOCOLOR: '1' },
    cwd: lab.folder,
  }
  const code = await main(argv, io)
  return { code, stdout: out.join(''), stderr: err.join('') }
}

const play = (file: string, ...args: string[]) =>
  understudy('playbook', '-i', lab.inventory, ...args, join(projectFolder, 'playbooks', file))

const recap = (stdout: string) =>
  Object.fromEntries(
    [...stdout.matchAll(/^(\S+) +: ok=(\d+) +changed=(\d+) +unreachable=(\d+) +failed=(\d+)/gm)].map(
      ([, host, ...counts]) => [host, counts.map(Number)],
    ),
  )

describe('migrate.yml', () => {
  const instance = 'testG-2c00131c-c2c7-4eae-aa90-981e54ca7b04'
  const state = (file: string) =>
    readFileSync(join(lab.host('172.29.236.199').folder, 'state', file), 'utf8').replace(/ +$/gm, '')
  const enabled = '021579-compute01 enabled\n021579-compute02 enabled\n021579-compute03 enabled\n'

  test('moves the instance, item by item, and enables every hypervisor again', async () => {
    const { code, stdout } = await play('migrate.yml')
    expect(code).toBe(0)
    expect(stdout).toContain(`TASK [instance-migrate : Disable unselected hypervisors] ***********************
changed: [172.29.236.199] => (item=021579-compute01)
changed: [172.29.236.199] => (item=021579-compute03)
`)
    expect(stdout).toContain(
      `ok: [172.29.236.199] => (item=['021579-compute01', '021579-compute02 and has a status of Running']) => {
    "msg": "${instance} was migrated from 021579-compute01 to 021579-compute02 and has a status of Running"
}`,
    )
    expect(recap(stdout)).toEqual({ '172.29.236.199': [9, 7, 0, 0] })
    expect(state('instances')).toContain(` ${instance} ACTIVE private=10.0.10.11 nova 021579-compute02`)
    expect(state('hypervisors')).toBe(enabled)
  })

  test('moves it on to another hypervisor that -e names', async () => {
    const { stdout } = await play('migrate.yml', '-e', 'desthype=021579-compute03')
    expect(stdout).toContain('was migrated from 021579-compute02 to 021579-compute03')
    expect(state('hypervisors')).toBe(enabled)
  })

  test('fails in the words of the cloud when it is there already', async () => {
    const { code, stdout } = await play('migrate.yml', '-e', 'desthype=021579-compute03')
    expect(code).toBe(2)
    expect(stdout).toContain('No valid host was found')
    expect(state('hypervisors')).toMatch(/compute01 disabled Migrating instance to new compute node\n/)
  })
})

describe('installkvm.yaml', () => {
  const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']
  const all = (counts: number[]) => Object.fromEntries(hosts.map(host => [host, counts]))

  test('installs on four hosts', async () => {
    const { code, stdout } = await play('installkvm.yaml', '-l', 'cloudhosts')
    expect(code).toBe(0)
    for (const host of hosts) expect(stdout).toContain(`changed: [${host}] => (item=libguestfs-tools)\n`)
    expect(recap(stdout)).toEqual(all([5, 4, 0, 0]))
    expect(lab.host('10.0.0.3').run('systemctl is-active libvirtd; systemctl is-enabled libvirtd')).toBe(
      'active\nenabled',
    )
  })

  test('changes nothing but its two commands the second time', async () => {
    const { stdout } = await play('installkvm.yaml', '-l', 'cloudhosts')
    expect(recap(stdout)).toEqual(all([5, 2, 0, 0]))
    expect(stdout).toContain('ok: [10.0.0.1] => (item=qemu-kvm)\n')
  })

  test('then a machine can be made, networks defined, and both start with their host', async () => {
    const images = mkdtempSync(join(tmpdir(), 'understudy-images-'))
    for (const name of ['CentOS-7-x86_64-GenericCloud.qcow2', 'config.iso']) writeFileSync(join(images, name), name)
    const made = await play('installvms.yaml', '-e', `clouddeploy=${images}`)
    rmSync(images, { recursive: true })
    expect(made.stdout).not.toContain('fatal')
    expect(made.code).toBe(0)
    expect(lab.host('10.0.0.2').run('virsh list --all')).toMatch(/COS7Cloud +running/)
    const networks = await play('networks.yaml')
    expect(networks.code).toBe(0)
    expect(recap((await play('networks.yaml')).stdout)['10.0.0.1']![1]).toBe(0)
    expect(lab.host('10.0.0.4').run('virsh net-dumpxml cluster')).toContain("address='10.10.3.1'")
    expect((await play('autostart.yaml')).code).toBe(0)
    expect(lab.host('10.0.0.4').run('virsh dominfo COS7Cloud')).toMatch(/Autostart: +enable/)
  })
})

describe('lamp.yaml', () => {
  test('installs, starts, copies the page and makes database and user', async () => {
    const { code, stdout } = await play('lamp.yaml')
    expect(code).toBe(0)
    expect(recap(stdout)).toEqual({ web1: [7, 6, 0, 0] })
    const web = lab.host('web1')
    expect(web.run('curl -s http://localhost/')).toContain('phpinfo()')
    expect(web.run("mysql -e 'SHOW DATABASES'")).toContain('testdb')
    expect(web.run("mysql -e \"SHOW GRANTS FOR 'testuser'@'localhost'\"")).toContain('ON `testdb`.*')
  })

  test('changes nothing the second time', async () => {
    expect(recap((await play('lamp.yaml')).stdout)).toEqual({ web1: [7, 0, 0, 0] })
  })

  test('as roles on two hosts does the same', async () => {
    const { code } = await play('lamp-roles.yaml')
    expect(code).toBe(0)
    expect(recap((await play('lamp-roles.yaml')).stdout)).toMatchObject({ db1: [5, 0, 0, 0], web1: [4, 0, 0, 0] })
  })
})

describe('a lab host', () => {
  test('has files, a name and a system of its own, and the same path means the same file in every command', async () => {
    const { stdout, code } = await understudy(
      'adhoc',
      'web1',
      '-i',
      lab.inventory,
      '-m',
      'setup',
      '-a',
      'filter=ansible_distribution*,ansible_nodename,ansible_pkg_mgr,ansible_service_mgr',
    ) // prettier-ignore
    expect(code).toBe(0)
    const facts = JSON.parse(stdout.slice(stdout.indexOf('{'))).ansible_facts
    expect(facts).toMatchObject({ ansible_distribution: 'CentOS', ansible_distribution_version: '7.9' })
    expect(facts).toMatchObject({ ansible_nodename: 'web1', ansible_pkg_mgr: 'yum', ansible_service_mgr: 'systemd' })
    const content = "'in /etc/x and /var/www'\n%s \\n"
    const file = join(lab.folder, 'content')
    writeFileSync(file, content)
    const copied = await understudy('adhoc', 'web1', '-i', lab.inventory, '-m', 'copy', '-a', `src=${file} dest=/etc/x`)
    expect(copied.stdout).toContain('"dest": "/etc/x"')
    expect(readFileSync(join(lab.host('web1').folder, 'root/etc/x'), 'utf8')).toBe(content)
    expect(existsSync('/etc/x')).toBe(false)
    const seen = await understudy(
      'adhoc',
      'web1',
      '-i',
      lab.inventory,
      '-m',
      'shell',
      '-a',
      'cd /etc && pwd; ls -d /var/www/html',
    )
    expect(seen.stdout).toContain('\n/etc\n/var/www/html\n')
  })

  test('takes a large file as it is', async () => {
    const file = join(lab.folder, 'large')
    const content = "/etc/passwd ' /var/www\n".repeat(20_000)
    writeFileSync(file, content)
    const { code } = await understudy(
      'adhoc',
      'web1',
      '-i',
      lab.inventory,
      '-m',
      'copy',
      '-a',
      `src=${file} dest=/opt/large`,
    )
    expect(code).toBe(0)
    expect(readFileSync(join(lab.host('web1').folder, 'root/opt/large'), 'utf8')).toBe(content)
  })

  test('refuses what would change the machine itself', async () => {
    const { stdout } = await understudy('adhoc', 'web1', '-i', lab.inventory, '-a', 'reboot')
    expect(stdout).toContain('reboot: this lab host is a stand-in on your own machine')
  })

  test('lets nobody in without the key of the lab', async () => {
    const { code, stdout } = await understudy(
      'adhoc',
      'web1',
      '-i',
      lab.inventory,
      '-m',
      'ping',
      '--private-key',
      '/nowhere',
      '-e',
      'ansible_ssh_private_key_file=/nowhere',
    )
    expect(code).toBe(4)
    expect(stdout).toContain('UNREACHABLE')
  })
})

describe('the role as the book prints it, one column short', () => {
  test('is answered with file, line, column and the corrected lines', async () => {
    const folder = join(lab.folder, 'printed')
    const role = readFileSync(join(projectFolder, 'roles/instance-migrate/tasks/main.yml'), 'utf8')
    const printed = role.replace(/^ {2}(?=\w+:)/gm, ' ')
    const file = join(folder, 'roles/instance-migrate/tasks/main.yml')
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, printed)
    writeFileSync(join(folder, 'migrate.yml'), '- hosts: all\n  roles: [instance-migrate]\n')
    const { code, stderr } = await understudy('playbook', '-i', lab.inventory, join(folder, 'migrate.yml'))
    expect(code).toBe(4)
    expect(stderr).toContain(`${file}:4:2`)
    expect(stderr).toMatch(/'shell' must stand under 'name'/)
    expect(stderr).toContain('  - name: Retrieve hypervisor list\n')
    expect(stderr).toMatch(/\n +shell: openstack/)
  })
})

test('every job looks at a host of the lab', () => {
  for (const job of JOBS) expect(lab.host(job.look.host)).toBeDefined()
})

test('stop leaves neither folder nor process', async () => {
  const short = await startLab()
  short.stop()
  expect(existsSync(short.folder)).toBe(false)
})
