import { posix } from 'node:path'
import { defineModule, fileAttributes } from '../engine/module/define.js'
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
    const listed = async (words: readonly string[]) => {
      const found = await Promise.all(
        words.map(word =>
          remote.query({
            command: sh`for f in ${glob(word)}; do if [ -d "$f" ]; then printf 'd %s\\0' "$f"; find -H "$f" -mindepth 1 -type d -exec printf 'D %s\\0' {} +; find -H "$f" -mindepth 1 ! -type d -exec printf 'F %s\\0' {} +; elif [ -e "$f" ] || [ -L "$f" ]; then printf 'f %s\\0' "$f"; fi; done`,
            parse: stdout => {
              const names = stdout.split('\0').filter(Boolean)
              return {
                word,
                paths: names.filter(name => /^[df]/.test(name)),
                below: names.filter(name => /^[DF]/.test(name)).map(name => name.slice(2)),
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
    const single =
      expanded.length === 1 &&
      paths[0]!.startsWith('f ') &&
      args.path.length === 1 &&
      !args.force_archive &&
      format !== 'tar'
    const counted = countedOf(found)
    const sources = counted.filter(path => !excluded.has(path.replace(/(.)\/$/, '$1')))
    const path = args.path.join(', ')
    if (sources.length === 0)
      fail('Error, no source paths were found', {
        path,
        expanded_paths: counted.join(', '),
        expanded_exclude_paths: [...excluded].join(', '),
      })
    if (args.dest === undefined && (args.path.length > 1 || isGlob(args.path[0]!)))
      fail('Error, must specify "dest" when archiving multiple files or trees', { dest: 'None', path })
    if (file.isDirectory)
      fail(`Error when writing ${format} archive at ${dest}: [Errno 21] Is a directory: '${dest}'`, { dest, path })
    const arcroot = rootOf(counted)
    const below = found.flatMap(one => one.below).filter(path => !excluded.has(path))
    const isTree = (path: string) => paths.includes(`d ${path}`)
    // Directories that are named give what they hold; themselves they are no members.
    const members = expanded.flatMap(path => {
      const prefix = `${path.replace(/(.)\/$/, '$1')}/`
      return isTree(path) ? below.filter(one => one.startsWith(prefix)) : [path]
    })
    const result = {
      archived: remote.checkMode ? [] : members,
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
      const named = (path: string) => path.slice(arcroot.length).replace(/^\//, '') || '.'
      const depth = (path: string) => path.replace(/\/+$/, '').split('/').length
      const direct = expanded.flatMap(path => {
        const held = isTree(path) ? members.filter(one => one.startsWith(`${path.replace(/(.)\/$/, '$1')}/`)) : []
        const children = held.filter(one => depth(one) === depth(path) + 1)
        // A command line holds only so many.
        return isTree(path) && children.length > 0 && children.length < 2000 ? children : [path]
      })
      const names = direct.map(named)
      const skip = [...excluded].filter(path => path.startsWith(arcroot)).map(path => path.slice(arcroot.length))
      const patterns = [...skip, ...(args.exclusion_patterns ?? [])]
      const compress = { gz: 'gzip -n', bz2: 'bzip2', xz: 'xz', tar: 'cat', zip: '' }[format]
      const pack = single
        ? format === 'zip'
          ? sh`zip -qX - ${posix.basename(expanded[0]!)} >"$t"`
          : sh`${raw(compress)} <${posix.basename(expanded[0]!)} >"$t"`
        : format === 'zip'
          ? sh`zip -qrX - ${names} ${raw(patterns.length > 0 ? '-x' : '')} ${patterns} >"$t"`
          : sh`{ tar -cf - ${raw(asTheyAre(names))} ${patterns.map(pattern => `--exclude=${pattern}`)} -- ${names} && : >"$t.ok"; } | ${raw(compress)} >"$t" && [ -e "$t.ok" ] && rm -f "$t.ok"`
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

/** The directory that all of them are below. */
function rootOf(paths: readonly string[]): string {
  if (paths.length === 0) return ''
  const parts = paths.map(path => posix.dirname(path.replace(/(.)\/$/, '$1')).split('/'))
  let shared = parts[0]!
  for (const one of parts)
    shared = shared.filter(
      (part, index) => one.slice(0, index + 1).join('/') === shared.slice(0, index + 1).join('/') && part !== undefined,
    )
  return `${shared.join('/')}/`
}

/** GNU tar takes a backslash in a name for an escape, unless it is told not to; others do not know that option. */
const asTheyAre = (names: readonly string[]): string =>
  names.some(name => name.includes('\\')) ? '$(tar --version 2>/dev/null | grep -q "GNU tar" && echo --no-unquote)' : ''
