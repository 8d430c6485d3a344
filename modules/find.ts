import type { ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { fnmatch } from '../engine/python/fnmatch.js'
import { matchAt, pythonRegExp, search } from '../engine/python/regexp.js'
import { float } from '../engine/python/values.js'
import type { RemoteFile } from '../engine/remote/remote.js'
import { decode } from './files/encode.js'
import { checksumAlgorithm, checksumBy } from './queries/checksum.js'
import { certainText, filesHolding } from './queries/files-holding.js'
import { type Found, foundBelow } from './queries/found-below.js'
import { kindFlags, modeFlags } from './queries/stat-flags.js'

const args = {
  paths: {
    type: 'list',
    elements: 'path',
    required: true,
    aliases: ['name', 'path'],
    summary: 'directories to search',
  },
  patterns: { type: 'list', elements: 'str', default: [], aliases: ['pattern'], summary: 'names to find' },
  excludes: { type: 'list', elements: 'str', aliases: ['exclude'], summary: 'names to leave out' },
  use_regex: { type: 'bool', default: false, summary: 'patterns and excludes are regular expressions' },
  contains: { type: 'str', summary: 'regular expression that a line must begin with' },
  read_whole_file: { type: 'bool', default: false, summary: 'search contains anywhere in the file' },
  file_type: {
    type: 'str',
    choices: ['any', 'directory', 'file', 'link'],
    default: 'file',
    summary: 'what to find',
  },
  recurse: { type: 'bool', default: false, summary: 'search below directories' },
  depth: { type: 'int', summary: 'how deep' },
  follow: { type: 'bool', default: false, summary: 'search below links to directories' },
  hidden: { type: 'bool', default: false, summary: 'find names that begin with a dot' },
  size: { type: 'str', summary: 'at least this size, or at most with a minus; b, k, m, g, t' },
  age: { type: 'str', summary: 'at least this old, or at most with a minus; s, m, h, d, w' },
  age_stamp: { type: 'str', choices: ['atime', 'ctime', 'mtime'], default: 'mtime', summary: 'which time counts' },
  mode: { type: 'raw', summary: 'permissions' },
  exact_mode: { type: 'bool', default: true, summary: 'exactly these permissions instead of at least' },
  encoding: { type: 'str', summary: 'encoding of the files that contains looks into' },
  get_checksum: { type: 'bool', default: false, summary: 'return the checksum of files' },
  checksum_algorithm: checksumAlgorithm,
  limit: { type: 'int', summary: 'how many to return' },
} as const
type Args = ArgsOf<typeof args>

export default defineModule({
  name: 'ansible.builtin.find',
  summary: 'Find files by name, age, size or content',
  check: 'full',
  args,
  returns: {
    files: 'what was found, as stat describes it',
    matched: 'how many',
    examined: 'how many were looked at',
    skipped_paths: 'what could not be searched, and why',
  },
  order: ['files', 'changed', 'msg', 'matched', 'examined', 'skipped_paths'],
  examples: `
- ansible.builtin.find:
    paths: /tmp
    age: 2d
    recurse: true
`,

  async run(context) {
    const { args, remote, warn, fail } = context
    const age = scaled(args.age, ageUnits, () => fail('failed to process age', { age: args.age! }))
    const size = scaled(args.size, sizeUnits, () => fail('failed to process size', { size: args.size! }))
    const named = namePredicate(args)
    const contained = containedPattern(args)
    // As with Ansible, a depth of 0 is none.
    const depth = args.depth || undefined

    const seen = await Promise.all(args.paths.map(top => remote.query(foundBelow(top, { ...args, depth }))))
    const skipped: Record<string, string> = {}
    let examined = 0
    let files: Found[] = []
    for (const [index, { problem, now, found }] of seen.entries()) {
      const top = args.paths[index]!
      if (problem !== undefined) {
        skipped[top] = problem
        warn(`Skipped '${top}' path due to this access issue: ${problem}\n`)
        continue
      }
      const within = found.filter(one => depth === undefined || one.depth <= depth)
      try {
        // Hundreds of thousands of files are too many for the arguments of one call.
        const fitting = within.filter(one => fits(one, args, { age, size, now, named }))
        if (args.file_type === 'file' && fitting.length > 0) contained()
        files = files.concat(fitting)
        examined += found.length
      } catch (error) {
        // The first name or content that a bad regular expression is tried on ends the search of a directory.
        const wrong = (error as Error).message
        skipped[top] = wrong
        warn(`Skipped '${top}' path due to this access issue: ${wrong}\n`)
        examined += found.filter(one => one.depth === 1).length
      }
    }
    if (args.contains !== undefined && args.file_type === 'file' && files.length > 0)
      files = await containing(context, contained(), files)
    if (args.limit !== undefined && args.limit > 0) files = files.slice(0, args.limit)
    const sums = args.get_checksum
      ? await Promise.all(files.map(one => (one.kind === 'file' ? checksumOf(one.path) : undefined)))
      : []
    return {
      changed: false,
      files: files.map((one, index) => shown(one, sums[index])),
      matched: files.length,
      examined,
      skipped_paths: skipped,
      msg:
        Object.keys(skipped).length > 0 ? 'Not all paths examined, check warnings for details' : 'All paths examined',
    }

    async function checksumOf(path: string): Promise<string | undefined> {
      const algorithm = args.checksum_algorithm
      if (algorithm === 'sha1') return (await remote.file(path, { want: 'sha1' })).sha1
      return await remote.query({ ...checksumBy(algorithm, path), needs: `${algorithm}sum` })
    }
  },
})

const ageUnits = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
const sizeUnits = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

function scaled(
  text: string | undefined,
  units: { readonly [unit: string]: number },
  wrong: () => never,
): number | undefined {
  if (text === undefined) return undefined
  const found = new RegExp(`^(-?\\d+)([${Object.keys(units).join('')}])?$`).exec(text.toLowerCase())
  if (!found) return wrong()
  return Number(found[1]) * units[found[2] ?? Object.keys(units)[0]!]!
}

/** Throws at the first name when a regular expression is none. */
function namePredicate({ patterns, excludes, use_regex }: Args): (name: string) => boolean {
  const tests = (words: readonly string[]) =>
    words.map(word => {
      if (!use_regex) return (name: string) => fnmatch(name, word)
      const pattern = once(() => pythonRegExp(word, {}))
      return (name: string) => matchAt(pattern(), name) !== null
    })
  const wanted = patterns.length > 0 ? tests(patterns) : [() => true]
  const unwanted = tests(excludes ?? [])
  return name => wanted.some(test => test(name)) && !unwanted.some(test => test(name))
}

interface Limits {
  readonly age: number | undefined
  readonly size: number | undefined
  readonly now: number
  readonly named: (name: string) => boolean
}

function fits(one: Found, args: Args, { age, size, now, named }: Limits): boolean {
  const name = one.path.slice(one.path.lastIndexOf('/') + 1)
  if (name.startsWith('.') && !args.hidden) return false
  if (args.file_type !== 'any' && one.kind !== args.file_type) return false
  if (!named(name)) return false
  const old = now - one[args.age_stamp]
  if (age !== undefined && (age >= 0 ? old < age : old > -age)) return false
  if (size !== undefined && one.kind === 'file' && (size >= 0 ? one.size < size : one.size > -size)) return false
  if (args.mode === undefined) return true
  const bits = typeof args.mode === 'number' ? args.mode : Number.parseInt(String(args.mode), 8)
  return args.exact_mode ? one.mode === bits : (one.mode & bits) === bits
}

const containedPattern = ({ contains, read_whole_file, encoding }: Args) =>
  once(() => {
    if (contains !== undefined && encoding !== undefined && decode(Buffer.alloc(0), encoding) === undefined)
      throw new Error(`unknown encoding: ${encoding}`)
    return pythonRegExp(contains ?? '', read_whole_file ? { multiline: false } : {})
  })

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

async function containing(
  { args, remote }: Pick<ModuleContext<Args>, 'args' | 'remote'>,
  pattern: RegExp,
  files: Found[],
): Promise<Found[]> {
  const matching: Found[] = []
  const { encoding } = args
  const certain = encoding === undefined && files.length > atOnce ? certainText(args.contains!) : undefined
  const candidates = certain === undefined ? files : await holding(remote, certain, files)
  for (let at = 0; at < candidates.length; at += atOnce) {
    const some = candidates.slice(at, at + atOnce)
    const texts = await Promise.all(some.map(one => remote.file(one.path, { want: 'text' })))
    matching.push(...some.filter((_, index) => holds(texts[index]!)))
  }
  return matching

  function holds(file: RemoteFile): boolean {
    // What is no text in that encoding holds nothing.
    const text = encoding === undefined ? file.text : (decode(file.bytes, encoding) ?? '')
    if (args.read_whole_file) return search(pattern, text) !== null
    return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).some(line => matchAt(pattern, line) !== null)
  }
}

/** Files whose content is read together. */
const atOnce = 50

/** Without the files that cannot match; of names with line ends nothing is known. */
async function holding(remote: ModuleContext<Args>['remote'], text: string, files: Found[]): Promise<Found[]> {
  const plain = files.map(({ path }) => path).filter(path => !path.includes('\n'))
  const found = await Promise.all(filesHolding(text, plain).map(query => remote.query(query)))
  const names = new Set(found.flat())
  return files.filter(({ path }) => path.includes('\n') || names.has(path))
}

const shown = (one: Found, checksum: string | undefined) => ({
  path: one.path,
  mode: one.mode.toString(8).padStart(4, '0'),
  ...kindFlags(one),
  uid: one.uid,
  gid: one.gid,
  size: one.size,
  inode: one.inode,
  dev: one.dev,
  nlink: one.nlink,
  atime: float(one.atime),
  mtime: float(one.mtime),
  ctime: float(one.ctime),
  gr_name: one.group,
  pw_name: one.owner,
  ...modeFlags(one),
  ...(checksum === undefined ? {} : { checksum }),
})
