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
  if (at === -1 || all[at + 1] === undefined) return undefined
  return {
    options: all.slice(0, at).join(' '),
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

/**
 * The file with (or without) these keys, undefined when it says so already. Keys are the same when their data is; of several
 * the last counts. What changes moves to the end, and exclusive keys leave no remark either, as with Ansible.
 */
export function withKeys(
  lines: readonly KeyLine[],
  keys: readonly AuthorizedKey[],
  { state, exclusive, options, comment }: Wish,
): string | undefined {
  let differs = false
  // Insertion order is the order of the file.
  const held = new Map<string, KeyLine>()
  const put = (name: string, line: KeyLine) => {
    held.delete(name)
    held.set(name, line)
  }
  lines.forEach((line, index) => {
    put('key' in line ? `key ${line.key.data}` : `line ${index}`, line)
  })
  const named = keys.map(key => ({ ...key, options: options ?? key.options, comment: comment ?? key.comment }))
  for (const key of named) {
    const name = `key ${key.data}`
    const line = held.get(name)
    if (state === 'present' && line && 'key' in line && sameKey(line.key, key)) continue
    if (state === 'absent' && !line) continue
    differs = true
    if (state === 'present') put(name, { key })
    else held.delete(name)
  }
  if (exclusive && state === 'present') {
    const kept = new Set(named.map(key => `key ${key.data}`))
    // Comments and what cannot be read go, too.
    for (const name of held.keys()) if (!kept.has(name)) differs = held.delete(name)
  }
  return differs
    ? [...held.values()].map(line => `${'key' in line ? keyText(line.key) : line.text}\n`).join('')
    : undefined
}

function sameKey(one: AuthorizedKey, other: AuthorizedKey): boolean {
  return one.type === other.type && one.comment === other.comment && optionSet(one.options) === optionSet(other.options)
}

/** Options in no order; commas in quotes part nothing. */
const optionSet = (options: string): string => (options.match(/(?:"(?:\\"|[^"])*"|[^,"])+/g) ?? []).toSorted().join(',')
