/** What the options say should be there: definitions as objects. */
import type { ModuleContext } from '../../engine/module/define.js'
import { dumps } from '../../engine/python/json.js'
import { pyStr } from '../../engine/python/repr.js'
import { isDict, type Value } from '../../engine/python/values.js'
import { loadYamlAll } from '../../engine/yaml/load.js'

/** A Kubernetes object as JSON. */
export interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name?: string; namespace?: string; generateName?: string; [key: string]: unknown }
  [key: string]: unknown
}

interface Options {
  readonly resource_definition: unknown
  readonly src: string | undefined
  readonly template: unknown
  readonly kind: string | undefined
  readonly api_version: string
  readonly name: string | undefined
  readonly namespace: string | undefined
  readonly generate_name: string | undefined
}

/** All definitions, lists taken apart, with name and namespace of the options where they have none. */
export async function definitionsOf(
  options: Options,
  { controller, remote, fail }: Pick<ModuleContext<unknown>, 'controller' | 'remote' | 'fail'>,
): Promise<Manifest[]> {
  const values: Value[] = []
  const read = (text: string, file: string) => values.push(...loadYamlAll(text, { file, trusted: false }))
  const given = options.resource_definition as Value | undefined
  if (options.src !== undefined) {
    const file = await remote.file(options.src)
    if (!file.isFile) fail(`Error accessing ${options.src}. Does the file exist?`)
    read(file.text, options.src)
  } else if (options.template !== undefined) {
    for (const one of Array.isArray(options.template) ? (options.template as Value[]) : [options.template as Value]) {
      const path = pyStr((isDict(one) ? one.get('path') : one) ?? '')
      const rest = isDict(one) ? [...one.keys()].filter(key => key !== 'path') : []
      if (rest.length > 0) fail(`template: ${rest.map(pyStr).join(', ')} is not supported here, only path`)
      const file = controller.findFile('templates', path)
      read(await controller.renderText(String(await controller.readFile(file)), { file }), file)
    }
  } else if (typeof given === 'string') read(given, 'resource_definition')
  else if (given !== undefined && given !== null) values.push(...(Array.isArray(given) ? given : [given]))
  else {
    if (options.kind === undefined) fail('one of the following is required: kind, resource_definition, src, template')
    values.push(new Map())
  }
  return values
    .filter(value => value !== null)
    .map(value => (isDict(value) ? plain(value) : fail(`a definition must be a dictionary: ${pyStr(value)}`)))
    .flatMap(one =>
      /List$/.test(String(one.kind)) && Array.isArray(one.items) ? (one.items as { [key: string]: unknown }[]) : [one],
    )
    .map(one => {
      const metadata = { ...((one.metadata as object | undefined) ?? {}) } as Manifest['metadata']
      if (metadata.name === undefined && options.name !== undefined) metadata.name = options.name
      if (metadata.namespace === undefined && options.namespace !== undefined) metadata.namespace = options.namespace
      if (metadata.name === undefined && options.generate_name !== undefined)
        metadata.generateName = options.generate_name
      const kind = (one.kind as string | undefined) ?? options.kind
      if (kind === undefined) return fail('a definition has no kind')
      return { apiVersion: options.api_version, ...one, kind, metadata } as Manifest
    })
}

const plain = (value: Value) => JSON.parse(dumps(value)) as { [key: string]: unknown }

/** Whether an object holds all that is wanted: keys with null must be missing, elements of lists are named or in order. */
export function holds(there: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(there) || there.length !== wanted.length) return false
    return wanted.every((one, index) => holds(there[index], one))
  }
  if (wanted !== null && typeof wanted === 'object') {
    if (there === null || typeof there !== 'object') return false
    return Object.entries(wanted).every(([key, value]) => {
      const inner = (there as { [key: string]: unknown })[key]
      return value === null ? inner === undefined || inner === null : holds(inner, value)
    })
  }
  return there === wanted
}
