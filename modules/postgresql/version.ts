import type { Json } from '../../engine/python/values.js'

/** `server_version_num` and `version()` as Ansible tells them: from 10 on there are two parts, before three. */
export function serverVersion(number: string, raw: string): { [part: string]: Json } {
  const major = Math.floor(Number(number) / 10_000)
  const rest = Number(number) % 10_000
  const [minor, patch] = major >= 10 ? [rest, null] : [Math.floor(rest / 100), rest % 100]
  return {
    full: [major, minor, ...(patch === null ? [] : [patch])].join('.'),
    major,
    minor,
    raw,
    ...(patch === null ? {} : { patch }),
  }
}
