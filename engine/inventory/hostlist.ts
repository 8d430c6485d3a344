/** `-i host1,host2,`: names instead of a file. */
import { Diagnostic } from '../diagnostics.js'
import { parseAddress } from './address.js'
import { expandHosts } from './hosts.js'
import type { Tree } from './tree.js'

/** The names as they are; ranges are not expanded. */
export function readHostList(source: string, tree: Tree): void {
  for (const name of names(source)) {
    const { host, port } = parseAddress(name) ?? { host: name, port: undefined }
    tree.addToGroup(tree.groups.get('ungrouped')!, tree.ensureHost(host, port))
  }
}

/** advanced_host_list: the names may hold ranges; what only begins as one is a name. */
export function readAdvancedHostList(source: string, tree: Tree, detail?: (text: string) => void): void {
  for (const name of names(source)) {
    const { hosts, port } = expanded(name, detail)
    for (const host of hosts) tree.addToGroup(tree.groups.get('ungrouped')!, tree.ensureHost(host, port))
  }
}

function expanded(name: string, detail?: (text: string) => void): ReturnType<typeof expandHosts> {
  try {
    return expandHosts(name)
  } catch (error) {
    if (!(error instanceof Diagnostic) || !/^host range must/.test(error.message)) throw error
    detail?.(`Unable to parse address from hostname, leaving unchanged: ${error.message}`)
    return { hosts: [name], port: undefined }
  }
}

const names = (source: string): string[] =>
  source
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
