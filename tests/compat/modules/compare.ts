/** Two runs of one playbook, task by task: what differs that a playbook could rely on. */
import type { Reasons } from './case.js'

export interface Result {
  readonly [key: string]: unknown
}

export interface TaskResult {
  readonly name: string
  readonly result: Result
}

export interface Run {
  readonly code: number
  readonly tasks: readonly TaskResult[]
}

/** Ansible's own plumbing: no playbook can rely on it. */
const plumbing = new Set([
  ...['deprecations', 'warnings', 'exception', 'module_stderr', 'module_stdout', 'invocation', 'action'],
  ...['include', 'include_args', 'ansible_loop_var', 'ansible_no_log'],
])

/** Differs between any two hosts, or from one moment to the next. */
const ownToAHost = new Set([
  ...['atime', 'mtime', 'ctime', 'birthtime', 'inode', 'dev', 'blocks', 'version', 'start', 'end', 'delta', 'elapsed'],
  ...['pid', 'uptime', 'cache_update_time', 'last_updated', 'block_available', 'block_used', 'inode_available'],
  ...['inode_used', 'size_available', 'ansible_date_time', 'ansible_env', 'ansible_loadavg', 'ansible_machine_id'],
  ...['ansible_memfree_mb', 'ansible_memory_mb', 'ansible_uptime_seconds', 'ansible_ssh_host_key_ed25519_public'],
  ...['ansible_ssh_host_key_rsa_public', 'ansible_ssh_host_key_ecdsa_public'],
])

/** Lists in the order of directories, which is no order. */
const unordered = new Set([
  'services',
  'collected_zones',
  'archived',
  'expanded_paths',
  'ansible_interfaces',
  'ansible_virtualization_tech_guest',
])

const isPlumbing = (key: string) => plumbing.has(key) || key.startsWith('_ansible_')

/** One line for each difference, `TASK: what`; those with a reason are not told. `used` collects the reasons that were needed. */
export function compareRuns(
  ours: Run,
  theirs: Run,
  differs: ReadonlyMap<string, Reasons>,
  differsAll: Reasons = {},
  used: Set<string> = new Set(),
): string[] {
  const found: string[] = []
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

export function statusOf(result: Result): string {
  const words = ['failed', 'unreachable', 'skipped', 'changed'].filter(word => result[word])
  return words.join(' ') || 'ok'
}

function compareResults(ours: Result, theirs: Result): { key: string; text: string }[] {
  if (statusOf(ours) !== statusOf(theirs)) {
    const text = `${statusOf(ours)}, Ansible ${statusOf(theirs)}\n  ours:   ${brief(ours)}\n  theirs: ${brief(theirs)}`
    return [{ key: 'status', text }]
  }
  if (theirs.skipped) return []
  const found: { key: string; text: string }[] = []
  const keys = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].filter(key => !isPlumbing(key)).sort()
  for (const key of keys) {
    if (onlyOneSays(key, ours, theirs)) continue
    if (!(key in ours)) found.push({ key, text: `no ${key}, Ansible ${cut(shown(theirs[key]))}` })
    else if (!(key in theirs)) found.push({ key, text: `${key} ${cut(shown(ours[key]))}, Ansible none` })
    else if (key === 'results' && Array.isArray(theirs.results) && Array.isArray(ours.results)) {
      found.push(...compareItems(ours.results, theirs.results))
    } else if (
      !ownToAHost.has(key) &&
      shown({ [key]: bare(key, ours[key]) }) !== shown({ [key]: bare(key, theirs[key]) })
    ) {
      found.push({ key, text: valueDifference(key, ours[key], theirs[key]) })
    }
  }
  return found
}

/** A diff of ours where Ansible's module shows none, and `changed: false` of a failure, which Ansible's action plugins leave out. */
const onlyOneSays = (key: string, ours: Result, theirs: Result) =>
  (key === 'diff' && (!(key in theirs) || (!(key in ours) && shown({ diff: theirs.diff }) === '{"diff":[]}'))) ||
  (key === 'changed' && theirs.failed && !ours.changed && !theirs.changed)

function compareItems(ours: readonly unknown[], theirs: readonly unknown[]) {
  // Packages of one transaction have no order.
  if (ours.every(isText) && theirs.every(isText)) [ours, theirs] = [ours.toSorted(), theirs.toSorted()]
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

const isText = (value: unknown): value is string => typeof value === 'string'

/** Inside dicts, only the members that differ are told. */
function valueDifference(key: string, ours: unknown, theirs: unknown): string {
  if (isRecord(ours) && isRecord(theirs)) {
    const members = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].filter(
      member => !ownToAHost.has(member) && shown(ours[member]) !== shown(theirs[member]),
    )
    const lines = members.map(
      member => `${key}.${member} ${cut(shown(ours[member]))}, Ansible ${cut(shown(theirs[member]))}`,
    )
    return lines.length > 1 ? `${key}:\n  ${lines.join('\n  ')}` : lines.join('')
  }
  return `${key} ${cut(shown(ours))}\n  Ansible ${cut(shown(theirs))}`
}

const isRecord = (value: unknown): value is Result =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
/** Ansible's commands begin with the program's path and have quotes by other rules. */
const bare = (key: string, value: unknown): unknown =>
  key !== 'cmd'
    ? value
    : Array.isArray(value)
      ? value.map((word, i) => (i === 0 ? bare(key, word) : word))
      : typeof value === 'string'
        ? value.replaceAll(/['"\\]/g, '').replaceAll(/(?<=^|=)\/usr\/s?bin\//g, '')
        : value
const cut = (text: string) => (text.length > 300 ? `${text.slice(0, 300)}…` : text)
const brief = (result: Result) => cut(JSON.stringify(result.msg ?? result.results ?? result))

/** JSON with dict members in order, without what is a host's own. */
function shown(value: unknown): string {
  const text = JSON.stringify(value, (key, inner: unknown) => {
    if (ownToAHost.has(key) || isPlumbing(key)) return undefined
    // What systemctl shows of a unit holds times and identifiers.
    if (key === 'status' && isRecord(inner)) return Object.keys(inner).sort()
    if (key === 'diff') return shownDiff(inner)
    if (key === 'cmd') return bare(key, inner)
    if (unordered.has(key) && Array.isArray(inner)) return [...inner].sort()
    if (!isRecord(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
  return normal(text ?? 'undefined')
}

/** Parts of a diff that say something; one alone is what it is without a list. Headers may be temporary files. */
function shownDiff(diff: unknown): unknown {
  const parts = (Array.isArray(diff) ? diff : [diff]).filter(
    part =>
      isRecord(part) &&
      ['before', 'after', 'prepared', 'src_binary', 'dst_binary', 'src_larger'].some(key => part[key]),
  )
  return parts.map(part => ({ ...(part as Result), after_header: undefined, before_header: undefined }))
}

/** Without names of temporary files and backup stamps. */
export function normal(text: string): string {
  return text
    .replace(/\.\d+\.\d{4}-\d\d-\d\d@[\d:]+~/g, '.BACKUP~')
    .replace(/\/[\w./-]*\/(ansible-tmp-[\d.-]+|ansible_[\w.-]+_payload_\w+|\.understudy[\w.-]*)[\w./-]*/g, 'TEMP')
    .replace(/\/(root\/\.ansible\/tmp|tmp|var\/tmp)\/(tmp|at|ansible[.-])[\w.-]+/g, 'TEMP')
    .replace(/<class '(?:[\w.]*\.)?(AnsibleUnicode|NativeJinjaUnsafeText|AnsibleUnsafeText)'>/g, "<class 'str'>")
    .replace(/(?:\\n\\t\/[^"\\]*?)+(?= on the Ansible Controller)/g, ' PATHS')
    .replace(/ in paths(?:: [\w/:-]+| of the host)?/g, ' in paths')
    .replace(/\d+\.\d+ seconds/g, 'N seconds')
    .replace(/\/tmp\/understudy-\w+(?:\/\w+)?/g, 'TEMP')
    .replace(/TEMP\/[\w./-]+/g, 'TEMP')
    .replace(/(understudy|ansible)-TWIN\.files|(understudy|ansible)-lab\d\.files/g, 'LOCAL')
    .replace(/\b02:4c:[\da-f:]+|\bfe80::[\da-f:]+/g, 'LINK')
    .replace(/\bansible\.\w{8}\b/g, 'TEMP')
    .replace(/(Updated by Ansible - )[\dT:.-]+/g, '$1NOW')
    .replace(/\b10\.211\.\d+\.\d+\b/g, 'ADDRESS')
    .replace(/\blab\d\b/g, 'TWIN')
}
