import { posix } from 'node:path'

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

/** The name that the server gives a file, without directories. */
export function fileNameIn(headers: Headers): string | undefined {
  const disposition = headers.find(([name]) => name.toLowerCase() === 'content-disposition')?.[1] ?? ''
  const given = /filename="?([^";]+)"?/i.exec(disposition)?.[1]
  const name = given && posix.basename(given.trim())
  return !name || name === '.' || name === '..' ? undefined : name
}

/** Headers as results show them: lower case with underscores, those of one name joined; of an error only the last. */
export function shownHeaders(headers: Headers, failed = false): { [name: string]: string } {
  const shown: { [name: string]: string } = {}
  for (const [name, value] of headers) {
    const key = name.toLowerCase().replaceAll('-', '_')
    shown[key] = key in shown && !failed ? `${shown[key]}, ${value}` : value
  }
  return shown
}

/** Names and values of the cookies that were set for `host`, by itself, and are not over; `kept` are those from before. */
export function cookiesOf(
  headers: Headers,
  host: string,
  kept: { readonly [name: string]: string } = {},
): { [name: string]: string } {
  const cookies = { ...kept }
  for (const [header, text] of headers) {
    if (header.toLowerCase() !== 'set-cookie') continue
    const [pair = '', ...attributes] = text.split(';')
    const [, name, value] = /^\s*([^=]+?)\s*=\s*(.*?)\s*$/.exec(pair) ?? []
    if (name === undefined) continue
    const said = new Map(
      attributes.map(one => {
        const [key = '', ...rest] = one.split('=')
        return [key.trim().toLowerCase(), rest.join('=').trim()]
      }),
    )
    const domain = said.get('domain')?.replace(/^\./, '').toLowerCase()
    if (domain && domain !== host && !host.endsWith(`.${domain}`)) continue
    const age = said.has('max-age') ? Number(said.get('max-age')) : undefined
    const over = age === undefined ? Date.parse(said.get('expires') ?? '') < Date.now() : age <= 0
    if (over) delete cookies[name]
    else cookies[name] = value!
  }
  return cookies
}
