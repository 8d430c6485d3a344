// tests/compat/modules/main.ts
import { execFileSync as execFileSync2 } from 'node:child_process'
// tests/compat/modules/case.ts
import { readdirSync, readFileSync, readFileSync as readFileSync4 } from 'node:fs'
import { join, join as join4 } from 'node:path'
import { parse } from 'yaml'

function readCases(folder) {
  return readdirSync(folder)
    .filter(file2 => file2.endsWith('.yml'))
    .sort()
    .map(file2 => readCase(join(folder, file2), file2.slice(0, -4)))
}
function readCase(path, name) {
  const plays = parse(readFileSync(path, 'utf8'))
  const vars = plays[0]?.vars ?? {}
  const tasks = plays.flatMap(play => flat(play.tasks))
  const names = tasks.map(task => task.name ?? '')
  const double = names.find((task, i) => task === '' || names.indexOf(task) !== i)
  if (double !== void 0) throw new Error(`${path}: every task has its own name, "${double}" is not one`)
  return {
    name,
    path,
    image: vars.image ?? 'debian',
    setup: vars.setup ?? '',
    between: vars.between ?? '',
    cleanup: vars.cleanup ?? '',
    tasks: names,
    differs: new Map(tasks.flatMap(task => (task.vars?.differs ? [[task.name, task.vars.differs]] : []))),
    stateDiffers: vars.differs ?? {},
  }
}
function flat(tasks = []) {
  return tasks.flatMap(task =>
    task.block ? [...flat(task.block), ...flat(task.rescue), ...flat(task.always)] : [task],
  )
}

// tests/compat/modules/compare.ts
var plumbing = /* @__PURE__ */ new Set([
  ...['deprecations', 'warnings', 'exception', 'module_stderr', 'module_stdout', 'invocation', 'action'],
  ...['include', 'include_args', 'ansible_loop_var', 'ansible_no_log'],
])
var ownToAHost = /* @__PURE__ */ new Set([
  ...['atime', 'mtime', 'ctime', 'birthtime', 'inode', 'dev', 'blocks', 'version', 'start', 'end', 'delta', 'elapsed'],
  ...['pid', 'uptime', 'cache_update_time', 'last_updated'],
])
var isPlumbing = key => plumbing.has(key) || key.startsWith('_ansible_')
function compareRuns(ours, theirs, differs, differsAll = {}, used = /* @__PURE__ */ new Set()) {
  const found = []
  const byName = new Map(ours.tasks.map(task => [task.name, task.result]))
  for (const { name, result } of theirs.tasks) {
    const mine = byName.get(name)
    byName.delete(name)
    const reasons = { ...differsAll, ...differs.get(name) }
    if (reasons.pass) used.add(`${name}: ${reasons.pass}`)
    else if (!mine) found.push(`${name}: only Ansible runs it`)
    else {
      for (const { key, text } of compareResults(mine, result)) {
        if (reasons[key]) used.add(`${name}: ${reasons[key]}`)
        else found.push(`${name}: ${text}`)
      }
    }
  }
  return [...found, ...[...byName.keys()].map(name => `${name}: only Understudy runs it`)]
}
function statusOf(result) {
  const words = ['failed', 'unreachable', 'skipped', 'changed'].filter(word => result[word])
  return words.join(' ') || 'ok'
}
function compareResults(ours, theirs) {
  if (statusOf(ours) !== statusOf(theirs)) {
    const text = `${statusOf(ours)}, Ansible ${statusOf(theirs)}
  ours:   ${brief(ours)}
  theirs: ${brief(theirs)}`
    return [{ key: 'status', text }]
  }
  if (theirs.skipped) return []
  const found = []
  const keys = [.../* @__PURE__ */ new Set([...Object.keys(ours), ...Object.keys(theirs)])]
    .filter(key => !isPlumbing(key))
    .sort()
  for (const key of keys) {
    if (onlyOneSays(key, ours, theirs)) continue
    if (!(key in ours)) found.push({ key, text: `no ${key}, Ansible ${cut(shown(theirs[key]))}` })
    else if (!(key in theirs)) found.push({ key, text: `${key} ${cut(shown(ours[key]))}, Ansible none` })
    else if (key === 'results' && Array.isArray(theirs.results) && Array.isArray(ours.results)) {
      found.push(...compareItems(ours.results, theirs.results))
    } else if (!ownToAHost.has(key) && shown(bare(key, ours[key])) !== shown(bare(key, theirs[key]))) {
      found.push({ key, text: valueDifference(key, ours[key], theirs[key]) })
    }
  }
  return found
}
var onlyOneSays = (key, ours, theirs) =>
  (key === 'diff' && !(key in theirs)) || (key === 'changed' && theirs.failed && !ours.changed && !theirs.changed)
function compareItems(ours, theirs) {
  if (ours.length !== theirs.length)
    return [{ key: 'results', text: `${ours.length} results, Ansible ${theirs.length}` }]
  return theirs.flatMap((item, i) => {
    const mine = ours[i]
    if (isRecord(item) && isRecord(mine))
      return compareResults(mine, item).map(({ key, text }) => ({ key, text: `[${i}] ${text}` }))
    return shown(mine) === shown(item)
      ? []
      : [{ key: 'results', text: `[${i}] ${cut(shown(mine))}, Ansible ${cut(shown(item))}` }]
  })
}
function valueDifference(key, ours, theirs) {
  if (isRecord(ours) && isRecord(theirs)) {
    const members = [.../* @__PURE__ */ new Set([...Object.keys(ours), ...Object.keys(theirs)])].filter(
      member => !ownToAHost.has(member) && shown(ours[member]) !== shown(theirs[member]),
    )
    const lines = members.map(
      member => `${key}.${member} ${cut(shown(ours[member]))}, Ansible ${cut(shown(theirs[member]))}`,
    )
    return lines.length > 1
      ? `${key}:
  ${lines.join('\n  ')}`
      : lines.join('')
  }
  return `${key} ${cut(shown(ours))}
  Ansible ${cut(shown(theirs))}`
}
var isRecord = value => typeof value === 'object' && value !== null && !Array.isArray(value)
var bare = (key, value) =>
  key === 'cmd' && typeof value === 'string'
    ? value.replaceAll(/['"\\]/g, '').replaceAll(/(?<=^|=)\/usr\/s?bin\//g, '')
    : value
var cut = text => (text.length > 300 ? `${text.slice(0, 300)}\u2026` : text)
var brief = result => cut(JSON.stringify(result.msg ?? result.results ?? result))
function shown(value) {
  const text = JSON.stringify(value, (key, inner) => {
    if (ownToAHost.has(key) || isPlumbing(key)) return void 0
    if (!isRecord(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
  return normal(text ?? 'undefined')
}
function normal(text) {
  return text
    .replace(/\.\d+\.\d{4}-\d\d-\d\d@[\d:]+~/g, '.BACKUP~')
    .replace(/\/[\w./-]*\/(ansible-tmp-[\d.-]+|ansible_[\w.-]+_payload_\w+|\.understudy[\w.-]*)[\w./-]*/g, 'TEMP')
    .replace(/\/(root\/\.ansible\/tmp|tmp|var\/tmp)\/(tmp|at|ansible[.-])[\w.-]+/g, 'TEMP')
    .replace(/<class '(?:[\w.]*\.)?(AnsibleUnicode|NativeJinjaUnsafeText|AnsibleUnsafeText)'>/g, "<class 'str'>")
    .replace(/(?:\\n\\t\/[^"\\]*?)+(?= on the Ansible Controller)/g, ' PATHS')
    .replace(/ in paths(?:: [\w/:-]+| of the host)?/g, ' in paths')
    .replace(/\d+\.\d+ seconds/g, 'N seconds')
    .replace(/\b10\.211\.\d+\.\d+\b/g, 'ADDRESS')
    .replace(/\blab\d\b/g, 'TWIN')
}

// tests/compat/modules/state.ts
var stamp = '/run/compat-stamp'
async function stateOf(twin2, script) {
  const text = await twin2.shell(`SINCE=${stamp}
${script}`)
  if (!text.includes('\nuser root')) throw new Error(`no state could be read from ${twin2.host}`)
  return new Map(
    text
      .split('\n')
      .filter(Boolean)
      .map(line2 => [line2.slice(0, line2.indexOf('	')), line2.slice(line2.indexOf('	') + 1)]),
  )
}
function stateDifferences(ours, theirs) {
  const found = /* @__PURE__ */ new Map()
  const names = state => new Map([...state].map(([key, value]) => [normal(key), normal(value)]))
  const [a, b] = [names(ours), names(theirs)]
  for (const key of [.../* @__PURE__ */ new Set([...a.keys(), ...b.keys()])].sort()) {
    const [x, y] = [a.get(key), b.get(key)]
    if (x !== y) found.set(key, `${key}: ${x ?? 'absent'}, Ansible ${y ?? 'absent'}`)
  }
  return found
}
async function newDifferences(twins, states, before, reasons, used) {
  const found = []
  for (const [key, text] of stateDifferences(...states)) {
    if (before.get(key) === text) continue
    const reason = Object.keys(reasons).find(prefix => key.startsWith(prefix))
    if (reason !== void 0) {
      used.add(reasons[reason])
      continue
    }
    const path = key.startsWith('sha1 ') ? key.slice(5) : void 0
    if (path === void 0) found.push(text)
    else {
      const [x, y] = await Promise.all(
        twins.map(twin2 => twin2.shell(`cat '${path.replaceAll("'", "'\\''")}' 2>/dev/null || :`)),
      )
      if (normal(x) !== normal(y)) found.push(`content of ${path}: ${firstDifference(x, y)}`)
    }
  }
  return found
}
function firstDifference(ours, theirs) {
  const [a, b] = [ours.split('\n'), theirs.split('\n')]
  const at = a.findIndex((line3, i) => normal(line3) !== normal(b[i] ?? ''))
  const line2 = at < 0 ? a.length : at
  const shown2 = (text = '') => JSON.stringify(text.slice(0, 200))
  return `line ${line2 + 1} ${shown2(a[line2])}, Ansible ${shown2(b[line2])}`
}

// tests/compat/modules/table.ts
import { existsSync, readFileSync as readFileSync2, writeFileSync } from 'node:fs'
import { join as join2 } from 'node:path'

var file = 'docs/compat-modules.md'
function record(root, rows, ansible) {
  const path = join2(root, file)
  const kept = existsSync(path) ? rowsOf(readFileSync2(path, 'utf8')) : /* @__PURE__ */ new Map()
  for (const row of rows) kept.set(row.name, line(row))
  const lines = [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
  writeFileSync(
    path,
    `${head(ansible)}
${lines.join('\n')}
`,
  )
}
function rowsOf(text) {
  return new Map([...text.matchAll(/^\| `(\S+)` \|.*$/gm)].map(match => [match[1], match[0]]))
}
function line({ name, image, tasks, found, reasons }) {
  const pass = key => {
    const count = found[key]?.length
    return count === void 0 ? '\u2013' : count === 0 ? 'same' : `${count} differ`
  }
  const cells = [`\`${name}\``, image, tasks, pass('check'), pass('run'), pass('again'), reasons.join('; ')]
  return `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |')
}
var head = ansible => `# Modules beside Ansible

Written by \`npm run compat:modules\`. Each case in \`tests/compat/modules/cases/\` is a playbook about one module. Understudy runs it on a real
host and Ansible (core ${ansible}, with Debian's collections) on a twin: in check mode, for real, and again. Compared are every task's status,
message, return values and diff, and after each pass all that is on the hosts: files with owner, mode and contents, packages, units and
their state, accounts, crontabs, sysctls, packet filters, mounts, databases and grants. The last column names deliberate differences.

| Case | Image | Tasks | Check | Run | Again | Different on purpose |
|---|---|---|---|---|---|---|`

// tests/compat/modules/twins.ts
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync as readFileSync3, rmSync, writeFileSync as writeFileSync2 } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as join3 } from 'node:path'

var images = ['debian', 'el', 'busybox']
function openLab(scripts, understudy, wanted, keep) {
  const env = { ...process.env, LAB_ID: process.env.LAB_ID ?? '6', LAB_DIR: process.env.LAB_DIR ?? '/var/tmp/lab' }
  const lab = (script, ...args) =>
    execFileSync(join3(scripts, script), args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const used = images.slice(0, Math.max(...wanted.map(image => images.indexOf(image))) + 1)
  lab('up', String(used.length * 2), '--image', used.join(','))
  const inventory = readFileSync3(join3(env.LAB_DIR, 'inventory'), 'utf8')
  const folder = mkdtempSync(join3(tmpdir(), 'compat-modules-'))
  const names = image => {
    const at = used.indexOf(image)
    if (at < 0) throw new Error(`the lab has no image ${image}`)
    return [`lab${at + 1}`, `lab${at + 1 + used.length}`]
  }
  return {
    twins(image) {
      const [first, second] = names(image)
      return [
        twin('understudy', first, [process.execPath, understudy, 'playbook'], inventory, folder),
        twin('ansible', second, ['ansible-playbook'], inventory, folder),
      ]
    },
    reset(image) {
      lab('reset', ...names(image))
    },
    close() {
      rmSync(folder, { recursive: true })
      if (!keep) lab('down')
    },
  }
}
function twin(label, host, command, inventory, folder) {
  const line2 = inventory.split('\n').find(text => text.startsWith(`${host} `))
  if (!line2) throw new Error(`the lab has no host ${host}`)
  const common = /^ansible_ssh_common_args=(.*)$/m.exec(inventory)?.[1] ?? ''
  const value = key => new RegExp(`\\b${key}=(\\S+)`).exec(line2)?.[1] ?? ''
  const file2 = join3(folder, `${label}-${host}`)
  writeFileSync2(
    file2,
    `[twins]
twin ${line2.slice(host.length + 1)}
[all:vars]
ansible_ssh_common_args=${common}
local=${file2}.files
`,
  )
  const ssh = [
    ...common.split(/\s+/).filter(Boolean),
    ...[
      '-o',
      'LogLevel=ERROR',
      '-o',
      'ControlMaster=auto',
      '-o',
      `ControlPath=${file2}.ssh`,
      '-o',
      'ControlPersist=30',
    ],
    ...['-i', value('ansible_ssh_private_key_file'), '-p', value('ansible_port') || '22'],
    `root@${value('ansible_host')}`,
  ]
  return {
    label,
    host,
    async run(playbook, options) {
      const { code, stdout, stderr } = await capture([...command, '-i', file2, ...options, playbook], '')
      return { code, tasks: tasksIn(stdout, stderr), stderr }
    },
    async shell(text) {
      const { code, stdout, stderr } = await capture(['ssh', ...ssh, 'sh -s'], text)
      if (code !== 0) throw new Error(`on ${host}: exit ${code}: ${stderr.slice(-2e3)}${stdout.slice(-1e3)}`)
      return stdout
    },
  }
}
function tasksIn(stdout, stderr) {
  const start = stdout.search(/^\{$/m)
  let output
  try {
    output = JSON.parse(stdout.slice(Math.max(start, 0)))
  } catch {
    throw new Error(`no JSON was printed: ${(stderr + stdout).trim().slice(-3e3)}`)
  }
  return output.plays.flatMap(play =>
    play.tasks.flatMap(({ task, hosts }) => Object.values(hosts).map(result => ({ name: task.name, result }))),
  )
}
function capture(argv, input) {
  const env = {
    ...process.env,
    ANSIBLE_STDOUT_CALLBACK: 'json',
    ANSIBLE_PIPELINING: '1',
    ANSIBLE_DEPRECATION_WARNINGS: '0',
    ANSIBLE_LOCALHOST_WARNING: '0',
    ANSIBLE_RETRY_FILES_ENABLED: '0',
    ANSIBLE_FORCE_COLOR: '0',
  }
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { env, stdio: ['pipe', 'pipe', 'pipe'] })
    const out = []
    const err = []
    child.stdout.on('data', chunk => out.push(chunk))
    child.stderr.on('data', chunk => err.push(chunk))
    child.on('error', reject)
    child.on('close', code =>
      resolve({ code: code ?? 1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

// tests/compat/modules/main.ts
var passes = [
  { name: 'check', options: ['--diff', '--check'] },
  { name: 'run', options: ['--diff'] },
  { name: 'again', options: ['--diff'] },
]
async function main(argv, root) {
  const wanted = argv.filter(word => !word.startsWith('--'))
  const cases = readCases(join4(root, 'tests/compat/modules/cases')).filter(
    ({ name }) => wanted.length === 0 || wanted.includes(name),
  )
  if (cases.length === 0) throw new Error(`no case is called ${wanted.join(' or ')}`)
  const stateScript = readFileSync4(join4(root, 'tests/e2e/host-state.sh'), 'utf8')
  const scripts = process.env.LAB ?? join4(root, '..', 'shared', 'lab')
  const understudy = process.env.UNDERSTUDY ?? join4(root, 'bin/understudy.js')
  const lab = openLab(scripts, understudy, [...new Set(cases.map(one => one.image))], argv.includes('--keep'))
  const rows = []
  try {
    for (const one of cases) {
      const row = await compareCase(one, lab, stateScript)
      rows.push(row)
      process.stdout.write(differences(row))
    }
  } finally {
    lab.close()
  }
  if (!argv.includes('--no-record')) record(root, rows, ansibleVersion())
  const differing = rows.filter(row => Object.values(row.found).some(found => found.length > 0))
  process.stdout.write(
    `${rows.length} cases, ${differing.length} differ${differing.length > 0 ? `: ${differing.map(row => row.name).join(' ')}` : ''}
`,
  )
  return differing.length === 0 ? 0 : 1
}
async function compareCase(one, lab, stateScript) {
  const started = Date.now()
  process.stdout.write(`${one.name} `)
  const twins = lab.twins(one.image)
  const both = work => Promise.all([work(twins[0]), work(twins[1])])
  const states = () => both(twin2 => stateOf(twin2, stateScript))
  const used = /* @__PURE__ */ new Set()
  const found = {}
  try {
    lab.reset(one.image)
    await both(twin2 =>
      twin2.shell(`set -e
${one.setup}
sleep 0.01; : >${stamp}`),
    )
    const atFirst = await states()
    const before = stateDifferences(...atFirst)
    for (const { name, options } of passes) {
      if (one.between)
        await both(twin2 =>
          twin2.shell(`set -e
${one.between}`),
        )
      const [ours, theirs] = await both(twin2 => twin2.run(one.path, options))
      found[name] = compareRuns(ours, theirs, one.differs, one.stateDiffers, used)
      if (ours.tasks.length === 0) found[name].push(`Understudy ran no task: ${ours.stderr.slice(-2e3)}`)
      if (theirs.tasks.length === 0) found[name].push(`Ansible ran no task: ${theirs.stderr.slice(-2e3)}`)
      const left = await newDifferences(twins, await states(), before, one.stateDiffers, used)
      found[name].push(...left.map(line2 => `left: ${line2}`))
    }
  } catch (error) {
    found.run = [...(found.run ?? []), `could not be compared: ${error.message}`]
  }
  if (one.cleanup) await both(twin2 => twin2.shell(one.cleanup)).catch(() => {})
  const count = Object.values(found).flat().length
  process.stdout.write(
    `${((Date.now() - started) / 1e3).toFixed(0)} s, ${count === 0 ? 'same' : `${count} differences`}
`,
  )
  return { name: one.name, image: one.image, tasks: one.tasks.length, found, reasons: [...used] }
}
function ansibleVersion() {
  return /core ([\d.]+)/.exec(execFileSync2('ansible-playbook', ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown'
}
function differences({ found }) {
  const passesOf = /* @__PURE__ */ new Map()
  for (const [pass, lines] of Object.entries(found)) {
    for (const line2 of lines) passesOf.set(line2, [...(passesOf.get(line2) ?? []), pass])
  }
  return [...passesOf]
    .map(
      ([line2, names]) => `  ${names.join('+')}: ${line2.replaceAll('\n', '\n    ')}
`,
    )
    .join('')
}

export { main }
