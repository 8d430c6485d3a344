/** Methods of int and float. */
import { asNumber, float, isInt, type PyFloat, tuple, type Value } from '../../python/values.js'
import { type Methods, methods } from './method.js'

export const intMethods: Methods = methods({
  'bit_length()': (self: number | bigint | boolean) => {
    const magnitude = BigInt(self) < 0n ? -BigInt(self) : BigInt(self)
    return magnitude === 0n ? 0 : magnitude.toString(2).length
  },
  'bit_count()': (self: number | bigint | boolean) => BigInt(self).toString(2).replace(/[^1]/g, '').length,
  'conjugate()': (self: Value) => (typeof self === 'boolean' ? Number(self) : self),
  'as_integer_ratio()': (self: Value) => tuple([typeof self === 'boolean' ? Number(self) : self, 1]),
})

export const floatMethods: Methods = methods({
  'is_integer()': (self: number | PyFloat) => Number.isInteger(asNumber(self)),
  'conjugate()': (self: Value) => self,
})

/** Attributes that are not methods: real, imag, numerator, denominator. */
export function numberAttribute(self: number | bigint | boolean | PyFloat, name: string): Value | undefined {
  if (name === 'real') return typeof self === 'boolean' ? Number(self) : self
  if (name === 'imag') return isInt(self) ? 0 : float(0)
  if (isInt(self) && name === 'numerator') return typeof self === 'boolean' ? Number(self) : self
  if (isInt(self) && name === 'denominator') return 1
  return undefined
}
