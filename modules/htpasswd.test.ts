import { testModule } from '../engine/module/test.js'
import htpasswd from './htpasswd.js'

const sha = 'foo:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM='

testModule(
  htpasswd,
  { path: '/srv/ht', name: 'foo', password: 'pw', crypt_scheme: 'ldap_sha1' },
  {
    'adds a user, and takes blank lines out': {
      before: '# mine\n\nbar:x\n',
      after: `# mine\nbar:x\n${sha}\n`,
      returns: { msg: 'Add/update foo' },
    },
    'leaves a password that is right': { before: `${sha}\n`, changed: false, returns: { msg: 'foo already present' } },
    'knows no names with colons': {
      args: { name: 'a:b' },
      before: 'bar:x\n',
      fails: "user contains invalid characters: b'a:b'",
    },
    'edits no file of another kind': {
      before: '# mine\n\nbar:x\nPort 22\n',
      fails: 'malformed htpasswd file (error reading line 3)',
    },
  },
)
