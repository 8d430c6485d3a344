export type Headers = readonly (readonly [name: string, value: string])[]

export interface HeaderBlock {
  readonly status: number
  readonly reason: string
  readonly headers: Headers
}

/** The responses in a header dump, one per redirect or challenge; interim ones (100) are left out. */
export function parseHeaderBlocks(text: string): HeaderBlock[] {
  const blocks: { status: number; reason: string; headers: [string, string][] }[] = []
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim()
    const start = /^HTTP\/[\d.]+ (\d{3})(?: (.*))?$/.exec(line)
    if (start) {
      const status = Number(start[1])
      blocks.push({ status, reason: start[2]?.trim() || reasons.get(status) || '', headers: [] })
      continue
    }
    const header = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)$/.exec(line)
    if (header && blocks.length > 0) blocks.at(-1)!.headers.push([header[1]!, header[2]!])
  }
  return blocks.filter(block => block.status >= 200 || block.status < 100)
}

/** HTTP/2 sends no reason. */
const reasons = new Map([
  [200, 'OK'],
  [201, 'Created'],
  [202, 'Accepted'],
  [204, 'No Content'],
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [303, 'See Other'],
  [304, 'Not Modified'],
  [307, 'Temporary Redirect'],
  [308, 'Permanent Redirect'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [422, 'Unprocessable Entity'],
  [429, 'Too Many Requests'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
])

/** Headers as results show them: lower case with underscores, those of one name joined. */
export function shownHeaders(headers: Headers): { [name: string]: string } {
  const shown: { [name: string]: string } = {}
  for (const [name, value] of headers) {
    const key = name.toLowerCase().replaceAll('-', '_')
    shown[key] = key in shown ? `${shown[key]}, ${value}` : value
  }
  return shown
}

/** Names and values of the cookies that were set. */
export function cookiesOf(headers: Headers): { [name: string]: string } {
  const cookies: { [name: string]: string } = {}
  for (const [name, value] of headers) {
    const pair = name.toLowerCase() === 'set-cookie' && /^\s*([^=;]+)=([^;]*)/.exec(value)
    if (pair) cookies[pair[1]!.trim()] = pair[2]!.trim().replace(/^"(.*)"$/, '$1')
  }
  return cookies
}
