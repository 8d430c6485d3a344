import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { fnmatch } from '../engine/python/fnmatch.js'
import { search } from '../engine/python/regexp.js'
import { describe, lookBoth, pathInfo } from '../engine/remote/path-info.js'
import { sh } from '../engine/remote/quote.js'
import type { Query } from '../engine/remote/remote.js'
import { checkedRegExp } from './files/checked-regexp.js'

const args = {
  path: { type: 'path', required: true, summary: 'the directory' },
  pattern: { type: 'str', required: true, summary: 'names to remove: with * and ?, or a regular expression' },
  use_regex: { type: 'bool', default: false, summary: 'the pattern is a regular expression' },
  recursive: { type: 'bool', default: false, summary: 'also in directories below' },
  file_type: {
    type: 'str',
    choices: ['any', 'file', 'link'],
    default: 'file',
    summary: 'whether files, symbolic links or both',
  },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.file_remove',
  summary: 'Remove the files of a directory that a pattern matches',
  notes: ['Directories stay, and links to directories are not followed.'],
  check: 'full',
  order: ['changed', 'removed_files', 'files_count', 'path', 'msg', 'diff'],
  args,
  returns: { removed_files: 'what was removed', files_count: 'how many', path: 'the directory' },
  examples: `
- name: Remove old logs
  community.general.file_remove:
    path: /var/log/app
    pattern: "*.log.[0-9]*"
    recursive: true
`,

  async run({ args, remote, fail }) {
    const { path, pattern } = args
    const matches = args.use_regex ? byRegExp(pattern, fail) : byPattern(pattern)
    const [{ self, target }, found] = await Promise.all([
      lookBoth(remote, path),
      remote.query(filesBelow(path, args.recursive)),
    ])
    if (!target.exists) fail(`Path does not exist: ${path}`)
    if (!target.isDirectory) fail(`Path is not a directory: ${path}`)
    const files = found
      .filter(one => args.file_type === 'any' || args.file_type === one.kind)
      .map(one => one.path)
      .filter(one => matches(one.slice(one.lastIndexOf('/') + 1)))
      .sort()
    // A command line holds only so many.
    for (let at = 0; at < files.length; at += 500) {
      const done = await remote.exec({
        argv: ['rm', '-f', '--', ...files.slice(at, at + 500)],
        why: `remove files of ${path}`,
      })
      if (done.rc !== 0) fail(`Failed to remove: ${done.stderr.trim()}`, { rc: done.rc })
    }
    return {
      changed: files.length > 0,
      removed_files: files,
      files_count: files.length,
      path,
      ...(files.length > 0 && !remote.checkMode ? await pathInfo(remote, path) : describe(self)),
      msg: `Removed ${files.length} file(s) matching pattern '${pattern}'`,
      diff: { before: { files }, after: { files: [] } },
    }
  },
})

/** Files, and links that lead to no directory. No path holds //, so it ends one. */
const filesBelow = (path: string, recurse: boolean): Query<{ kind: 'file' | 'link'; path: string }[]> => ({
  command: sh`find -H ${path.replace(/(?<=.)\/+$/, '')} ${recurse ? [] : ['-maxdepth', '1']} -type f -exec printf f%s// {} + -o -type l ! -exec test -d {} ';' -exec printf l%s// {} + 2>/dev/null`,
  parse: stdout =>
    stdout
      .split('//')
      .slice(0, -1)
      .map(one => ({ kind: one.startsWith('f') ? 'file' : 'link', path: one.slice(1) })),
})

/** As in a shell, what begins with a dot is meant only by a pattern that does. */
const byPattern = (pattern: string) => (name: string) =>
  fnmatch(name, pattern) && (!name.startsWith('.') || pattern.startsWith('.'))

function byRegExp(pattern: string, fail: (msg: string) => never): (name: string) => boolean {
  const compiled = checkedRegExp(pattern, {}, fail, why => `Invalid regular expression pattern: ${why}`)
  return name => search(compiled, name) !== null
}
