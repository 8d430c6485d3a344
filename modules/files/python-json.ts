import { isDict, isList, PyFloat, type Value } from '../../engine/python/values.js'

/** JSON as Python's json.dumps writes it: a space after commas and colons, floats as floats, only ASCII. */
export function pythonJson(value: Value): string {
  if (isList(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (isDict(value))
    return `{${[...value].map(([key, item]) => `${pythonJson(keyText(key))}: ${pythonJson(item)}`).join(', ')}}`
  if (value instanceof PyFloat) return Object.is(value.value, -0) ? '-0.0' : `${value.value}.0`
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'string')
    return JSON.stringify(value).replace(
      /[\u007f-\uffff]/g,
      char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value)
  return JSON.stringify(String(value))
}

const keyText = (key: Value): string => (typeof key === 'string' ? key : pythonJson(key))
