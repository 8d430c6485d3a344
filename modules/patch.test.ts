import { testModule } from '../engine/module/test.js'
import patch from './patch.js'

/** The look at a host: exit codes of the way there and the way back. */
const look = /^p=\/srv\/f\.patch; \[ -r "\$p" \] \|\| exit 90; .*forward=\$\(patch --forward /s
const host = (fits: string, said = '') => [[look, `${fits}\n${said}`]] as never

testModule(
  patch,
  { src: '/srv/f.patch', dest: '/srv/f', remote_src: true },
  {
    'applies a patch that fits': {
      commands: () => {
        let applied = false
        return [
          [look, () => (applied ? '1 0\n' : '0 1\n')],
          [
            'patch --forward *',
            () => {
              applied = true
              return ''
            },
          ],
        ] as never
      },
      runs: ["patch --forward --quiet '--strip=0' --batch /srv/f -i /srv/f.patch"],
      changed: true,
    },
    'leaves a file that has it': { commands: host('1 0'), runs: [], changed: false },
    'takes nothing back that is not there': {
      args: { state: 'absent' },
      commands: host('0 1'),
      runs: [],
      changed: false,
    },
    'says why it does not fit, and writes nothing': {
      commands: host('1 1', '1 out of 1 hunk FAILED'),
      runs: [],
      fails: '1 out of 1 hunk FAILED',
    },
    'misses the patch': {
      commands: [[look, { rc: 90 }]] as never,
      fails: "src /srv/f.patch doesn't exist or not readable",
    },
  },
)
