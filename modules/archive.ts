import { posix } from 'node:path'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { fnmatch } from '../engine/python/fnmatch.js'
import { describe, lookBoth, pathInfo } from '../engine/remote/path-info.js'
import { quote, raw, sh } from '../engine/remote/quote.js'
import { attributesOf } from './files/attributes.js'

export default defineModule({
  name: 'community.general.archive',
  summary: 'Pack files into archives',
  check: 'full',
  args: {
    path: { type: 'list', elements: 'path', required: true, summary: 'what to pack; may hold * and friends' },
    dest: { type: 'path', summary: 'the archive; needed for several files' },
    format: { type: 'str', choices: ['bz2', 'gz', 'tar', 'xz', 'zip'], default: 'gz', summary: 'kind of archive' },
    exclude_path: { type: 'list', elements: 'path', default: [], summary: 'what to leave out of path' },
    exclusion_patterns: { type: 'list', elements: 'path', summary: 'names to leave out' },
    force_archive: { type: 'bool', default: false, summary: 'make an archive of a single file, too' },
    remove: { type: 'bool', default: false, summary: 'remove what was packed' },
    ...fileAttributes,
  },
  notes: ['Uses tar and the compressors of the host, or zip.'],
  returns: {
    archived: 'what was packed',
    missing: 'what was not there',
    arcroot: 'directory that names start from',
    dest_state: 'absent, archive, compress or incomplete',
  },
  examples: `
- community.general.archive:
    path: /path/to/foo
    dest: /path/to/foo.tgz
`,

  async run({ args, remote, fail }) {
    const { format } = args
    const glob = (word: string) =>
      raw(/[*?[]/.test(word) ? word.replace(/[^*?[\]]+/g, part => quote(part)) : quote(word))
    // A zip has what links lead to.
    const followed =
      format === 'zip'
        ? String.raw`find -H "$f" -mindepth 1 -type l -exec sh -c 'for l do if [ -d "$l" ]; then printf "Z %s\0" "$l"; elif ! [ -e "$l" ]; then printf "L %s\0" "$l"; fi; done' sh {} +; find -H "$f" -mindepth 1 -type d -exec printf 'Z %s\0' {} +;`
        : ''
    const listed = async (words: readonly string[]) => {
      const found = await Promise.all(
        words.map(word =>
          remote.query({
            command: sh`for f in ${glob(word)}; do if [ -d "$f" ]; then printf 'd %s\\0' "$f"; find -H "$f" -mindepth 1 -type d -exec printf 'D %s\\0' {} +; find -H "$f" -mindepth 1 ! -type d -exec printf 'F %s\\0' {} +; ${raw(followed)} elif [ -e "$f" ] || [ -L "$f" ]; then printf 'f %s\\0' "$f"; fi; done`,
            parse: stdout => {
              const names = stdout.split('\0').filter(Boolean)
              return {
                word,
                paths: names.filter(name => /^[df]/.test(name)),
                below: names.filter(name => /^[DF]/.test(name)).map(name => name.slice(2)),
                directories: names.filter(name => /^Z/.test(name)).map(name => name.slice(2)),
                dangling: names.filter(name => /^L/.test(name)).map(name => name.slice(2)),
              }
            },
          }),
        ),
      )
      return found
    }
    const dest = args.dest ?? `${args.path[0]!.replace(/\/$/, '')}.${format}`
    const [found, left, { self, target: file }] = await Promise.all([
      listed(args.path),
      listed(args.exclude_path),
      lookBoth(remote, dest),
    ])
    // A link stays one: what it leads to is written.
    const into = !self.isLink
      ? dest
      : file.exists
        ? file.realPath
        : posix.resolve(posix.dirname(dest), self.target ?? '')
    const isGlob = (word: string) => /[*?[]/.test(word)
    // What has no * in it counts though it is missing.
    const countedOf = (all: typeof found) =>
      all.flatMap(one => (isGlob(one.word) ? one.paths.map(path => path.slice(2)) : [one.word]))
    const excluded = new Set(countedOf(left).map(path => path.replace(/(.)\/$/, '$1')))
    const missing = found.filter(one => one.paths.length === 0 && !isGlob(one.word)).map(one => one.word)
    const all = found.flatMap(one => one.paths)
    // The archive is no part of itself.
    const paths = all.filter(line => line.slice(2) !== dest && !excluded.has(line.slice(2).replace(/(.)\/$/, '$1')))
    const expanded = paths.map(line => line.slice(2))
    const counted = countedOf(found)
    const sources = counted.filter(path => !excluded.has(path.replace(/(.)\/$/, '$1')))
    const single =
      sources.length === 1 &&
      paths.length === 1 &&
      paths[0]!.startsWith('f ') &&
      !args.force_archive &&
      format !== 'tar'
    const path = args.path.join(', ')
    if (sources.length === 0)
      fail('Error, no source paths were found', {
        path,
        expanded_paths: counted.join(', '),
        expanded_exclude_paths: [...excluded].join(', '),
      })
    // Several, a tree, or one file that is to be packed as a tree is.
    const asTree = args.force_archive || args.path.length > 1 || isGlob(args.path[0]!) || paths[0]?.startsWith('d ')
    if (args.dest === undefined && asTree)
      fail('Error, must specify "dest" when archiving multiple files or trees', { dest: 'None', path })
    if (file.isDirectory)
      fail(`Error when writing ${format} archive at ${dest}: [Errno 21] Is a directory: '${dest}'`, { dest, path })
    const within = paths.find(line => line.startsWith('d ') && dest.startsWith(posix.join(line.slice(2), '/')))
    if (args.remove && within !== undefined)
      fail('Error, created archive can not be contained in source paths when remove=true', { path: within.slice(2) })
    const arcroot = rootOf(counted)
    const below = found.flatMap(one => one.below)
    const isTree = (path: string) => paths.includes(`d ${path}`)
    const named = (path: string) => path.slice(arcroot.length).replace(/^\//, '') || '.'
    const leftOut = (path: string) =>
      !single && (args.exclusion_patterns ?? []).some(pattern => fnmatch(named(path), pattern))
    // Directories that are named give what they hold; themselves they are no members. The archive is no part of itself.
    const members = expanded
      .flatMap(path => {
        const prefix = `${path.replace(/(.)\/$/, '$1')}/`
        return isTree(path) ? below.filter(one => one.startsWith(prefix)) : [path]
      })
      .filter(path => path !== dest && !leftOut(path))
    const packed = new Set(members)
    const lost = found.flatMap(one => one.dangling).find(path => packed.has(path))
    if (format === 'zip' && lost !== undefined && !remote.checkMode)
      fail(`Errors when writing archive at ${dest}: ${lost}: [Errno 2] No such file or directory: '${lost}'`)
    // What a zip has of directories, and of links to such, is not told.
    const directories = new Set(found.flatMap(one => one.directories))
    const result = {
      archived: remote.checkMode ? [] : members.filter(path => !directories.has(path)),
      dest,
      dest_state:
        (expanded.length === 0 || remote.checkMode) && !file.exists
          ? 'absent'
          : expanded.length === 0
            ? looksPacked(dest)
              ? 'archive'
              : 'compress'
            : single && format !== 'zip'
              ? 'compress'
              : missing.length > 0
                ? 'incomplete'
                : 'archive',
      arcroot,
      missing: missing.sort(),
      expanded_paths: counted,
      expanded_exclude_paths: [...excluded],
    }
    if (expanded.length > 0) {
      const compress = { gz: 'gzip -n', bz2: 'bzip2', xz: 'xz', tar: 'cat', zip: '' }[format]
      const pack = single
        ? format === 'zip'
          ? sh`LC_ALL=C.UTF-8 zip -qX - ${posix.basename(expanded[0]!)} >"$t"`
          : sh`${raw(compress)} <${posix.basename(expanded[0]!)} >"$t"`
        : format === 'zip'
          ? members.length === 0
            ? `printf 'PK\\005\\006${'\\000'.repeat(18)}' >"$t"`
            : `tr '\\0' '\\n' | LC_ALL=C.UTF-8 zip -qX - -@ >"$t"`
          : sh`{ ${raw(tarOfNames)} && : >"$t.ok"; } | ${raw(compress)} >"$t" && [ -e "$t.ok" ] && rm -f "$t.ok"`
      const where = single ? posix.dirname(expanded[0]!) : arcroot || '/'
      // Packed beside and compared by content: an archive is only replaced when what it holds differs.
      const same =
        format === 'zip'
          ? sh`[ "$(unzip -lv "$t" 2>/dev/null | awk '{ print $1, $7, $8 }' | tail -n +3 | sort)" = "$(unzip -lv ${into} 2>/dev/null | awk '{ print $1, $7, $8 }' | tail -n +3 | sort)" ]`
          : single || format === 'tar'
            ? sh`cmp -s "$t" ${into}`
            : sh`[ "$(${raw(compress.split(' ')[0]!)} -dc <"$t" | cksum)" = "$(${raw(compress.split(' ')[0]!)} -dc <${into} 2>/dev/null | cksum)" ]`
      const done = await remote.exec({
        shell: sh`t=${into}.understudy.$$; cd ${where} || exit 97; if ${raw(pack)}; then if [ -f ${into} ] && ${raw(same)}; then rm -f "$t"; echo same; elif ${raw(remote.checkMode ? 'true' : 'false')}; then rm -f "$t"; else mv -f "$t" ${into}; fi; else rc=$?; rm -f "$t" "$t.ok"; exit $rc; fi`,
        stdin: single ? '' : members.map(path => `${named(path)}\0`).join(''),
        why: `pack ${dest}`,
        changes: false,
      })
      if (done.rc !== 0)
        fail(`Error when writing ${format} archive at ${dest}: ${done.stderr.trim() || `exit code ${done.rc}`}`, {
          rc: done.rc,
        })
      if (!/^same$/m.test(done.stdout) && !(done.skipped && file.exists)) remote.changed(`pack ${dest}`)
      if (args.remove) {
        const gone = expanded.filter(path => path !== dest)
        await remote.exec({ argv: ['rm', '-rf', '--', ...gone], why: `remove what was packed` })
      }
    }
    const after = await remote.file(dest, { want: 'stat' })
    if (after.exists) await after.setAttributes(attributesOf(args))
    const info =
      remote.recorded.changed && !remote.checkMode ? await pathInfo(remote, dest) : after.exists ? describe(self) : {}
    return { ...info, ...result }
  },
})

/** Whether a file that was there before is an archive goes by its name. */
const looksPacked = (path: string) => /\.(tar|tar\.(gz|bz2|xz)|tgz|tbz2|zip)$/i.test(path)

/** The directory that all of them are below; with a slash at its end, a path is that directory. */
function rootOf(paths: readonly string[]): string {
  if (paths.length === 0) return ''
  const parts = paths.map(path => (path.endsWith('/') ? path.slice(0, -1) : posix.dirname(path)).split('/'))
  let shared = parts[0]!
  for (const one of parts)
    shared = shared.filter(
      (part, index) => one.slice(0, index + 1).join('/') === shared.slice(0, index + 1).join('/') && part !== undefined,
    )
  return `${shared.join('/')}/`
}

/**
 * Packs what standard input names, each ended by NUL, and nothing that is in it. GNU's tar takes a backslash in a name for an
 * escape unless it is told not to, which others do not know; some take lines only.
 */
const tarOfNames = [
  'case "$(tar --version 2>/dev/null)" in',
  '*"GNU tar"*) tar --no-recursion --no-unquote --null -T - -cf - ;;',
  '*bsdtar*) tar --no-recursion --null -T - -cf - ;;',
  "*) tr '\\0' '\\n' | tar --no-recursion -T - -cf - ;;",
  'esac',
].join(' ')
