/** One word of an inventory that names hosts: `web[01:20].example.com:2222`. */
import { Diagnostic } from '../diagnostics.js'
import { parseAddress } from './address.js'
import { expandRange } from './range.js'

export interface ExpandedHosts {
  readonly hosts: readonly string[]
  readonly port: number | undefined
}

export function expandHosts(pattern: string): ExpandedHosts {
  if (pattern.trim().endsWith(':')) {
    throw new Diagnostic(
      `Invalid host pattern '${pattern}' supplied, ending in ':' is not allowed, this character is reserved to provide a port.`,
      { code: 'inventory-host' },
    )
  }
  if (pattern.trim() === '---') {
    throw new Diagnostic("Invalid host pattern '---' supplied, '---' is normally a sign this is a YAML file.", {
      code: 'inventory-host',
      hint: 'Give the file the extension .yml, or remove the line.',
    })
  }
  // What is no address is a name all the same.
  const { host, port } = parseAddress(pattern, { ranges: true }) ?? { host: pattern, port: undefined }
  return { hosts: expandRange(host), port }
}
