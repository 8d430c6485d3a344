export interface AuthorizedKey {
  readonly options: string
  readonly type: string
  readonly data: string
  readonly comment: string
}

/** A line of an authorized_keys file: a key, or something else that is kept as it is. */
export type KeyLine = { readonly key: AuthorizedKey } | { readonly text: string }

const keyType =
  /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com|ssh-(?:rsa|dss|ed25519)-cert-v01@openssh\.com|ecdsa-sha2-nistp(?:256|384|521)-cert-v01@openssh\.com)$/

/** Words, where a quoted text may hold spaces. */
const words = (line: string): string[] => line.match(/(?:"(?:\\"|[^"])*"|[^\s"])+/g) ?? []

/** Reads one key; undefined for what is none. */
export function parseKey(line: string): AuthorizedKey | undefined {
  const all = words(line.trim())
  const at = all.findIndex(word => keyType.test(word))
  if (at === -1 || at > 1 || all[at + 1] === undefined) return undefined
  return {
    options: all.slice(0, at).join(''),
    type: all[at]!,
    data: all[at + 1]!,
    comment: all.slice(at + 2).join(' '),
  }
}

export const parseKeys = (text: string): KeyLine[] =>
  text
    .split('\n')
    .filter((line, index, lines) => line !== '' || index < lines.length - 1)
    .map(line => {
      const key = line.trim().startsWith('#') ? undefined : parseKey(line)
      return key ? { key } : { text: line }
    })

/** A key's line; as Ansible writes it, with a space before the comment also when there is none. */
export const keyText = ({ options, type, data, comment }: AuthorizedKey): string =>
  `${options && `${options} `}${type} ${data} ${comment}`

interface Wish {
  readonly state: 'present' | 'absent'
  readonly exclusive: boolean
  readonly options: string | undefined
  readonly comment: string | undefined
}

/** The file with (or without) these keys, undefined when it says so already; keys are the same when their data is. */
export function withKeys(
  lines: readonly KeyLine[],
  keys: readonly AuthorizedKey[],
  { state, exclusive, options, comment }: Wish,
): string | undefined {
  let differs = false
  const wanted = new Map(
    keys.map(key => [key.data, { ...key, options: options ?? key.options, comment: comment ?? key.comment }] as const),
  )
  const left = new Map(wanted)
  const kept = lines.flatMap(line => {
    if ('text' in line) return [line.text]
    const { key } = line
    const same = wanted.get(key.data)
    const goes = same ? state === 'absent' : exclusive && state === 'present'
    const now = same ?? key
    left.delete(key.data)
    if (goes || keyText(now) !== keyText(key)) differs = true
    return goes ? [] : [keyText(now)]
  })
  if (state === 'present' && left.size > 0) {
    differs = true
    kept.push(...[...left.values()].map(keyText))
  }
  return differs ? kept.map(line => `${line}\n`).join('') : undefined
}
