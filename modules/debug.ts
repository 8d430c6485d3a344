import type { ArgsOf } from '../engine/args.js'
import { Diagnostic } from '../engine/diagnostics.js'
import { type Controller, defineModule, invalidOptions } from '../engine/module/define.js'
import { isDict, isList, type Json, PyObject, type Value } from '../engine/python/values.js'

const args = {
  msg: { type: 'raw', default: 'Hello world!', nullable: true, summary: 'what to show' },
  var: { type: 'raw', summary: 'name of a variable, or an expression, whose value to show' },
  verbosity: { type: 'int', default: 0, summary: 'show it only with this many -v' },
} as const

export default defineModule({
  name: 'ansible.builtin.debug',
  summary: 'Show a message or the value of a variable',
  check: 'full',
  unknownOptions: invalidOptions,
  where: 'controller',
  args,
  order: ['msg'],
  examples: `
- ansible.builtin.debug:
    msg: System {{ inventory_hostname }} has uuid {{ ansible_product_uuid }}

- ansible.builtin.debug:
    var: result
    verbosity: 2
`,

  async run({ args, given, task, controller, fail }) {
    // Ansible's defaults do not count as given here, so this cannot be a rule of the spec.
    if (given.has('msg') && given.has('var')) fail("'msg' and 'var' are incompatible options")
    if (task.verbosity < args.verbosity) return { skipped_reason: 'Verbosity threshold not met.', skipped: true }
    return {
      ...(await shown(args, controller, task.verbosity, task.templated?.('var') !== undefined)),
      _ansible_verbose_always: true,
    }
  },
})

const variablePath = /^[A-Za-z_]\w*(?:\.\w+|\[(?:-?\d+|'[^'\\]*'|"[^"\\]*")\])*$/

async function shown(
  { msg, var: name }: ArgsOf<typeof args>,
  controller: Controller,
  verbosity: number,
  templated: boolean,
) {
  if (name === undefined || name === null || name === '') return { msg: msg as Json }
  const key =
    typeof name === 'string' ? name : `<class '${isList(name) ? 'list' : isDict(name) ? 'dict' : pythonType(name)}'>`
  // What a template made may name a variable, but it is no expression of the playbook's.
  if (templated && typeof name === 'string' && !variablePath.test(name)) return { [key]: `{{${name}}}` }
  try {
    const value = typeof name === 'string' ? await controller.expression(name) : name
    if (!isUndefined(value)) return { [key]: value as Json }
  } catch (error) {
    if (!(error instanceof Diagnostic) || !/undefined|is not defined|has no attribute|no element/.test(error.message))
      throw error
    // With -v, Ansible adds why.
    if (verbosity > 0) return { [key]: `VARIABLE IS NOT DEFINED!: ${error.message}` }
  }
  return { [key]: 'VARIABLE IS NOT DEFINED!' }
}

const isUndefined = (value: Value) => value instanceof PyObject && /undefined/i.test(value.typeName)
const pythonType = (value: Value) =>
  value instanceof PyObject
    ? value.typeName
    : typeof value === 'boolean'
      ? 'bool'
      : Number.isInteger(value)
        ? 'int'
        : 'float'
