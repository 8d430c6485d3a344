/** `[start:stop:step]` */
import { typeError, valueError } from '../python/errors.js'
import { isInt, PyObject, type Value } from '../python/values.js'

export class PySlice extends PyObject {
  readonly typeName = 'slice'
  constructor(
    readonly start: Value,
    readonly stop: Value,
    readonly step: Value,
  ) {
    super()
  }

  /** The indices it selects from a sequence of `length`. */
  indices(length: number): number[] {
    const bound = (value: Value): number | undefined => {
      if (value === null) return undefined
      if (!isInt(value)) throw typeError('slice indices must be integers or None or have an __index__ method')
      return Number(value)
    }
    const step = bound(this.step) ?? 1
    if (step === 0) throw valueError('slice step cannot be zero')
    const [low, high] = step > 0 ? [0, length] : [-1, length - 1]
    const clamp = (value: number | undefined, fallback: number) => {
      if (value === undefined) return fallback
      const index = value < 0 ? value + length : value
      return Math.min(Math.max(index, low), high)
    }
    const start = clamp(bound(this.start), step > 0 ? low : high)
    const stop = clamp(bound(this.stop), step > 0 ? high : low)
    const picked: number[] = []
    for (let index = start; step > 0 ? index < stop : index > stop; index += step) picked.push(index)
    return picked
  }
}
