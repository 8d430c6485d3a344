/** `understudy schema`: the JSON schema of playbooks and task files, for editors. */
import { loadModule, ourModules } from '../module/registry.js'
import { playbookSchema, tasksSchema } from '../playbook/schema.js'
import { parseFlags } from './flags.js'
import { helpText } from './help.js'
import type { Io } from './io.js'

const options = {
  tasks: {
    names: ['--tasks'],
    kind: 'switch',
    heading: 'Output',
    summary: 'the schema of a file of tasks, as roles have them',
  },
  help: { names: ['-h', '--help'], kind: 'switch', heading: 'Output', summary: 'show this help message and exit' },
} as const

/** Prints the schema, with the options of every module that runs here. */
export async function schema(argv: string[], io: Io, program: string): Promise<number> {
  const flags = parseFlags(argv, options)
  if (flags.has('help')) {
    io.stdout.write(
      helpText({
        usage: `${program} [flags]`,
        sentence: 'Prints the JSON schema of playbooks, which editors complete and check with.',
        options,
        examples: [
          [`${program} > playbook.schema.json`, 'then name the file in the settings of the editor'],
          [`${program} --tasks > tasks.schema.json`, 'for the task files of roles'],
        ],
      }),
    )
    return 0
  }
  const modules = await Promise.all(ourModules().map(loadModule))
  const made = flags.has('tasks') ? tasksSchema(modules) : playbookSchema(modules)
  io.stdout.write(`${JSON.stringify(made, undefined, 2)}\n`)
  return 0
}
