const relative = /^([+-])(?=\d)(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/i
const fixed = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:Z|([+-])(\d\d)(\d\d))$/

/** When a time of community.crypto is: `+1w2d` or `-3h` from now, `YYYYMMDDHHMM[SS]` and `Z` or `+HHMM`. */
export function timeOf(spec: string, option: string, fail: (msg: string) => never): Date {
  const span = relative.exec(spec)
  if (span) {
    const [weeks, days, hours, minutes, seconds] = span.slice(2).map(part => Number(part ?? 0)) as Five
    const all = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds
    return new Date(Date.now() + (span[1] === '-' ? -1000 : 1000) * all)
  }
  if (/^[+-]/.test(spec)) fail(`The timespec "${spec}" for ${option} is not valid`)
  const parts = fixed.exec(spec)
  const [, year, month, day, hour, minute, second = '00', sign, ...offset] = parts ?? []
  const zone = sign === undefined ? 'Z' : `${sign}${offset.join(':')}`
  const time = new Date(parts ? `${year}-${month}-${day}T${hour}:${minute}:${second}${zone}` : Number.NaN)
  return Number.isNaN(time.getTime()) ? fail(`The time spec "${spec}" for ${option} is invalid`) : time
}

type Five = [number, number, number, number, number]
