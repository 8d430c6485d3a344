/**
 * Trust is marked once, when text is read: only scalars from playbooks, vars files, inventory and the command line that
 * hold a template delimiter become TemplateString. Module results, facts, lookup results and `!unsafe` stay plain
 * strings, and a plain string is never rendered. This is a security boundary.
 */
import type { SourceRange } from '../diagnostics.js'
import { PyObject, Tuple, tuple, type Value } from '../python/values.js'

/** Text a person wrote that is to be rendered when it is used. */
export class TemplateString extends PyObject {
  readonly typeName = 'str'
  constructor(
    readonly text: string,
    readonly at?: SourceRange,
  ) {
    super()
  }
}

/** True when Ansible would look inside this text for a template. */
export const looksLikeTemplate = (text: string): boolean =>
  text.includes('{{') || text.includes('{%') || text.includes('{#')

/** Marks text that a person wrote: a TemplateString when it holds a delimiter, else the text itself. */
export function trusted(text: string, at?: SourceRange): string | TemplateString {
  return looksLikeTemplate(text) ? new TemplateString(text, at) : text
}

/** Marks every text in a value that a person wrote; containers without templates come back as they are. */
export const trustedDeep = (value: Value, at?: SourceRange): Value => withTexts(value, text => trusted(text, at))

/** A value with every text in it, but no key, replaced; containers in which nothing is replaced come back as they are. */
function withTexts(value: Value, replaced: (text: string) => Value): Value {
  if (typeof value === 'string') return replaced(value)
  if (Array.isArray(value)) {
    const items = value.map(item => withTexts(item, replaced))
    if (items.every((item, index) => item === value[index])) return value
    return value instanceof Tuple ? tuple(items) : items
  }
  if (value instanceof Map) {
    let changed = false
    const made = new Map<Value, Value>()
    for (const [key, item] of value) {
      const marked = withTexts(item, replaced)
      changed ||= marked !== item
      made.set(key, marked)
    }
    return changed ? made : value
  }
  return value
}

/** A value with its templates as the text that a person wrote. */
export function asWritten(value: Value): Value {
  if (value instanceof TemplateString) return value.text
  if (Array.isArray(value)) return value.map(asWritten)
  return value instanceof Map ? new Map([...value].map(([key, item]) => [key, asWritten(item)])) : value
}

/**
 * Keys of dicts that people wrote as templates. A key stays plain text, so that it is found by its name; where it is an
 * item's text (`dict2items`), it is known again here. What a host says is only taken for one when it is the same text.
 */
const templateKeys = new Set<string>()

/** Notes a key that a person wrote. */
export function rememberKey(text: string): void {
  if (looksLikeTemplate(text)) templateKeys.add(text)
}

/** Marks the texts in a value that are such keys. */
export const keysTrusted = (value: Value): Value =>
  templateKeys.size === 0 ? value : withTexts(value, text => (templateKeys.has(text) ? new TemplateString(text) : text))

/** An inline `!vault` value; decrypted when first used, so that a missing password only hurts those who use it. */
export class VaultString extends PyObject {
  readonly typeName = 'AnsibleVaultEncryptedUnicode'
  #plain: string | undefined
  constructor(
    readonly ciphertext: string,
    private readonly decrypt: (ciphertext: string) => string,
    readonly at?: SourceRange,
  ) {
    super()
  }
  get plain(): string {
    this.#plain ??= this.decrypt(this.ciphertext)
    return this.#plain
  }
}
