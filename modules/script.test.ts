import { testModule } from '../engine/module/test.js'
import raw from './raw.js'
import script from './script.js'

const again = { changed: 'a command is run each time' }

testModule(
  script,
  {},
  {
    'copies the script, runs it and gives its output': {
      args: { _raw_params: 'do.sh a "b c"' },
      local: { 'do.sh': '#!/bin/sh\n' },
      commands: { '*do.sh *': 'hello\n' },
      runs: [/^\/tmp\/[^ ]*\/do\.sh a "b c"$/],
      returns: { changed: true, rc: 0, stdout: 'hello\n' },
      again,
    },
    'changes directory and uses another program': {
      args: { cmd: 'do.pl', chdir: '/some dir', executable: 'perl -w' },
      local: { 'do.pl': '' },
      commands: { 'cd*': '' },
      runs: [/^cd '\/some dir' && perl -w \/tmp\/.*do\.pl$/],
      again,
    },
    'is skipped when creates is there': {
      args: { cmd: 'do.sh', creates: '/etc/done' },
      local: { 'do.sh': '' },
      files: { '/etc/done': '' },
      returns: { skipped: true, msg: '/etc/done exists, matching creates option' },
    },
    'fails with the exit code of the script': {
      args: { cmd: 'do.sh' },
      local: { 'do.sh': '' },
      commands: { '*do.sh': { rc: 4, stderr: 'no' } },
      fails: 'non-zero return code',
      returns: { rc: 4, stderr: 'no' },
    },
  },
)

testModule(
  raw,
  {},
  {
    'hands the line over and keeps the output as it is': {
      args: { _raw_params: 'echo hi' },
      commands: { 'echo hi': 'hi\n' },
      returns: { changed: true, rc: 0, stdout: 'hi\n', stderr: '' },
      again,
    },
  },
)
