/** Renders values that people wrote, against a scope. The contract that the later stages use. */
import type { Diagnostic, SourceRange } from '../diagnostics.js'
import type { Value } from '../python/values.js'
import type { Scope } from './scope.js'

/** What lookups and includes may ask of the controller. */
export interface TemplarHost {
  /** Bytes of a file on the controller, decrypted when it is a vault file. Throws when it cannot be read. */
  readFile(path: string): Buffer
  readonly environ: Readonly<Record<string, string | undefined>>
  /** A setting by Ansible's constant name (DEFAULT_JINJA2_EXTENSIONS, …); undefined when there is no such setting. */
  setting(name: string): Value | undefined
  /** An option of a plugin, for the lookup config; undefined when the plugin has none of that name. */
  pluginSetting?(asked: PluginOption): Promise<Value | undefined>
  /** Host names that a pattern selects; for the lookup inventory_hostnames. */
  hostsMatching?(pattern: string): string[]
  warn(message: string): void
}

export interface PluginOption {
  /** connection, become, shell, callback, … */
  readonly type: string
  readonly plugin: string
  readonly option: string
  /** Rendered value of a variable of who asks; undefined when there is none. */
  readonly variable: (name: string) => Value | undefined
}

/** The options of the template module and of lookup('template'), in Jinja's names. */
export interface TextOptions {
  readonly file?: string
  readonly trim_blocks?: boolean
  readonly lstrip_blocks?: boolean
  readonly newline_sequence?: string
  readonly block_start_string?: string
  readonly block_end_string?: string
  readonly variable_start_string?: string
  readonly variable_end_string?: string
  readonly comment_start_string?: string
  readonly comment_end_string?: string
}

export interface Templar {
  /** Renders every TemplateString in `value`, deeply. Containers without templates come back as they are. */
  render(value: Value, scope: Scope): Promise<Value>
  /** As render, at once; throws Pending where a lookup would have to wait (parse-time names, import paths). */
  renderNow(value: Value, scope: Scope): Value
  /** Evaluates a bare expression (`when`, `until`, `debug var=`, bare `with_items` names). */
  expression(source: string, scope: Scope, at?: SourceRange): Promise<Value>
  /**
   * Truth of one `when`-like condition: bool, expression text, or a template (with Ansible's warning). `closed`: the text
   * came out of a template, so it may be a host's: lookups in it are refused.
   */
  truth(condition: Value, scope: Scope, at?: SourceRange, closed?: boolean): Promise<boolean>
  /** Renders the text of a template file; always a string. */
  renderText(source: string, scope: Scope, options?: TextOptions): Promise<string>
  /**
   * Reads a template or a bare expression without rendering it: what is wrong with its syntax, or which filter or test
   * it names that does not exist. Undefined: nothing. For checks before any host is touched.
   */
  check(source: string, kind: 'template' | 'expression', at?: SourceRange): Diagnostic | undefined
  /** Runs one lookup plugin by name, as `with_X` loops do; always a list. */
  lookup(name: string, terms: readonly Value[], options: ReadonlyMap<string, Value>, scope: Scope): Promise<Value[]>
}
