import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Diagnostic } from '../diagnostics.js'
import { inventory } from './inventory.js'
// Sources, and what ansible-inventory 2.14 printed for each command line.
import recorded from './inventory-cases.json' with { type: 'json' }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-test-'))
  for (const [name, text] of Object.entries(recorded.files)) put(name, text)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, text: string, mode = 0o644): void {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
}

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const stdout: string[] = []
  const stderr: string[] = []
  const code = await inventory([...args], {
    stdin: Readable.from([]),
    stdout: { write: chunk => stdout.push(chunk.toString()) },
    stderr: { write: chunk => stderr.push(chunk.toString()) },
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    cwd: folder,
  })
  return { code, stdout: stdout.join(''), stderr: stderr.join('') }
}

describe('prints what ansible-inventory prints', () => {
  it.each(recorded.cases as [string[], string][])('%j', async (args, expected) => {
    expect((await run(args)).stdout).toBe(expected)
  })
})

describe('scripts', () => {
  it('takes groups, variables and _meta from --list', async () => {
    const data = {
      g: { hosts: ['a', 'b'], vars: { v: 1.5, t: '{{ x }}' }, children: ['k'] },
      k: ['c'],
      lone: { q: 1 },
      _meta: { hostvars: { a: { x: true } } },
    }
    put('list.sh', `#!/bin/sh\n[ "$1" = --list ] && echo '${JSON.stringify(data)}'\n`, 0o755)
    const { stdout } = await run(['-i', 'list.sh', '--list'])
    expect(JSON.parse(stdout)._meta.hostvars.a).toMatchObject({ v: 1.5, t: '{{ x }}', x: true })
    expect(JSON.parse(stdout).lone).toEqual({ hosts: ['lone'] })
  })
  it('asks for each host without _meta', async () => {
    put('host.sh', '#!/bin/sh\n[ "$1" = --list ] && echo \'{"g": ["a"]}\' || echo "{\\"me\\": \\"$2\\"}"\n', 0o755)
    expect(JSON.parse((await run(['-i', 'host.sh', '--host', 'a'])).stdout)).toMatchObject({ me: 'a' })
  })
  it('says why a script gives nothing', async () => {
    put('bad.sh', '#!/bin/sh\necho oops >&2; exit 3\n', 0o755)
    expect((await run(['-i', 'bad.sh', '--graph'])).stderr).toContain('had an execution error: oops')
  })
})

describe('sources that cannot be read', () => {
  it('are warned about with file and line', async () => {
    put('broken', '[web]\nw1 nonsense\n')
    const { code, stderr } = await run(['-i', 'broken', '--list'])
    expect(code).toBe(0)
    expect(stderr).toContain(`broken:2: Expected key=value host variable assignment, got: nonsense`)
    expect(stderr).toContain('No inventory was parsed, only implicit localhost is available')
  })
  it('are errors when the settings say so', async () => {
    await expect(run(['-i', 'gone', '--list'], { ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: '1' })).rejects.toThrow(
      /Completely failed to parse inventory source .*gone/,
    )
    await expect(run(['-i', 'gone', '--list'], { ANSIBLE_INVENTORY_UNPARSED_FAILED: '1' })).rejects.toThrow(
      'No inventory was parsed, please check your configuration and options.',
    )
  })
  it('names the option of a constructed inventory that fails, when strict', async () => {
    put('strict.yml', 'plugin: constructed\nstrict: true\ncompose:\n  bad: nosuch.attribute\n')
    const { stderr } = await run(['-i', 'ini', '-i', 'strict.yml', '--list'])
    expect(stderr).toMatch(/strict\.yml:4: Could not set bad for host zed: .*nosuch/)
  })
})

it('shows only what a limit selects', async () => {
  const { stdout } = await run(['-i', 'ini', '--list', '--limit', 'w1'])
  expect(Object.keys(JSON.parse(stdout)._meta.hostvars)).toEqual(['w1'])
})

it('wants exactly one action and a known group', async () => {
  await expect(run(['-i', 'ini'])).rejects.toThrow('No action selected')
  await expect(run(['-i', 'ini', '--list', '--graph'])).rejects.toThrow('Conflicting options')
  await expect(run(['-i', 'ini', '--graph', 'nope'])).rejects.toThrow('Pattern must be valid group name')
  await expect(run(['-i', 'ini', '--host', 'nope'])).rejects.toThrow(Diagnostic)
})
