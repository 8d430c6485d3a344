/** Filters that choose: what stands for something missing, for truth, for the type. */
import { Diagnostic } from '../../diagnostics.js'
import { pyEquals, truthy } from '../../python/compare.js'
import { asNumber, isNumber, typeName, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'
import { isUndef, type Undef } from '../undefined.js'

export const fallback = defineFilter({
  summary: 'Another value when this one is not defined',
  examples: [
    ["{{ nosuch | default('x') }}", 'x'],
    ["{{ '' | default('x') }}", ''],
    ["{{ '' | default('x', true) }}", 'x'],
    ["{{ nosuch.a.b | d('deep') }}", 'deep'],
  ],
  signature: "default_value='', boolean=False",
  acceptsUndefined: true,
  lazy: true,
  applyIn: (context, value: Value, other: Value, boolean: Value) =>
    isUndef(value) || (truthy(boolean) && !truthy(context.settle(value))) ? other : value,
})

export const ternary = defineFilter({
  summary: 'One value for true, another for false, perhaps a third for none',
  examples: [
    ["{{ true | ternary('yes', 'no') }}", 'yes'],
    ["{{ '' | ternary('yes', 'no') }}", 'no'],
    ["{{ none | ternary('yes', 'no', 'nothing') }}", 'nothing'],
    ["{{ false | ternary(nosuch, 'no') }}", 'no'],
    ["{{ true | ternary(nosuch, 'no') }}", { error: "'nosuch' is undefined" }],
    ["{{ nosuch | ternary('yes', 'no') | default('x') }}", 'x'],
  ],
  choosesArgument: true,
  signature: 'true_val, false_val, none_val=None',
  apply: (value: Value, whenTrue: Value, whenFalse: Value, whenNone: Value) => {
    if (value === null && whenNone !== null) return whenNone
    return truthy(value) ? whenTrue : whenFalse
  },
})

export const bool = defineFilter({
  summary: 'True for yes, on, 1 and true; false for everything else; none stays none',
  examples: [
    ["{{ 'yes' | bool }}", true],
    ["{{ 'y' | bool }}", false],
    ['{{ 1 | bool }}', true],
    ['{{ none | bool }}', null],
  ],
  apply: (value: Value): Value => {
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'string') return ['yes', 'on', '1', 'true'].includes(value.toLowerCase())
    return isNumber(value) ? asNumber(value) === 1 : pyEquals(value, 1)
  },
})

export const mandatory = defineFilter({
  summary: 'The value, or an error when it is not defined',
  examples: [
    ["{{ 'set' | mandatory }}", 'set'],
    ['{{ nosuch | mandatory }}', { error: "Mandatory variable 'nosuch' not defined." }],
    ["{{ nosuch | mandatory('give me nosuch') }}", { error: 'give me nosuch' }],
  ],
  signature: 'msg=None',
  acceptsUndefined: true,
  apply: (value: Value, message: Value) => {
    if (!isUndef(value)) return value
    if (message !== null) throw new Diagnostic(String(message), { code: 'mandatory' })
    throw new Diagnostic(`Mandatory variable ${undefinedName(value)}not defined.`, { code: 'mandatory' })
  },
})

function undefinedName(value: Undef): string {
  const named = /^'([^']+)' is undefined/.exec(value.message)
  return named ? `'${named[1]}' ` : ''
}

export const typeDebug = defineFilter({
  summary: "The name of the value's Python type",
  examples: [
    ["{{ 'x' | type_debug }}", 'str'],
    ['{{ 1.0 | type_debug }}', 'float'],
    ['{{ none | type_debug }}', 'NoneType'],
    ['{{ nosuch | type_debug }}', 'AnsibleUndefined'],
  ],
  acceptsUndefined: true,
  apply: (value: Value) => typeName(value),
})
