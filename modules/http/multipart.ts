import { randomInt } from 'node:crypto'
import { basename, extname } from 'node:path'
import { pyStr } from '../../engine/python/repr.js'
import { isDict, typeName, type Value } from '../../engine/python/values.js'

/** A body of form-multipart: fields are text or { filename, content, mime_type }; files are sent in base64, as Ansible does. */
export async function multipart(
  fields: Value,
  readFile: (name: string) => Promise<Buffer>,
  fail: (msg: string) => never,
): Promise<{ type: string; body: Buffer }> {
  if (!isDict(fields))
    return fail(`failed to parse body as form-multipart: Mapping is required, cannot be type ${typeName(fields)}`)
  const boundary = `===============${String(randomInt(10 ** 12)).padStart(19, '0')}==`
  const parts: string[] = []
  for (const [key, field] of fields) {
    const name = pyStr(key)
    if (!isDict(field)) {
      if (typeof field !== 'string')
        fail(
          `failed to parse body as form-multipart: value must be a string, or mapping, cannot be type ${typeName(field)}`,
        )
      parts.push(part(`form-data; name="${name}"`, 'text/plain', field as string))
      continue
    }
    const filename = field.get('filename') as string | undefined
    const content = field.get('content') as string | undefined
    const type = (field.get('mime_type') as string | undefined) ?? typeOf(filename)
    if (filename === undefined && content === undefined)
      fail('failed to parse body as form-multipart: at least one of filename or content must be provided')
    const disposition = `form-data; name="${name}"${filename === undefined ? '' : `; filename="${basename(filename)}"`}`
    if (content !== undefined) parts.push(part(disposition, type ?? 'text/plain', content))
    else {
      const encoded = (await readFile(filename!)).toString('base64').replace(/.{76}/g, '$&\r\n')
      parts.push(
        part(
          disposition,
          type ?? 'application/octet-stream',
          `${encoded}\r\n`,
          'Content-Transfer-Encoding: base64\r\n',
        ),
      )
    }
  }
  const body = `${parts.map(one => `--${boundary}\r\n${one}\r\n`).join('')}--${boundary}--\r\n`
  return { type: `multipart/form-data; boundary="${boundary}"`, body: Buffer.from(body) }
}

const part = (disposition: string, type: string, content: string, more = '') =>
  `${more}Content-Type: ${type}\r\nContent-Disposition: ${disposition}\r\n\r\n${content}`

/** The types that forms usually carry. */
function typeOf(filename: string | undefined): string | undefined {
  const types: { readonly [extension: string]: string } = {
    '.txt': 'text/plain',
    '.html': 'text/html',
    '.css': 'text/css',
    '.csv': 'text/csv',
    '.js': 'application/javascript',
    '.json': 'application/json',
    '.xml': 'application/xml',
    '.pdf': 'application/pdf',
    '.zip': 'application/zip',
    '.tar': 'application/x-tar',
    '.png': 'image/png',
    '.jpg': 'image/jpeg',
    '.jpeg': 'image/jpeg',
    '.gif': 'image/gif',
    '.svg': 'image/svg+xml',
  }
  return filename === undefined ? undefined : types[extname(filename).toLowerCase()]
}
