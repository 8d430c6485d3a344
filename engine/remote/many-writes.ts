/**
 * Many small files written with few programs: a hidden directory beside the files takes their contents, each mode and
 * owner is set once for all files that want it, and one `mv` renames the files of a directory into place. A host that
 * refuses any of it is left as it was, and is asked again file by file, so that the one at fault is named.
 */
import { randomBytes } from 'node:crypto'
import { posix } from 'node:path'
import { inlineLimit, printfs, writersOwn } from './change-text.js'
import type { AttributePlan, Change } from './host.js'
import { quote, quoteAll } from './quote.js'

type Write = Extract<Change, { readonly kind: 'write' }>

/** Contents that travel as one message. */
const messageLimit = 512 * 1024
/** Fewer files than this gain nothing. */
const least = 3
/** Words on one command line. */
const wordsAtOnce = 200

/** Changes that go as one script, and their places in the list. */
export interface WriteGroup {
  readonly changes: readonly Write[]
  readonly places: readonly number[]
}

/** Takes the writes that can go together out of a list of changes: plain contents without backup, validation or flags. */
export function groupWrites(changes: readonly Change[]): WriteGroup[] {
  const groups: { changes: Write[]; places: number[] }[] = []
  let bytes = Number.POSITIVE_INFINITY
  const paths = new Set<string>()
  changes.forEach((change, place) => {
    if (!isPlain(change) || paths.has(change.path)) return
    paths.add(change.path)
    const size = 'bytes' in change.content ? change.content.bytes.length : 0
    let group = groups.at(-1)
    if (!group || bytes + size > messageLimit) {
      group = { changes: [], places: [] }
      groups.push(group)
      bytes = 0
    }
    bytes += size
    group.changes.push(change)
    group.places.push(place)
  })
  return groups.filter(group => group.changes.length >= least)
}

function isPlain(change: Change): change is Write {
  if (change.kind !== 'write' || change.backup !== undefined || change.validate !== undefined) return false
  const { content, keep, plan, unsafe, path } = change
  if (!('bytes' in content) || content.bytes.length > inlineLimit || unsafe) return false
  if (plan.secontext !== undefined || plan.flags !== undefined || keep?.secontext !== undefined) return false
  return posix.isAbsolute(path) && !/\/(?:\.{0,2})$/.test(path)
}

/** The script of a group; it ends as that of one change does. */
export function groupWriteText({ changes }: WriteGroup, umask: number): string {
  const directories = new Map<string, string>()
  const files = changes.map(change => {
    const directory = posix.dirname(change.path)
    let beside = directories.get(directory)
    if (beside === undefined) {
      beside = posix.join(directory, `.understudy-${randomBytes(6).toString('hex')}`)
      directories.set(directory, beside)
    }
    return { change, directory, written: posix.join(beside, posix.basename(change.path)) }
  })
  const all = [...directories.values()]
  const lines = [
    `umask 077; _x() { ${inParts('rm -rf', all).join('; ')}; _n $1 $2; _m; trap - 0; exit 0; }`,
    `trap '_x 1 write' 0; trap 'exit 1' 1 13 15`,
    ...inParts('mkdir', all).map(command => `${command} || _x 1 write`),
    ...all.map(beside => writersOwn(quote(beside), quote(beside))),
  ]
  for (const { change, written } of files) {
    const bytes = 'bytes' in change.content ? change.content.bytes : Buffer.alloc(0)
    const parts = bytes.length === 0 ? [':'] : printfs(bytes)
    parts.forEach((print, index) => {
      lines.push(`${print} >${index > 0 ? '>' : ''}${quote(written)} || _x 1 write`)
    })
  }
  for (const alike of groupedBy(files, ({ change }) => JSON.stringify([change.keep, change.plan]))) {
    const [{ change }] = alike as [(typeof files)[number]]
    const written = alike.map(file => file.written)
    if (change.keep) lines.push(...keepLines(alike, change.keep))
    else if (change.plan.mode === undefined) lines.push(...modeLines(0o666 & ~umask, written))
    lines.push(...planLines(change.plan, written))
  }
  for (const together of groupedBy(files, file => file.directory)) {
    const [{ directory }] = together as [(typeof files)[number]]
    for (const part of partsOf(together)) {
      const words = quoteAll(part.map(file => file.written))
      lines.push(`mv -f ${words} ${quote(posix.join(directory, '/'))} || _x 1 move`)
    }
    const relabelled = together.filter(({ change }) => !change.keep).map(({ change }) => change.path)
    for (const command of inParts('restorecon', relabelled)) lines.push(`[ -z "$_d" ] || ${command} 2>/dev/null || :`)
  }
  return `(${lines.join('\n')}\n_x 0 done)\n`
}

type File = { readonly change: Write; readonly directory: string; readonly written: string }

/** What files that are replaced had: GNU's cp knows ACLs too, chown and chmod are for the others. */
function keepLines(files: readonly File[], keep: NonNullable<Write['keep']>): string[] {
  return groupedBy(files, file => file.directory).flatMap(together =>
    partsOf(together).map(part => {
      const beside = posix.dirname(part[0]!.written)
      const old = quoteAll(part.map(({ change }) => change.path))
      const written = quoteAll(part.map(file => file.written))
      const mode = keep.mode.toString(8)
      return `cp --attributes-only --preserve=mode,ownership ${old} ${quote(beside)} 2>/dev/null || { chown ${keep.uid}:${keep.gid} ${written} 2>/dev/null; chmod ${mode} ${written} || _x 1 mode; }`
    }),
  )
}

function planLines(plan: AttributePlan, paths: readonly string[]): string[] {
  const lines: string[] = []
  const add = (command: string, step: string) =>
    lines.push(...inParts(command, paths).map(line => `${line} || _x 1 ${step}`))
  if (plan.owner !== undefined) add(`chown ${quote(plan.owner)}`, 'owner')
  if (plan.group !== undefined) add(`chgrp ${quote(plan.group)}`, 'group')
  return plan.mode === undefined ? lines : [...lines, ...modeLines(plan.mode, paths)]
}

const modeLines = (mode: number, paths: readonly string[]): string[] =>
  inParts(`chmod ${mode.toString(8).padStart(4, '0')}`, paths).map(line => `${line} || _x 1 mode`)

const inParts = (command: string, paths: readonly string[]): string[] =>
  partsOf(paths).map(part => `${command} ${quoteAll(part)}`)

function partsOf<T>(list: readonly T[]): T[][] {
  const parts: T[][] = []
  for (let from = 0; from < list.length; from += wordsAtOnce) parts.push(list.slice(from, from + wordsAtOnce))
  return parts
}

function groupedBy<T>(list: readonly T[], key: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const one of list) {
    const known = groups.get(key(one))
    if (known) known.push(one)
    else groups.set(key(one), [one])
  }
  return [...groups.values()]
}
