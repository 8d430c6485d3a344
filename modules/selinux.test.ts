import { testModule } from '../engine/module/test.js'
import { changing, type FakeCommands } from '../engine/remote/fake.js'
import seboolean from './seboolean.js'
import sefcontext from './sefcontext.js'
import selinux from './selinux.js'
import selinuxPermissive from './selinux_permissive.js'
import selogin from './selogin.js'
import seport from './seport.js'

/** What is asked answers `before`, and `after` once a program of SELinux has changed something. */
const policy =
  (before: string, after = before) =>
  (): FakeCommands => {
    const { now, change } = changing(before, after)
    return [
      [/^selinuxenabled/, now],
      [/^(semanage|setsebool) /, change],
    ]
  }

const bool = (now: string, boot: string) =>
  `enabled yes\nnow web --> ${now}\nboot \nall web                            (${now.padEnd(4)},${boot.padStart(5)})  Allow the web to web\n`

testModule(
  seboolean,
  { name: 'web', state: true },
  {
    'switches one on until the next boot': {
      commands: policy(bool('off', 'off'), bool('on', 'off')),
      runs: ['setsebool web on'],
      returns: { name: 'web', persistent: false, state: true },
    },
    'switches one on for good though it is on now': {
      args: { persistent: true },
      commands: policy(bool('on', 'off'), bool('on', 'on')),
      runs: ['setsebool -P web on'],
      changed: true,
    },
    'leaves what is so, now and later': {
      args: { persistent: true },
      commands: policy(bool('on', 'on')),
      changed: false,
    },
    'does not mind what comes after the boot where nobody asks for it': {
      args: { state: false },
      commands: policy(bool('off', 'on')),
      changed: false,
    },
    'knows no such boolean': {
      commands: policy('enabled yes\nnow Error getting active value for web\nboot \nall \n'),
      fails: 'SELinux boolean web does not exist.',
    },
    'fails where SELinux is off': {
      commands: policy('now getsebool:  SELinux is disabled\nboot \nall \n'),
      fails: 'SELinux is disabled on this host.',
    },
    'says what setsebool says': {
      commands: [
        [/^selinuxenabled/, bool('off', 'off')],
        [/^setsebool /, { rc: 1, stderr: 'Could not change active booleans: Permission denied\n' }],
      ],
      fails: 'Failed to set boolean web to true: Could not change active booleans: Permission denied',
      returns: { rc: 1 },
    },
  },
)

const context = (type: string, kind = 'all files', target = '/srv/git(/.*)?', level = 's0') =>
  `${target.padEnd(50)} ${kind.padEnd(18)} system_u:object_r:${type}:${level} \n`
const contexts = (lines: string, equal = '') =>
  `//enabled\n${context('var_t', 'all files', '/srv/.*')}${lines}//equal\n${equal}`

testModule(
  sefcontext,
  { target: '/srv/git(/.*)?' },
  {
    'adds a context': {
      args: { setype: 'git_t' },
      commands: policy(contexts(''), contexts(context('git_t'))),
      runs: ["semanage fcontext -a -f a -t git_t '/srv/git(/.*)?'"],
      returns: { target: '/srv/git(/.*)?', ftype: 'a', setype: 'git_t', substitute: null, state: 'present' },
    },
    'leaves the one that is there': {
      args: { setype: 'git_t' },
      commands: policy(contexts(context('git_t'))),
      changed: false,
    },
    'gives another type, user and level, without loading the policy': {
      args: { setype: 'git_t', seuser: 'staff_u', selevel: 's0:c1', reload: false },
      commands: policy(
        contexts(context('old_t')),
        contexts(context('git_t', 'all files', '/srv/git(/.*)?', 's0:c1').replace('system_u', 'staff_u')),
      ),
      runs: ["semanage fcontext -N -m -f a -t git_t -s staff_u -r s0:c1 '/srv/git(/.*)?'"],
    },
    'tells files from directories': {
      args: { setype: 'git_t', ftype: 'd' },
      commands: policy(contexts(context('git_t')), contexts(context('git_t') + context('git_t', 'directory'))),
      runs: ["semanage fcontext -a -f d -t git_t '/srv/git(/.*)?'"],
    },
    'takes a context away': {
      args: { state: 'absent' },
      commands: policy(contexts(context('git_t')), contexts('')),
      runs: ["semanage fcontext -d -f a '/srv/git(/.*)?'"],
    },
    'takes nothing away that is not there': {
      args: { state: 'absent' },
      commands: policy(contexts('')),
      changed: false,
    },
    'lets a directory be like another': {
      args: { target: '/srv/www', substitute: '/var/www' },
      commands: policy(contexts('', '/srv/www = /old\n'), contexts('', '/srv/www = /var/www\n')),
      runs: ['semanage fcontext -d /srv/www', 'semanage fcontext -a -e /var/www /srv/www'],
    },
    'ends that it is like another': {
      args: { target: '/srv/www', state: 'absent' },
      commands: policy(contexts('', '/srv/www = /var/www\n'), contexts('')),
      runs: ['semanage fcontext -d -e /var/www /srv/www'],
    },
    'says what semanage says': {
      args: { setype: 'no_t' },
      commands: [
        [/^selinuxenabled/, contexts('')],
        [/^semanage /, { rc: 1, stderr: 'ValueError: Type no_t is invalid, must be a file or device type\n' }],
      ],
      fails: 'ValueError: Type no_t is invalid, must be a file or device type',
    },
  },
)

const ports = (own: string) =>
  `//enabled\nhttp_port_t                    tcp      80, 81, 443, 9000\nssh_port_t                     tcp      22\n${own}//local\n${own}`
const web = 'http_port_t                    tcp      8888\n'

testModule(
  seport,
  { proto: 'tcp', setype: 'http_port_t' },
  {
    'gives a new port a type, and leaves another that has it': {
      args: { ports: ['443', '8888'] },
      commands: policy(ports(''), ports(web)),
      runs: ['semanage port -a -t http_port_t -p tcp 8888'],
      returns: { ports: ['443', '8888'], proto: 'tcp', setype: 'http_port_t', state: 'present' },
    },
    'leaves what has the type': { args: { ports: 8888 }, commands: policy(ports(web)), changed: false },
    'gives a port of another type this one': {
      args: { ports: 22, reload: false },
      commands: policy(ports(''), ports('http_port_t                    tcp      22\n')),
      runs: ['semanage port -m -N -t http_port_t -p tcp 22'],
    },
    'knows tcp from udp, and ranges': {
      args: { ports: '9000-9010', proto: 'udp' },
      commands: policy(ports(''), ports('http_port_t                    udp      9000-9010\n')),
      runs: ['semanage port -a -t http_port_t -p udp 9000-9010'],
    },
    'takes the type away': {
      args: { ports: 8888, state: 'absent' },
      commands: policy(ports(web), ports('')),
      runs: ['semanage port -d -p tcp 8888'],
    },
    'takes nothing away where the port has another type': {
      args: { ports: 22, state: 'absent' },
      commands: policy(ports('')),
      changed: false,
    },
    'looks only at what the host changed': {
      args: { ports: 80, local: true, state: 'absent' },
      commands: policy(ports('')),
      changed: false,
    },
    'fails where SELinux is off': {
      args: { ports: 80 },
      commands: policy('//local\n'),
      fails: 'SELinux is disabled on this host.',
    },
  },
)

/** A kernel that SELinux guards; `grubby` tells of its command line. */
const kernel =
  (mode: string, line = 'ro quiet') =>
  (): FakeCommands => {
    const state = { mode, line }
    const set = (change: Partial<typeof state>) => () => {
      Object.assign(state, change)
      return ''
    }
    return [
      [/^getenforce/, () => (state.mode ? `${state.mode}\n` : { rc: 127 })],
      [/^grubby --info/, () => `args="${state.line}"\n`],
      ['setenforce 1', set({ mode: 'Enforcing' })],
      ['setenforce 0', set({ mode: 'Permissive' })],
      ["grubby '--update-kernel=ALL' '--args=selinux=0'", set({ line: `${line} selinux=0` })],
      ["grubby '--update-kernel=ALL' '--remove-args=selinux'", set({ line: line.replace(' selinux=0', '') })],
    ]
  }
const config = (mode: string, type = 'targeted') => `# as shipped\nSELINUX=${mode}\nSELINUXTYPE=${type}\n`
const file = (text: string) => ({ '/etc/selinux/config': text })

testModule(
  selinux,
  { policy: 'targeted' },
  {
    'goes from permissive to enforcing, now and later': {
      args: { state: 'enforcing' },
      files: file(config('permissive')),
      commands: kernel('Permissive'),
      runs: ['setenforce 1'],
      leaves: file(config('enforcing')),
      returns: {
        msg: "SELinux state changed from 'permissive' to 'enforcing', Config SELinux state changed from 'permissive' to 'enforcing'",
        configfile: '/etc/selinux/config',
        policy: 'targeted',
        state: 'enforcing',
        reboot_required: false,
      },
    },
    'leaves what is so': {
      args: { state: 'enforcing' },
      files: file(config('enforcing')),
      commands: kernel('Enforcing'),
      changed: false,
      returns: { msg: '', reboot_required: false },
    },
    'is off only after a reboot': {
      args: { state: 'disabled' },
      files: file(config('enforcing')),
      commands: kernel('Enforcing'),
      runs: ['setenforce 0'],
      leaves: file(config('disabled')),
      returns: { reboot_required: true },
    },
    'is on only after a reboot': {
      args: { state: 'permissive' },
      files: file(config('disabled')),
      commands: kernel('Disabled'),
      runs: [],
      leaves: file(config('permissive')),
      returns: { reboot_required: true },
      warnings: ['SELinux state change will take effect next reboot'],
    },
    'tells the kernel at boot, too': {
      args: { state: 'disabled', update_kernel_param: true },
      files: file(config('disabled')),
      commands: kernel('Disabled'),
      runs: ["grubby '--update-kernel=ALL' '--args=selinux=0'"],
      returns: { reboot_required: true, msg: "Kernel SELinux state changed from 'enabled' to 'disabled'" },
    },
    'no longer tells the kernel to leave it off': {
      args: { state: 'permissive', update_kernel_param: true },
      files: file(config('permissive')),
      commands: kernel('Disabled', 'ro selinux=0'),
      runs: ["grubby '--update-kernel=ALL' '--remove-args=selinux'"],
      returns: { reboot_required: true, msg: "Kernel SELinux state changed from 'disabled' to 'enabled'" },
    },
    'takes another policy that is there': {
      args: { state: 'enforcing', policy: 'mls' },
      files: { ...file(config('enforcing')), '/etc/selinux/mls': { directory: true } },
      commands: kernel('Enforcing'),
      leaves: file(config('enforcing', 'mls')),
      foretells: { changed: true },
    },
    'takes no policy that is not there': {
      args: { state: 'enforcing', policy: 'mls' },
      files: file(config('enforcing')),
      commands: kernel('Enforcing'),
      fails: 'Policy mls does not exist in /etc/selinux/',
    },
    'wants to know the policy': {
      args: { state: 'enforcing', policy: null },
      files: file(config('enforcing')),
      commands: kernel('Enforcing'),
      fails: "Policy is required if state is not 'disabled'",
    },
    'needs the configuration': {
      args: { state: 'enforcing' },
      commands: kernel(''),
      fails: 'Unable to find file /etc/selinux/config',
    },
  },
)

/** Domains before, and after semanage has changed something. */
const permissive =
  (before: string, after = before) =>
  (): FakeCommands => {
    const { now, change } = changing(before, after)
    return [
      [/^semanage permissive .*-l -n$/, now],
      [/^semanage /, change],
    ]
  }

testModule(
  selinuxPermissive,
  { name: 'httpd_t', permissive: true },
  {
    'adds a domain': {
      commands: permissive('', '\nCustomized Permissive Types\n\nhttpd_t\n'),
      runs: ['semanage permissive -a httpd_t'],
      returns: { changed: true, domain: 'httpd_t', permissive: true, no_reload: false, store: '' },
    },
    'leaves one that is there': { commands: permissive('sshd_t\nhttpd_t\n'), changed: false },
    'takes one away, in another store and without a reload': {
      args: { permissive: false, store: 'mls', no_reload: true },
      commands: permissive('httpd_t\n', ''),
      runs: ['semanage permissive -S mls -N -d httpd_t'],
    },
    'takes no part of a name for it': {
      args: { permissive: false },
      commands: permissive('my_httpd_t\n'),
      changed: false,
    },
    'says what semanage says': {
      commands: [[/^semanage /, { rc: 1, stderr: 'ValueError: SELinux policy is not managed\n' }]],
      fails: 'ValueError: SELinux policy is not managed',
    },
  },
)

const logins = (...rows: string[]) =>
  `//enabled\n__default__          unconfined_u         s0-s0:c0.c1023       *\n${rows.join('\n')}\n`

testModule(
  selogin,
  { login: 'jo', seuser: 'staff_u' },
  {
    'maps an account': {
      args: { serange: 's0-s0:c0.c1023', reload: false },
      commands: policy(logins(), logins('jo  staff_u  s0-s0:c0.c1023  *')),
      runs: ['semanage login -a -N -s staff_u -r s0-s0:c0.c1023 jo'],
      returns: { login: 'jo', seuser: 'staff_u', serange: 's0-s0:c0.c1023', state: 'present' },
    },
    'maps it to another': {
      commands: policy(logins('jo  user_u  s0  *'), logins('jo  staff_u  s0  *')),
      runs: ['semanage login -m -s staff_u -r s0 jo'],
    },
    'leaves what is so': { commands: policy(logins('jo  staff_u  s0  *')), changed: false },
    'forgets an account': {
      args: { state: 'absent' },
      commands: policy(logins('jo  staff_u  s0  *'), logins()),
      runs: ['semanage login -d jo'],
    },
    'has nothing to forget': { args: { state: 'absent' }, commands: policy(logins()), changed: false },
    'fails where SELinux is off': {
      commands: policy(logins().replace('//enabled\n', '')),
      fails: 'SELinux is disabled on this host.',
    },
    'prepares a host where SELinux is off': {
      args: { ignore_selinux_state: true },
      commands: policy(logins().replace('//enabled\n', ''), logins('jo  staff_u  s0  *').replace('//enabled\n', '')),
      changed: true,
    },
    'wants a user': {
      args: { seuser: undefined },
      fails: 'state is present but all of the following are missing: seuser',
    },
  },
)
