import { testModule } from '../engine/module/test.js'
import knownHosts from './known_hosts.js'

const key = 'example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHZq'
const other = 'example.com ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB'

testModule(
  knownHosts,
  { name: 'example.org', key, path: '/etc/kh' },
  {
    'adds a key at the end, and tells of the content without --diff, too': {
      before: `${other}\n`,
      after: `${other}\n${key}\n`,
      returns: {
        diff: {
          before_header: '/etc/kh',
          before: `${other}\n`,
          after_header: '/etc/kh',
          after: `${other}\n${key}\n`,
        },
      },
    },
    'begins a new file': {
      after: `${key}\n`,
      returns: { diff: { before_header: '/dev/null', before: '', after_header: '/etc/kh', after: `${key}\n` } },
    },
    'leaves what is right': { before: `${other}\n${key}\n`, changed: false },
    'writes a hidden name in clear again': {
      before: `|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|b30nVJpeVVWOG0qYD9b1ry0D0U4= ${key.split(' ').slice(1).join(' ')}\n`,
      after: `${key}\n`,
    },
    'replaces another key of the same type': { before: `${key}old\n${other}\n`, after: `${other}\n${key}\n` },
    'removes a key': { args: { state: 'absent' }, before: `${key}\n${other}\n`, after: `${other}\n` },
    'removes whatever key of that type there is': {
      args: { state: 'absent' },
      before: `${key}old\n${other}\n`,
      after: `${other}\n`,
    },
    'keeps keys of authorities beside the key of a host': {
      before: `@cert-authority ${key}old\n${key}old\n`,
      after: `@cert-authority ${key}old\n${key}\n`,
    },
    'adds the key of an authority beside another one': {
      args: { key: `@cert-authority ${key}` },
      before: `@cert-authority ${key}old\n`,
      after: `@cert-authority ${key}old\n@cert-authority ${key}\n`,
    },
    'removes the key of an authority, and no other one': {
      args: { key: `@cert-authority ${key}`, state: 'absent' },
      before: `@cert-authority ${key}\n@cert-authority ${key}old\n`,
      after: `@cert-authority ${key}old\n`,
    },
    'leaves keys of authorities when a host is to go': {
      args: { key: undefined, state: 'absent' },
      before: `${key}\n@cert-authority ${key}\n`,
      after: `@cert-authority ${key}\n`,
    },
    'refuses several names': { args: { name: 'a,b' }, fails: /^Comma separated list of names is not supported/ },
    'refuses the key of another host': {
      args: { key: other },
      fails: 'Host parameter does not match hashed host field in supplied key',
    },
  },
)
