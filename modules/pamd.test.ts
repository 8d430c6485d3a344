import { vi } from 'vitest'
import { testModule } from '../engine/module/test.js'
import pamd from './pamd.js'

const before = `#%PAM-1.0
# a comment
auth	required	pam_env.so
auth        sufficient    pam_unix.so nullok try_first_pass
auth        [success=1 default=ignore]  pam_succeed_if.so uid >= 1000 quiet_success
@include common-auth
session    optional     pam_motd.so  motd=/run/motd.dynamic
session    optional     pam_motd.so noupdate
`
const rules = {
  env: 'auth       required pam_env.so\n',
  unix: 'auth       sufficient pam_unix.so nullok try_first_pass\n',
  succeed: 'auth       [success=1 default=ignore] pam_succeed_if.so uid >= 1000 quiet_success\n@include common-auth\n',
  motd: 'session    optional pam_motd.so motd=/run/motd.dynamic\nsession    optional pam_motd.so noupdate\n',
}
vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 2, 3, 4, 5) })

const after = (change: Partial<typeof rules>) => {
  const { env, unix, succeed, motd } = { ...rules, ...change }
  return `#%PAM-1.0\n# Updated by Ansible - 2026-01-02T03:04:05.000000\n# a comment\n${env}${unix}${succeed}${motd}`
}
const files = { '/etc/pam.d/svc': before }
const leaves = (change: Partial<typeof rules>) => ({ '/etc/pam.d/svc': after(change) })
const motd = { type: 'session', control: 'optional', module_path: 'pam_motd.so' }
const unix = { type: 'auth', control: 'sufficient', module_path: 'pam_unix.so' }
const faillock = { new_type: 'auth', new_control: 'required', new_module_path: 'pam_faillock.so' }

testModule(
  pamd,
  { name: 'svc' },
  {
    'removes every rule that fits': {
      args: { ...motd, state: 'absent' },
      files,
      leaves: leaves({ motd: '' }),
      returns: { changed: true, change_count: 2, backupdest: '' },
    },
    'puts the stamp in the second line of a file with one line': {
      args: { ...unix, state: 'args_absent', module_arguments: 'nullok' },
      files: { '/etc/pam.d/svc': 'auth sufficient pam_unix.so nullok' },
      leaves: {
        '/etc/pam.d/svc': '\n# Updated by Ansible - 2026-01-02T03:04:05.000000\nauth       sufficient pam_unix.so\n',
      },
    },
    'gives a rule another control': {
      args: { ...unix, new_control: 'required' },
      files,
      leaves: leaves({ unix: 'auth       required pam_unix.so nullok try_first_pass\n' }),
    },
    'inserts before, once': {
      args: { ...unix, ...faillock, state: 'before', module_arguments: 'preauth silent' },
      files,
      leaves: leaves({ unix: `auth       required pam_faillock.so preauth silent\n${rules.unix}` }),
    },
    'inserts after, once': {
      args: { ...unix, ...faillock, state: 'after' },
      files,
      leaves: leaves({ unix: `${rules.unix}auth       required pam_faillock.so\n` }),
    },
    'adds arguments and changes their values': {
      args: { ...motd, state: 'args_present', module_arguments: 'motd=/x' },
      files,
      leaves: leaves({
        motd: 'session    optional pam_motd.so motd=/x\nsession    optional pam_motd.so noupdate motd=/x\n',
      }),
      returns: { change_count: 2 },
    },
    'takes arguments away': {
      args: { ...unix, state: 'args_absent', module_arguments: 'nullok' },
      files,
      leaves: leaves({ unix: 'auth       sufficient pam_unix.so try_first_pass\n' }),
    },
    'replaces all arguments': {
      args: { ...unix, module_arguments: '' },
      files,
      leaves: leaves({ unix: 'auth       sufficient pam_unix.so\n' }),
    },
    'leaves the file when nothing fits': {
      args: { ...unix, control: 'nope', state: 'absent' },
      files,
      leaves: files,
      returns: { changed: false, change_count: 0 },
    },
    'refuses a control that PAM does not know': {
      args: { ...unix, new_control: 'x' },
      files,
      fails: 'Rule control, x, is not valid in rule auth       x pam_unix.so nullok try_first_pass',
    },
    'refuses brackets among arguments to add': {
      args: { ...unix, state: 'args_present', module_arguments: ['[a b]'] },
      files,
      fails: /^Unable to process bracketed/,
    },
    'needs the service': { args: unix, fails: /^Unable to open\/read PAM module file \/etc\/pam.d\/svc with error/ },
  },
)
