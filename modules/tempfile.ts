import { randomInt } from 'node:crypto'
import { defineModule } from '../engine/module/define.js'
import { pathInfo } from '../engine/remote/path-info.js'
import { errnoText } from './files/directories.js'

export default defineModule({
  name: 'ansible.builtin.tempfile',
  summary: 'Make a temporary file or directory',
  check: 'none',
  args: {
    state: { type: 'str', choices: ['file', 'directory'], default: 'file', summary: 'what to make' },
    path: { type: 'path', summary: 'where; by default where the host keeps temporary files' },
    prefix: { type: 'str', default: 'ansible.', summary: 'how its name begins' },
    suffix: { type: 'str', default: '', summary: 'how its name ends' },
  },
  returns: { path: 'what was made' },
  order: ['changed', 'path'],
  examples: `
- ansible.builtin.tempfile:
    state: directory
    suffix: build
  register: build
`,

  async run({ args, remote, fail }) {
    // mktemp of BusyBox knows no suffix. The name is made here, and making it fails when it is taken.
    const name = `${args.prefix}${randomName()}${args.suffix}`
    const make = args.state === 'directory' ? 'mkdir -m 0700 "$p"' : '(set -C; : >"$p")'
    const made = await remote.exec({
      argv: [
        '/bin/sh',
        '-c',
        `umask 077; d=\${1:-\${TMPDIR:-/tmp}}; p=\${d%/}/$2; ${make} && printf %s "$p"`,
        'sh',
        args.path ?? '',
        name,
      ],
      why: `make a temporary ${args.state}`,
    })
    if (made.rc !== 0) fail(errnoText(made, `${args.path ?? '/tmp'}/${name}`).replace(": b'", ": '"))
    return { ...(await pathInfo(remote, made.stdout)), path: made.stdout }
  },
})

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789_'
const randomName = () => Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')
