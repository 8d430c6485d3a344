import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pyRepr } from '../../python/repr.js'
import { fromJson } from '../../python/values.js'
import { TemplateString } from '../../yaml/trust.js'
import { createTemplar } from '../create.js'
import type { Scope } from '../scope.js'

let play: string
const variables = new Map([
  ['greeting', fromJson('hello')],
  ['site_a', fromJson({ x: 1 })],
  ['site_b', fromJson({ y: 2 })],
])
const templar = createTemplar({
  readFile: path => readFileSync(path),
  environ: { PATH: process.env.PATH },
  setting: name => ({ DEFAULT_FORKS: 5, DEFAULT_MANAGED_STR: 'from {file}' })[name],
  hostsMatching: pattern => (pattern === 'web' ? ['web1', 'web2'] : []),
  warn: () => undefined,
})
const scope = (): Scope => ({
  get: name => variables.get(name),
  names: () => variables.keys(),
  searchPath: [join(play, 'roles/web'), play],
})
const render = async (text: string) => pyRepr(await templar.render(new TemplateString(text), scope()))

beforeAll(() => {
  play = mkdtempSync(join(tmpdir(), 'lookups-'))
  mkdirSync(join(play, 'roles/web/files'), { recursive: true })
  mkdirSync(join(play, 'roles/web/templates'))
  mkdirSync(join(play, 'files/conf.d'), { recursive: true })
  writeFileSync(join(play, 'roles/web/files/motd'), 'from the role\n')
  writeFileSync(join(play, 'motd'), 'from the playbook\n')
  writeFileSync(join(play, 'roles/web/templates/list.j2'), '[{{ greeting | to_json }}, {{ extra }}]\n')
  writeFileSync(
    join(play, 'roles/web/templates/about.j2'),
    '{{ ansible_managed }}|{{ template_path }}|{{ template_fullpath }}',
  )
  writeFileSync(join(play, 'files/conf.d/a.conf'), '')
  writeFileSync(join(play, 'files/conf.d/b.conf'), '')
  writeFileSync(
    join(play, 'data.ini'),
    '[global]\nColor = red\n[web]\nport: 80\nportal = x\n[paths]\nhome = /home\nmine = %(HOME)s/me 100%%\nbad = %u\n',
  )
  writeFileSync(join(play, 'data.properties'), 'user.name=bob\n')
  writeFileSync(join(play, 'data.csv'), 'bob;1;x\nal;2;y\n')
})
afterAll(() => rmSync(play, { recursive: true }))

describe('lookups of files', () => {
  it("finds a role's file before the playbook's", async () => {
    expect(await render("{{ lookup('file', 'motd') }}")).toBe("'from the role'")
    expect(await render("{{ lookup('file', '../motd') }}")).toBe("'from the role'".replace('role', 'playbook'))
  })

  it('tells a template about its own file, as the task does', async () => {
    expect(await render("{{ lookup('template', 'about.j2') }}")).toBe(
      `'from about.j2|about.j2|${play}/roles/web/templates/about.j2'`,
    )
  })

  it('renders a template with further variables and reads its list', async () => {
    expect(await render("{{ lookup('template', 'list.j2', template_vars={'extra': 3}) }}")).toBe("['hello', 3]")
    expect(await render("{{ lookup('template', 'list.j2', template_vars={'extra': 3}, convert_data=false) }}")).toBe(
      `'["hello", 3]\\n'`,
    )
  })

  it('matches files in the first directory that has any', async () => {
    expect(await render("{{ query('fileglob', 'conf.d/*.conf') | map('basename') | list }}")).toBe(
      "['a.conf', 'b.conf']",
    )
  })

  it('takes the first of several files, in all forms', async () => {
    expect(await render("{{ lookup('first_found', ['nosuch', 'motd']) | basename }}")).toBe("'motd'")
    expect(
      await render("{{ query('first_found', files=['nosuch', 'a.conf'], paths=['conf.d']) | map('basename') | list }}"),
    ).toBe("['a.conf']")
    expect(
      await render(
        "{{ query('first_found', [{'files': 'x,b.conf', 'paths': 'nosuch:conf.d'}]) | map('basename') | list }}",
      ),
    ).toBe("['b.conf']")
    expect(await render("{{ query('first_found', 'x', undefined_one, skip=true) }}")).toBe('[]')
  })

  it('reads keys of ini, properties and CSV files', async () => {
    expect(await render("{{ lookup('ini', 'color', file='data.ini') }}")).toBe("'red'")
    expect(await render("{{ lookup('ini', 'port section=web file=data.ini') }}")).toBe("'80'")
    expect(await render("{{ query('ini', 'port.*', section='web', file='data.ini', re=true) }}")).toBe("['80', 'x']")
    expect(await render("{{ lookup('ini', 'nosuch', file='data.ini', default='d') }}")).toBe("'d'")
    expect(await render("{{ lookup('ini', 'mine', section='paths', file='data.ini') }}")).toBe("'/home/me 100%'")
    expect(await render("{{ lookup('ini', 'mine', section='paths', file='data.ini', interpolation=false) }}")).toBe(
      "'%(HOME)s/me 100%%'",
    )
    await expect(render("{{ lookup('ini', 'bad', section='paths', file='data.ini') }}")).rejects.toThrow(
      "'%' must be followed by '%' or '(', found: '%u'",
    )
    expect(await render("{{ lookup('ini', 'user.name', type='properties', file='data.properties') }}")).toBe("'bob'")
    expect(await render("{{ lookup('csvfile', 'al', file='data.csv', delimiter=';', col=2) }}")).toBe("'y'")
    expect(await render("{{ lookup('csvfile', 'no file=data.csv delimiter=; default=d') }}")).toBe("'d'")
    await expect(render("{{ lookup('csvfile', 'al', file='data.csv', delimiter='ab') }}")).rejects.toThrow(
      '"delimiter" must be a 1-character string',
    )
  })
})

describe('the lookup password', () => {
  it('keeps what it made, readable by its owner only', async () => {
    const first = await render("{{ lookup('password', 'secrets/db length=12 chars=ascii_letters') }}")
    expect(first).toMatch(/^'[A-Za-z]{12}'$/)
    expect(await render("{{ lookup('password', 'secrets/db') }}")).toBe(first)
    expect(statSync(join(play, 'secrets/db')).mode & 0o777).toBe(0o600)
  })

  it('keeps the salt of a hash beside the password', async () => {
    const hash = await render("{{ lookup('password', 'secrets/md5 encrypt=md5_crypt') }}")
    expect(hash).toMatch(/^'\$1\$/)
    expect(readFileSync(join(play, 'secrets/md5'), 'utf8')).toMatch(/^\S{20} salt=\S{8}\n$/)
    expect(await render("{{ lookup('password', 'secrets/md5 encrypt=md5_crypt') }}")).toBe(hash)
  })
})

describe('lookups that wait', () => {
  it('leave the white space of lines alone', async () => {
    expect(await render(`{{ query('lines', 'printf " a \\\\n b"') }}`)).toBe("[' a ', ' b']")
  })
  it('runs commands where the playbook is', async () => {
    expect(await render("{{ lookup('pipe', 'cat motd') }} {{ query('lines', 'printf \"a\\nb\\n\"') | length }}")).toBe(
      "'from the playbook 2'",
    )
  })

  it('asks web servers, with redirects, passwords and errors', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/lines' }).end()
      else if (request.url === '/secret' && request.headers.authorization !== 'Basic Ym9iOnB3')
        response.writeHead(401).end()
      else if (request.url === '/missing') response.writeHead(404, 'Not Found').end()
      else response.end(`one\n${request.headers['x-test'] ?? 'two'}\n`)
    })
    await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      expect(await render(`{{ query('url', '${base}/moved', headers={'X-Test': 'h'}) }}`)).toBe("['one', 'h']")
      expect(
        await render(`{{ lookup('url', '${base}/secret', username='bob', password='pw', split_lines=false) }}`),
      ).toBe("'one\\ntwo\\n'")
      await expect(render(`{{ lookup('url', '${base}/missing') }}`)).rejects.toThrow('HTTP Error 404: Not Found')
      expect(await render(`{{ lookup('url', '${base}/missing', errors='ignore') }}`)).toBe('None')
    } finally {
      await new Promise(closed => server.close(closed))
    }
  })
})

describe('lookups of what is known', () => {
  it('answers with variables, names, settings and hosts', async () => {
    expect(await render("{{ lookup('vars', 'greeting') }}")).toBe("'hello'")
    await expect(render("{{ lookup('vars', 'nosuch', errors='ignore') }}")).rejects.toThrow('No variable found')
    expect(await render("{{ query('sequence', 'end=2', wantlist=true) }}")).toBe("['1', '2']")
    expect(await render("{{ query('varnames', '^site_') }}")).toBe("['site_a', 'site_b']")
    expect(await render("{{ lookup('config', 'DEFAULT_FORKS') }}")).toBe('5')
    expect(await render("{{ query('inventory_hostnames', 'web') }}")).toBe("['web1', 'web2']")
    expect(await render("{{ lookup('community.general.merge_variables', '^site_') }}")).toBe("{'x': 1, 'y': 2}")
  })

  it('says which lookups cannot be had', async () => {
    await expect(render("{{ lookup('community.general.dig', 'example.com') }}")).rejects.toThrow('dig is not supported')
  })
})
