import { testModule } from '../engine/module/test.js'
import type { FakeAnswer, FakeCommands } from '../engine/remote/fake.js'
import apk from './apk.js'
import pacman from './pacman.js'
import pip from './pip.js'
import reboot from './reboot.js'
import zypper from './zypper.js'

/** Answers questions with `before` until something was run without --simulate or --dry-run, then with `after`. */
const host =
  (before: string, after: string, said: FakeAnswer = '') =>
  (): FakeCommands => {
    let answer = before
    return [
      [
        /./,
        call => {
          if (call.query) return answer
          if (!/--simulate|--dry-run/.test(call.text)) answer = after
          return said
        },
      ],
    ]
  }

testModule(
  apk,
  { name: 'nginx' },
  {
    'installs a package': {
      commands: host('', 'wanted nginx\ninstalled nginx\n', '(1/1) Installing nginx (1.2-r0)\n'),
      runs: [/^apk add nginx/],
      returns: { changed: true, msg: 'installed nginx package(s)', packages: ['nginx'] },
    },
    'removes a package': {
      args: { state: 'absent' },
      commands: host('wanted nginx\ninstalled nginx\n', '', '(1/1) Purging nginx (1.2-r0)\n'),
      runs: [/^apk del nginx/],
    },
    'upgrades an old package': {
      args: { state: 'latest' },
      commands: host(
        'wanted nginx\ninstalled nginx\nold nginx\n',
        'wanted nginx\ninstalled nginx\n',
        '(1/1) Upgrading nginx (1.2-r0 -> 1.3-r0)\n',
      ),
      runs: [/^apk add --upgrade nginx/],
    },
    'fetches the indexes before it asks what is old': {
      args: { state: 'latest', update_cache: true },
      commands: () => {
        let [fetched, installed] = [false, false]
        return [
          [
            'apk update',
            () => {
              fetched = true
              return ''
            },
          ],
          [/^for name in/, () => `wanted nginx\ninstalled nginx\n${fetched && !installed ? 'old nginx\n' : ''}`],
          [
            /^apk add --upgrade nginx/,
            () => {
              installed = true
              return '(1/1) Upgrading nginx (1.2-r0 -> 1.3-r0)\n'
            },
          ],
        ]
      },
      runs: ['apk update', /^apk add --upgrade nginx/],
      check: { differs: 'check mode fetches no indexes' },
      // The indexes, and then the question.
      trips: 2,
    },
    'says that nothing is to be done': {
      commands: host('wanted nginx\ninstalled nginx\n', ''),
      returns: { changed: false, msg: 'package(s) already installed' },
    },
  },
)

testModule(
  pacman,
  { name: 'base-devel,vim' },
  {
    'installs what is missing of a group': {
      commands: host(
        'installed base-devel gcc\nmissing base-devel make\ninstalled vim vim\n',
        'installed base-devel make\ninstalled vim vim\n',
      ),
      runs: [/^pacman --sync --noconfirm --noprogressbar --needed +make$/],
      returns: { packages: ['make'] },
    },
    'removes what is there': {
      args: { state: 'absent' },
      commands: host('installed vim vim\nmissing base-devel make\n', ''),
      runs: [/--remove --noconfirm --noprogressbar +vim$/],
    },
    'works on another root, with its cache and configuration': {
      args: { name: 'vim', root: '/mnt/new root', cachedir: '/mnt/cache', config: '/etc/other.conf' },
      commands: host('missing vim vim\n', 'installed vim vim\n'),
      runs: [
        /^pacman --config \/etc\/other.conf --root '\/mnt\/new root' --cachedir \/mnt\/cache --sync --noconfirm .*vim$/,
      ],
    },
    'has a cache of its own for another root only': {
      args: { name: 'vim', cachedir: '/mnt/cache' },
      commands: host('missing vim vim\n', 'installed vim vim\n'),
      runs: [/^pacman --sync /],
    },
    'says that nothing is to be done': {
      commands: host('installed vim vim\n', ''),
      returns: { changed: false, msg: 'package(s) already installed' },
    },
  },
)

testModule(
  zypper,
  { name: 'nmap' },
  {
    'installs a package': {
      commands: host('', 'installed nmap 7-1\n', '\x1e'),
      runs: [
        /zypper --quiet --non-interactive install --type package --auto-agree-with-licenses --no-recommends -- nmap;/,
      ],
      returns: { changed: true, rc: 0 },
    },
    'removes a package': {
      args: { state: 'absent', clean_deps: true },
      commands: host('installed nmap 7-1\n', '', '\x1e'),
      runs: [/ remove --type package --clean-deps -- nmap;/],
    },
    'trusts new keys, takes what is recommended, and lives with scripts that fail': {
      args: { auto_import_keys: true, install_recommends: true, skip_post_errors: true },
      commands: host('', 'installed nmap 7-1\n', { rc: 107, stdout: '\x1e' }),
      runs: [
        /zypper --quiet --non-interactive --gpg-auto-import-keys install --type package --auto-agree-with-licenses --recommends -- nmap;/,
      ],
      returns: { changed: true, rc: 107 },
    },
    'fails with a script that fails after installing': {
      commands: host('', '', { rc: 107, stdout: '\x1e' }),
      fails: 'Zypper run command failed with return code 107.',
    },
    'is told once whether to take what is recommended': {
      args: { install_recommends: true, disable_recommends: true },
      commands: host('', ''),
      fails: 'parameters are mutually exclusive: disable_recommends|install_recommends',
    },
    'leaves a version alone': {
      args: { name: 'nmap=7' },
      commands: host('installed nmap 7-1\n', ''),
      runs: [],
      changed: false,
    },
  },
)

testModule(
  pip,
  { name: 'Django_x' },
  {
    'installs what is missing': {
      commands: host(
        'pip /usr/bin/pip3\nrequests==2.0\n',
        'pip /usr/bin/pip3\ndjango-x==4.2\n',
        'Successfully installed django-x-4.2\n',
      ),
      runs: ['/usr/bin/pip3 install Django_x'],
      returns: { changed: true, cmd: ['/usr/bin/pip3', 'install', 'Django_x'], virtualenv: null },
    },
    'takes an empty version for any': {
      args: { version: '' },
      commands: host(
        'pip /usr/bin/pip3\nrequests==2.0\n',
        'pip /usr/bin/pip3\ndjango-x==4.2\n',
        'Successfully installed django-x-4.2\n',
      ),
      runs: ['/usr/bin/pip3 install Django_x'],
    },
    'knows version specifiers': {
      args: { name: ['django-x>=4', '<5'] },
      commands: host('pip /usr/bin/pip3\nDjango-X==4.2\n', ''),
      runs: [],
      changed: false,
    },
    'makes the environment': {
      args: { virtualenv: '/v', virtualenv_command: 'python3 -m venv' },
      commands: host('pip \n', 'pip /v/bin/pip\ndjango_x==1\n', 'Successfully installed x\n'),
      runs: [/^python3 -m venv \/v && "\$\(for p in .*install Django_x$/],
    },
    'removes a package': {
      args: { state: 'absent' },
      commands: host('pip pip3\ndjango-x==1\n', 'pip pip3\n', 'Successfully uninstalled x\n'),
      runs: ['pip3 uninstall -y Django_x'],
    },
    'gives more arguments as words, not to a shell, and finds its way in an environment with blanks': {
      args: { virtualenv: '/v 1', extra_args: `--no-index --find-links="/a b"&c $HOME`, umask: '0027' },
      commands: host('pip /v 1/bin/pip\n', 'pip /v 1/bin/pip\ndjango_x==1\n', 'Successfully installed x\n'),
      runs: [/^umask 0027 && "\$\(for p in .*install --no-index '--find-links=\/a b&c' '\$HOME' Django_x$/],
      returns: {
        cmd: ['/v 1/bin/pip3', 'install', '--no-index', '--find-links=/a b&c', '$HOME', 'Django_x'],
      },
    },
    'refuses a umask that is none': {
      args: { umask: '99' },
      fails: 'umask must be an octal integer',
      returns: { details: "invalid literal for int() with base 8: '99'" },
    },
    'refuses arguments with an open quote': { args: { extra_args: `--x "` }, fails: 'No closing quotation' },
    'names the command for environments that the host lacks': {
      args: { virtualenv: '/v', virtualenv_command: 'nothing-here' },
      commands: [
        [/PATH/, '/usr/bin:/bin'],
        [/pip /, 'pip \nno maker\n'],
      ],
      fails: 'Failed to find required executable "nothing-here" in paths: /usr/bin:/bin',
    },
    'takes no other Python with venv': {
      args: { virtualenv: '/v', virtualenv_command: 'python3 -m venv', virtualenv_python: 'python3' },
      commands: host('pip \n', ''),
      fails: 'virtualenv_python should not be used when using the venv module or pyvenv as virtualenv_command',
    },
    'needs pip': { commands: host('pip \n', ''), fails: /^Unable to find any of pip3, pip/ },
  },
)

testModule(
  reboot,
  { boot_time_command: 'id' },
  {
    'waits until the host is another boot': {
      commands: () => {
        let boot = 'a'
        return [
          ['id', () => boot],
          ['whoami', 'root\n'],
          [
            /shutdown -r now/,
            () => {
              boot += 'b'
              return ''
            },
          ],
        ]
      },
      returns: { changed: true, rebooted: true },
      again: { changed: 'a reboot is done each time' },
    },
    'does not reboot the controller': {
      task: { connection: 'local' },
      fails: 'Running ansible.builtin.reboot with local connection would reboot the control node.',
    },
  },
)
