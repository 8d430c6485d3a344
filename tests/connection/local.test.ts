import { HostPool } from '../../engine/remote/pool.js'
import { connectionContract } from './contract.js'
import { testSettings } from './settings.js'

for (const shell of ['/bin/sh', '/bin/bash']) {
  connectionContract(`local with ${shell}`, async () => {
    const pool = new HostPool({ settings: testSettings() })
    const vars = (name: string) => (name === 'ansible_shell_executable' ? shell : undefined)
    return { pool, target: { name: 'here', connection: 'local', vars }, close: () => pool.close() }
  })
}
