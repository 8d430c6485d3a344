/**
 * DebOps' lookup of SRV records, by the controller's name servers. That there is none is no error but the fallback; that no
 * server answers is. Source: the page on DNS in DebOps' documentation. Times to live are not told by Node's resolver.
 */
import { resolveSrv } from 'node:dns/promises'
import { pyStr } from '../../python/repr.js'
import type { Dict, Value } from '../../python/values.js'
import { defineLookup } from '../define.js'
import { lookupError } from './terms.js'

export const digSrv = defineLookup({
  summary: 'The SRV records of a name, best first; without any, the target and port that are given',
  examples: [
    ["{{ query('debops.debops.dig_srv', '_x._tcp.example.com') }}", { error: 'dig_srv: three arguments expected' }],
  ],
  run: async ({ terms }) => {
    if (terms.length !== 3) throw lookupError('dig_srv: three arguments expected')
    const [name, target, port] = terms as [Value, Value, Value]
    const owner = withoutDot(pyStr(name))
    const found = await resolveSrv(owner).catch(missing)
    if (found.length === 0)
      return [record(owner, { name: pyStr(target), port, priority: 0, weight: 0, source: 'fallback' })]
    return found
      .map(one => ({ ...one, name: withoutDot(one.name) }))
      .sort((a, b) => a.priority - b.priority || b.weight - a.weight || compare(a.name, b.name) || a.port - b.port)
      .map(one => record(owner, { ...one, source: 'dns' }))
  },
})

interface Answer {
  readonly name: string
  readonly port: Value
  readonly priority: number
  readonly weight: number
  readonly source: 'dns' | 'fallback'
}

function record(owner: string, { name, port, priority, weight, source }: Answer): Dict {
  return new Map<Value, Value>([
    ['target', name],
    ['class', 'IN'],
    ['owner', owner],
    ['port', port],
    ['priority', priority],
    ['ttl', 0],
    ['type', 'SRV'],
    ['weight', weight],
    ['dig_srv_src', source],
    ['target_port', `${name}:${pyStr(port)}`],
  ])
}

/** The name or its records are not there: an answer, too. */
function missing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOTFOUND' || error.code === 'ENODATA' || error.code === 'EBADNAME') return []
  throw lookupError(`dig_srv: ${error.message}`)
}

const withoutDot = (name: string) => name.replace(/(?<=.)\.$/, '')
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
