import { raw, sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'

export interface FileExtras {
  /** Why nothing can be told: `Permission denied`, `Not a directory`, …; undefined when nothing is there. */
  readonly problem: string | undefined
  readonly md5: string | undefined
  readonly readable: boolean
  readonly writeable: boolean
  readonly executable: boolean
  readonly checksum: string | undefined
  readonly mimetype: string
  readonly charset: string
  readonly flags: string
  readonly attributes: string[]
  readonly version: string | null
}

interface Wanted {
  readonly checksum: string | undefined
  readonly follow: boolean
  readonly md5: boolean
  readonly mime: boolean
  readonly flags: boolean
}

/** What `stat` tells beyond what every look at a file brings: access, flags, type of content. */
export const fileExtras = (path: string, { checksum, follow, md5, mime, flags }: Wanted): Query<FileExtras> => ({
  command: sh`f=${path}; ${raw(
    [
      `printf 'why '; [ -e "$f" ] || LC_ALL=C ls -d${follow ? 'L' : ''} "$f" 2>&1 >/dev/null | tail -n 1; echo`,
      `printf 'access '; for a in r w x; do if [ -$a "$f" ]; then printf $a; fi; done; echo`,
      ...(checksum ? [`printf 'sum '; { [ ! -f "$f" ] || ${checksum}sum <"$f"; } 2>/dev/null; echo`] : []),
      ...(md5 ? [`printf 'md5 '; { [ ! -f "$f" ] || md5sum <"$f"; } 2>/dev/null; echo`] : []),
      ...(mime ? [`printf 'mime '; file --mime-type --mime-encoding -b -- "$f" 2>/dev/null || echo`] : []),
      ...(flags ? [`printf 'flags '; { [ -L "$f" ] || lsattr -vd -- "$f"; } 2>/dev/null; echo`] : []),
    ].join('; '),
  )}`,
  parse(stdout) {
    const lines = new Map(
      stdout.split('\n').map(line => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
    )
    const access = lines.get('access') ?? ''
    const [, type, charset] = /^(\S+); charset=(\S+)/.exec(lines.get('mime') ?? '') ?? []
    const [, version, letters] = /^\s*(\d+)\s+(\S+)/.exec(lines.get('flags') ?? '') ?? []
    const shown = (letters ?? '').replaceAll('-', '')
    const problem = /[^:]+$/.exec(lines.get('why') ?? '')?.[0].trim()
    return {
      problem: problem === '' || problem === 'No such file or directory' ? undefined : problem,
      md5: /^[0-9a-f]{32}/.exec(lines.get('md5') ?? '')?.[0],
      readable: access.includes('r'),
      writeable: access.includes('w'),
      executable: access.includes('x'),
      checksum: /^[0-9a-f]{32,}/.exec(lines.get('sum') ?? '')?.[0],
      mimetype: type ?? 'unknown',
      charset: charset ?? 'unknown',
      flags: shown,
      attributes: [...shown].flatMap(letter => flagNames[letter] ?? []),
      version: version ?? null,
    }
  },
})

const flagNames: { readonly [letter: string]: string } = {
  A: 'noatime',
  a: 'append',
  c: 'compressed',
  C: 'nocow',
  d: 'nodump',
  D: 'dirsync',
  e: 'extents',
  E: 'encrypted',
  h: 'blocksize',
  i: 'immutable',
  I: 'indexed',
  j: 'journalled',
  N: 'inline',
  s: 'zero',
  S: 'synchronous',
  t: 'notail',
  T: 'blockroot',
  u: 'undelete',
  X: 'compressedraw',
  Z: 'compresseddirty',
}
