/** The only table of lookups: name → definition. Short names are Ansible's; collections' are listed fully qualified too. */
import type { Lookups } from '../define.js'

export const lookups: Lookups = {}
