/** Backslash escapes of Python's string literals. */

/** What C, and Python after it, calls control characters. */
export const controlEscapes: { readonly [letter: string]: string } = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

const SIMPLE: { readonly [letter: string]: string } = { ...controlEscapes, "'": "'", '"': '"', '\n': '' }
const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g

/** Decodes the inside of a literal; unknown escapes keep their backslash. Undefined: Python would reject it. */
export function unescapeString(inner: string): string | undefined {
  if (!inner.includes('\\')) return inner
  let valid = true
  const decoded = inner.replace(ESCAPE, (whole, octal, hex, short, long, letter) => {
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
    const code = hex ?? short ?? long
    if (code !== undefined) {
      const point = Number.parseInt(code, 16)
      if (point <= 0x10ffff) return String.fromCodePoint(point)
      valid = false
      return ''
    }
    const simple = SIMPLE[letter]
    if (simple !== undefined) return simple
    if (letter === 'x' || letter === 'u' || letter === 'U' || letter === 'N') valid = false
    return whole
  })
  return valid ? decoded : undefined
}
