/** What the loader asks about modules. The module stage answers (engine/module/registry.ts); this stage stands left of it. */
import type { Diagnostic, SourceRange } from '../diagnostics.js'
import type { Dict } from '../python/values.js'

export interface ResolvedModule {
  /** Fully qualified, redirects followed. */
  readonly fqcn: string
  /** Ansible has it. */
  readonly known: boolean
  /** It runs here. */
  readonly ours: boolean
}

export interface ArgumentErrors {
  readonly errors: readonly string[]
  /** Those of `errors` that tell of an option which Ansible has and we do not. */
  readonly unsupported?: readonly string[]
  readonly hint?: string
}

export interface ModuleTable {
  resolve(written: string, collections: readonly string[]): ResolvedModule
  /** The error for a name that is nobody's (`unknown-module`) or Ansible's but not ours (`unsupported-module`). */
  error(written: string, found: ResolvedModule, at?: SourceRange): Diagnostic
  /** The error for a name after `group/` in `module_defaults` that is no action group. */
  groupError?(written: string, at?: SourceRange): Diagnostic | undefined
  /** The action that a file is which is named like the module, when it can run by itself. */
  inFile?(file: string): string | undefined
  /** What is wrong with arguments before templates are rendered, in Ansible's words. Absent: names alone count. */
  check?(fqcn: string, args: Dict, written: string): Promise<ArgumentErrors>
}
