import { defineModule, invalidOptions } from '../engine/module/define.js'
import type { Json, Value } from '../engine/python/values.js'

export default defineModule({
  name: 'ansible.builtin.assert',
  summary: 'Fail unless every condition is true',
  check: 'full',
  unknownOptions: invalidOptions,
  where: 'controller',
  args: {
    // Required, but with its own error text.
    that: { type: 'raw', summary: 'conditions, as one would write them in when' },
    fail_msg: { type: 'raw', aliases: ['msg'], summary: 'what to say when one is false' },
    success_msg: { type: 'raw', summary: 'what to say when all are true' },
    quiet: { type: 'bool', default: false, summary: 'do not show the result in full' },
  },
  returns: { assertion: 'the condition that was false', evaluated_to: 'false' },
  order: ['changed', 'msg'],
  examples: `
- ansible.builtin.assert:
    that:
      - ansible_os_family != "RedHat"
      - my_param is defined
    fail_msg: my_param must be set
`,

  async run({ args, given, controller, task, fail }) {
    if (!given.has('that')) fail('conditional required in "that" string')
    const failed = message('fail_msg', args.fail_msg, 'Assertion failed', fail)
    const succeeded = message('success_msg', args.success_msg, 'All assertions passed', fail)
    const shown = args.quiet ? {} : { _ansible_verbose_always: true }

    for (const [index, condition] of (Array.isArray(args.that) ? args.that : [args.that!]).entries()) {
      const template = task.templated?.('that', index) ?? task.templated?.('that')
      if (template !== undefined && template.replace(/^{{.*}}$/s, '') !== '')
        controller.warn(
          `conditional statements should not include jinja2 templating delimiters such as {{ }} or {% %}. Found: ${template}`,
        )
      if (!(await controller.truth(condition, template !== undefined)))
        fail(failed as string, { evaluated_to: false, assertion: condition as Json, ...shown })
    }
    return { changed: false, msg: succeeded, ...shown }
  },
})

function message(name: string, given: Value | undefined, otherwise: string, fail: (msg: string) => never): Json {
  if (given === undefined || given === null) return otherwise
  if (Array.isArray(given)) {
    if (!given.every(part => typeof part === 'string'))
      fail(`Type of one of the elements in ${name} list is not string type`)
    return given as Json
  }
  if (typeof given !== 'string') fail(`Incorrect type for ${name}, expected a string or list and got ${typeof given}`)
  return given as Json
}
