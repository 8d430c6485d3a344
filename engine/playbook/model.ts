/** The typed shape of playbooks: what the loader makes and the executor runs. Values are raw; templates are unrendered. */
import type { SourceRange } from '../diagnostics.js'
import type { Dict, Value } from '../python/values.js'

/** Keywords as written at one level (only those that were written), by Ansible's names. */
export type Keywords = ReadonlyMap<string, Value>

/** Anything that carries keywords: a play, a block, a task, a role statement, an import statement. */
export interface Node {
  readonly at: SourceRange
  readonly keywords: Keywords
  /** `vars:` of this level. */
  readonly vars: Dict
}

export interface Play extends Node {
  readonly kind: 'play'
  /** Unique within a run. */
  readonly id: string
  readonly name: Value | undefined
  /**
   * Patterns of `hosts:`, rendered as far as -e, the play's vars and vars_files go (no host is known yet). Undefined:
   * they need a variable of `vars_prompt`; `Loader.patterns` answers once it was asked for.
   */
  readonly hosts: readonly string[] | undefined
  /** Directory of the playbook file, which `playbook_dir` names. */
  readonly dir: string
  readonly file: string
  /** The entries of `roles:`; dependencies hang below each. */
  readonly roles: readonly Role[]
  /** Roles of import_role statements (anywhere in the play): their vars and handlers belong to the play from the start. */
  readonly importedRoles: readonly Role[]
  readonly pre_tasks: readonly Block[]
  readonly tasks: readonly Block[]
  readonly post_tasks: readonly Block[]
  /** The play's own; `handlersOf(play)` adds those of roles. */
  readonly handlers: readonly Block[]
  /** The import_playbook statements that brought this play, outermost first: when and tags. Their vars are in `vars`. */
  readonly imports: readonly Node[]
}

/** What a task can stand in: climbing `parent` meets every level from which keywords are inherited. */
export type Parent = Block | Play

export interface Block extends Node {
  readonly kind: 'block'
  readonly name: Value | undefined
  readonly block: readonly (Task | Block)[]
  readonly rescue: readonly (Task | Block)[]
  readonly always: readonly (Task | Block)[]
  readonly parent: Parent
  readonly role: Role | undefined
  /**
   * True for blocks nobody wrote: around a list of tasks, the tasks of an import_tasks (keywords are the statement's), a
   * role (keywords are the role statement's), an include (keywords are those of `apply:`).
   */
  readonly implicit: boolean
  /** How it came here, for output and for `tags`/`when` semantics. */
  readonly origin: 'written' | 'list' | 'import_tasks' | 'role' | 'import_role' | 'include_tasks' | 'include_role'
  /** The statement that brought a block of origin import_* or include_*. */
  readonly statement: Task | undefined
  /** The file as that statement named it, rendered: relative includes in it are looked up beside it first. */
  readonly target: string | undefined
}

export interface Task extends Node {
  readonly kind: 'task'
  readonly name: Value | undefined
  /** Fully qualified, redirects followed; the raw template when the name of the action is one (`action: "{{ x }} a=b"`). */
  readonly action: string
  /** As the user wrote it. */
  readonly written: string
  /**
   * Arguments, unrendered; free-form text under `_raw_params`. A template that gives all arguments
   * (`copy: "{{ options }}"`, `args: "{{ options }}"`) stands under `_variable_params`: a dict that yields to the others.
   */
  readonly args: Dict
  /** `loop` and `with_X`: the plugin name ('loop' for loop) and its raw value. */
  readonly loop: { readonly plugin: string; readonly value: Value; readonly at: SourceRange } | undefined
  readonly parent: Parent
  readonly role: Role | undefined
  readonly handler: boolean
  /** Unique within a run. */
  readonly id: string
}

/** One use of a role: the same role used twice is two of these. */
export interface Role extends Node {
  readonly kind: 'role'
  readonly name: string
  /** ns.collection.role when it came from a collection. */
  readonly fqcn: string | undefined
  readonly path: string
  /** Inline parameters (`- { role: x, port: 80 }`); `vars:` of the statement is in `vars`. */
  readonly params: Dict
  readonly defaults: Dict
  readonly roleVars: Dict
  readonly meta: Dict
  readonly collections: readonly string[]
  readonly dependencies: readonly Role[]
  /** The role that depends on this one, or whose task imported or included it. */
  readonly parentRole: Role | undefined
  /** Its own tasks (without dependencies': see `blocksOfRole`): one block of origin 'role'. */
  readonly tasks: readonly Block[]
  readonly handlers: readonly Block[]
  /** Identity for "already run" (name, params, tags, when, from files): equal strings are the same use. */
  readonly identity: string
  readonly allowDuplicates: boolean
  /** Brought in by: play `roles:`, a dependency, import_role, include_role. */
  readonly origin: 'play' | 'dependency' | 'import_role' | 'include_role'
  /** include_role public / import_role: its vars are visible to the play after it ran. */
  readonly public: boolean
}
