import { controlEscapes } from '../../engine/python/escapes.js'
import { decodeBytes, encodeText } from '../../engine/python/surrogateescape.js'
import { raw, sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'

export interface Archive {
  /** Ansible's name for the kind. */
  readonly handler: string
  /** tar's option for the compression. */
  readonly flag: string
  readonly names: string[]
  /** What dest lacks or has otherwise. */
  readonly differences: string[]
  /** Why it cannot be read. */
  readonly problem: string | undefined
}

interface Options {
  readonly exclude: readonly string[]
  readonly include: readonly string[]
  readonly extra_opts: readonly string[]
  readonly owner?: string | undefined
  readonly group?: string | undefined
  readonly mode?: unknown
}

const kinds: { readonly [kind: string]: readonly [handler: string, flag: string] } = {
  gz: ['TgzArchive', '-z'],
  bz2: ['TarBzipArchive', '-j'],
  xz: ['TarXzArchive', '-J'],
  zst: ['TarZstdArchive', '--zstd'],
  tar: ['TarArchive', ''],
  zip: ['ZipArchive', ''],
}

/** What an archive on the host is, holds, and how dest differs from it: one look. */
export const archiveState = (
  src: string,
  dest: string,
  { exclude, include, extra_opts, owner, group, mode }: Options,
): Query<Archive> => ({
  command: sh`s=${src} d=${dest} p= b=$(dd if=${src} bs=1 count=6 2>/dev/null | od -An -tx1 | tr -d ' \n')
case $b in 1f8b*) k=gz f=-z ;; 425a68*) k=bz2 f=-j ;; fd377a585a*) k=xz f=-J ;; 28b52ffd*) k=zst f=--zstd ;; 504b*) k=zip f= ;; *) k=tar f= ;; esac
case $k in bz2|xz|zst) if tar --version 2>/dev/null | grep -q GNU; then k=tar f=; fi ;; esac
echo "$k"
if [ $k = zip ]; then
  for p in unzip zipinfo; do command -v $p >/dev/null || unzip 2>&1 | grep -q BusyBox || { echo "//missing 'unzip' or '$p'"; m=y; }; done
else command -v gtar >/dev/null || command -v tar >/dev/null || { echo "//missing 'gtar' or 'tar'"; m=y; }; fi
[ -z "$m" ] || exit 1
t=$(mktemp -d) || exit 1
if [ $k = zip ]; then
  if command -v zipinfo >/dev/null; then unzip -Z1 "$s" ${include} ${raw(exclude.length ? '-x' : '')} ${exclude} 2>/dev/null
  else unzip -l "$s" ${include} ${raw(exclude.length ? '-x' : '')} ${exclude} 2>/dev/null >"$t/l" && sed -n ${busyboxName} "$t/l"
  fi || { echo //problem; command -v unzip; unzip -l "$s" 2>&1 >/dev/null; }
  echo //differences
  rm -f "$t/l"
  if unzip -q -o "$s" ${include} ${raw(exclude.length ? '-x' : '')} ${exclude} -d "$t" >/dev/null 2>&1; then ${raw(compare)}; else echo "//problem $?"; fi
else
  tar --list $f ${raw('--show-transformed-names')} ${exclude.map(name => `--exclude=${name}`)} ${extra_opts} -f "$s" ${include} >"$t/l" 2>"$t/e" || { ! tar --version 2>/dev/null | grep -q GNU && tar -t $f -f "$s" >"$t/l" 2>"$t/e"; } || p=y
  cat "$t/l"
  if [ "$p" ]; then echo "//problem"; command -v tar; echo 'Unable to list files in the archive: '; cat "$t/e"
  elif [ ! -s "$t/l" ]; then echo "//empty $(command -v tar)"; fi
  echo //differences
  if tar --version 2>/dev/null | grep -q GNU; then
    LC_ALL=C tar --diff -C "$d" $f ${exclude.map(name => `--exclude=${name}`)} ${extra_opts} -f "$s" ${include} 2>&1
  elif mkdir "$t/x" && tar -x $f -C "$t/x" -f "$s" 2>/dev/null; then t0=$t; t=$t/x; ${raw(compare)}; t=$t0; fi
fi
rm -rf "$t"`,
  parse(stdout) {
    const [head = '', list = ''] = stdout.split(/^\/\/differences\n/m)
    const [kind = '', ...lines] = head.split('\n')
    const [handler, flag] = kinds[kind] ?? kinds.tar!
    const at = lines.findIndex(line => line.startsWith('//problem'))
    const empty = lines.find(line => line.startsWith('//empty '))
    const names = (at === -1 ? lines : lines.slice(0, at))
      .filter(line => line !== '' && line !== empty)
      .map(name => (kind === 'zip' ? name : unescaped(name)).replace(/^\//, ''))
    const missing = lines.filter(line => line.startsWith('//missing '))
    const [tool, ...said] = lines.slice(at + 1)
    const problem =
      missing.length > 0
        ? missing.map(line => `Unable to find required ${line.slice(10)} binary in the path.`).join('\n')
        : empty !== undefined
          ? `Command "${empty.slice(8)}" found no files in archive. Empty archive files are not supported.`
          : at === -1
            ? undefined
            : `Command "${tool}" could not handle archive: ${said.join('\n').replace(': \n', ': ')}`
    const ignored = [
      ...(owner === undefined ? [] : [': Uid differs$']),
      ...(group === undefined ? [] : [': Gid differs$']),
      ...(mode === undefined || mode === null ? [] : [': Mode differs$']),
    ].map(source => new RegExp(source))
    const counts =
      /: (Uid differs|Gid differs|Mode differs|Mod time differs|Contents differ|Size differs|Symlink differs|File type differs|Not linked to .*|Warning: Cannot stat: No such file or directory|Cannot stat: No such file or directory|Invalid (owner|group).*)$/
    const differences = list
      .split('\n')
      .filter(line => counts.test(line) && !/^[^:]*: : Warning/.test(line) && !ignored.some(one => one.test(line)))
    return { handler, flag, names, differences, problem }
  },
})

/** The names in the table that BusyBox' `unzip -l` prints. */
const busyboxName = 's/^ *[0-9][0-9]*  *[0-9-][0-9-]* [0-9:][0-9:]*   *//p'

/** Compares what was unpacked in $t with $d, in the words of tar --diff. */
const compare = `(cd "$t" && find . ! -name . | while IFS= read -r p; do
  if [ -L "$p" ]; then [ "$(readlink "$p")" = "$(readlink "$d/$p")" ] || echo "$p: Symlink differs"
  elif [ -d "$p" ]; then [ -d "$d/$p" ] || echo "$p: Warning: Cannot stat: No such file or directory"
  elif [ ! -e "$d/$p" ]; then echo "$p: Warning: Cannot stat: No such file or directory"
  else cmp -s "$p" "$d/$p" || echo "$p: Contents differ"; fi; done)`

/** tar lists control characters and bytes that are not ASCII as C has them. */
const unescaped = (name: string): string =>
  name.includes('\\')
    ? decodeBytes(
        Buffer.concat(
          name.split(/(\\(?:[0-7]{3}|.))/).map((part, index) => {
            if (index % 2 === 0) return encodeText(part)
            const what = part.slice(1)
            return /^\d{3}$/.test(what)
              ? Buffer.from([Number.parseInt(what, 8)])
              : Buffer.from(controlEscapes[what] ?? what)
          }),
        ),
      )
    : name
