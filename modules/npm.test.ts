import { testModule } from '../engine/module/test.js'
import composer from './composer.js'
import npm from './npm.js'

testModule(
  npm,
  { name: 'left-pad', path: '/app' },
  {
    'installs a version': {
      args: { version: '1.3.0', production: true },
      commands: () => {
        let list = '{}'
        return [
          [/npm list --json/, () => `${list}\n`],
          [
            / install /,
            () => {
              list = '{"dependencies":{"left-pad":{"version":"1.3.0"}}}'
              return ''
            },
          ],
        ]
      },
      runs: [/&& npm install --production left-pad@1\.3\.0$/],
    },
    'leaves a package alone': {
      commands: { '*npm list*': '{"dependencies":{"left-pad":{"version":"1"}}}' },
      changed: false,
    },
    'needs a path or global': { args: { path: undefined }, fails: 'path must be specified when not using global' },
  },
)

testModule(
  composer,
  { working_dir: '/app' },
  {
    'installs, and reads in words whether something changed': {
      commands: { '*composer install*': 'Nothing to install, update or remove\n' },
      runs: [
        'composer install --no-ansi --no-interaction --no-progress --working-dir /app --no-dev --optimize-autoloader',
      ],
      changed: false,
    },
    'gives the complaint of composer': {
      args: { command: 'require', arguments: 'a/b' },
      commands: { '*composer require*': { rc: 1, stderr: 'Could not find\n package' } },
      fails: 'Could not find package',
    },
  },
)
