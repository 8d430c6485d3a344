import { testModule } from '../engine/module/test.js'
import exec from './docker_compose_v2_exec.js'
import run from './docker_compose_v2_run.js'

const again = { changed: 'a command runs each time' }
const says = (stdout: string, { rc = 0, stderr = '' } = {}) => ({ '*docker compose*': { rc, stdout, stderr } })

testModule(
  exec,
  { project_src: '/srv/p', service: 'web', command: 'echo "a b" c' },
  {
    'runs a command': {
      commands: says('a b c\n\n'),
      runs: [
        /^docker compose --ansi never --progress "\$progress" --project-directory \/srv\/p exec -- web echo 'a b' c$/m,
      ],
      returns: { changed: true, rc: 0, stdout: 'a b c', stderr: '' },
      again,
    },
    'passes its options': {
      args: {
        command: undefined,
        argv: ['cat', '-'],
        index: 2,
        privileged: true,
        chdir: '/root',
        user: 'jo',
        tty: false,
        env: { A: 'b c' },
        strip_empty_ends: false,
        project_name: 'n',
        stdin: 'hello',
      },
      commands: [
        [
          /docker compose/,
          call => {
            if (call.stdin !== 'hello\n') throw new Error(call.stdin)
            return 'hello\n'
          },
        ],
      ],
      runs: [
        /--project-name n exec --index 2 --privileged --workdir \/root --user jo --no-TTY --env 'A=b c' -- web cat -$/m,
      ],
      returns: { stdout: 'hello\n' },
      again,
    },
    'does not wait': {
      args: { detach: true },
      commands: says(''),
      runs: [/ exec --detach -- web /],
      returns: { changed: false },
    },
    'tells how a command ended': {
      commands: says('', { rc: 3, stderr: 'no\n' }),
      returns: { changed: true, rc: 3, stderr: 'no' },
      again,
    },
    'keeps a definition out of what the command reads': {
      args: {
        project_src: undefined,
        project_name: 'p',
        definition: { services: { web: {} } },
        stdin: 'x',
        stdin_add_newline: false,
      },
      commands: [
        [
          /docker compose/,
          call => {
            if (call.stdin !== '{"services": {"web": {}}}\nx') throw new Error(call.stdin)
            return ''
          },
        ],
      ],
      runs: [/read -r definition[\s\S]*--project-name p --file compose\.json exec -- web/],
      again,
    },
    'says where there is no file': {
      commands: says('', { rc: 251, stderr: '"/srv/p" is not a directory\n' }),
      fails: '"/srv/p" is not a directory',
    },
    'wants text for variables': {
      args: { env: { A: 5 } },
      fails: /^Non-string value found for env option\..* Key: A$/,
    },
    'has no standard input when nobody waits': {
      args: { detach: true, stdin: 'x' },
      fails: 'If detach=true, stdin cannot be provided.',
    },
    'wants a command': {
      args: { command: undefined },
      fails: 'one of the following is required: argv, command',
    },
  },
)

testModule(
  run,
  { project_src: '/srv/p', service: 'web' },
  {
    "runs the service's own command": {
      commands: says('done\n'),
      runs: [/ run -- web$/m],
      returns: { changed: true, rc: 0, stdout: 'done' },
      again,
    },
    'passes its options': {
      args: {
        argv: ['a', 'b c'],
        build: true,
        cap_add: ['NET_ADMIN'],
        cap_drop: ['CHOWN'],
        entrypoint: '/x y',
        interactive: false,
        labels: ['l=m'],
        name: 'one',
        no_deps: true,
        publish: ['80:80'],
        quiet_pull: true,
        remove_orphans: true,
        cleanup: true,
        service_ports: true,
        use_aliases: true,
        volumes: ['/a:/b'],
      },
      commands: says(''),
      runs: [
        / run --build --cap-add NET_ADMIN --cap-drop CHOWN --entrypoint '\/x y' '--interactive=false' --label 'l=m' --name one --no-deps --publish 80:80 --quiet-pull --remove-orphans --rm --service-ports --use-aliases --volume \/a:\/b -- web a 'b c'$/m,
      ],
      again,
    },
    'tells the container that it does not wait for': {
      args: { detach: true },
      commands: says('0a1b\n'),
      returns: { changed: false, container_id: '0a1b' },
    },
    'fails when there is no container that runs on': {
      args: { detach: true },
      commands: says('', { rc: 1, stderr: 'no such service: web\n' }),
      fails: 'no such service: web',
    },
    'takes one way to write a command': {
      args: { argv: ['a'], command: 'b' },
      fails: /mutually exclusive: argv\|command/,
    },
  },
)
