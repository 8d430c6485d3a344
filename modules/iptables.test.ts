import { testModule } from '../engine/module/test.js'
import firewalld from './firewalld.js'
import iptables from './iptables.js'
import ufw from './ufw.js'

const missing = 'rule 1\nChain INPUT (policy ACCEPT)\nchain 0\n'
const there = 'rule 0\nChain INPUT (policy ACCEPT)\nchain 0\n'
const again = { changed: 'the fake firewall forgets' }

testModule(
  iptables,
  { chain: 'INPUT' },
  {
    'appends a rule': {
      args: { protocol: 'tcp', destination_port: '22', ctstate: ['NEW'], jump: 'ACCEPT', comment: 'a b' },
      commands: { 'command -v iptables*': missing, 'iptables *': '' },
      runs: [
        "iptables -t filter -A INPUT -p tcp -j ACCEPT --destination-port 22 -m conntrack --ctstate NEW -m comment --comment 'a b'",
      ],
      changed: true,
      again,
      returns: { rule: '-p tcp -j ACCEPT --destination-port 22 -m conntrack --ctstate NEW -m comment --comment a b' },
    },
    'waits for the lock as part of the rule, not of the chain': {
      args: { chain: 'OWN', chain_management: true, jump: 'DROP', wait: '5' },
      commands: { 'command -v iptables*': 'rule 1\nchain 1\n', 'iptables *': '' },
      runs: ['iptables -t filter -N OWN', 'iptables -t filter -A OWN -w 5 -j DROP'],
      again,
      returns: { rule: '-w 5 -j DROP' },
    },
    'leaves a rule': { args: { jump: 'DROP' }, commands: { 'command -v iptables*': there }, changed: false },
    'inserts a rule at a place': {
      args: { jump: 'DROP', source: '!10.0.0.1', action: 'insert', rule_num: '5', ip_version: 'ipv6' },
      commands: { 'command -v ip6tables*': missing, 'ip6tables *': '' },
      runs: ["ip6tables -t filter -I INPUT 5 '!' -s 10.0.0.1 -j DROP"],
      again,
    },
    'removes a rule': {
      args: { jump: 'DROP', state: 'absent' },
      commands: { 'command -v iptables*': there, 'iptables *': '' },
      runs: ['iptables -t filter -D INPUT -j DROP'],
      again,
    },
    'sets a policy': {
      args: { policy: 'DROP' },
      commands: { 'command -v iptables*': missing, 'iptables *': '' },
      runs: ['iptables -t filter -P INPUT DROP'],
      again,
    },
    'leaves a policy': { args: { policy: 'ACCEPT' }, commands: { 'command -v iptables*': missing }, changed: false },
    'needs a chain': {
      args: { chain: undefined, jump: 'DROP' },
      fails: 'Either chain or flush parameter must be specified.',
    },
  },
)

const status =
  'Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n//rules\n### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in\n//numbered\n'
/** A ufw whose rules are `tuples` once it was told one, or whose status is another. */
const dry = (tuples: string, after?: string) => () => {
  let now = status
  return {
    'command -v ufw*': () => now,
    'LC_ALL=C ufw --dry-run *': tuples,
    'ufw *': () => {
      if (tuples !== '') now = `//rules\n${tuples}//numbered\n`
      if (after !== undefined) now = after
      return ''
    },
  }
}
testModule(
  ufw,
  {},
  {
    'adds a rule': {
      args: { rule: 'allow', port: '80', proto: 'tcp' },
      commands: dry(
        '### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in\n### tuple ### allow tcp 80 0.0.0.0/0 any 0.0.0.0/0 in\n',
      ),
      runs: ['ufw allow from any to any port 80 proto tcp'],
      changed: true,
      again,
    },
    'leaves what is set': {
      args: { state: 'enabled', default: 'deny', logging: 'low' },
      commands: dry(''),
      changed: false,
    },
    'changes what happens by default': {
      args: { default: 'reject', direction: 'outgoing' },
      commands: dry('', status.replace('allow (outgoing)', 'reject (outgoing)')),
      runs: ['ufw default reject outgoing'],
      again,
    },
    'needs something to do': { fails: 'one of the following is required: state, default, rule, logging' },
  },
)

const zone = (now: string, kept: string) => ({
  'command -v firewall-cmd*': `running\n//now\n${now}\n//rc 0\n//permanent\n${kept}\n//rc 0\n//zones\npublic work\n`,
  'firewall-cmd *': 'success',
})
testModule(
  firewalld,
  { permanent: true, state: 'enabled' },
  {
    'lets a service in, now and later': {
      args: { service: 'https', immediate: true },
      commands: zone('no', 'no'),
      runs: ["firewall-cmd --permanent '--add-service=https'", "firewall-cmd '--add-service=https'"],
      returns: { msg: 'Permanent and Non-Permanent(immediate) operation, Changed service https to enabled' },
      again,
    },
    'says that only files were altered where firewalld does not run': {
      args: { service: 'https', immediate: true, offline: true },
      commands: {
        'command -v firewall-cmd*': '//now\nno\n//rc 0\n//permanent\nno\n//rc 0\n//zones\npublic\n',
        'firewall-offline-cmd *': 'success',
      },
      runs: ["firewall-offline-cmd '--add-service=https'"],
      returns: {
        msg: 'Permanent and Non-Permanent(immediate) operation, Changed service https to enabled, (offline operation: only on-disk configs were altered)',
      },
      again,
    },
    'leaves a port': { args: { port: '80/tcp', zone: 'work' }, commands: zone('no', 'yes'), changed: false },
    'removes a rule': {
      args: { rich_rule: 'rule drop', state: 'disabled' },
      commands: zone('no', 'yes'),
      runs: ["firewall-cmd --permanent '--remove-rich-rule=rule drop'"],
      again,
    },
    'does one thing at a time': { args: { port: '1/tcp', service: 'x' }, fails: /^parameters are mutually exclusive/ },
  },
)
