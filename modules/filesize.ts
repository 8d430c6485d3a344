import { posix } from 'node:path'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { pyStr } from '../engine/python/repr.js'
import { isFloat, typeName, type Value } from '../engine/python/values.js'
import { describe, pathInfo } from '../engine/remote/path-info.js'
import { sh } from '../engine/remote/quote.js'
import type { Outcome } from '../engine/remote/remote.js'
import { attributesOf, mergedDiff } from './files/attributes.js'

export default defineModule({
  name: 'community.general.filesize',
  summary: 'Make files of a size, with dd',
  check: 'full',
  args: {
    path: { type: 'path', required: true, summary: 'the file' },
    size: {
      type: 'raw',
      required: true,
      summary: 'its size: 10 (blocks), 512B, 1.5kB (1500), 2M or 2MiB (2 * 1024 * 1024), …',
    },
    blocksize: { type: 'raw', summary: 'size of a block; by default what the file system likes' },
    source: { type: 'path', default: '/dev/zero', summary: 'where new bytes come from' },
    force: { type: 'bool', default: false, summary: 'write all of it again' },
    sparse: { type: 'bool', default: false, summary: 'leave holes instead of writing' },
    ...fileAttributes,
  },
  returns: {
    cmd: 'the command, where something changes',
    filesize: 'blocks, blocksize, bytes, iec and si',
    path: 'the file, links followed',
    size_diff: 'bytes that were added',
  },
  examples: `
- name: Room for swap
  community.general.filesize:
    path: /var/swapfile
    size: 2G
    mode: '0600'
`,

  async run({ args, remote, fail }) {
    const { path, force, sparse, source } = args
    if (force && sparse) fail('parameters values are mutually exclusive: force=true|sparse=true')
    const [file, parent, dd] = await Promise.all([
      remote.file(path, { want: 'stat' }),
      remote.file(posix.dirname(path), { want: 'stat' }),
      remote.query({
        command: sh`command -v dd`,
        parse: stdout => stdout.trim() || 'dd',
      }),
    ])
    if (file.exists && !file.isFile) fail(`${path} exists but is not a regular file`)
    if (!file.exists && !parent.exists) fail('parent directory of the file must exist prior to run this module')

    const liked = file.blockSize || parent.blockSize || 4096
    const { bytes, blocksize } = blocksOf(args.size as Value, args.blocksize as Value | undefined, liked, fail)
    const blocks = bytes / blocksize
    const [iec, si] = [readable(bytes, 1024), readable(bytes, 1000)]
    const number = (value: bigint) => (value > Number.MAX_SAFE_INTEGER ? value : Number(value)) as number
    const filesize = { blocks: number(blocks), blocksize: number(blocksize), bytes: number(bytes), iec, si }
    const held = BigInt(file.exists ? file.size : 0)
    const settled = file.exists && held === bytes && !force

    let done: Outcome | undefined
    // dd cuts or leaves a hole at the place where it begins to write.
    const kept = force ? 0n : (held + blocksize - 1n) / blocksize
    const seek = sparse || kept > blocks ? blocks : kept
    const argv = [
      dd,
      `if=${sparse ? '/dev/zero' : source}`,
      `of=${path}`,
      `bs=${blocksize}`,
      `seek=${seek}`,
      `count=${blocks - seek}`,
    ]
    if (!settled) {
      done = await remote.exec({ argv, why: `resize ${path}` })
      remote.changed(`resize ${path}`)
    }
    const after = done && !done.skipped ? await remote.file(path, { want: 'stat' }) : file
    const said = done && !done.skipped ? { rc: done.rc, stderr: done.stderr } : {}
    const result = {
      ...(done ? { cmd: argv.join(' ') } : {}),
      filesize,
      size_diff: number((done && !done.skipped ? BigInt(after.size) : bytes) - held),
      ...said,
    }
    const what = `${held > 0n ? 'resizing' : 'creating'} file ${path} with size ${String(args.size)} from source ${source}`
    if (done && done.rc !== 0) fail(`dd error while ${what}: see stderr for details`, { ...result, path })
    if (done && !done.skipped && BigInt(after.size) !== bytes)
      fail(`module error while ${what}: file is ${after.size} bytes long`, {
        ...result,
        path,
        changed: !file.exists || BigInt(after.size) !== held,
      })

    if (after.exists) await after.setAttributes(attributesOf(args))
    const info =
      remote.recorded.changed && !remote.checkMode
        ? await pathInfo(remote, after.realPath)
        : after.exists
          ? describe(after)
          : {}
    const { before, after: made } = mergedDiff(remote.recorded.diffs)
    const bare = (side: unknown) => ({ ...(side as object), path: undefined })
    const diff = {
      before: { ...bare(before), size: file.exists ? file.size : null },
      after: { ...bare(made), size: filesize.bytes },
    }
    return { ...info, ...result, path: after.exists ? after.realPath : path, diff }
  },
})

const letters = 'KMGTPEZY'
const units = new Map<string, bigint>([
  ['B', 1n],
  ...[...letters].flatMap((letter, index): [string, bigint][] => {
    const [si, iec] = [1000n ** BigInt(index + 1), 1024n ** BigInt(index + 1)]
    const small = letter.toLowerCase()
    const written = letter === 'K' ? [small, letter] : [letter, small]
    return [
      ...written.map((one): [string, bigint] => [`${one}B`, si]),
      [`${letter}iB`, iec],
      [letter, iec],
      [small, iec],
    ]
  }),
])
const unitNames = [...units.keys()].join(', ')

type Fail = (msg: string) => never
interface Amount {
  readonly count: number
  readonly unit: bigint | undefined
}

function amount(value: Value, fail: Fail): Amount {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint' && !isFloat(value))
    return fail(`invalid value type (<class '${typeName(value)}'>): size must be integer, float or string`)
  const text = pyStr(value)
  const [, count = '', unit = ''] = /^\s*(\d+\.?\d*|\.\d+)\s*([A-Za-z]*)\s*$/.exec(text) ?? []
  const written = unit || (count === '' ? text.replace(/[\d.]/g, '').trim() : '')
  if (written !== '' && !units.has(written)) {
    return fail(`invalid size unit (${written}): unit must be one of ${unitNames}, or none.`)
  }
  if (count === '') return fail(`invalid size: ${text}`)
  return { count: Number(count), unit: units.get(unit) }
}

/** The size in bytes, and a size of blocks that it is a whole number of. */
function blocksOf(
  size: Value,
  block: Value | undefined,
  liked: number,
  fail: Fail,
): { bytes: bigint; blocksize: bigint } {
  let preferred = BigInt(liked)
  if (block !== undefined && block !== null) {
    const { count, unit = 1n } = amount(block, fail)
    if (!Number.isInteger(count * Number(unit)) || count * Number(unit) < 1)
      return fail('invalid blocksize value: bytes require an integer value')
    preferred = BigInt(count * Number(unit))
  }
  const { count, unit } = amount(size, fail)
  if (unit === undefined) return { bytes: BigInt(Math.ceil(count)) * preferred, blocksize: preferred }
  if (unit === 1n && !Number.isInteger(count)) return fail('byte is the smallest unit and requires an integer value')
  const bytes = BigInt(Math.round(count * Number(unit)))
  const blocksize =
    bytes % preferred === 0n
      ? preferred
      : Number.isInteger(count)
        ? unit
        : bytes < preferred
          ? bytes
          : [1000n, 100n, 10n].find(one => bytes % one === 0n)
  return { bytes, blocksize: blocksize ?? 1n }
}

/** `97.66 KiB`, `1000 B`. */
function readable(bytes: bigint, step: 1000 | 1024): string {
  let value = Number(bytes)
  let unit = 'B'
  for (const letter of letters) {
    if (value < step) break
    value /= step
    unit = step === 1024 ? `${letter}iB` : `${letter === 'K' ? 'k' : letter}B`
  }
  if (unit === 'B') return `${value} B`
  const rounded = Math.round(value * 100) / 100
  return `${Number.isInteger(rounded) ? `${rounded}.0` : rounded} ${unit}`
}
