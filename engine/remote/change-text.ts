/** Changes to files as POSIX sh text. Pure. A file is written beside, then renamed; what fails is named as a step. */
import { randomBytes } from 'node:crypto'
import { posix } from 'node:path'
import { decodeBytes } from '../python/surrogateescape.js'
import type { AttributePlan, Change, ChangeAnswer } from './host.js'
import { chmodWord } from './mode.js'
import { quote } from './quote.js'
import type { Segment } from './shell.js'

/** Content up to this size travels inside the script; more of it is streamed over a channel of its own. */
export const inlineLimit = 128 * 1024

/** What is new is its writer's, also where the directory hands down its group. Both are words of the shell. */
export const writersOwn = (directory: string, made: string): string =>
  `[ ! -g ${directory} ] || chgrp "$(id -g)" ${made}`

/** Script of a change. Where the content is not inline it is read from stdin, and must be `size` bytes. */
export function changeText(change: Change, umask: number, streamed?: { readonly size: number }): string {
  const body =
    change.kind === 'remove'
      ? `rm -rf ${word(change.path)} || _x $? remove; [ ! -e ${word(change.path)} ] || _x 1 remove`
      : change.kind === 'attributes'
        ? attributesText(change.plan, word(change.path), change.link).join('\n')
        : writeText(change, umask, streamed)
  // A shell whose script left sent bytes unread must not read on: they are no commands.
  const last = streamed ? 'exit' : ':'
  // What is left of a failed write goes before the answer does.
  return `(t= u=${streamed ? 'unread' : ''}; _x() { [ -z "$t" ] || rm -f "$t"; _n $1 $2 $u; _m; [ -z "$u" ] || exit 9; exit 0; }
${body}
_x 0 done); case $? in 0) ;; 9) ${last} ;; *) _n 1 write unread; _m; ${last} ;; esac\n`
}

/** The outcome, from the segments that `changeText` prints. */
export function readChange({ out, error }: { readonly out: Segment; readonly error: Segment }): ChangeAnswer {
  const [rc = '1', step = 'write'] = out.words
  return {
    rc: Number(rc),
    step: step as ChangeAnswer['step'],
    stdout: decodeBytes(out.body),
    stderr: decodeBytes(error.body),
  }
}

const word = (path: string): string => quote(path.startsWith('-') ? `./${path}` : path)

function writeText(
  change: Extract<Change, { kind: 'write' }>,
  umask: number,
  streamed?: { readonly size: number },
): string {
  const { path, content, keep, plan, backup, validate, unsafe } = change
  const to = word(path)
  const name = `.understudy-${randomBytes(6).toString('hex')}`
  const beside = word(posix.join(posix.dirname(path), name))
  const lines = [
    `umask 077; t=${beside}`,
    `trap 'rm -f "$t"' 0; trap 'exit 1' 1 13 15`,
    // Not `:`, whose failed redirection ends dash at once.
    `set -C; true >"$t" || ${unsafe ? `{ t=\${TMPDIR:-/tmp}/${name}; true >"$t" || _x $? write; }` : '_x $? write'}`,
    'set +C',
  ]
  if (streamed) {
    const { size } = streamed
    lines.push(
      `_b ${size} >"$t" || _x $? write`,
      `n=$(wc -c <"$t"); [ "$((n))" = ${size} ] || { echo "connection lost after $n of ${size} bytes" >&2; _x 1 write; }`,
      'u=',
    )
  } else if ('bytes' in content && content.bytes.length > 0) {
    // dash's printf only says "I/O error"; cat says that the disk is full.
    const again = '{ _w | cat >>"$t" && echo "it could not be written whole" >&2; _x 1 write; }'
    lines.push(`_w() { ${printfs(content.bytes).join(' && ')}; }`, `_w 2>/dev/null >"$t" || ${again}`)
  } else if ('remote' in content) lines.push(`cat <${word(content.remote)} >"$t" || _x $? write`)
  if (validate !== undefined) {
    lines.push(`(eval ${quote(validate.replaceAll('%s', '"$t"'))}) </dev/null || _x $? validate`)
  }
  if (keep) {
    // One program that keeps owner, mode and ACL where it is GNU's; two that keep owner and mode elsewhere.
    lines.push(
      `cp --attributes-only --preserve=mode,ownership ${to} "$t" 2>/dev/null || { chown ${keep.uid}:${keep.gid} "$t" 2>/dev/null; chmod ${keep.mode.toString(8)} "$t" || _x $? mode; }`,
    )
    if (keep.secontext !== undefined) lines.push(`chcon ${quote(keep.secontext)} "$t" 2>/dev/null || :`)
  } else {
    if (plan.group === undefined) lines.push(writersOwn(word(posix.dirname(path)), '"$t"'))
    if (plan.mode === undefined) lines.push(`chmod ${(0o666 & ~umask).toString(8)} "$t" || _x $? mode`)
  }
  const { flags, ...early } = plan
  lines.push(...attributesText(early, '"$t"', false))
  if (backup !== undefined) lines.push(`cp -p ${to} ${word(backup)} || _x $? backup`)
  const inPlace = `cat "$t" >${to} || _x $? move`
  lines.push(
    unsafe
      ? `case $t in ${beside}) mv -f "$t" ${to} 2>/dev/null || { ${inPlace}; } ;; *) ${inPlace} ;; esac`
      : `mv -f "$t" ${to} || _x $? move`,
  )
  if (!keep && plan.secontext === undefined) lines.push(`[ -z "$_d" ] || restorecon ${to} 2>/dev/null || :`)
  lines.push(...attributesText(flags === undefined ? {} : { flags }, to, false))
  return lines.join('\n')
}

function attributesText(plan: AttributePlan, path: string, link: boolean): string[] {
  const h = link ? ' -h' : ''
  const lines: string[] = []
  if (plan.secontext !== undefined) lines.push(`chcon${h} ${quote(plan.secontext)} ${path} || _x $? secontext`)
  if (plan.owner !== undefined) lines.push(`chown${h} ${quote(plan.owner)} ${path} || _x $? owner`)
  if (plan.group !== undefined) lines.push(`chgrp${h} ${quote(plan.group)} ${path} || _x $? group`)
  if (plan.mode !== undefined) lines.push(`chmod ${chmodWord(plan.mode)} ${path} || _x $? mode`)
  if (plan.flags !== undefined) lines.push(`chattr ${quote(plan.flags)} ${path} || _x $? flags`)
  return lines
}

/**
 * Bytes as `printf` commands: raw but for NUL, `%` and `\`, which a printf format can say everywhere, so no host needs
 * base64. In pieces, for shells whose printf is a program with a limit on its arguments.
 */
export function printfs(bytes: Buffer): string[] {
  const commands: string[] = []
  for (let from = 0; from < bytes.length; from += 32 * 1024) {
    commands.push(`printf ${formatWord(bytes.subarray(from, from + 32 * 1024))}`)
  }
  return commands
}

const escapes: { [char: string]: string } = {
  '\0': '\\000',
  '%': '%%',
  '\\': '\\\\',
  "'": "'\\''",
  '-': '\\055',
}

function formatWord(bytes: Buffer): string {
  // Latin-1, so that a piece may end inside a UTF-8 sequence.
  const text = bytes.toString('latin1').replace(/^-|[\0%\\']/g, one => escapes[one]!)
  return `'${decodeBytes(Buffer.from(text, 'latin1'))}'`
}
