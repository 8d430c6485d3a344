import { defineModule, invalidOptions } from '../engine/module/define.js'
import { isDict, type Json } from '../engine/python/values.js'
import { checkVariableName } from './names/variable.js'

/** Not strict, as in Ansible: what is no boolean is false. */
const isTrue = (value: unknown): boolean => /^(true|yes|on|y|t|1|1\.0)$/i.test(String(value).trim())

export default defineModule({
  name: 'ansible.builtin.set_stats',
  summary: 'Set custom statistics of the run, shown after the recap',
  check: 'full',
  unknownOptions: invalidOptions,
  where: 'controller',
  args: {
    data: { type: 'raw', default: {}, summary: 'names and values' },
    per_host: { type: 'raw', default: false, summary: 'keep them per host instead of for the run' },
    aggregate: { type: 'raw', default: true, summary: 'add to an existing value instead of replacing it' },
  },
  returns: { ansible_stats: 'data, per_host and aggregate' },
  examples: `
- ansible.builtin.set_stats:
    data:
      packages_to_install: 31
    per_host: true
`,

  async run({ args: { data, per_host, aggregate }, fail }) {
    if (!isDict(data)) return fail("The 'data' option needs to be a dictionary/hash")
    for (const name of data.keys()) checkVariableName(String(name), fail)
    const stats = { data: data as unknown as Json, per_host: isTrue(per_host), aggregate: isTrue(aggregate) }
    return { changed: false, ansible_stats: stats }
  },
})
