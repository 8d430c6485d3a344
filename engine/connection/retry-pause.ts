/** Milliseconds before try number `attempt` (from 0) is made again: 0, 1, 3, 7, … up to 30 seconds, as Ansible's ssh_retries. */
export const retryPause = (attempt: number): number => Math.min(2 ** attempt - 1, 30) * 1000
