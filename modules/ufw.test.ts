import { testModule } from '../engine/module/test.js'
import ufw from './ufw.js'

const question = 'command -v ufw *'
const answer = (status: string, rules = '') => `${status}\n//rules\n${rules}//numbered\n`
const off = answer('Status: inactive')
const on = (defaults: string, rules?: string) =>
  answer(`Status: active\nLogging: on (low)\nDefault: ${defaults}\nNew profiles: skip`, rules)
const http = '### tuple ### allow tcp 80 0.0.0.0/0 any 0.0.0.0/0 in\n'

/** A firewall whose status is another one once a command has changed something. */
const changing =
  (before: string, after: string, more: object = {}) =>
  () => {
    let now = before
    return {
      [question]: () => now,
      ...more,
      'ufw *': () => {
        now = after
        return ''
      },
    }
  }

testModule(
  ufw,
  {},
  {
    'sets a default': {
      args: { default: 'deny', direction: 'outgoing' },
      commands: changing(on('deny (incoming), allow (outgoing)'), on('deny (incoming), deny (outgoing)')),
      runs: ['ufw default deny outgoing'],
      changed: true,
    },
    'leaves a default alone': {
      args: { default: 'deny' },
      commands: { [question]: on('deny (incoming), allow (outgoing)') },
      runs: [],
      changed: false,
    },
    'sets a default of a firewall that is off, of which nothing tells what it was': {
      args: { default: 'deny' },
      commands: { [question]: off, 'ufw *': '' },
      runs: ['ufw default deny incoming'],
      returns: { msg: 'Status: inactive', commands: ['LANG=C ufw default deny incoming'] },
      changed: false,
      check: { differs: 'Ansible foretells a change that it does not find afterwards' },
      // The question, the command that is given each time, and the question again.
      trips: 3,
    },
    'sets what is not forwarded anyway without telling of a change': {
      args: { default: 'deny', direction: 'routed' },
      commands: { [question]: on('deny (incoming), allow (outgoing), disabled (routed)'), 'ufw *': '' },
      runs: ['ufw default deny routed'],
      changed: false,
      trips: 3,
    },
    'adds a rule': {
      args: { rule: 'allow', port: '80', proto: 'tcp' },
      commands: changing(on('deny (incoming)'), on('deny (incoming)', http), { 'LC_ALL=C ufw --dry-run *': http }),
      runs: ['ufw allow from any to any port 80 proto tcp'],
      changed: true,
      // The question, the dry run and the command, as Ansible does.
      trips: 3,
    },
    'counts from the last rule of a family': {
      args: { rule: 'allow', port: '80', proto: 'tcp', insert: 0, insert_relative_to: 'last-ipv4' },
      commands: () => {
        let now = on('deny (incoming)')
        const numbered = '[ 1] 22 ALLOW IN Anywhere\n[ 2] 25 ALLOW IN Anywhere\n[ 3] 22 (v6) ALLOW IN Anywhere (v6)\n'
        return {
          [`${question} LC_ALL=C ufw status numbered; :`]: () => now + numbered,
          'LC_ALL=C ufw --dry-run *': http,
          'ufw *': () => {
            now = on('deny (incoming)', http)
            return ''
          },
        }
      },
      runs: ['ufw insert 2 allow from any to any port 80 proto tcp'],
      changed: true,
      trips: 3,
    },
    'says that ufw is not there': {
      args: { state: 'enabled' },
      commands: { [question]: { rc: 91 } },
      fails: /Failed to find required executable "ufw"/,
    },
  },
)
