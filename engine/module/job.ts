/** Names of asynchronous jobs; modules and the executor keep them in one directory of the host, as Ansible does. */
import { randomInt } from 'node:crypto'

export const defaultAsyncDir = '~/.ansible_async'

/** A job id that looks like Ansible's: "j123456789012.4711". */
export const newJobId = (): string => `j${String(randomInt(1e12)).padStart(12, '0')}.${randomInt(1000, 65_536)}`
