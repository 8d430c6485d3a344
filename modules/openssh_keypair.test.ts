import { testModule } from '../engine/module/test.js'
import keypair from './openssh_keypair.js'

const locked = { path: '/srv/id', type: 'ed25519', passphrase: 'right' }
const known = '256 SHA256:x me (ED25519)\n//public\nssh-ed25519 AAAA me\n//derived\n'

testModule(
  keypair,
  { path: '/nowhere/id' },
  {
    'makes no directory': {
      commands: { 'command -v ssh-keygen *': '//public\n//derived\n' },
      fails: 'The directory /nowhere does not exist or the file is not a directory',
    },
    'takes a passphrase that opens the key': {
      args: { ...locked, comment: 'me' },
      files: { '/srv/id': 'key', '/srv/id.pub': 'ssh-ed25519 AAAA me\n' },
      commands: [
        ['command -v ssh-keygen *', known],
        [/ssh-keygen -y -P '' -f \/srv\/id/, ({ stdin }) => (stdin === 'right\n' ? 'ssh-ed25519 AAAA\n' : { rc: 1 })],
      ],
      changed: false,
      trips: 2,
      returns: { fingerprint: 'SHA256:x', comment: 'me' },
    },
    'refuses a passphrase that does not open the key': {
      args: { ...locked, passphrase: 'wrong' },
      files: { '/srv/id': 'key', '/srv/id.pub': 'ssh-ed25519 AAAA me\n' },
      commands: [
        ['command -v ssh-keygen *', known],
        [/ssh-keygen -y -P '' -f \/srv\/id/, { rc: 1 }],
      ],
      fails: /^Unable to read the key\. .* or with `force=true`\.$/,
    },
  },
)
