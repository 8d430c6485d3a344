import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import rpmKey from './rpm_key.js'

const print = 'F16F0E0B2583643139CBF45F868C8B11B521B5CE'
const shown = `pub:-:2048:1:868C8B11B521B5CE:1795272306:::-:::scSC::::::23::0:\nfpr:::::::::${print}:\n`

/** A host whose rpm has these keys, and whose gpg says this of the file. */
const host =
  (keys: string, gpg: string | { rc: number; stdout?: string } = shown) =>
  (): FakeCommands => {
    let now = keys
    return [
      [/^rpm -q gpg-pubkey/, () => now],
      [/GNUPGHOME/, gpg],
      [
        'rpm --import *',
        () => {
          now = 'b521b5ce\n'
          return ''
        },
      ],
      [
        'rpm --erase *',
        () => {
          now = ''
          return ''
        },
      ],
    ]
  }

testModule(
  rpmKey,
  { key: '/srv/key.asc' },
  {
    'imports a key of a file': { commands: host(''), changed: true, runs: ['rpm --import /srv/key.asc'] },
    'leaves a key that is there, whatever fingerprint is asked for': {
      args: { fingerprint: '0000' },
      commands: host('b521b5ce\n'),
      changed: false,
      runs: [],
    },
    'takes the fingerprint with blanks and in small letters': {
      args: { fingerprint: 'f16f 0e0b 2583 6431 39cb f45f 868c 8b11 b521 b5ce' },
      commands: host(''),
      changed: true,
    },
    'refuses another fingerprint': {
      args: { fingerprint: '0000' },
      commands: host(''),
      fails: `The specified fingerprint, '0000', does not match the key fingerprint '${print}'`,
    },
    'tells of a file that is not there': { commands: host('', { rc: 90 }), fails: 'Not a valid key /srv/key.asc' },
    'tells what gpg says of another file': {
      commands: host('', {
        rc: 2,
        stdout: "gpg: keybox '/tmp/x/pubring.kbx' created\ngpg: no valid OpenPGP data found.\n",
      }),
      fails: 'gpg: no valid OpenPGP data found.',
    },
    'takes an id for a key that is there': {
      args: { key: '0x868C8B11B521B5CE' },
      commands: host('b521b5ce\n'),
      changed: false,
    },
    'imports nothing by its id': {
      args: { key: 'deadbeef' },
      commands: host('b521b5ce\n'),
      fails: 'When importing a key, a valid file must be given',
    },
    'removes by id': {
      args: { key: 'B521B5CE', state: 'absent' },
      commands: host('b521b5ce\n'),
      runs: ['rpm --erase --allmatches gpg-pubkey-b521b5ce'],
    },
    'removes by file': {
      args: { state: 'absent' },
      commands: host('b521b5ce\n'),
      runs: ['rpm --erase --allmatches gpg-pubkey-b521b5ce'],
    },
  },
)
