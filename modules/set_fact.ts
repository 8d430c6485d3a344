import { defineModule } from '../engine/module/define.js'
import type { Json, Value } from '../engine/python/values.js'
import { checkVariableName } from './names/variable.js'

export default defineModule({
  name: 'ansible.builtin.set_fact',
  summary: 'Set variables of a host for the rest of the run',
  check: 'full',
  where: 'controller',
  anyArgs: true,
  args: {
    cacheable: { type: 'bool', default: false, summary: 'keep the values in the fact cache, too' },
  },
  returns: { ansible_facts: 'the variables that were set' },
  order: ['ansible_facts'],
  examples: `
- ansible.builtin.set_fact:
    one_fact: something
    other_fact: "{{ local_var * 2 }}"
`,

  async run({ args: { cacheable, ...given }, controller, fail }) {
    const native = controller.setting('DEFAULT_JINJA2_NATIVE') === true
    const facts: Record<string, Json> = {}
    for (const [name, value] of Object.entries(given as Record<string, Value>)) {
      checkVariableName(name, fail)
      facts[name] = (native ? value : truthWord(value)) as Json
    }
    if (Object.keys(facts).length === 0)
      fail('No key/value pairs provided, at least one is required for this action to succeed')
    return { changed: false, ansible_facts: facts, _ansible_facts_cacheable: cacheable }
  },
})

/** Without jinja2_native Ansible keeps the words true, false, yes and no as booleans here, and playbooks test them bare. */
function truthWord(value: Value): Value {
  if (typeof value !== 'string') return value
  const word = value.toLowerCase()
  return word === 'true' || word === 'yes' ? true : word === 'false' || word === 'no' ? false : value
}
