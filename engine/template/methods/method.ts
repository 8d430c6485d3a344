/** How a method of a Python type is written down: its parameters and a plain function. */
import type { Value } from '../../python/values.js'
import { type Signature, signatureOf } from '../signature.js'

export interface Method {
  readonly parameters: Signature
  readonly run: (self: never, ...args: never[]) => Value
  /** Changes the object it is called on. */
  readonly mutates: boolean
}
export type Methods = ReadonlyMap<string, Method>

// biome-ignore lint/suspicious/noExplicitAny: each method knows the types it was called with
type Run = (self: any, ...args: any[]) => Value

/** Makes a table from `name(signature)` → function; a name with a leading `!` changes its object. */
export function methods(table: { readonly [declaration: string]: Run }): Methods {
  const made = new Map<string, Method>()
  for (const [declaration, run] of Object.entries(table)) {
    const [, mark, name, signature] = /^(!?)(\w+)\((.*)\)$/.exec(declaration)!
    const parameters = signatureOf(signature!)
    made.set(name!, {
      get parameters() {
        return parameters()
      },
      run,
      mutates: mark === '!',
    })
  }
  return made
}
