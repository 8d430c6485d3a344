/**
 * How long an inventory of many hosts takes to load and list, here and with ansible-inventory.
 * Run: npm run build && node dist/tests/bench/inventory.js [hosts]
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { inventory } from '../../engine/cli/inventory.js'

const count = Number(process.argv[2] ?? 10_000)
const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-'))

function ini(): string {
  const lines: string[] = []
  for (let group = 0; group < 50; group++) {
    lines.push(`[group${group}]`)
    for (let host = group; host < count; host += 50) {
      lines.push(`host${host}.example.com ansible_host=10.0.${host >> 8}.${host & 255} rack=${group} role="web server"`)
    }
    lines.push(`[group${group}:vars]`, `gid=${group}`, 'greeting="hello {{ inventory_hostname }}"')
  }
  lines.push('[site:children]', ...Array.from({ length: 50 }, (_, group) => `group${group}`))
  return `${lines.join('\n')}\n`
}

function yaml(): string {
  const lines = ['all:', '  children:']
  for (let group = 0; group < 50; group++) {
    lines.push(`    group${group}:`, `      vars: {gid: ${group}}`, '      hosts:')
    for (let host = group; host < count; host += 50) {
      lines.push(`        host${host}.example.com:`, `          ansible_host: 10.0.${host >> 8}.${host & 255}`)
    }
  }
  return `${lines.join('\n')}\n`
}

async function measure(source: string, peer: boolean): Promise<void> {
  const env = { ...process.env, ANSIBLE_NOCOLOR: '1' }
  const silent = { write: () => true }
  let bytes = 0
  const started = performance.now()
  await inventory(['-i', source, '--list'], {
    stdin: process.stdin,
    stdout: { write: chunk => (bytes += chunk.length) },
    stderr: silent,
    env,
    cwd: folder,
  })
  const ours = performance.now() - started
  process.stdout.write(`${source}: understudy inventory --list ${(ours / 1000).toFixed(2)} s (${bytes} characters)`)
  if (peer) {
    const before = performance.now()
    const done = spawnSync('ansible-inventory', ['-i', source, '--list'], { env, cwd: folder, maxBuffer: 1 << 30 })
    const theirs = performance.now() - before
    process.stdout.write(
      done.error ? ', ansible-inventory is not installed' : `, ansible-inventory ${(theirs / 1000).toFixed(2)} s`,
    )
  }
  process.stdout.write('\n')
}

try {
  mkdirSync(join(folder, 'group_vars'))
  writeFileSync(join(folder, 'group_vars', 'all.yml'), 'dns: [10.0.0.1, 10.0.0.2]\n')
  mkdirSync(join(folder, 'host_vars'))
  for (let host = 0; host < count; host += 10) {
    writeFileSync(join(folder, 'host_vars', `host${host}.example.com.yml`), `serial: ${host}\n`)
  }
  writeFileSync(join(folder, 'hosts.ini'), ini())
  writeFileSync(join(folder, 'hosts.yml'), yaml())
  const peer = !process.argv.includes('--no-peer')
  await measure('hosts.ini', peer)
  await measure('hosts.yml', peer)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
