/** What a template sees: names and their raw values. The vars stage implements it; the template stage only asks. */
import type { Value } from '../python/values.js'

export interface Scope {
  /** The raw value, which may be or hold TemplateStrings (rendered lazily by the reader); undefined: no such variable. */
  get(name: string): Value | undefined
  /** Every name that `get` would answer, for `vars`, `varnames` and "did you mean". */
  names(): Iterable<string>
  /** Directories in which relative files are looked up, nearest first (role, task file's folder, playbook folder). */
  readonly searchPath: readonly string[]
}
