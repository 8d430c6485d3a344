/** Paths of files, on POSIX and on Windows. */
import { statSync } from 'node:fs'
import { typeError } from '../../python/errors.js'
import { glob } from '../../python/glob.js'
import * as path from '../../python/posixpath.js'
import { isList, tuple, typeName, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'

function pathText(value: Value): string {
  if (typeof value === 'string') return value
  throw typeError(`expected str, bytes or os.PathLike object, not ${typeName(value)}`)
}

export const basename = defineFilter({
  summary: 'The last part of a path',
  examples: [
    ["{{ '/etc/a.conf' | basename }}", 'a.conf'],
    ["{{ '/etc/a/' | basename }}", ''],
  ],
  apply: (value: Value) => path.basename(pathText(value)),
})

export const dirname = defineFilter({
  summary: 'A path without its last part',
  examples: [["{{ '/etc/a.conf' | dirname }}", '/etc']],
  apply: (value: Value) => path.dirname(pathText(value)),
})

export const splitext = defineFilter({
  summary: 'A path without its extension, and the extension',
  examples: [["{{ '/etc/x.tar.gz' | splitext | list }}", ['/etc/x.tar', '.gz']]],
  apply: (value: Value) => tuple(path.splitext(pathText(value))),
})

export const pathJoin = defineFilter({
  summary: 'The parts of a path joined; an absolute part starts anew',
  examples: [["{{ ['/a', 'b', '/c', 'd'] | path_join }}", '/c/d']],
  apply: (value: Value) => {
    if (typeof value === 'string') return value
    if (isList(value)) {
      if (value.length === 0) throw typeError("join() missing 1 required positional argument: 'a'")
      return path.join(pathText(value[0]!), ...value.slice(1).map(pathText))
    }
    throw typeError(`|path_join expects string or sequence, got <class '${typeName(value)}'> instead.`)
  },
})

export const realpath = defineFilter({
  summary: 'The path with symbolic links on the controller resolved',
  examples: [["{{ '/nosuchdir/../etc/./nosuchfile' | realpath }}", '/etc/nosuchfile']],
  apply: (value: Value) => path.realpath(pathText(value)),
})

export const relpath = defineFilter({
  summary: 'The path as seen from another directory',
  examples: [["{{ '/a/c' | relpath('/a/b') }}", '../c']],
  signature: "start='.'",
  apply: (value: Value, start: Value) => path.relpath(pathText(value), pathText(start)),
})

export const normpath = defineFilter({
  summary: 'The path without . and .. and doubled slashes',
  examples: [["{{ '/a/./b//../c' | normpath }}", '/a/c']],
  apply: (value: Value) => path.normpath(pathText(value)),
})

export const commonpath = defineFilter({
  summary: 'The longest path that all of them are in',
  examples: [["{{ ['/a/b/c', '/a/b/d'] | commonpath }}", '/a/b']],
  apply: (value: Value) => {
    if (!isList(value)) throw typeError(`|commonpath expects sequence, got <class '${typeName(value)}'> instead.`)
    return path.commonpath(value.map(pathText))
  },
})

export const expanduser = defineFilter({
  summary: 'A path with ~ or ~user replaced by that home on the controller',
  examples: [["{{ '/etc/~' | expanduser }}", '/etc/~']],
  applyIn: (context, value: Value) => path.expanduser(pathText(value), context.host.environ),
})

export const expandvars = defineFilter({
  summary: "A path with $NAME replaced from the controller's environment",
  examples: [["{{ '$NOSUCHVARIABLE/x' | expandvars }}", '$NOSUCHVARIABLE/x']],
  applyIn: (context, value: Value) => path.expandvars(pathText(value), context.host.environ),
})

export const fileglob = defineFilter({
  summary: 'The files on the controller that a shell pattern matches',
  examples: [["{{ '/nosuchdir/*' | fileglob }}", []]],
  apply: (value: Value) => filesMatching(pathText(value)),
})

/** Files (not directories) that a shell pattern matches, hidden ones only when asked for. */
export const filesMatching = (pattern: string): string[] =>
  glob(pattern).filter(path => statSync(path, { throwIfNoEntry: false })?.isFile())

export const winBasename = defineFilter({
  summary: 'The last part of a Windows path',
  examples: [["{{ 'C:\\Temp\\a.txt' | win_basename }}", 'a.txt']],
  apply: (value: Value) => path.winBasename(pathText(value)),
})

export const winDirname = defineFilter({
  summary: 'A Windows path without its last part',
  examples: [["{{ 'C:\\Temp\\a.txt' | win_dirname }}", 'C:\\Temp']],
  apply: (value: Value) => path.winDirname(pathText(value)),
})

export const winSplitdrive = defineFilter({
  summary: 'The drive of a Windows path, and the rest',
  examples: [["{{ 'C:\\Temp' | win_splitdrive | list }}", ['C:', '\\Temp']]],
  apply: (value: Value) => tuple(path.winSplitdrive(pathText(value))),
})
