/** The contract modules are written to: one declaration gives coercion, checks, errors, docs, lint and the JSON schema. */
import type { ArgSpecs, ArgsOf, Rules } from '../args.js'
import type { Json, Value } from '../python/values.js'
import type { Remote } from '../remote/remote.js'

/** Plain data, by Ansible's return names; `changed` is filled in from the gate when a module does not say. */
export interface ModuleResult {
  changed?: boolean
  skipped?: boolean
  msg?: Json
  /** By default what the gate recorded, with --diff; null for none. */
  diff?: Json
  ansible_facts?: { readonly [name: string]: Json | undefined }
  [key: string]: Json | undefined
}

/** What a module may know about the task that called it. */
export interface TaskView {
  readonly name: string
  /** The module name as the user wrote it. */
  readonly action: string
  readonly checkMode: boolean
  readonly diffMode: boolean
  readonly verbosity: number
  /** Nothing that the task says is shown to anybody. */
  readonly noLog: boolean
  /** inventory_hostname of the host whose task this is (also when delegated). */
  readonly host: string
  /** Rendered value of a variable as the task sees it; undefined when there is none. */
  variable(name: string): Promise<Value | undefined>
  /** Whether a template made this argument: then its text is data, not to be evaluated. */
  templated?(argument: string, index?: number): string | undefined
  /** What `module_defaults` say for another module (by its qualified name) that this one runs in its place. */
  moduleDefaults?(module: string): Promise<{ readonly [argument: string]: Value }>
  /** Every variable name the task sees. */
  variableNames(): Iterable<string>
  /** Rendered `environment:` of the task. */
  readonly environment: ReadonlyMap<string, string>
  /** ansible_async seconds when the task is asynchronous, else 0. */
  readonly asyncSeconds: number
  /** The connection plugin in use: ssh, local, … */
  readonly connection: string
  /** Name of the host that `delegate_to` names: `remote` is a way to that one. */
  readonly delegatedTo?: string | undefined
}

/** What a module may do on the controller. */
export interface Controller {
  /** Path of a file named in a task, looked up as Ansible does (role's and playbook's `kind` folder, then beside). */
  findFile(kind: 'files' | 'templates' | 'vars' | 'tasks', name: string): string
  /** Bytes of a local file; a vault file is decrypted unless `decrypt` is false. */
  readFile(path: string, options?: { decrypt?: boolean }): Promise<Buffer>
  /** Values of a YAML file that people wrote: decrypted, inline vault values and templates marked as such. */
  loadYaml?(path: string): Promise<Value>
  render(value: Value): Promise<Value>
  /** Renders template text with extra variables on top of the task's. */
  renderText(
    source: string,
    options: import('../template/templar.js').TextOptions,
    extra?: ReadonlyMap<string, Value>,
  ): Promise<string>
  expression(source: string): Promise<Value>
  /** `closed`: the condition's text came out of a template; lookups in it are refused. */
  truth(condition: Value, closed?: boolean): Promise<boolean>
  /** Said to the user alone: no part of the result. */
  warn(text: string): void
  readonly environ: Readonly<Record<string, string | undefined>>
  setting(name: string): Value | undefined
  /**
   * Output to the person at the terminal and a line back; undefined when nobody is there. With `seconds` the answer comes
   * by itself after so long, and only Ctrl-C counts until then. `pausing`: Ctrl-C offers to go on or to abort; the latter
   * throws a Diagnostic `pause-aborted`.
   */
  prompt(text: string, options: { echo: boolean; seconds?: number; pausing?: boolean }): Promise<string | undefined>
  /** Hosts and groups, for add_host, group_by and friends, is done by returning add_host / add_group. */
  signal: AbortSignal
}

export interface ModuleContext<A> {
  readonly args: A
  /** Canonical names of the options that the user gave. */
  readonly given: ReadonlySet<string>
  readonly remote: Remote
  readonly controller: Controller
  readonly task: TaskView
  /** Ends the task as failed, with Ansible's text and extra return values. */
  fail(msg: string, extra?: { readonly [key: string]: Json | undefined }): never
  warn(text: string): void
  deprecated(text: string): void
  /** Runs another module in this one's place (package → apt, template → copy); unchecked arguments are checked. */
  call(module: string, args: { readonly [name: string]: unknown }): Promise<ModuleResult>
}

export interface ModuleSpec<T extends ArgSpecs = ArgSpecs> {
  /** Fully qualified; other names that mean it are in names.json. */
  readonly name: string
  readonly summary: string
  /** Longer text for `doc`: paragraphs. */
  readonly notes?: readonly string[]
  /** How far check mode goes; `none`: the task is skipped in check mode, as Ansible does. */
  readonly check: 'full' | 'partial' | 'none'
  /** `controller`: never needs a connection (debug, set_fact, …). */
  readonly where?: 'host' | 'controller'
  /** Takes free-form text (`shell: ls /`), delivered as args._raw_params. */
  readonly freeForm?: boolean
  /** Accepts names that `args` does not list (set_fact, add_host, group_by); they arrive in args under their names. */
  readonly anyArgs?: boolean
  /** The result is told as it came: no `invocation` is put beside it. */
  readonly resultAsIs?: boolean
  readonly args: T
  /** Words for options that do not exist, where Ansible's action has its own. */
  readonly unknownOptions?: (called: string, names: readonly string[]) => string
  readonly rules?: Rules
  /** Return values, for `doc`: name → summary. */
  readonly returns?: { readonly [name: string]: string }
  /** Order of the keys of a result, as Ansible gives them; what it does not name follows. */
  readonly order?: readonly string[] | ((keys: ReadonlySet<unknown>) => readonly string[])
  /** YAML task examples for `doc`; checked by a test that they load. */
  readonly examples?: string
  run(context: ModuleContext<ArgsOf<T>>): Promise<ModuleResult>
}

/** What Ansible's actions on the controller say of an option that they do not have. */
export const invalidOptions = (called: string, names: readonly string[]): string =>
  `Invalid options for ${called}: ${names.join(',')}`

/** Declares a module. The value is the module file's default export. */
export const defineModule = <const T extends ArgSpecs>(spec: ModuleSpec<T>): ModuleSpec<T> => spec

/** Thrown by `fail`; the executor turns it into a failed result. */
export class ModuleFailure extends Error {
  constructor(
    msg: string,
    readonly extra: { readonly [key: string]: Json | undefined } = {},
  ) {
    super(msg)
    this.name = 'ModuleFailure'
  }
}

/** Owner, mode and security context: the options that Ansible calls "files" attributes. */
export const fileAttributes = {
  mode: { type: 'raw', summary: 'permissions, octal or symbolic' },
  owner: { type: 'str', summary: 'user that should own it' },
  group: { type: 'str', summary: 'group that should own it' },
  seuser: { type: 'str', summary: 'SELinux user' },
  serole: { type: 'str', summary: 'SELinux role' },
  setype: { type: 'str', summary: 'SELinux type' },
  selevel: { type: 'str', summary: 'SELinux level' },
  unsafe_writes: {
    type: 'bool',
    default: false,
    summary: 'write in place where a rename cannot work',
    env: 'ANSIBLE_UNSAFE_WRITES',
  },
  attributes: { type: 'str', aliases: ['attr'], summary: 'chattr flags' },
} as const satisfies ArgSpecs
