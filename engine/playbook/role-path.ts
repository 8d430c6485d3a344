/** Where a role is: collections, the playbook's roles folder, the roles path, beside the role that asks, beside the playbook. */
import { readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Diagnostic, didYouMean, type SourceRange } from '../diagnostics.js'
import { collectionFolder, homeOf, splitQualified } from './collection.js'
import { isDirectory, type Loading } from './loading.js'
import type { Role } from './model.js'

export interface FoundRole {
  readonly name: string
  readonly path: string
  /** ns.collection when it is a collection's. */
  readonly collection: string | undefined
}

export function findRole(
  loading: Loading,
  name: string,
  playDir: string,
  collections: readonly string[],
  parentRole: Role | undefined,
  at: SourceRange | undefined,
): FoundRole {
  const qualified = splitQualified(name)
  const candidates = qualified
    ? [{ collection: qualified.collection, rest: qualified.rest }]
    : /^\w+$/.test(name)
      ? [...new Set([...collections, ...homeOf(playDir)])].map(collection => ({ collection, rest: [name] }))
      : []
  for (const { collection, rest } of candidates) {
    const folder = collectionFolder(loading, collection, playDir)
    const path = folder && join(folder, 'roles', ...rest)
    if (path && isDirectory(path)) return { name: rest.join('.'), path, collection }
  }
  const places = [
    join(playDir, 'roles'),
    ...loading.paths('DEFAULT_ROLES_PATH'),
    ...(parentRole ? [dirname(parentRole.path)] : []),
    playDir,
  ]
  for (const place of places) {
    const path = resolve(place, name)
    if (isDirectory(path)) return { name, path, collection: undefined }
  }
  throw new Diagnostic(`the role '${name}' was not found in ${places.join(':')}`, {
    code: 'role-not-found',
    at,
    hint: hint(name, places),
  })
}

function hint(name: string, places: readonly string[]): string {
  const present = places.filter(isDirectory).flatMap(place =>
    readdirSync(place, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name),
  )
  const near = didYouMean(name, present)
  return near
    ? `Did you mean '${near}'?`
    : 'Install it with `ansible-galaxy role install`, or name its folder in roles_path.'
}
