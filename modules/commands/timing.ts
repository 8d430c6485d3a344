/** Python's way of printing a moment and a span, as `start`, `end` and `delta` show them. */

const two = (number: number) => String(number).padStart(2, '0')

/** `str(datetime.now())` for seconds since the epoch: local time with microseconds. */
export function timestamp(seconds: number): string {
  const total = Math.round(seconds * 1e6)
  const at = new Date(Math.floor(total / 1e6) * 1000)
  const micros = String(total % 1e6).padStart(6, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${micros}`
}

/** `str(timedelta(seconds=…))`, always with microseconds. */
export function duration(seconds: number): string {
  const micros = Math.max(0, Math.round(seconds * 1e6))
  const whole = Math.floor(micros / 1e6)
  const days = Math.floor(whole / 86_400)
  const clock = `${Math.floor(whole / 3600) % 24}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
  const prefix = days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}, `
  return `${prefix}${clock}.${String(micros % 1e6).padStart(6, '0')}`
}
