const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const fields: { readonly [letter: string]: string } = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>1[0-2]|0?[1-9])',
  d: '(?<d>3[01]|[12]\\d|0?[1-9])',
  H: '(?<H>2[0-3]|[01]?\\d)',
  I: '(?<I>1[0-2]|0?[1-9])',
  p: '(?<p>[AaPp][Mm])',
  M: '(?<M>[0-5]?\\d)',
  S: '(?<S>6[01]|[0-5]?\\d)',
  b: `(?<b>${months.join('|')})`,
  B: '(?<B>january|february|march|april|may|june|july|august|september|october|november|december)',
  j: '(?<j>\\d{1,3})',
  '%': '%',
}

/** A local date by Python's format letters, as `touch -t` takes it; or Python's complaint. */
export function strptime(text: string, format: string): { touch: string } | string {
  const expanded = format.replaceAll('%T', '%H:%M:%S').replaceAll('%D', '%m/%d/%y').replaceAll('%F', '%Y-%m-%d')
  const pattern = expanded
    .replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
    .replace(/\s+/g, '\\s+')
    .replace(/%(.)/g, (_, letter: string) => fields[letter] ?? `(?!)`)
  const found = new RegExp(`^${pattern}$`, 'i').exec(text)?.groups
  if (!found) return `time data '${text}' does not match format '${format}'`

  const year = found.Y ?? (found.y === undefined ? '1900' : `${Number(found.y) < 69 ? 20 : 19}${found.y}`)
  const month = found.m ?? String(1 + months.indexOf((found.b ?? found.B ?? 'jan').slice(0, 3).toLowerCase()))
  let hour = Number(found.H ?? found.I ?? 0)
  if (found.H === undefined && found.p !== undefined) hour = (hour % 12) + (found.p.toLowerCase() === 'pm' ? 12 : 0)
  const day = found.j === undefined ? undefined : new Date(Date.UTC(Number(year), 0, Number(found.j)))
  const two = (part: string | number) => String(part).padStart(2, '0')
  const date = day ? two(day.getUTCMonth() + 1) + two(day.getUTCDate()) : two(month) + two(found.d ?? 1)
  return { touch: `${year}${date}${two(hour)}${two(found.M ?? 0)}.${two(found.S ?? 0)}` }
}
