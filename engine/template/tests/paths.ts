/** Files on the controller. */
import { closeSync, lstatSync, openSync, readSync, realpathSync, type Stats, statSync } from 'node:fs'
import { Diagnostic } from '../../diagnostics.js'
import { typeError } from '../../python/errors.js'
import { dirname } from '../../python/posixpath.js'
import { typeName, type Value } from '../../python/values.js'
import { isVault } from '../../vault/aes256.js'
import { defineTest } from '../define.js'

function pathText(value: Value): string {
  if (typeof value === 'string') return value
  throw typeError(`stat: path should be string, bytes, os.PathLike or integer, not ${typeName(value)}`)
}

function stat(value: Value): Stats | undefined {
  try {
    return statSync(pathText(value), { throwIfNoEntry: false })
  } catch (error) {
    if (error instanceof Diagnostic) throw error
    return undefined
  }
}

function lstat(value: Value): Stats | undefined {
  try {
    return lstatSync(pathText(value), { throwIfNoEntry: false })
  } catch (error) {
    if (error instanceof Diagnostic) throw error
    return undefined
  }
}

export const directory = defineTest({
  summary: 'Is it a directory on the controller',
  examples: [["{{ '/' is directory }}", true]],
  apply: (value: Value) => stat(value)?.isDirectory() ?? false,
})

export const file = defineTest({
  summary: 'Is it a file on the controller',
  examples: [["{{ '/' is file }}", false]],
  apply: (value: Value) => stat(value)?.isFile() ?? false,
})

export const link = defineTest({
  summary: 'Is it a symbolic link on the controller',
  examples: [["{{ '/' is link }}", false]],
  apply: (value: Value) => lstat(value)?.isSymbolicLink() ?? false,
})

export const exists = defineTest({
  summary: 'Is there such a path on the controller',
  examples: [["{{ '/nosuchpath' is exists }}", false]],
  apply: (value: Value) => stat(value) !== undefined,
})

export const vaultedFile = defineTest({
  summary: 'Is it a file on the controller that a vault encrypted',
  examples: [["{{ '/nosuchpath' is vaulted_file }}", { error: '/nosuchpath' }]],
  apply: (value: Value) => {
    const path = pathText(value)
    const file = openSync(path, 'r')
    try {
      const start = Buffer.alloc(64)
      return isVault(start.subarray(0, readSync(file, start)))
    } catch {
      // A directory can be opened, but not read.
      return false
    } finally {
      closeSync(file)
    }
  },
})

export const linkExists = defineTest({
  summary: 'Is there such a path on the controller, be it a dangling link',
  examples: [["{{ '/nosuchpath' is link_exists }}", false]],
  apply: (value: Value) => lstat(value) !== undefined,
})

export const abs = defineTest({
  summary: 'Is it an absolute path',
  examples: [
    ["{{ '/etc' is abs }}", true],
    ["{{ 'etc' is abs }}", false],
  ],
  apply: (value: Value) => pathText(value).startsWith('/'),
})

export const sameFile = defineTest({
  summary: 'Do both paths lead to the same file',
  examples: [["{{ '/etc/..' is same_file('/') }}", true]],
  signature: 'b',
  apply: (value: Value, other: Value) => {
    const [a, b] = [statSync(pathText(value)), statSync(pathText(other))]
    return a.ino === b.ino && a.dev === b.dev
  },
})

export const mount = defineTest({
  summary: 'Is it where a file system is mounted',
  examples: [["{{ '/' is mount }}", true]],
  apply: (value: Value) => {
    const own = lstat(value)
    if (!own || own.isSymbolicLink()) return false
    const parent = lstat(dirname(realpathSync(pathText(value))) || '/')
    return parent !== undefined && (own.dev !== parent.dev || own.ino === parent.ino)
  },
})
