/** What a dry run cannot know, such as the output of a command that was not executed. */
import { Diagnostic } from '../diagnostics.js'
import { PyObject, type Value } from './values.js'

/** Absorbs operators, access, filters and tests; what needs to know more (truth, text, items) ends the evaluation. */
export class Unknown extends PyObject {
  readonly typeName = 'Unknown'
  /** `dependsOn` names the task whose result is not known. */
  constructor(readonly dependsOn: string) {
    super()
  }
  override repr(): string {
    return `<unknown: depends on ${this.dependsOn}>`
  }
  override truth(): never {
    throw new UndeterminedCondition(this.dependsOn)
  }
  override str(): never {
    throw new UndeterminedCondition(this.dependsOn)
  }
  override equals(): never {
    throw new UndeterminedCondition(this.dependsOn)
  }
  override iterate(): never {
    throw new UndeterminedCondition(this.dependsOn)
  }
  override length(): never {
    throw new UndeterminedCondition(this.dependsOn)
  }
  override contains(): never {
    throw new UndeterminedCondition(this.dependsOn)
  }
  override attribute(): Value {
    return this
  }
  override item(): Value {
    return this
  }
  override call(): Value {
    return this
  }
  override binary(): Value {
    return this
  }
}

/** A decision that hangs on an Unknown. */
export class UndeterminedCondition extends Diagnostic {
  constructor(readonly dependsOn: string) {
    super(`undetermined (depends on ${dependsOn})`, { code: 'undetermined' })
  }
}
