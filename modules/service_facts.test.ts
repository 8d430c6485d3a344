import { testModule } from '../engine/module/test.js'
import serviceFacts from './service_facts.js'

const systemd = [
  '\x1eunits',
  'app.service loaded active running App',
  '● gone.service not-found inactive dead gone.service',
  'once.service loaded active exited Once',
  'broken.service loaded failed failed Broken',
  'dynamic.service loaded active exited Made at run time',
  '\x1efiles',
  'app.service enabled enabled',
  'once.service static -',
  'broken.service static -',
  'nick.service alias -',
  'tty@.service static -',
  'off.service disabled enabled',
  '\x1estates',
  'Names=app.service nick.service',
  'ActiveState=active',
  '',
  'Names=off.service',
  'ActiveState=inactive',
  '',
].join('\n')

const service = (name: string, state: string, status: string) => [
  `${name}.service`,
  { name: `${name}.service`, state, status, source: 'systemd' },
]

testModule(
  serviceFacts,
  {},
  {
    'gives state and status as systemd has them, of files that no unit is loaded from, too': {
      commands: [[/list-units/, systemd]],
      changed: false,
      returns: {
        ansible_facts: {
          services: Object.fromEntries([
            service('app', 'running', 'enabled'),
            service('gone', 'stopped', 'not-found'),
            service('once', 'stopped', 'static'),
            service('broken', 'stopped', 'failed'),
            service('dynamic', 'stopped', 'active'),
            service('nick', 'active', 'alias'),
            service('tty@', 'unknown', 'static'),
            service('off', 'inactive', 'disabled'),
          ]),
        },
      },
    },
  },
)
