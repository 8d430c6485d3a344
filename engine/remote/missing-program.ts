import { sh } from './quote.js'
import type { Query } from './remote.js'

/** Ansible's words for a program that a module needs and the host lacks. */
export const missingProgram = (name: string, paths: string): string =>
  `Failed to find required executable "${name}" in paths: ${paths}`

/** Where a program was looked for in vain; undefined when the host has it. */
export const searchedInVain = (name: string): Query<string | undefined> => ({
  command: sh`command -v ${name} >/dev/null 2>&1 || printf %s "$PATH"`,
  parse: stdout => stdout || undefined,
})
