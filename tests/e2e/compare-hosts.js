#!/usr/bin/env node
// Runs a playbook on one host with Understudy and on its twin with Ansible, twice each, and compares: every task's status and
// return keys, the recap, and then the hosts' end states (files, packages, units, accounts, crontabs, databases).
//
//   tests/e2e/compare-hosts.js PLAYBOOK INVENTORY OURS THEIRS [--once] [--state] [--text] [--dry] [--out DIR] [-- PLAYBOOK-OPTIONS]
//
// OURS and THEIRS are names in INVENTORY, fresh hosts of the same image, logged into as root. The playbook sees one host,
// `twin`, in group `twins`. --once leaves out the second run, --state leaves out the runs. --dry begins with `--check --diff` and
// compares what is printed by the default callback; --text does so with the second run. Exits 1 when something differs.
// Needs ansible-playbook and ssh; $UNDERSTUDY is another bin/understudy.js to run; UNDERSTUDY_ROLES_PATH and the like are the caller's.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const argv = process.argv.slice(2)
const split = argv.indexOf('--')
const own = split < 0 ? argv : argv.slice(0, split)
const playbookOptions = split < 0 ? [] : argv.slice(split + 1)
const once = own.includes('--once')
const stateOnly = own.includes('--state')
const asText = own.includes('--text')
const dry = own.includes('--dry')
const outAt = own.indexOf('--out')
const out = outAt < 0 ? join(tmpdir(), `compare-hosts.${process.pid}`) : own[outAt + 1]
const [playbook, inventoryPath, ours, theirs] = own.filter((arg, i) => !arg.startsWith('--') && i !== outAt + 1)
if (!theirs) {
  process.stderr.write(
    'usage: compare-hosts.js PLAYBOOK INVENTORY OURS THEIRS [--once] [--state] [--text] [--dry] [--out DIR] [-- OPTIONS]\n',
  )
  process.exit(2)
}
mkdirSync(out, { recursive: true })

const inventory = readFileSync(inventoryPath, 'utf8')
const hosts = [
  {
    name: ours,
    label: 'understudy',
    command: [process.execPath, process.env.UNDERSTUDY ?? join(root, 'bin/understudy.js'), 'playbook'],
  },
  { name: theirs, label: 'ansible', command: ['ansible-playbook'] },
].map(host => ({ ...host, ...host_of(host.name) }))

// Some keys are Ansible's own plumbing and no playbook can rely on them.
const plumbing = new Set([
  ...['ansible_facts', 'deprecations', 'warnings', 'exception', 'module_stderr', 'module_stdout', 'invocation'],
  ...['diff', 'include', 'include_args', 'action', 'status'],
])
const isPlumbing = key => plumbing.has(key) || key.startsWith('_ansible_')

// Differ between any two hosts.
const hostsOwn = new Set([
  ...['atime', 'mtime', 'ctime', 'inode', 'dev', 'blocks', 'nlink', 'birthtime', 'version', 'start', 'end', 'delta'],
  ...['uptime', 'pid', 'size', 'invocation', 'elapsed'],
])

let differences = 0
const rounds = stateOnly
  ? []
  : [
      ...(dry ? [{ name: 'dry', text: true, options: ['--check', '--diff'] }] : []),
      { name: 'first', text: false, options: [] },
      ...(once ? [] : [{ name: 'second', text: asText, options: asText ? ['--diff'] : [] }]),
    ]
for (const round of rounds) {
  const runs = await Promise.all(hosts.map(host => run(host, round)))
  report(`${round.name} run`, round.text ? await compareTexts(runs[0], runs[1]) : compareRuns(runs[0], runs[1]))
}
report('end state', await compareStates())
process.stdout.write(differences === 0 ? 'SAME\n' : `DIFFERENT: ${differences} (logs in ${out})\n`)
process.exitCode = differences === 0 ? 0 : 1

function host_of(name) {
  const line = inventory.split('\n').find(text => text.startsWith(`${name} `))
  if (!line) throw new Error(`no host ${name} in ${inventoryPath}`)
  const value = key => line.match(new RegExp(`\\b${key}=(\\S+)`))?.[1]
  const common = inventory.match(/^ansible_ssh_common_args=(.*)$/m)?.[1] ?? ''
  return {
    line: line.slice(name.length + 1),
    common,
    address: value('ansible_host'),
    ssh: [
      ...common.split(/\s+/).filter(Boolean),
      ...['-o', 'LogLevel=ERROR', '-p', value('ansible_port') ?? '22', '-i', value('ansible_ssh_private_key_file')],
      `root@${value('ansible_host')}`,
    ],
  }
}

async function run(host, round) {
  const file = join(out, `${host.label}.inventory`)
  writeFileSync(file, `[twins]\ntwin ${host.line}\n[all:vars]\nansible_ssh_common_args=${host.common}\n`)
  const started = Date.now()
  const [program, ...args] = host.command
  const result = await capture(program, [...args, '-i', file, playbook, ...playbookOptions, ...round.options], {
    env: {
      ...process.env,
      ANSIBLE_STDOUT_CALLBACK: round.text ? 'default' : 'json',
      ANSIBLE_DEPRECATION_WARNINGS: '0',
      ANSIBLE_LOCALHOST_WARNING: '0',
      ANSIBLE_RETRY_FILES_ENABLED: '0',
      ANSIBLE_FORCE_COLOR: '0',
    },
  })
  writeFileSync(join(out, `${host.label}.${round.name}.${round.text ? 'txt' : 'json'}`), result.stdout)
  writeFileSync(join(out, `${host.label}.${round.name}.err`), result.stderr)
  process.stdout.write(
    `${round.name} ${host.label}: exit ${result.code}, ${((Date.now() - started) / 1000).toFixed(1)} s`,
  )
  if (round.text) {
    process.stdout.write(` ${/^twin +: .*/m.exec(result.stdout)?.[0] ?? '(no recap)'}\n`)
    return { code: result.code, text: result.stdout }
  }
  const start = result.stdout.indexOf('{\n')
  let parsed = { plays: [], stats: {} }
  try {
    parsed = JSON.parse(result.stdout.slice(Math.max(start, 0)))
  } catch {
    process.stdout.write(` (no JSON: ${(result.stderr + result.stdout).trim().slice(-1500)})`)
  }
  const stats = parsed.stats.twin ?? {}
  process.stdout.write(
    ` ${Object.entries(stats)
      .map(([key, value]) => `${key}=${value}`)
      .join(' ')}\n`,
  )
  const tasks = parsed.plays.flatMap(play =>
    play.tasks.flatMap(task => Object.values(task.hosts).map(value => ({ name: task.task.name, result: value }))),
  )
  return { code: result.code, stats, tasks }
}

function status(result) {
  const words = ['failed', 'unreachable', 'skipped', 'changed'].filter(word => result[word])
  return words.join(' ') || 'ok'
}

// Hunks of a diff between what the two printed.
async function compareTexts(us, them) {
  const found = us.code === them.code ? [] : [`exit code ${us.code}, Ansible ${them.code}`]
  writeFileSync(join(out, 'a'), alike(us.text))
  writeFileSync(join(out, 'b'), alike(them.text))
  const diff = await capture('diff', ['-U2', join(out, 'a'), join(out, 'b')], {})
  const hunks = diff.stdout.split(/^@@.*\n/m).slice(1)
  for (const hunk of hunks)
    found.push(
      hunk
        .split('\n')
        .slice(0, 24)
        .map(line => line.slice(0, 700))
        .join('\n      '),
    )
  return found
}

function compareRuns(us, them) {
  const found = []
  if (us.code !== them.code) found.push(`exit code ${us.code}, Ansible ${them.code}`)
  for (const key of Object.keys({ ...us.stats, ...them.stats })) {
    if (us.stats[key] !== them.stats[key]) found.push(`recap ${key}=${us.stats[key]}, Ansible ${them.stats[key]}`)
  }
  let i = 0
  let j = 0
  while (i < us.tasks.length || j < them.tasks.length) {
    const a = us.tasks[i]
    const b = them.tasks[j]
    if (a && b && a.name === b.name) {
      found.push(...compareTask(a.name, a.result, b.result))
      i++
      j++
      continue
    }
    const ahead = them.tasks.slice(j).findIndex(task => task.name === a?.name)
    const behind = us.tasks.slice(i).findIndex(task => task.name === b?.name)
    if (a && (ahead < 0 || (behind >= 0 && behind <= ahead)))
      found.push(`${us.tasks[i++].name}: only Understudy runs it`)
    else if (b) found.push(`${them.tasks[j++].name}: only Ansible runs it`)
    else i++
  }
  return found
}

function compareTask(name, a, b) {
  const found = []
  if (status(a) !== status(b)) {
    found.push(`${name}: ${status(a)}, Ansible ${status(b)}\n      ours:   ${brief(a)}\n      theirs: ${brief(b)}`)
  } else if (!a.skipped) {
    const keysOf = value =>
      Object.keys(value)
        .filter(key => !isPlumbing(key))
        .sort()
    // What Ansible's JSON says of a loop over include_tasks has neither.
    const missing = keysOf(b).filter(key => !(key in a))
    const extra = keysOf(a).filter(key => !(key in b) && !('include' in b && ['changed', 'failed'].includes(key)))
    if (missing.length > 0 || extra.length > 0) {
      found.push(
        `${name}: keys ${[...missing.map(key => `-${key}`), ...extra.map(key => `+${key}`)].join(' ')} (${b.action ?? ''})`,
      )
    }
    // Of times, of temporary files, and what package tools print (download speeds).
    const skip = new Set([
      'results',
      'start',
      'end',
      'delta',
      'cache_update_time',
      'src',
      'size',
      'fingerprint',
      'public_key',
      'elapsed',
    ])
    if ('cache_updated' in b) for (const key of ['stdout', 'stdout_lines', 'stderr', 'stderr_lines']) skip.add(key)
    for (const key of keysOf(b)) {
      if (key in a && !skip.has(key) && normal(a[key]) !== normal(b[key])) {
        found.push(`${name}: ${key} ${normal(a[key]).slice(0, 300)}\n      Ansible ${normal(b[key]).slice(0, 300)}`)
      }
    }
    if (Array.isArray(b.results)) {
      if (a.results?.length !== b.results.length)
        found.push(`${name}: ${a.results?.length} items, Ansible ${b.results.length}`)
      else
        b.results.forEach((item, i) => {
          if (item && typeof item === 'object' && a.results[i])
            found.push(...compareTask(`${name} [${i}]`, a.results[i], item))
        })
    }
  }
  return found
}

function brief(result) {
  const text = JSON.stringify(result.msg ?? result.results?.map(item => [status(item), item.item, item.msg]) ?? result)
  return text.length > 600 ? `${text.slice(0, 600)}…` : text
}

function normal(value) {
  return alike(
    JSON.stringify(value, (key, inner) => (hostsOwn.has(key) || key.startsWith('_ansible') ? undefined : inner)) ??
      'undefined',
  )
}

// Without the names of hosts and of temporary files.
function alike(text) {
  return text
    .replaceAll(
      new RegExp(
        hosts
          .flatMap(host => [host.address, host.name])
          .map(name => name.replaceAll('.', '\\.'))
          .join('|'),
        'g',
      ),
      'TWIN',
    )
    .replaceAll(
      /\.\d+\.\d{4}-\d\d-\d\d@[\d:]+~|Updated by Ansible - \S+|ansible-tmp-[\d.-]+|ansible\.\w{8}|\.understudy\S*|\/tmp\/\S+/g,
      'TEMP',
    )
    .replaceAll(/^[-+ ]?\+{3} after: \S+/gm, '+++ after: TEMP')
}

function report(title, found) {
  const unique = [...new Set(found)]
  differences += unique.length
  process.stdout.write(`== ${title}: ${unique.length === 0 ? 'same' : `${unique.length} differences`}\n`)
  for (const line of unique) process.stdout.write(`   ${line}\n`)
}

async function compareStates() {
  const script = readFileSync(new URL('host-state.sh', import.meta.url), 'utf8')
  const states = await Promise.all(hosts.map(host => remote(host, script)))
  const unread = hosts.filter((_, i) => !states[i].includes('\nuser root'))
  if (unread.length > 0) return unread.map(host => `no state could be read from ${host.name}`)
  const [a, b] = states.map((text, i) => {
    writeFileSync(join(out, `${hosts[i].label}.state`), text)
    return new Map(
      text
        .split('\n')
        .filter(Boolean)
        .map(line => [normalPath(line.slice(0, line.indexOf('\t'))), line.slice(line.indexOf('\t') + 1)]),
    )
  })
  const found = []
  const contents = []
  for (const key of [...new Set([...a.keys(), ...b.keys()])].sort()) {
    const x = a.get(key)
    const y = b.get(key)
    if (x === y || (x && y && normal(x) === normal(y))) continue
    if (key.startsWith('sha1 ') && x && y) contents.push(key.slice(5))
    else found.push(`${key}: ${x ?? 'absent'}, Ansible ${y ?? 'absent'}`)
  }
  for (const path of contents) {
    const [x, y] = await Promise.all(hosts.map(host => remote(host, `head -c 1000000 ${quote(path)}`)))
    if (normal(x) === normal(y)) continue
    writeFileSync(join(out, 'a'), x)
    writeFileSync(join(out, 'b'), y)
    const diff = await capture('diff', ['-u', join(out, 'a'), join(out, 'b')], {})
    found.push(
      `content of ${path}\n${diff.stdout
        .split('\n')
        .slice(2, 14)
        .map(line => `      ${line.slice(0, 160)}`)
        .join('\n')}`,
    )
  }
  return found
}

// Backups are named by process and time.
function normalPath(text) {
  return text.replace(/\.\d+\.\d{4}-\d\d-\d\d@[\d:]+~$/, '.BACKUP~')
}

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`
}

async function remote(host, script) {
  const result = await capture('ssh', [...host.ssh, 'sh -s'], { input: script })
  return result.stdout
}

function capture(program, args, { env = process.env, input }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    const chunks = { stdout: [], stderr: [] }
    child.stdout.on('data', chunk => chunks.stdout.push(chunk))
    child.stderr.on('data', chunk => chunks.stderr.push(chunk))
    child.on('error', reject)
    child.on('close', code =>
      resolve({
        code,
        stdout: Buffer.concat(chunks.stdout).toString(),
        stderr: Buffer.concat(chunks.stderr).toString(),
      }),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })
}
