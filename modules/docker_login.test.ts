import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import login from './docker_login.js'

const path = '/root/.docker/config.json'
const auth = Buffer.from('me:s:ecret').toString('base64')
const known = (more: object = {}) => `${JSON.stringify({ ...more, auths: { 'r.io': { auth } } }, null, '\t')}\n`
const registry = (): FakeCommands => [
  [
    / login --username me --password-stdin r\.io$/,
    call => (call.stdin === 's:ecret' ? 'Login Succeeded\n' : { rc: 1 }),
  ],
]
/** A credential helper that remembers. */
const helper = (now?: string) => (): FakeCommands => {
  let kept = now
  return [
    [/docker-credential-pass'? get/, () => kept ?? { rc: 1, stdout: 'credentials not found in native keychain\n' }],
    [
      /^docker-credential-pass store$/,
      call => {
        kept = call.stdin
        return ''
      },
    ],
    [
      /^docker-credential-pass erase$/,
      () => {
        kept = undefined
        return ''
      },
    ],
    ...(registry() as []),
  ]
}
const secret = JSON.stringify({ ServerURL: 'r.io', Username: 'me', Secret: 's:ecret' })

testModule(
  login,
  { registry_url: 'r.io', username: 'me', password: 's:ecret', config_path: path },
  {
    'logs in and keeps it, the password on standard input only': {
      commands: registry,
      files: { '/root/.docker': { directory: true } },
      runs: [/^dir=[\s\S]*\ndocker --config "\$dir" {2}login --username me --password-stdin r\.io$/],
      leaves: { [path]: { text: known(), mode: 0o600 } },
      returns: { changed: true, login_result: { Status: 'Login Succeeded' } },
    },
    'leaves a login alone': { files: { [path]: known() }, runs: [], changed: false },
    'asks again when told to, and changes nothing': {
      args: { reauthorize: true },
      commands: registry,
      files: { [path]: known() },
      runs: [/ login /],
      changed: false,
      trips: 2,
    },
    'replaces another password and keeps what else is there': {
      commands: registry,
      files: { [path]: JSON.stringify({ psFormat: 'x', auths: { 'r.io': { auth: 'bWU6eA==' } } }) },
      leaves: { [path]: known({ psFormat: 'x' }) },
    },
    'logs out': {
      args: { state: 'absent', username: undefined, password: undefined },
      files: { [path]: known() },
      runs: [],
      leaves: { [path]: '{\n\t"auths": {}\n}\n' },
      changed: true,
    },
    'is logged out already': { args: { state: 'absent' }, runs: [], changed: false },
    'tells a helper': {
      files: { [path]: '{"credsStore":"pass"}' },
      commands: helper(),
      runs: [/ login /, 'docker-credential-pass store'],
      leaves: { [path]: '{"credsStore":"pass"}' },
      trips: 2,
    },
    'makes the helper of the registry forget': {
      args: { state: 'absent' },
      files: { [path]: '{"credsStore":"other","credHelpers":{"r.io":"pass"}}' },
      commands: helper(secret),
      runs: ['docker-credential-pass erase'],
      trips: 2,
    },
    'says what the registry said': {
      commands: { '* login *': { rc: 1, stderr: 'Error response from daemon: unauthorized\n' } },
      fails: 'Logging into r.io for user me failed - Error response from daemon: unauthorized',
    },
    'does not touch a file that it cannot read': {
      files: { [path]: 'x' },
      fails: `Invalid docker configuration file ${path}`,
    },
    'needs a password': {
      args: { password: undefined },
      fails: /state is present but all of the following are missing: password/,
    },
  },
)
