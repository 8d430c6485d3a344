/** Where collections are: beside the playbook, then along the collections path. */
import { basename, join } from 'node:path'
import { isDirectory, type Loading } from './loading.js'

/** Directory of `ns.name`, if it is installed. */
export function collectionFolder(loading: Loading, name: string, playbookDir: string): string | undefined {
  const key = `${playbookDir} ${name}`
  let folder = loading.collectionFolders.get(key)
  if (folder === undefined) {
    const [namespace = '', collection = ''] = name.split('.')
    // A collection's playbook finds the collections that are installed beside its own.
    const around = /^.*\/ansible_collections(?=\/)/.exec(playbookDir)?.[0]
    const roots = [join(playbookDir, 'collections'), ...(around ? [around] : []), ...loading.paths('COLLECTIONS_PATHS')]
    folder = roots
      .map(root => (basename(root) === 'ansible_collections' ? root : join(root, 'ansible_collections')))
      .map(root => join(root, namespace, collection))
      .find(isDirectory)
    loading.collectionFolders.set(key, folder ?? '')
  }
  return folder || undefined
}

/** `ns.collection.thing` (the thing may have dots: folders) split, or undefined when it is not of that form. */
export function splitQualified(name: string): { collection: string; rest: string[] } | undefined {
  const parts = name.split('.')
  if (parts.length < 3 || !parts.every(part => /^[A-Za-z_]\w*$/.test(part))) return undefined
  return { collection: `${parts[0]}.${parts[1]}`, rest: parts.slice(2) }
}

/** The collection that a folder is in: what its playbooks name needs no qualified name. */
export function homeOf(playDir: string): string[] {
  const found = /\/ansible_collections\/(\w+)\/(\w+)(?:\/|$)/.exec(playDir)
  return found ? [`${found[1]}.${found[2]}`] : []
}
