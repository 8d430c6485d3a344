import { testModule } from '../engine/module/test.js'
import authorized_key from './authorized_key.js'

const path = '/srv/keys'
const joe = 'joe:x:1001:1001::/home/joe:/bin/sh\n'

testModule(
  authorized_key,
  { user: 'joe', path, manage_dir: false, key: 'ssh-rsa AAAA' },
  {
    'writes a key without a comment with the space that would stand before it': {
      commands: { 'getent passwd *': joe },
      files: { '/srv': { directory: true } },
      after: 'ssh-rsa AAAA \n',
      diff: [{ before_header: path, before: '', after_header: path, after: 'ssh-rsa AAAA \n' }],
    },
    'leaves a file alone whose keys are right, whatever its spaces': {
      commands: { 'getent passwd *': joe },
      before: '# mine\nssh-rsa AAAA\n',
      after: '# mine\nssh-rsa AAAA\n',
      changed: false,
    },
    'adds a key with options and comment': {
      args: { key: 'ssh-rsa BBBB joe@there', key_options: 'no-pty' },
      commands: { 'getent passwd *': joe },
      before: 'ssh-rsa AAAA one\n',
      after: 'ssh-rsa AAAA one\nno-pty ssh-rsa BBBB joe@there\n',
    },
    'keeps no other key when it is exclusive': {
      args: { exclusive: true },
      commands: { 'getent passwd *': joe },
      before: 'ssh-rsa BBBB one\nssh-rsa AAAA \n',
      after: 'ssh-rsa AAAA \n',
    },
    'leaves nothing else in the file when it is exclusive, not even remarks': {
      args: { exclusive: true },
      commands: { 'getent passwd *': joe },
      before: '# mine\nssh-rsa AAAA\n\nwords\n',
      after: 'ssh-rsa AAAA \n',
    },
    'makes no file for no keys': {
      args: { key: '\n# nobody\n', manage_dir: true, path: '/srv/joe/keys' },
      commands: { 'getent passwd *': joe },
      changed: false,
      leaves: { '/srv/joe': null },
    },
    'leaves modes alone where the keys are right': {
      args: { manage_dir: true },
      commands: { 'getent passwd *': joe },
      files: { '/srv': { directory: true, mode: 0o755 } },
      before: { text: 'ssh-rsa AAAA \n', mode: 0o644 },
      after: { text: 'ssh-rsa AAAA \n', mode: 0o644, owner: 0 },
      changed: false,
    },
    'finds a key again whose options have blanks': {
      args: { key_options: 'no-pty, no-X11-forwarding' },
      commands: { 'getent passwd *': joe },
      before: 'no-pty, no-X11-forwarding ssh-rsa AAAA \n',
      after: 'no-pty, no-X11-forwarding ssh-rsa AAAA \n',
      changed: false,
    },
    'writes what changes at the end': {
      args: { key: 'ssh-rsa AAAA two\nssh-rsa DDDD four' },
      commands: { 'getent passwd *': joe },
      before: '# mine\nssh-rsa AAAA one\nssh-rsa BBBB \n',
      after: '# mine\nssh-rsa BBBB \nssh-rsa AAAA two\nssh-rsa DDDD four\n',
    },
    'keeps the last of keys with the same data': {
      args: { key: 'ssh-rsa CCCC ' },
      commands: { 'getent passwd *': joe },
      before: 'ssh-rsa AAAA one\nssh-rsa BBBB \nssh-rsa AAAA two\n',
      after: 'ssh-rsa BBBB \nssh-rsa AAAA two\nssh-rsa CCCC \n',
    },
    'tells of a change when the keys that it is given contradict each other': {
      args: { key: 'ssh-rsa AAAA one\nssh-rsa AAAA two' },
      commands: { 'getent passwd *': joe },
      before: 'ssh-rsa AAAA two\n',
      after: 'ssh-rsa AAAA two\n',
      changed: true,
      again: { changed: 'the first of them is missing each time' },
    },
    'does not mind the order of options': {
      args: { key: 'ssh-rsa AAAA one', key_options: 'no-pty,command="a, b"' },
      commands: { 'getent passwd *': joe },
      before: 'command="a, b",no-pty ssh-rsa AAAA one\n',
      changed: false,
    },
    'takes a key away, and gives a file that it writes to its user': {
      args: { state: 'absent' },
      commands: { 'getent passwd *': joe },
      before: { text: 'ssh-rsa BBBB one\nssh-rsa AAAA \n', mode: 0o644 },
      after: { text: 'ssh-rsa BBBB one\n', mode: 0o600, owner: 1001 },
    },
    'writes nothing where there is no key to write': {
      args: { key: '# none\n', manage_dir: true, path: '/home/joe/.ssh/authorized_keys' },
      commands: { 'getent passwd *': joe },
      files: { '/home/joe': { directory: true } },
      leaves: { '/home/joe/.ssh': null },
      changed: false,
    },
    'writes nothing without a key, though it be exclusive': {
      args: { key: '', exclusive: true, manage_dir: true },
      commands: { 'getent passwd *': joe },
      files: { '/srv': { directory: true, mode: 0o755 } },
      after: null,
      leaves: { '/srv': { directory: true, mode: 0o755 } },
      changed: false,
    },
    'leaves the owner of what holds the right keys, and of its directory': {
      args: { manage_dir: true },
      commands: { 'getent passwd *': joe },
      files: { '/srv': { directory: true, mode: 0o755 } },
      before: { text: 'ssh-rsa AAAA \n', mode: 0o644 },
      after: { mode: 0o644, owner: 0 },
      leaves: { '/srv': { directory: true, mode: 0o755 } },
      changed: false,
    },
    'gives the directory to the user when a key goes, too': {
      args: { state: 'absent', manage_dir: true },
      commands: { 'getent passwd *': joe, '/bin/sh -c *': '' },
      files: { '/srv': { directory: true, mode: 0o755 } },
      before: 'ssh-rsa AAAA \n',
      after: '',
      runs: [/chown .* sh 1001 1001 \/srv$/],
    },
  },
)
