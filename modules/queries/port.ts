import { connect } from 'node:net'
import { raw, sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'

/** Tries a TCP port from the host: what it sent (when asked for), undefined when it is closed. */
export const tryPort = (
  host: string,
  port: number,
  seconds: number,
  read: boolean,
): Query<string | undefined | 'no tool'> => ({
  // No POSIX tool opens a socket: the first of these that the host has.
  command: read
    ? sh`h=${host} p=${port} t=${seconds}; if command -v nc >/dev/null 2>&1; then nc -w "$t" "$h" "$p" </dev/null 2>/dev/null && echo "
open" >&2; elif command -v bash >/dev/null 2>&1; then bash -c 'exec 3<>"/dev/tcp/$0/$1" && { echo open >&2; while IFS= read -r -t "$2" line <&3; do printf "%s\n" "$line"; done; }' "$h" "$p" "$t"; else echo none >&2; fi`
    : sh`h=${host} p=${port} t=${seconds}; if command -v bash >/dev/null 2>&1; then if command -v timeout >/dev/null 2>&1; then w="timeout $t"; else w=; fi; $w bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$h" "$p" 2>/dev/null && echo open >&2; elif command -v nc >/dev/null 2>&1; then if nc -z -w "$t" "$h" "$p" </dev/null 2>/dev/null || { nc -h 2>&1 | grep -q BusyBox && nc -w "$t" "$h" "$p" </dev/null >/dev/null 2>&1; }; then echo open >&2; fi; elif command -v curl >/dev/null 2>&1; then curl -q -s -m "$t" ${raw('"telnet://$h:$p"')} </dev/null >/dev/null 2>&1; case $? in 0|28|48|49|56) echo open >&2 ;; esac; else echo none >&2; fi`,
  parse: (stdout, _rc, stderr) => (/^none$/m.test(stderr) ? 'no tool' : /^open$/m.test(stderr) ? stdout : undefined),
})

/** As tryPort, from the controller. With `enough`, reads until that says so or the time is up. */
export function connectLocally(
  host: string,
  port: number,
  seconds: number,
  enough: ((text: string) => boolean) | undefined,
): Promise<string | undefined> {
  return new Promise(done => {
    let text = ''
    let open = false
    const socket = connect({ host, port })
    const finish = () => {
      clearTimeout(timer)
      socket.destroy()
      done(open ? text : undefined)
    }
    const timer = setTimeout(finish, Math.max(seconds, 1) * 1000)
    socket.on('connect', () => {
      open = true
      if (!enough) finish()
    })
    socket.on('data', (data: Buffer) => {
      text += data.toString('latin1')
      if (enough?.(text)) finish()
    })
    socket.on('error', finish)
    socket.on('end', finish)
  })
}

const states = new Map([
  ['01', 'ESTABLISHED'],
  ['02', 'SYN_SENT'],
  ['03', 'SYN_RECV'],
  ['04', 'FIN_WAIT1'],
  ['05', 'FIN_WAIT2'],
  ['06', 'TIME_WAIT'],
])

/** States of the connections to a port of the host, from the kernel's tables. */
export const portConnections = (host: string, port: number, excluded: readonly string[]): Query<string[]> => ({
  command: sh`cat /proc/net/tcp /proc/net/tcp6 2>/dev/null`,
  parse(stdout) {
    const left = new Set(excluded)
    const any = host === '0.0.0.0' || host === '::' || host === 'localhost'
    return stdout.split('\n').flatMap(line => {
      const [, local, peer, state] = line.trim().split(/\s+/)
      const at = local?.split(':')
      if (!at || Number.parseInt(at[1] ?? '', 16) !== port) return []
      const address = addressOf(at[0]!)
      if (!any && address !== host && address !== '0.0.0.0' && address !== '::') return []
      if (left.has(addressOf(peer!.split(':')[0]!))) return []
      return states.get(state!) ?? []
    })
  },
})

/** The kernel writes addresses in hex, each 32 bits in the machine's (little-endian) order. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap(word =>
    word
      .match(/../g)!
      .reverse()
      .map(two => Number.parseInt(two, 16)),
  )
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.every(byte => byte === 0)) return '::'
  const mapped = bytes.slice(0, 10).every(byte => byte === 0) && bytes[10] === 0xff
  return mapped ? bytes.slice(12).join('.') : hex
}
