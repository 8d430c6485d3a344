/** The only table of filters: name → definition. Short names are Ansible's; collections' are listed fully qualified too. */
import type { Filters } from '../define.js'

export const filters: Filters = {}
