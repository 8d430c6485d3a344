/** What the loader asks about modules. The module stage answers; this stage stands left of it and only asks. */
import type { ArgSpecs, Rules } from '../args.js'

/** The part of a module's declaration that can be checked before anything runs. */
export interface ModuleSignature {
  /** Fully qualified. */
  readonly name: string
  readonly args: ArgSpecs
  readonly rules?: Rules | undefined
  readonly freeForm?: boolean | undefined
  readonly anyArgs?: boolean | undefined
}

export interface ModuleTable {
  /** Is there a module of this fully qualified name (redirects followed)? */
  has(name: string): boolean
  /** The declaration; undefined when there is none. Loaded when first asked for. */
  spec(name: string): ModuleSignature | undefined
  /** Fully qualified names of all modules. */
  names(): Iterable<string>
  /** Fully qualified name that a short, old or aliased name stands for; undefined when it stands for nothing here. */
  redirect(name: string): string | undefined
  /** Checks literal arguments (templates pass); the errors it throws are Diagnostics. Absent: names alone are checked. */
  check?(name: string, args: ReadonlyMap<string, unknown>): readonly string[]
}
