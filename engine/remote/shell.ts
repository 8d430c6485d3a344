/**
 * Requests to POSIX sh text and its output back to answers. Pure. The text runs under dash, bash and busybox ash; it needs
 * no tool beyond cat, and makes do without stat, readlink and sha1sum where a host lacks them.
 *
 * An answer is a row of segments, each ended by a line that holds the lane's nonce: raw bytes pass as they are.
 */
import { createHash } from 'node:crypto'
import { decodeBytes } from '../python/surrogateescape.js'
import { missing } from './attributes.js'
import type { Answer, FileFacts, Identity, QueryAnswer, Request } from './host.js'
import { quote } from './quote.js'
import type { FileKind } from './remote.js'

/** What stands between two end lines: the bytes, and the words after the nonce. */
export interface Segment {
  readonly body: Buffer
  readonly words: readonly string[]
}

/**
 * Sent once, when the shell starts. `N` is the nonce; `_n` ends a segment of stdout, `_m` ends one of stderr.
 * SIGPIPE and SIGHUP end the shell through its EXIT trap, which removes the scratch directories; a handler (unlike
 * ignoring) is not inherited by the commands it runs. A directory that the user cannot read (root's own, after become) is
 * left for home, as Ansible's modules leave it. `_p` adds the folders of the administrator's programs that a PATH lacks,
 * where they exist (a user's PATH, or root's after a plain su), as Ansible looks for programs; `$_P` is what it was.
 * `_u` gives a command the characters of UTF-8 where nobody chose a locale: Python does so to what it starts (PEP 538).
 * `_b size` passes so many bytes of its input on: `head` takes 8 KB at a time, GNU's dd as much as a pipe holds.
 * `_f path follow want textBelow` looks at a file; `$_l` is what it just looked at and found to be no link, `$_o` what stat
 * said of it: looking at the same through links asks no program again.
 */
export const prelude = (nonce: string): string => `
N=${nonce} T=
trap 'trap - 0; for _i in $T; do rm -rf "$_i"; done' 0
trap 'exit 1' 1 13 15
[ -r . ] && [ -x . ] || cd 2>/dev/null || cd /tmp || cd /
_n() { printf '\\n%s %s\\n' $N "$*"; }
_m() { printf '\\n%s\\n' $N >&2; }
_p() { _P=$PATH; for _i in /sbin /usr/sbin /usr/local/sbin; do case :$PATH: in *:$_i:*) ;; *) [ ! -e $_i ] || PATH=$PATH:$_i ;; esac; done; }
_u() { case $LC_ALL/\${LC_CTYPE:-\${LANG:-C}} in /C|/POSIX)
for _i in /usr/lib/locale/C.utf8 /usr/lib/locale/C.UTF-8 /usr/share/locale/C.UTF-8; do [ ! -e $_i ] || { LC_CTYPE=C.UTF-8; export LC_CTYPE; return; }; done ;; esac; }
_d=; [ -d /sys/fs/selinux ] && [ -e /sys/fs/selinux/enforce ] && _d='
%C'
_Q=
case $(stat -c '%.9Y %f' / 2>/dev/null) in
*.*\\ 4*) _Q='%f %u %g %s %.9Y %.9X %.9Z %i %d %h %o %b %t %T' ;;
*\\ 4*) _Q='%f %u %g %s %Y %X %Z %i %d %h %o %b %t %T' ;;
*) if stat -f %Xp / >/dev/null 2>&1 && ! stat -c %f / >/dev/null 2>&1; then
_s() { stat $1 -f "%Xp %u %g %z %Fm %Fa %Fc %i %d %l
%Su
%Sg" "$2"; }
elif [ "$(stat -c %u / 2>/dev/null)" ]; then _Q='%f %u %g %s %Y %X %Z %i %d %h %o %b %t %T'
else _s() { printf 'ls '; ls -ldin $1 "$2" && ls -ld $1 "$2" && date -r "$2" +%s 2>/dev/null; }
fi ;;
esac
[ -z "$_Q" ] || _Q="$_Q
%U
%G$_d"
_q() { if [ -z "$_Q" ]; then _o=$(_s "$1" "$2"); else _o=$(stat $1 -c "$_Q" "$2"); fi; printf 'S%s' "$_o"; }
_U=
if command -v sha1sum >/dev/null 2>&1; then _U=sha1sum; _h() { sha1sum <"$1"; }
elif command -v openssl >/dev/null 2>&1; then _h() { openssl dgst -sha1 -r <"$1"; }
elif command -v shasum >/dev/null 2>&1; then _h() { shasum -a 1 <"$1"; }
elif command -v sha1 >/dev/null 2>&1; then _h() { sha1 -q "$1"; }
elif command -v busybox >/dev/null 2>&1; then _U='busybox sha1sum'; _h() { busybox sha1sum <"$1"; }
else _h() { return 127; }
fi
_r() {
if [ -L "$1" ]; then _a=$1 _k=0
while [ -L "$_a" ] && [ $_k -lt 40 ]; do _b=$(_t "$_a"; printf x); _b=\${_b%?x}
case $_b in /*) _a=$_b ;; *) case $_a in */*) _a=\${_a%/*}/$_b ;; *) _a=$_b ;; esac ;; esac
_k=$((_k+1)); done
set -- "$_a"; fi
case $1 in */*) _a=\${1%/*} _b=\${1##*/} ;; *) _a=. _b=$1 ;; esac
case $_b in ''|.|..) (CDPATH= cd -P "$1" 2>/dev/null && pwd -P) || printf '%s\\n' "$1"; return ;; esac
(CDPATH= cd -P "\${_a:-/}" 2>/dev/null && printf '%s/%s\\n' "\${PWD%/}" "$_b") || printf '%s\\n' "$1"
}
_t() { if command -v readlink >/dev/null 2>&1; then readlink "$1"; else _y=$(ls -ld "$1"); printf '%s\\n' "\${_y#*-> }"; fi; }
_f() {
_j=; [ ! -L "$1" ] || _j=1
if [ -e "$1" ] || { [ "$_j" ] && [ -z "$2" ]; }; then :
else printf M; _n; [ -z "$_j" ] || _r "$1"; _n; return; fi
if [ "$2" ] && [ "$1" = "$_l" ]; then printf =
else
_q "\${2:+-L}" "$1"; _l=; [ "$2$_j" ] || _l=$1
fi
_n; [ -z "$_j" ] || _r "$1"; _n
if [ -z "$2" ] && [ "$_j" ]; then printf L; _t "$1"; _n; return; fi
if [ "$3" = stat ] || [ ! -f "$1" ]; then printf -- -; _n; return; fi
if [ ! -r "$1" ]; then printf 'EPermission denied'; _n; return; fi
if [ "$3" = text ]; then printf T; _c "$4" <"$1"; _n; return; fi
if [ "$4" != 0 ]; then set -- "$1" "$2" "$3" "$4" $_o
case $5 in ls) _z=\${11} ;; *) _z=$8 ;; esac
if [ "\${_z:-$(($4+1))}" -le "$4" ]; then printf T; cat <"$1"; _n; return; fi
fi
printf H; _h "$1"; _n
}
if [ "$(printf abc | head -c 2 2>/dev/null)" = ab ]; then _k=head; _c() { head -c $(($1+1)); }; else _k=cat; _c() { cat; }; fi
_b() { set -- $1 iflag=fullblock,count_bytes status=none
if dd count=0 $2 $3 </dev/null 2>/dev/null; then dd bs=65536 count=$1 $2 $3; else _c $(($1-1)); fi; }
`

/** What the shell says first: who it is. Its first segment swallows whatever a noisy login printed before. */
export const hello = '_n; id; umask; printf "%s\\n" $$; _n hello; _m\n'

export interface Hello {
  readonly identity: Identity
  readonly pid: number
}

/** Reads the answer to `hello`. */
export function parseHello(body: Buffer): Hello {
  const text = decodeBytes(body)
  const id = /uid=(\d+)(?:\(([^)]*)\))? gid=(\d+)(?:\(([^)]*)\))?/.exec(text)
  const [umask = '022', pid = '0'] = text.trim().split('\n').slice(-2)
  return {
    identity: {
      uid: Number(id?.[1] ?? 0),
      user: id?.[2] ?? '',
      gid: Number(id?.[3] ?? 0),
      group: id?.[4] ?? '',
      umask: Number.parseInt(umask, 8) || 0,
    },
    pid: Number(pid),
  }
}

/** A path as a word that no command takes for an option. */
const pathWord = (path: string): string => quote(path.startsWith('-') ? `./${path}` : path === '' ? '.' : path)

/** Text that makes the host print the segments of one request. With `merged`, stderr has no stream of its own (pty). */
export function requestText(request: Request, merged: boolean): string {
  switch (request.kind) {
    case 'file': {
      const { path, follow, want, textBelow } = request
      return `_f ${pathWord(path)} '${follow ? 1 : ''}' ${want} ${textBelow}\n`
    }
    case 'glob':
      return (
        `for _g in ${globWord(request.pattern)}; do [ -e "$_g" ] || [ -L "$_g" ] || continue\n` +
        `printf '%s' "$_g"; _n name; _q '' "$_g"; _n; [ ! -L "$_g" ] || _r "$_g"; _n\n` +
        `if [ -L "$_g" ]; then printf L; _t "$_g"; else printf -- -; fi; _n; done; _n end\n`
      )
    case 'query': {
      const command = `(eval ${quote(request.command)})`
      if (!merged) return `${command} </dev/null; _n $?; _m\n`
      return `{ _e=$({ ${command} </dev/null 2>&3 3>&- >&4 4>&-; printf %s. $?; } 3>&1); } 4>&1; _n; printf %s "$_e"; _n\n`
    }
  }
}

/** Takes the answer to one request from the segments, in the order they came. */
export async function readAnswer(
  request: Request,
  next: () => Promise<Segment>,
  nextError: () => Promise<Segment>,
  merged: boolean,
  before?: FileFacts,
): Promise<Answer> {
  switch (request.kind) {
    case 'file': {
      const limit = request.want === 'text' ? request.textBelow : Number.POSITIVE_INFINITY
      return readFacts(request.path, next, limit, before)
    }
    case 'glob': {
      const found: FileFacts[] = []
      for (;;) {
        const { body, words } = await next()
        if (words[0] === 'end') return found
        found.push(await readFacts(decodeBytes(body), next, 0))
      }
    }
    case 'query':
      return merged ? readMerged(await next(), await next()) : readOutput(await next(), await nextError())
  }
}

/** stdout with the exit code in its end line, and stderr. */
export function readOutput(out: Segment, error: Segment): QueryAnswer {
  return { stdout: decodeBytes(out.body), stderr: decodeBytes(error.body), rc: Number(out.words[0]) }
}

/** On a terminal stderr follows as a segment, ended by the exit code and a dot. */
export function readMerged(out: Segment, rest: Segment): QueryAnswer {
  const text = decodeBytes(rest.body)
  const code = /(\d+)\.$/.exec(text)
  return {
    stdout: decodeBytes(out.body),
    stderr: text.slice(0, code?.index ?? text.length),
    rc: Number(code?.[1] ?? 255),
  }
}

/** Reads the segments that `_f` prints; `before` is what it refers to by `=`: the same file, which is no link. */
export async function readFacts(
  path: string,
  next: () => Promise<Segment>,
  limit: number,
  before?: FileFacts,
): Promise<FileFacts> {
  const stat = (await next()).body
  const realPath = withoutNewline((await next()).body) || path
  const known = stat[0] === 0x3d
  if (stat[0] !== 0x53 && !known) return { ...missing(path), realPath }
  const rest = await next()
  const kind = String.fromCharCode(rest.body[0] ?? 0)
  const body = rest.body.subarray(1)
  const facts = { ...missing(path), ...(known ? before : parseStat(decodeBytes(stat.subarray(1)))), realPath }
  if (facts.kind === 'missing') return facts
  if (kind === 'L') return { ...facts, target: withoutNewline(body) }
  if (kind === 'E') return { ...facts, unreadable: decodeBytes(body) }
  if (kind === 'H') return { ...facts, sha1: /^[0-9a-f]{40}/.exec(decodeBytes(body))?.[0] }
  if (kind !== 'T') return facts
  if (body.length > limit) return { ...facts, unreadable: `it is larger than ${limit} bytes` }
  const bytes = Buffer.from(body)
  return { ...facts, bytes, sha1: createHash('sha1').update(bytes).digest('hex') }
}

function withoutNewline(body: Buffer): string {
  const text = decodeBytes(body)
  return text.endsWith('\n') ? text.slice(0, -1) : text
}

/** By the top four bits of st_mode. */
const kinds: { [type: number]: FileKind } = {
  12: 'socket',
  10: 'link',
  8: 'file',
  6: 'block',
  4: 'directory',
  2: 'char',
  1: 'fifo',
}
const letters: { [letter: string]: FileKind } = {
  '-': 'file',
  d: 'directory',
  l: 'link',
  p: 'fifo',
  s: 'socket',
  b: 'block',
  c: 'char',
}

/** `stat`'s line, or that of `ls -ldin` where there is no stat. */
export function parseStat(text: string): Partial<FileFacts> {
  if (text.startsWith('ls ')) return parseLs(text.slice(3))
  const [first = '', owner = '', group = '', secontext] = text.split('\n')
  const [raw, uid, gid, size, mtime, atime, ctime, inode, device, links, ...more] = first.split(' ')
  const [blockSize, blocks, major, minor] = more
  const bits = Number.parseInt(raw ?? '', 16)
  if (Number.isNaN(bits)) return {}
  return {
    kind: kinds[bits >> 12] ?? 'file',
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    mtime: Number(mtime),
    atime: Number(atime),
    ctime: Number(ctime),
    inode: Number(inode),
    device: Number(device),
    links: Number(links),
    blockSize: Number(blockSize) || 0,
    blocks: Number(blocks) || 0,
    deviceType: deviceNumber(Number.parseInt(major ?? '', 16) || 0, Number.parseInt(minor ?? '', 16) || 0),
    owner: known(owner),
    group: known(group),
    secontext: secontext && secontext !== '?' ? secontext : undefined,
  }
}

/** As makedev(3) of glibc. */
const deviceNumber = (major: number, minor: number): number =>
  ((major & 0xfff) << 8) | (minor & 0xff) | ((minor & ~0xff) << 12)

const known = (name: string): string => (name === 'UNKNOWN' || /^\d+$/.test(name) ? '' : name)

function parseLs(text: string): Partial<FileFacts> {
  const [numeric = '', named = '', modified = '0'] = text.split('\n')
  const [inode, bits = '', links, uid, gid, size] = numeric.trim().split(/\s+/)
  const [, , owner = '', group = ''] = named.trim().split(/\s+/)
  let mode = 0
  for (let index = 1; index < 10; index++) {
    const letter = bits[index] ?? '-'
    const special = [0o4000, 0o2000, 0o1000][Math.floor((index - 1) / 3)]!
    if ('sStT'.includes(letter)) mode |= special
    if (letter !== '-' && letter !== 'S' && letter !== 'T') mode |= 0o400 >> (index - 1)
  }
  return {
    kind: letters[bits[0] ?? '-'] ?? 'file',
    mode,
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size) || 0,
    mtime: Number(modified) || 0,
    inode: Number(inode),
    links: Number(links),
    owner: known(owner),
    group: known(group),
  }
}

/** A glob as a shell word: its wildcards are the shell's, everything else is quoted. */
export function globWord(pattern: string): string {
  const start = pattern.startsWith('-') ? './' : ''
  return (
    start +
    pattern.replace(/\[[!^]?\]?[^\]/]*\]|[*?]|[^*?[]+|\[/g, piece => {
      if (piece === '*' || piece === '?') return piece
      if (!/^\[.+\]$/s.test(piece)) return `'${piece.replaceAll("'", "'\\''")}'`
      return piece.replace(/^\[\^/, '[!').replace(/[^A-Za-z0-9[\]!^:.-]/gs, one => (one === '\n' ? "'\n'" : `\\${one}`))
    })
  )
}
