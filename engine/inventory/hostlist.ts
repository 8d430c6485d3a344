/** `-i host1,host2,`: names instead of a file. */
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

/** advanced_host_list: the names may hold ranges. */
export function readAdvancedHostList(source: string, tree: Tree): void {
  for (const name of names(source)) {
    const { hosts, port } = expandHosts(name)
    for (const host of hosts) tree.addToGroup(tree.groups.get('ungrouped')!, tree.ensureHost(host, port))
  }
}

const names = (source: string): string[] =>
  source
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
