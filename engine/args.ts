/** Declaring options once: modules, connections and lookups all describe theirs with this. */
import type { Json, Value } from './python/values.js'

export type ArgType =
  | 'str'
  | 'int'
  | 'float'
  | 'bool'
  | 'path'
  | 'list'
  | 'dict'
  | 'raw'
  | 'json'
  | 'jsonarg'
  | 'bytes'
  | 'bits'

/** One option of a module, in the words of Ansible's argument spec. */
export interface ArgSpec {
  readonly type: ArgType
  /** Type of a list's elements (`type: 'list'`). */
  readonly elements?: ArgType
  readonly required?: boolean
  readonly default?: Json
  /** Null that somebody wrote is a value, and no reason to take the default. */
  readonly nullable?: boolean
  readonly choices?: readonly (string | number | boolean)[]
  readonly aliases?: readonly string[]
  /** Never shown in results, logs or errors. */
  readonly noLog?: boolean
  /** May hold a secret: not told among the arguments of a call, though its text may stand elsewhere in results. */
  readonly untold?: boolean
  /** Sub-options of a dict, or of each element of a list of dicts. */
  readonly options?: ArgSpecs
  readonly rules?: Rules
  /** Read from this environment variable of the controller when not given. */
  readonly env?: string
  /** Why this option of Ansible's cannot work here; giving it is an error that says so, before a host is touched. */
  readonly unsupported?: string
  /** One line for `doc`, no full stop. */
  readonly summary: string
}
export type ArgSpecs = { readonly [name: string]: ArgSpec }

export interface Rules {
  readonly exclusive?: readonly (readonly string[])[]
  readonly together?: readonly (readonly string[])[]
  readonly oneOf?: readonly (readonly string[])[]
  /** [option, value, ...required options]; a last element `'any'` in a nested array means "one of". */
  readonly requiredIf?: readonly (readonly [string, Json, ...(string | readonly string[])[]])[]
  readonly requiredBy?: { readonly [option: string]: readonly string[] }
}

type Scalar<T extends ArgType> = T extends 'str' | 'path' | 'json' | 'jsonarg'
  ? string
  : T extends 'int' | 'float' | 'bytes' | 'bits'
    ? number
    : T extends 'bool'
      ? boolean
      : T extends 'list'
        ? Value[]
        : T extends 'dict'
          ? Map<string, Value>
          : Value
type Present<S extends ArgSpec> = S extends { options: infer O extends ArgSpecs }
  ? S['type'] extends 'list'
    ? ArgsOf<O>[]
    : ArgsOf<O>
  : S extends { type: 'list'; elements: infer E extends ArgType }
    ? Scalar<E>[]
    : S extends { choices: readonly (infer C)[]; type: 'str' }
      ? C
      : Scalar<S['type']>
/** The typed arguments that a spec gives `run`: optional unless required or defaulted. */
export type ArgsOf<T extends ArgSpecs> = {
  readonly [K in keyof T]: T[K] extends { required: true } | { default: Exclude<Json, null> }
    ? Present<T[K]>
    : Present<T[K]> | undefined
}
