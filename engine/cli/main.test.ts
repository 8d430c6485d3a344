import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { main } from './main.js'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cli-'))
  mkdirSync(join(dir, 'home'))
})
afterEach(() => rmSync(dir, { recursive: true }))

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function run(
  line: string | readonly string[],
  { env = {}, as = 'understudy', answers = [] as string[] } = {},
): Promise<Ran> {
  let [stdout, stderr] = ['', '']
  const left = [...answers]
  const ask = async (prompt: string) => {
    stderr += `${prompt}
`
    return left.shift() ?? ''
  }
  const io = {
    stdin: Readable.from([]),
    stdout: { write: (text: string | Uint8Array) => (stdout += text) },
    stderr: { write: (text: string | Uint8Array) => (stderr += text) },
    env: { HOME: join(dir, 'home'), PATH: process.env.PATH, ...env },
    cwd: dir,
    ...(answers.length > 0 ? { ask } : {}),
  }
  const code = await main(typeof line === 'string' ? line.split(' ').filter(Boolean) : line, io, as)
  return { code, stdout, stderr }
}
const file = (name: string, text: string) => writeFileSync(join(dir, name), text)
const debugPlay = (msg: string) =>
  `- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n    - debug: {msg: "${msg}"}\n`

describe('which command runs', () => {
  it('is the first word, or the name of the program', async () => {
    expect((await run('--version')).stdout).toMatch(/^understudy \[\d/)
    expect((await run('--version', { as: '/usr/bin/ansible-playbook' })).stdout).toMatch(/^ansible-playbook \[/)
    expect((await run('--help', { as: 'ansible' })).stdout).toMatch(/^usage: ansible PATTERN \[flags\]/)
    expect(await run('')).toMatchObject({ code: 2, stdout: expect.stringContaining('Commands:') })
  })

  it('is suggested when there is none of that name', async () => {
    expect((await run('plybook')).stderr).toContain('did you mean "understudy playbook"?')
    expect(await run('site.yml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('understudy playbook site.yml'),
    })
  })

  it('explains itself', async () => {
    for (const name of ['playbook', 'adhoc', 'inventory', 'vault', 'doc', 'config', 'galaxy', 'console']) {
      const { code, stdout } = await run([name, '--help'])
      expect(code, name).toBe(0)
      expect(stdout, name).toMatch(/^usage: /)
    }
  })
})

describe('playbook', () => {
  it('says what is wrong with the command line, as argparse does', async () => {
    expect(await run('playbook')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('arguments are required: playbook'),
    })
    expect(await run('playbook --bogus x.yml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('unrecognized arguments: --bogus'),
    })
    file('a.yml', debugPlay('x'))
    expect((await run('playbook a.yml -f x')).stderr).toContain("argument -f/--forks: invalid int value: 'x'")
    expect((await run('playbook a.yml -f 0')).stderr).toContain('--forks) must be >= 1')
    expect((await run('playbook a.yml -k --conn-pass-file x')).stderr).toContain('not allowed with argument')
  })

  it('wants the playbook to be there', async () => {
    expect(await run('playbook nope.yml')).toMatchObject({
      code: 1,
      stderr: 'ERROR! the playbook: nope.yml could not be found\n',
    })
    expect((await run('playbook home')).stderr).toContain('the playbook: home does not appear to be a file')
  })

  it('takes variables as pairs, JSON, YAML and files', async () => {
    file('a.yml', debugPlay('{{ a }} {{ b }} {{ c }} {{ d }}'))
    file('vars.yml', 'd: [1]\na: from the file\n')
    const { stdout } = await run([
      'playbook',
      'a.yml',
      '-e',
      '@vars.yml',
      '-e',
      'a="x y"',
      '-e',
      '{"b": 2}',
      '-e',
      '{c: "{{ b + 1 }}"}',
    ])
    expect(stdout).toContain('"msg": "x y 2 3 [1]"')
    expect(await run(['playbook', 'a.yml', '-e', '@nope'])).toMatchObject({ code: 1 })
    expect(await run(['playbook', 'a.yml', '-e', '{a'])).toMatchObject({ code: 4 })
    expect(await run(['playbook', 'a.yml', '-e', '/x.yml'])).toMatchObject({
      code: 5,
      stderr: expect.stringContaining("with '@'"),
    })
    expect(await run(['playbook', 'a.yml', '-e', '[1]'])).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('could not be made into a dictionary'),
    })
  })

  it('checks the syntax and lists, without running anything', async () => {
    file('a.yml', debugPlay('x').replace('- debug', '- name: say\n      tags: t\n      debug'))
    expect((await run('playbook --syntax-check a.yml')).stdout).toBe('\nplaybook: a.yml\n')
    expect((await run('playbook --list-tasks a.yml')).stdout).toContain('      say\tTAGS: [t]')
    file('bad.yml', '- hosts: all\n  takss: 1\n')
    const { code, stderr } = await run('playbook --syntax-check bad.yml')
    expect(code).toBe(4)
    expect(stderr).toContain("ERROR! 'takss' is not a valid attribute for a Play")
    expect(stderr).toContain('bad.yml:2:3')
  })

  it('warns of an environment that is no dict, as it is written', async () => {
    const environment = '[plain, "{{ secret }}", {A: "1"}]'
    const tail = `      environment: ${environment}\n      vars: {secret: hush}\n`
    file('site.yml', debugPlay('hi') + tail)
    const open = await run('playbook site.yml')
    expect(open.code).toBe(0)
    expect(open.stderr).toContain("could not parse environment value, skipping: ['plain']\n")
    expect(open.stderr).toContain("could not parse environment value, skipping: ['{{ secret }}']\n")
    expect(open.stderr).not.toContain('hush')
    file('site.yml', `${debugPlay('hi') + tail}      no_log: true\n`)
    const hidden = (await run('playbook site.yml')).stderr
    expect(hidden).toContain('could not parse environment value, skipping: (hidden by no_log)')
    expect(hidden).not.toContain('plain')
  })

  it('gives 2 for failures, and the file for --limit when asked to', async () => {
    file('f.yml', '- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks: [{fail: }]\n')
    const { code, stdout } = await run('playbook f.yml', { env: { ANSIBLE_RETRY_FILES_ENABLED: '1' } })
    expect(code).toBe(2)
    expect(stdout).toContain(`to retry, use: --limit @`)
    expect(readFileSync(join(dir, 'f.retry'), 'utf8')).toBe('localhost\n')
  })

  it('says when a limit leaves nobody', async () => {
    file('a.yml', debugPlay('x'))
    expect(await run('playbook -i h1,h2, -l nope a.yml')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--limit leaves us with no hosts to target.'),
    })
  })

  it('asks for passwords before it begins, and never shows them', async () => {
    file('a.yml', debugPlay("{{ ansible_become_password | default('none') }}"))
    const { stdout, stderr, code } = await run('playbook -k -K -vvvv a.yml', { answers: ['hunter2', ''] })
    expect(code).toBe(0)
    expect(stderr).toContain('SSH password: \nBECOME password[defaults to SSH password]: \n')
    expect(stdout + stderr).not.toContain('hunter2')
  })

  it('reads passwords from files', async () => {
    file('a.yml', debugPlay('x'))
    file('empty', '\n')
    expect((await run('playbook --become-password-file nope a.yml')).stderr).toContain('was not found')
    expect((await run('playbook --become-password-file empty a.yml')).stderr).toContain('Empty password was provided')
  })
})

describe('adhoc', () => {
  it('runs a module, with text or JSON for arguments', async () => {
    expect(await run('adhoc localhost -m ping')).toMatchObject({
      code: 0,
      stdout: 'localhost | SUCCESS => {\n    "changed": false,\n    "ping": "pong"\n}\n',
    })
    expect((await run(['adhoc', 'localhost', '-m', 'debug', '-a', '{"msg": [1, 2]}', '-o'])).stdout).toContain(
      '"msg": [',
    )
    expect(await run('adhoc localhost -a false')).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^localhost \| FAILED \| rc=1 >>\n/),
    })
  })

  it('wants a pattern, and arguments for commands', async () => {
    expect((await run('adhoc')).stderr).toContain('the following arguments are required: pattern')
    expect(await run('adhoc localhost')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('No argument passed to command module'),
    })
  })

  it('lists hosts and writes results to files', async () => {
    expect((await run('adhoc all -i a,b, --list-hosts')).stdout).toBe('  hosts (2):\n    a\n    b\n')
    await run('adhoc localhost -m ping -t tree')
    expect(readFileSync(join(dir, 'tree/localhost'), 'utf8')).toBe('{"changed": false, "ping": "pong"}\n')
  })
})

describe('config', () => {
  it('shows what differs, who says so, and what has no effect', async () => {
    file('ansible.cfg', '[defaults]\nnocows = 1\nforks = 7\ntpyo = x\n')
    const { stdout, stderr } = await run('config dump --only-changed')
    expect(stdout).toBe(
      `ANSIBLE_NOCOWS(${dir}/ansible.cfg) = True   # no effect here: no cows\nCONFIG_FILE() = ${dir}/ansible.cfg\nDEFAULT_FORKS(${dir}/ansible.cfg) = 7\n`,
    )
    expect(stderr).toBe(`[WARNING]: ${dir}/ansible.cfg:4: there is no setting "tpyo" in [defaults]\n`)
    expect((await run('config view')).stdout).toContain('forks = 7')
    expect(JSON.parse((await run('config dump --format json DEFAULT_FORKS')).stdout)).toMatchObject([
      { name: 'DEFAULT_FORKS', value: 7 },
    ])
  })

  it('shows settings of plugins by kind and plugin', async () => {
    file('ansible.cfg', '[ssh_connection]\npipelining = 1\n')
    const from = `${dir}/ansible.cfg`
    expect((await run('config dump --only-changed -t all')).stdout).toBe(
      `CONFIG_FILE() = ${from}\n\nCONNECTION:\n==========\n\nssh:\n___\npipelining(${from}) = True\n`,
    )
    expect((await run('config dump --only-changed -t connection -v')).stdout).toBe(
      `Using ${from} as config file\n\nssh:\n___\npipelining(${from}) = True\n`,
    )
    expect(JSON.parse((await run('config dump --only-changed -t connection -f json')).stdout)).toEqual([
      { ssh: [{ name: 'pipelining', origin: from, type: null, value: true }] },
    ])
    expect((await run('config list -t shell')).stdout).toMatch(/^PLUGINS:\n {2}shell:\n {4}sh:\n {6}admin_users:\n/)
  })

  it('refuses a file that is not there or is not named as one', async () => {
    expect(await run('config view -c nosuch.cfg')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('ERROR! The provided configuration file is missing or not accessible: '),
    })
    file('settings', '[defaults]\n')
    expect((await run('config dump -c settings')).stderr).toContain(
      'ERROR! Unsupported configuration file extension for ',
    )
  })

  it('makes a file that can be read again', async () => {
    file('ansible.cfg', (await run('config init --disabled -t all')).stdout)
    expect(await run('config dump --only-changed')).toMatchObject({
      code: 0,
      stdout: `CONFIG_FILE() = ${dir}/ansible.cfg\n`,
    })
  })

  it('points at the line that is wrong', async () => {
    file('ansible.cfg', '[defaults]\ntimeout = soon\n')
    const { code, stderr } = await run('adhoc localhost -m ping')
    expect(code).toBe(5)
    expect(stderr).toContain('ansible.cfg:2:1')
  })
})

describe('doc', () => {
  it('explains what there is, from its declaration', async () => {
    expect((await run('doc ping')).stdout).toMatch(/^> ANSIBLE\.BUILTIN\.PING/)
    expect((await run('doc debops.debops.dpkg_divert')).stdout).toMatch(/^> DEBOPS\.DEBOPS\.DEBOPS_DPKG_DIVERT/)
    expect((await run('doc -s ping')).stdout).toContain('  ansible.builtin.ping:\n      data:')
    expect((await run('doc -t filter basename')).stdout).toContain("'/etc/a.conf' | basename")
    expect((await run('doc -t keyword become')).stdout).toContain('type: bool')
    expect((await run('doc -l')).stdout).toContain('ansible.builtin.copy')
    expect(JSON.parse((await run('doc -j ping')).stdout)['ansible.builtin.ping'].doc.plugin_type).toBe('module')
  })

  it('lists every kind', async () => {
    for (const type of [
      'filter',
      'test',
      'keyword',
      'connection',
      'become',
      'callback',
      'strategy',
      'inventory',
      'cache',
    ])
      expect((await run(['doc', '-t', type, '-l'])).stdout, type).not.toBe('')
  })

  it('suggests a name', async () => {
    expect(await run('doc lineinfil')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean lineinfile?'),
    })
  })
})

describe('galaxy', () => {
  it('makes, installs, lists and removes roles from folders', async () => {
    expect((await run('galaxy role init web')).stdout).toBe('- Role web was created successfully\n')
    expect(await run('galaxy init web')).toMatchObject({ code: 1, stderr: expect.stringContaining('already exists') })
    await run('galaxy install ./web -p roles')
    expect((await run('galaxy list -p roles')).stdout).toBe(`# ${dir}/roles\n- web, (unknown version)\n`)
    expect((await run('galaxy remove web -p roles')).stdout).toBe('- successfully removed web\n')
  })

  it('says what needs a server', async () => {
    expect((await run('galaxy search x')).stderr).toContain('needs a Galaxy server')
    expect((await run('galaxy install geerlingguy.apache')).stderr).toContain('only from folders on this machine')
  })
})
