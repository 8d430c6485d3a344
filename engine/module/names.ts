/**
 * The names of Ansible's modules, most of which are not ours: names.json has those of the community packages 7 and 14
 * (the files of each collection's plugins/modules and the redirects in its meta/runtime.yml).
 */
import { readFileSync } from 'node:fs'

/** Lists are parted by spaces and stay text: a run asks for few of the ten thousand names. */
interface NameTable {
  /** `+name` where the bare name means this collection's. */
  readonly collections: { readonly [collection: string]: string }
  readonly renamed: { readonly [name: string]: string }
}

let table: NameTable | undefined
const names = (): NameTable => {
  table ??= JSON.parse(readFileSync(new URL('names.json', import.meta.url), 'utf8')) as NameTable
  return table
}

const contains = (list: string | undefined, name: string): boolean =>
  list !== undefined && /^\w+$/.test(name) && ` ${list} `.includes(` ${name} `)

/** Whether Ansible has a module of this qualified name. */
export function isModule(fqcn: string): boolean {
  const dot = fqcn.lastIndexOf('.')
  const [list, name] = [own(names().collections, fqcn.slice(0, dot)), fqcn.slice(dot + 1)]
  return contains(list, name) || contains(list?.replaceAll('+', ''), name)
}

/** The qualified name that a bare one means. */
export function qualifiedName(bare: string): string | undefined {
  if (isModule(`ansible.builtin.${bare}`)) return `ansible.builtin.${bare}`
  if (!/^\w+$/.test(bare)) return undefined
  const { collections } = names()
  const collection = Object.keys(collections).find(one => ` ${collections[one]} `.includes(` +${bare} `))
  return collection && `${collection}.${bare}`
}

/** What a module is called now. */
export const renamedTo = (name: string): string | undefined => own(names().renamed, name)

/** All qualified names. */
export const qualifiedNames = (): string[] =>
  Object.entries(names().collections).flatMap(([collection, list]) =>
    list.split(' ').map(entry => `${collection}.${entry.replace('+', '')}`),
  )

/** All bare names that mean a module. */
export const bareNames = (): string[] =>
  Object.entries(names().collections).flatMap(([collection, list]) =>
    list
      .split(' ')
      .filter(entry => entry.startsWith('+') || collection === 'ansible.builtin')
      .map(entry => entry.replace('+', '')),
  )

const own = (map: { readonly [key: string]: string }, key: string): string | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined
