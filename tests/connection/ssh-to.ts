/** A pool and a target for a test's sshd. */
import type { Value } from '../../engine/python/values.js'
import { HostPool, type PoolOptions, type Target, type TaskNeeds } from '../../engine/remote/pool.js'
import type { Sshd } from '../sshd.js'
import { testSettings } from './settings.js'

export const needs: TaskNeeds = { checkMode: false, diffMode: false, environment: new Map() }

export function sshTo(
  sshd: Pick<Sshd, 'port' | 'key' | 'knownHosts' | 'folder' | 'user'>,
  vars: { readonly [name: string]: Value } = {},
  options: Partial<PoolOptions> = {},
): { pool: HostPool; target: Target; warnings: string[] } {
  const all: { readonly [name: string]: Value } = {
    ansible_host: '127.0.0.1',
    ansible_port: sshd.port,
    ansible_user: sshd.user,
    ansible_ssh_private_key_file: sshd.key,
    ansible_ssh_common_args: `-F none -o UserKnownHostsFile=${sshd.knownHosts} -o GlobalKnownHostsFile=/dev/null`,
    ...vars,
  }
  const warnings: string[] = []
  const pool = new HostPool({
    settings: testSettings(),
    // No agent and no keys of whoever runs the tests.
    environ: { PATH: process.env.PATH, HOME: sshd.folder },
    warn: text => warnings.push(text),
    ...options,
  })
  const target = { name: 'testhost', connection: 'ssh', vars: (name: string) => all[name] }
  return { pool, target, warnings }
}
