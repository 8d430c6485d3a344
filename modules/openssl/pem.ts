/** The first PEM block of a text, as its label and bytes. */
export function pem(text: string): { label: string; bytes: Buffer } | undefined {
  const found = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/.exec(text)
  return found
    ? { label: found[1]!, bytes: Buffer.from(found[2]!.replace(/[^A-Za-z0-9+/=]/g, ''), 'base64') }
    : undefined
}
