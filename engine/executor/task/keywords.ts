/** A task's keywords as they hold for one host and item: inherited, rendered, in their type. */
import { Diagnostic } from '../../diagnostics.js'
import { toBool } from '../../module/args.js'
import { inherited, inheritedValues } from '../../playbook/inherit.js'
import type { Play, Task } from '../../playbook/model.js'
import { pyStr } from '../../python/repr.js'
import { isList, PyFloat, PyObject, type Value } from '../../python/values.js'
import { isOmit } from '../../template/omit.js'
import type { Scope } from '../../template/scope.js'
import type { Templar } from '../../template/templar.js'
import { UndefinedError } from '../../template/undefined.js'
import { KeywordUndefined } from './failure-text.js'

export class TaskKeywords {
  constructor(
    private readonly node: Task | Play,
    private readonly scope: Scope,
    private readonly templar: Templar,
  ) {}

  /** The raw value from the nearest level that wrote it. */
  raw(name: string): Value | undefined {
    return inherited(this.node, name)
  }

  /** Rendered; undefined when nobody wrote it, when it is null or omitted. */
  async value(name: string): Promise<Value | undefined> {
    for (const raw of inheritedValues(this.node, name)) {
      if (raw === null) return undefined
      if (!(raw instanceof PyObject) && typeof raw !== 'object') return raw
      const value = await this.templar.render(raw, this.scope).catch(error => {
        throw error instanceof UndefinedError ? new KeywordUndefined(name, error, this.node.at) : error
      })
      // `{{ omit }}`: as if it had not been written here.
      if (!isOmit(value)) return value === null ? undefined : value
    }
    return undefined
  }

  async bool(name: string): Promise<boolean | undefined> {
    const value = await this.value(name)
    if (value === undefined) return undefined
    try {
      return toBool(value)
    } catch (error) {
      throw this.#wrong(name, value, 'an bool', (error as Error).message)
    }
  }

  async number(name: string): Promise<number | undefined> {
    const value = await this.value(name)
    if (value === undefined) return undefined
    const number =
      value instanceof PyFloat ? value.value : typeof value === 'string' && value.trim() ? Number(value) : value
    if (typeof number === 'number' && !Number.isNaN(number)) return number
    if (typeof number === 'boolean') return Number(number)
    throw this.#wrong(name, value, 'an int', `invalid literal for int() with base 10: '${pyStr(value)}'`)
  }

  async string(name: string): Promise<string | undefined> {
    const value = await this.value(name)
    return value === undefined || value === '' ? undefined : pyStr(value)
  }

  /** A list, or comma-separated text. */
  async strings(name: string): Promise<string[] | undefined> {
    const value = await this.value(name)
    if (value === undefined) return undefined
    if (isList(value)) return value.map(item => pyStr(item))
    return pyStr(value)
      .split(',')
      .map(text => text.trim())
      .filter(Boolean)
  }

  #wrong(name: string, value: Value, wanted: string, why: string): Diagnostic {
    return new Diagnostic(
      `the field '${name}' has an invalid value (${pyStr(value)}), and could not be converted to ${wanted}. The error was: ${why}`,
      {
        code: 'keyword-type',
        at: this.node.at,
      },
    )
  }
}
