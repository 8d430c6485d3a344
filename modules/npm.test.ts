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

/** What composer says of a command that has these options. */
const help = (...options: string[]) =>
  JSON.stringify({ definition: { options: Object.fromEntries(options.map(name => [name, {}])) } })

testModule(
  composer,
  { working_dir: '/app' },
  {
    'installs, and reads in words whether something changed': {
      commands: {
        '*composer help install*': help(
          'no-ansi',
          'no-interaction',
          'no-progress',
          'no-dev',
          'optimize-autoloader',
          'dry-run',
        ),
        '*composer install*': 'Nothing to install, update or remove\n',
      },
      runs: [
        'composer install --no-ansi --no-interaction --no-progress --working-dir /app --no-dev --optimize-autoloader',
      ],
      changed: false,
      // The command is asked for its options first.
      trips: 2,
    },
    'gives a command only the options that it has': {
      args: { command: 'dump-autoload', no_dev: true, optimize_autoloader: true },
      commands: {
        '*composer help dump-autoload*': help('no-ansi', 'no-dev', 'optimize'),
        '*composer dump-autoload*': 'Generated autoload files\n',
      },
      runs: ['composer dump-autoload --no-ansi --working-dir /app --no-dev'],
      changed: true,
      again: { changed: 'composer makes them anew' },
      check: { differs: 'without a dry run the command is skipped' },
    },
    'makes no project where one is': {
      args: { command: 'create-project', arguments: 'a/b' },
      files: { '/app/composer.json': '{}' },
      commands: { '*composer help create-project*': help('no-ansi', 'dry-run') },
      changed: false,
      returns: { msg: 'composer.json already exists in working_dir, skipping create-project' },
    },
    'makes a project where one is when forced to': {
      args: { command: 'create-project', arguments: 'a/b', force: true },
      files: { '/app/composer.json': '{}' },
      commands: {
        '*composer help create-project*': help('no-ansi', 'dry-run'),
        '*composer create-project*': 'Creating a "a/b" project\n',
      },
      runs: ['composer create-project --no-ansi --working-dir /app a/b'],
      again: { changed: 'it is forced' },
    },
    'gives the complaint of composer': {
      args: { command: 'require', arguments: 'a/b' },
      commands: {
        '*composer help require*': help('no-ansi'),
        '*composer require*': { rc: 1, stderr: 'Could not find\n package' },
      },
      fails: 'Could not find package',
    },
  },
)
