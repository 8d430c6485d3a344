import type { ArgSpec, ArgSpecs, ArgType } from '../engine/args.js'
import { checkArgs } from '../engine/module/args.js'
import { defineModule } from '../engine/module/define.js'
import { pyRepr } from '../engine/python/repr.js'
import { type Dict, isDict, type Json, typeName, type Value } from '../engine/python/values.js'

export default defineModule({
  name: 'ansible.builtin.validate_argument_spec',
  summary: 'Check variables against a role’s argument specification',
  check: 'full',
  where: 'controller',
  // Ansible looks at no other option, and does not mind any.
  anyArgs: true,
  args: {
    argument_spec: { type: 'raw', summary: 'names and what they must be' },
    provided_arguments: { type: 'dict', summary: 'values that go before the variables' },
    validate_args_context: { type: 'dict', summary: 'where the specification comes from' },
  },
  returns: {
    argument_errors: 'what is wrong',
    argument_spec_data: 'the specification',
    validate_args_context: 'where it comes from',
  },
  examples: `
- ansible.builtin.validate_argument_spec:
    argument_spec: "{{ lookup('file', 'spec.yml') | from_yaml }}"
    provided_arguments:
      port: 80
`,

  async run({ args, given: named, task, fail }) {
    const spec = args.argument_spec as unknown as Value | undefined
    if (spec === undefined) {
      const others = new Map(
        [...named].map(name => [name, (args as { readonly [name: string]: unknown })[name] as Value]),
      )
      return fail(`"argument_spec" arg is required in args: ${pyRepr(others)}`)
    }
    if (!isDict(spec))
      return fail(`Incorrect type for argument_spec, expected dict and got <class '${typeName(spec)}'>`)
    const given = (args.provided_arguments as unknown as Dict | undefined) ?? new Map<Value, Value>()
    const values: Dict = new Map()
    for (const name of spec.keys()) {
      const value = given.has(name) ? given.get(name) : await task.variable(String(name))
      if (value !== undefined) values.set(name, value)
    }
    for (const [name, value] of given) values.set(name, value)
    const specs = Object.fromEntries([...spec].map(([name, one]) => [String(name), specOf(one)])) as ArgSpecs
    const errors = checkArgs({ args: specs }, values, 'validate_argument_spec').errors.map(error =>
      error.replace(/^Unsupported parameters for \(\S+\) module: /, ''),
    )
    const context = (args.validate_args_context as unknown as Json) ?? {}
    if (errors.length > 0)
      fail(`Validation of arguments failed:\n${errors.join('\n')}`, {
        argument_errors: errors,
        argument_spec_data: spec as unknown as Json,
        validate_args_context: context,
      })
    return { changed: false, msg: 'The arg spec validation passed', validate_args_context: context }
  },
})

/** One option as meta/argument_specs.yml writes it. */
function specOf(written: Value | undefined): ArgSpec {
  const get = (name: string) => (isDict(written) ? written.get(name) : undefined)
  const options = get('options')
  return {
    type: (get('type') as ArgType | undefined) ?? 'str',
    summary: '',
    ...(get('elements') ? { elements: get('elements') as ArgType } : {}),
    ...(get('required') ? { required: true } : {}),
    ...(Array.isArray(get('choices')) ? { choices: get('choices') as string[] } : {}),
    ...(isDict(options)
      ? { options: Object.fromEntries([...options].map(([name, one]) => [String(name), specOf(one)])) }
      : {}),
  }
}
