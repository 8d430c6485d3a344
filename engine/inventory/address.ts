/** Splits `host:port`, `[v6]:port` and plain addresses, where `host` may hold ranges. */

export interface Address {
  readonly host: string
  readonly port: number | undefined
}

const NUMERIC_RANGE = '\\[(?:\\d*:\\d+)(?::\\d+)?\\]'
const ALPHA_RANGE = '\\[(?:[a-z]:[a-z]|[A-Z]:[A-Z]|[a-zA-Z]:[a-zA-Z])(?::\\d+)?\\]'
const HEX_RANGE = '\\[(?:[0-9a-f]*:[0-9a-f]+)(?::\\d+)?\\]'
const ALNUM_RANGE = `(?:${NUMERIC_RANGE}|${ALPHA_RANGE})`
const OCTET = `(?:25[0-5]|2[0-4]\\d|1\\d\\d|\\d?\\d|${NUMERIC_RANGE})`
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`)
/** A label may hold underscores and ranges, but neither begins nor ends with a dash. */
function hostname(letters: string, flags: string): RegExp {
  const label = `(?:[${letters}]|${ALNUM_RANGE})(?:(?:[${letters}-]|${ALNUM_RANGE})*(?:[${letters}]|${ALNUM_RANGE}))?`
  return new RegExp(`^${label}(?:\\.${label})*\\.?$`, flags)
}
const ASCII_HOSTNAME = hostname('A-Za-z0-9_', '')
/** All letters of the world take milliseconds to compile. */
let worldHostname: RegExp | undefined
const HEXTET = `(?:[0-9a-f]{1,4}|${HEX_RANGE})`
const BRACKETED_PORT = /^\[(.+)\]:(\d+)$/
const HOST_PORT = /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/

function isHostname(text: string): boolean {
  if (ASCII_HOSTNAME.test(text)) return true
  if (/^[\x00-\x7f]*$/.test(text)) return false
  worldHostname ??= hostname('\\p{L}\\p{N}\\p{M}_', 'u')
  return worldHostname.test(text)
}

function isIpv6(text: string): boolean {
  const lower = text.toLowerCase().replace(/%\w+$/, '')
  const mapped = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(lower)
  if (mapped && !IPV4.test(mapped[2]!)) return false
  const hex = mapped ? `${mapped[1]}0:0` : lower
  const one = new RegExp(`^${HEXTET}$`)
  // Ranges hold colons: hide them while counting groups.
  const plain = hex.replace(new RegExp(HEX_RANGE, 'g'), '0')
  const halves = plain.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')))
  if (!groups.every(group => one.test(group))) return false
  return halves.length === 2 ? groups.length < 8 : groups.length === 8
}

/** Undefined when the text is no valid address; it is then taken literally. Ranges only where allowed. */
export function parseAddress(
  text: string,
  { ranges = false }: { readonly ranges?: boolean } = {},
): Address | undefined {
  let host = text
  let port: number | undefined
  const match = BRACKETED_PORT.exec(text) ?? HOST_PORT.exec(text)
  if (match) {
    host = match[1]!
    port = Number(match[2])
  }
  const bare = /^\[([^\]]+)\]$/.exec(host)
  if (bare && isIpv6(bare[1]!)) host = bare[1]!
  if (!IPV4.test(host) && !isIpv6(host) && !isHostname(host)) return undefined
  if (!ranges && host.includes('[')) return undefined
  return { host, port }
}
