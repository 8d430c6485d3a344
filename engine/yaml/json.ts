/** JSON files: Ansible tries JSON before YAML on every file. Values know their place, texts may be templates. */
import { Diagnostic } from '../diagnostics.js'
import { JsonReader, type Places } from '../python/json-reader.js'
import type { Dict, List, Value } from '../python/values.js'
import { remember, type Source } from './positions.js'
import { trusted, VaultString } from './trust.js'

export interface JsonMarks {
  readonly trusted: boolean
  /** Opens `{"__ansible_vault": …}`. */
  readonly decrypt: (ciphertext: string) => string
}

/** The value, or undefined when the text is not JSON. */
export function readJson(source: Source, marks: JsonMarks): Value | undefined {
  try {
    return new MarkedJsonReader(source, marks).document()
  } catch (error) {
    if (error instanceof Diagnostic && error.code === 'json') return undefined
    throw error
  }
}

/** Keys whose value is never a template. */
const unsafe = new Set(['__ansible_unsafe', '__ansible_vault'])

class MarkedJsonReader extends JsonReader {
  #unsafe = 0
  constructor(
    private readonly source: Source,
    private readonly marks: JsonMarks,
  ) {
    super(source.text)
  }

  protected override entering(key: string): void {
    if (unsafe.has(key)) this.#unsafe++
  }

  protected override leaving(key: string): void {
    if (unsafe.has(key)) this.#unsafe--
  }

  protected override madeText(text: string, start: number): Value {
    const template = this.marks.trusted && this.#unsafe === 0 && text.includes('{')
    return template ? trusted(text, this.source.at(start)) : text
  }

  protected override madeList(list: List, { start, keyOffsets, valueOffsets }: Places): Value {
    remember(list, { source: this.source, start, keyOffsets, valueOffsets })
    return list
  }

  protected override madeDict(dict: Dict, { start, keys, keyOffsets, valueOffsets }: Places): Value {
    const unsafe = dict.get('__ansible_unsafe')
    if (unsafe !== undefined) return unsafe
    const vault = dict.get('__ansible_vault')
    if (typeof vault === 'string') return new VaultString(vault, this.marks.decrypt, this.source.at(start))
    remember(dict, { source: this.source, start, keys, keyOffsets, valueOffsets })
    return dict
  }
}
