import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import group from './group.js'
import user from './user.js'

const tools = 'tool useradd\ntool usermod\ntool userdel\ntool chpasswd\ntool chage\n'
const joe =
  'passwd joe:x:1001:1001:Joe:/home/joe:/bin/sh\nshadow joe:$6$s$h:1:0:99999:7:::\ngroups joe joe games\nhome\n'
const known = 'group games:games:x:60:\ngroup mail:mail:x:8:\ngroup joe:joe:x:1001:\n'

/** Answers the question with `before` until a command has run, then with `after`. */
const host =
  (before: string, after = before) =>
  (): FakeCommands => {
    let answer = before
    return [
      [/^entry\(\)/, () => answer],
      [
        /./,
        call => {
          if (call.query) return undefined
          answer = after
          return ''
        },
      ],
    ]
  }

testModule(
  user,
  { name: 'joe' },
  {
    'adds an account': {
      args: { comment: 'Joe', groups: 'games,mail', shell: '/bin/sh', uid: 1001 },
      commands: host(tools + known, `${tools}${known}${joe.replace('joe games', 'joe games mail')}`),
      runs: ['useradd -u 1001 -N -G games,mail -c Joe -s /bin/sh -m joe'],
      returns: {
        changed: true,
        uid: 1001,
        group: 1001,
        groups: 'games,mail',
        home: '/home/joe',
        create_home: true,
        system: false,
        state: 'present',
      },
    },
    'leaves an empty limit of ageing, which is -1': {
      args: { password_expire_max: -1 },
      commands: host(`${tools}${known}${joe.replace('0:99999', '0:')}`),
      changed: false,
    },
    'makes no home for a key': {
      args: { create_home: false, generate_ssh_key: true },
      check: { differs: 'nothing is known of an account that would be made' },
      commands: host(tools),
      runs: ['useradd -M joe'],
      fails: 'User joe home directory does not exist',
    },
    'needs the programs for local accounts': {
      args: { local: true },
      check: { differs: 'nothing is known of an account that would be made' },
      commands: [
        [/^entry\(\)/, tools],
        ['printf %s "$PATH"', '/usr/bin'],
      ],
      warnings: [/^'local: true' specified/],
      fails: 'Failed to find required executable "lgroupmod" in paths: /usr/bin',
    },
    'sends the password hash on standard input': {
      args: { password: '$6$s$h', create_home: false },
      commands: () => {
        let there = false
        return [
          [/^entry\(\)/, () => (there ? tools + joe : tools)],
          [
            'useradd -M joe && chpasswd -e',
            call => {
              there = call.stdin === 'joe:$6$s$h\n'
              return ''
            },
          ],
        ]
      },
      returns: { password: 'NOT_LOGGING_PASSWORD' },
      warnings: [/appears not to have been hashed/],
    },
    'leaves an account alone that is as it should be': {
      args: { comment: 'Joe', groups: ['games'], group: 'joe', home: '/home/joe', password: '$6$s$h' },
      commands: host(tools + known + joe),
      runs: [],
      returns: { changed: false, append: false, move_home: false, uid: 1001 },
    },
    'changes what differs in one command': {
      args: { comment: 'J', home: '/srv/joe', move_home: true, groups: 'mail', append: true, password_expire_max: 30 },
      commands: host(
        tools + known + joe,
        `${tools}${known}passwd joe:x:1001:1001:J:/srv/joe:/bin/sh\nshadow joe:h:1:0:30:7:::\ngroups joe joe games mail\nhome\n`,
      ),
      runs: ['usermod -c J -d /srv/joe -m -a -G mail joe && chage -M 30 joe'],
      returns: { append: true, groups: 'mail' },
    },
    'an account without a shadow entry gets one when it is never to expire': {
      args: { expires: -1 },
      commands: host(tools + joe.replace(/shadow .*\n/, ''), tools + joe),
      runs: ["usermod -e '' joe"],
    },
    'takes away groups that are not listed': {
      args: { groups: [] },
      commands: host(tools + joe, tools + joe.replace('joe joe games', 'joe joe')),
      runs: ["usermod -G '' joe"],
    },
    'keeps a password that is there': {
      args: { password: 'other', update_password: 'on_create' },
      commands: host(tools + joe),
      runs: [],
    },
    'locks the password': {
      args: { password_lock: true },
      commands: host(tools + joe, tools + joe.replace('$6', '!$6')),
      runs: ['usermod -L joe'],
    },
    'lets an account expire': {
      args: { expires: 1893456000 },
      commands: host(tools + joe, tools + joe.replace(':7:::', ':7::21915:')),
      runs: ['usermod -e 2030-01-01 joe'],
    },
    'makes a missing home': {
      commands: host(tools + joe.replace('home\n', ''), tools + joe),
      runs: [/mkdir -p \/home\/joe .*chown -R/],
    },
    'makes an ssh key': {
      args: { generate_ssh_key: true, ssh_key_bits: 2048 },
      commands: host(tools + joe, `${tools}${joe}key\nfingerprint 2048 SHA256:x\npublic ssh-rsa AAAA\n`),
      runs: [
        /ssh-keygen -q -t rsa -b 2048 -C "ansible-generated on \$\(uname -n\)" -f \/home\/joe\/\.ssh\/id_rsa -N ''/,
      ],
      returns: {
        ssh_key_file: '/home/joe/.ssh/id_rsa',
        ssh_fingerprint: '2048 SHA256:x',
        ssh_public_key: 'ssh-rsa AAAA',
      },
    },
    'needs the groups to be there': {
      args: { groups: 'nosuch' },
      commands: host(tools + joe),
      fails: 'Group nosuch does not exist',
    },
    'removes an account with its files': {
      args: { state: 'absent', remove: true, force: true },
      commands: host(tools + joe, tools),
      runs: ['userdel -f -r joe'],
      returns: { state: 'absent', force: true, remove: true },
    },
    'works with the programs of BusyBox': {
      args: { shell: '/bin/sh', groups: 'games' },
      commands: host(`tool adduser\ntool deluser\n${known}`, `tool adduser\n${known}${joe}`),
      // A group of that name is there, and adduser would not make it again.
      runs: [/^adduser -D -G joe -s \/bin\/sh joe && addgroup joe games/],
    },
    'sets what adduser of BusyBox cannot in the files': {
      args: { skeleton: '/etc/skel2', expires: 1_767_225_600, password_lock: true, password_expire_max: 90 },
      check: { differs: 'nothing is known of an account that would be made' },
      commands: host(
        'tool adduser\n',
        `tool adduser\n${joe.replace('joe:$6$s$h:1:0:99999:7:::', 'joe:!:1:0:90:7::20454:')}`,
      ),
      runs: [
        /^adduser -D -k \/etc\/skel2 joe && \{ cp -p \/etc\/shadow \S+ && who=joe value8=20454 awk .* && mv -f \S+ \/etc\/shadow \|\| .*\} && passwd -l joe && \{ cp -p .* && who=joe value5=90 awk /,
      ],
    },
    'moves a home and lets no account expire without usermod': {
      args: { home: '/srv/joe', move_home: true, expires: -1 },
      commands: host(
        `tool adduser\n${known}${joe.replace(':7:::', ':7::20454:')}`,
        `tool adduser\n${known}${joe.replace('/home/joe', '/srv/joe')}`,
      ),
      runs: [
        /^\{ \[ ! -d \/home\/joe \] .* mv \/home\/joe \/srv\/joe; \}; \} && .* && who=joe value6=\/srv\/joe awk .* && who=joe value8='' awk /,
      ],
    },
    'needs a program that makes accounts': {
      commands: [
        [/^entry\(\)/, ''],
        [/PATH/, '/usr/bin:/bin'],
      ],
      check: { differs: 'nothing is known of an account that would be made' },
      fails: 'Failed to find required executable "useradd" in paths: /usr/bin:/bin',
    },
  },
)

testModule(
  group,
  { name: 'web' },
  {
    'adds a group': {
      args: { gid: 4000, system: true },
      commands: host('tool groupadd\n', 'group web:x:4000:\n'),
      runs: ['groupadd -g 4000 -r web'],
      returns: { changed: true, gid: 4000, state: 'present', system: true, name: 'web' },
    },
    'changes the number': {
      args: { gid: 4001, non_unique: true },
      commands: host('group web:x:4000:\ntool groupmod\n', 'group web:x:4001:\ntool groupmod\n'),
      runs: ['groupmod -g 4001 -o web'],
    },
    'removes a group': {
      args: { state: 'absent' },
      commands: host('group web:x:4000:\ntool groupdel\n', ''),
      runs: ['groupdel web'],
    },
    'gives the complaint of groupadd': {
      commands: [
        [/^entry/, 'tool groupadd\n'],
        ['groupadd web', { rc: 4, stderr: "groupadd: GID '1' already exists\n" }],
      ],
      fails: "groupadd: GID '1' already exists\n",
      returns: { name: 'web' },
    },
    'uses addgroup of BusyBox': {
      args: { gid: 4000 },
      commands: host('tool addgroup\n', 'group web:x:4000:\n'),
      runs: ['addgroup -g 4000 web'],
    },
  },
)
