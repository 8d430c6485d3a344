/** The only table of tests: name → definition. Short names are Ansible's; collections' are listed fully qualified too. */
import type { Tests } from '../define.js'

export const tests: Tests = {}
