import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Diagnostic } from '../diagnostics.js'
import { PyFloat } from '../python/values.js'
import { loadSettings } from './load.js'
import { settingsTable } from './table.js'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'settings-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const load = (cfg: string | undefined, environ: Record<string, string> = {}) => {
  if (cfg !== undefined) writeFileSync(join(dir, 'ansible.cfg'), cfg)
  return loadSettings({ environ: { HOME: join(dir, 'home'), ...environ }, cwd: dir })
}
const failure = (cfg: string, environ = {}) => {
  try {
    load(cfg, environ)
  } catch (error) {
    if (error instanceof Diagnostic) return error
  }
  throw new Error('no diagnostic')
}

describe('values from ansible.cfg', () => {
  it('reads the dialect as Ansible does', () => {
    const settings = load(`# comment
[defaults]
forks = 7 ; inline
inventory = hosts,inv/prod, ~/x , {{CWD}}/z
roles_path = roles:../r2:/abs:~/roles:$HOME/q:{{CWD}}/k
remote_user = "quoted"
nocolor = Yes
force_handlers = maybe
callbacks_enabled = timer, profile_tasks,
   more
private_key_file = ~/k #x
gather_subset = !all , min
log_filter = "a", 'b'
fact_caching: jsonfile
ERROR_ON_UNDEFINED_VARS = 0
[privilege_escalation]
become = on
become_user = %(foo)s
[ssh_connection]
ssh_args = -o A=b ; c
`)
    expect(settings.number('DEFAULT_FORKS')).toBe(7)
    expect(settings.list('DEFAULT_HOST_LIST')).toEqual(
      ['hosts', 'inv/prod', 'home/x', 'z'].map(path => join(dir, path)),
    )
    expect(settings.list('DEFAULT_ROLES_PATH')).toEqual([
      join(dir, 'roles'),
      join(dir, '../r2'),
      '/abs',
      join(dir, 'home/roles'),
      join(dir, 'home/q'),
      join(dir, 'k'),
    ])
    expect(settings.string('DEFAULT_REMOTE_USER')).toBe('quoted')
    expect(settings.bool('ANSIBLE_NOCOLOR')).toBe(true)
    expect(settings.bool('DEFAULT_FORCE_HANDLERS')).toBe(false)
    expect(settings.bool('DEFAULT_UNDEFINED_VAR_BEHAVIOR')).toBe(false)
    expect(settings.list('CALLBACKS_ENABLED')).toEqual(['timer', 'profile_tasks', 'more'])
    expect(settings.string('DEFAULT_PRIVATE_KEY_FILE')).toBe(join(dir, 'home/k #x'))
    expect(settings.list('DEFAULT_GATHER_SUBSET')).toEqual(['!all', 'min'])
    expect(settings.list('DEFAULT_LOG_FILTER')).toEqual(['a', 'b'])
    expect(settings.string('CACHE_PLUGIN')).toBe('jsonfile')
    expect(settings.bool('DEFAULT_BECOME')).toBe(true)
    expect(settings.string('DEFAULT_BECOME_USER')).toBe('%(foo)s')
    expect(settings.string('connection.ssh.ssh_args')).toBe('-o A=b')
    expect(settings.origin('DEFAULT_FORKS')).toBe(join(dir, 'ansible.cfg'))
    expect(settings.origin('DEFAULT_TIMEOUT')).toBe('default')
    expect(settings.get('DEFAULT_INTERNAL_POLL_INTERVAL')).toBe(0.001)
  })

  it('lets the environment win over the file, and flags over both', () => {
    const settings = load('[defaults]\nforks=2\n', { ANSIBLE_FORKS: '3', ANSIBLE_INVENTORY: 'h,i/k', NO_COLOR: '1' })
    expect(settings.number('DEFAULT_FORKS')).toBe(3)
    expect(settings.origin('DEFAULT_FORKS')).toBe('env: ANSIBLE_FORKS')
    expect(settings.list('DEFAULT_HOST_LIST')).toEqual([join(dir, 'h'), join(dir, 'i/k')])
    expect(settings.bool('ANSIBLE_NOCOLOR')).toBe(true)
    settings.override('DEFAULT_FORKS', 9, '--forks')
    expect(settings.number('DEFAULT_FORKS')).toBe(9)
  })

  it('says which line holds a value of the wrong type', () => {
    const error = failure('[defaults]\n\ntimeout = 5.5\n')
    expect(error.message).toBe(
      `Invalid type for configuration option setting: DEFAULT_TIMEOUT (from ${dir}/ansible.cfg): invalid literal for int() with base 10: '5.5'`,
    )
    expect(error.at).toEqual({ file: join(dir, 'ansible.cfg'), line: 3, column: 1 })
    expect(failure('[colors]\nok = plum\n').message).toMatch(/^Invalid value "plum" for configuration option/)
    expect(failure('', { ANSIBLE_FORKS: 'x' }).message).toContain('(from env: ANSIBLE_FORKS)')
  })

  it('refuses a file that is no ini file', () => {
    expect(failure('forks=3\n').message).toContain('File contains no section headers')
    expect(failure('[defaults]\nforks\n').at?.line).toBe(2)
    expect(failure('[defaults]\nforks=1\nforks=2\n').message).toContain("option 'forks' in section 'defaults'")
  })

  it('takes extended colour names', () => {
    expect(load('[colors]\nok = rgb315\n').string('COLOR_OK')).toBe('rgb315')
  })
})

describe('which file is read', () => {
  it('ignores a file in a folder that anybody may write to', () => {
    chmodSync(dir, 0o777)
    const settings = load('[defaults]\nforks=9\n')
    expect(settings.number('DEFAULT_FORKS')).toBe(5)
    expect(settings.warnings[0]).toContain(`world writable directory (${dir})`)
  })

  it('follows ANSIBLE_CONFIG, which may name a folder, and goes on when nothing is there', () => {
    mkdirSync(join(dir, 'other'))
    writeFileSync(join(dir, 'other/ansible.cfg'), '[defaults]\nforks=4\nroles_path=r\n')
    const settings = load('[defaults]\nforks=9\n', { ANSIBLE_CONFIG: 'other' })
    expect(settings.number('DEFAULT_FORKS')).toBe(4)
    expect(settings.list('DEFAULT_ROLES_PATH')).toEqual([join(dir, 'other/r')])
    expect(load(undefined, { ANSIBLE_CONFIG: '/nowhere' }).number('DEFAULT_FORKS')).toBe(9)
  })

  it('finds ~/.ansible.cfg', () => {
    mkdirSync(join(dir, 'home'))
    writeFileSync(join(dir, 'home/.ansible.cfg'), '[defaults]\nforks=6\n')
    expect(load(undefined).number('DEFAULT_FORKS')).toBe(6)
  })
})

describe('the table', () => {
  it('has a readable default for every setting', () => {
    const settings = load(undefined)
    for (const name of settingsTable.keys()) expect(() => settings.get(name), name).not.toThrow()
    expect(settings.list('DEFAULT_ROLES_PATH')[0]).toBe(join(dir, 'home/.ansible/roles'))
    expect(settings.string('become.sudo.become_flags')).toBe('-H -S -n')
  })

  it('describes each setting once, in one line without full stop', () => {
    for (const { name, summary } of settingsTable.values()) expect(summary, name).toMatch(/^[^.].*[^.]$/)
  })

  it('reads floats as floats', () => {
    const settings = load(undefined, { ANSIBLE_WORKER_SHUTDOWN_POLL_DELAY: '2' })
    expect(settings.get('WORKER_SHUTDOWN_POLL_DELAY')).toEqual(new PyFloat(2))
  })
})
