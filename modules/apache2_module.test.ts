import { testModule } from '../engine/module/test.js'
import apache2Module from './apache2_module.js'

/** An Apache with some modules loaded, and a2enmod and a2dismod that change which. */
const apache =
  (...loaded: string[]) =>
  () => {
    const now = new Set(loaded)
    return {
      '* command -v a2enmod': '/usr/sbin/a2enmod\n',
      '* command -v a2dismod': '/usr/sbin/a2dismod\n',
      '* -M': () => `Loaded Modules:\n${[...now].map(name => ` ${name} (shared)\n`).join('')}`,
      '* /usr/sbin/a2enmod rewrite': () => {
        now.add('rewrite_module')
        return ''
      },
      '* /usr/sbin/a2dismod -f autoindex': () => {
        now.delete('autoindex_module')
        return ''
      },
      '* /usr/sbin/a2enmod dump_io': 'Module dump_io already enabled\n',
    }
  }

testModule(
  apache2Module,
  {},
  {
    'enables a module': {
      args: { name: 'rewrite' },
      commands: apache('core_module'),
      changed: true,
      returns: { result: 'Module rewrite enabled' },
    },
    'disables one that Debian needs, with force': {
      args: { name: 'autoindex', state: 'absent', force: true },
      commands: apache('autoindex_module'),
      changed: true,
      returns: { result: 'Module autoindex disabled' },
    },
    'leaves one that is enabled': { args: { name: 'php8.2' }, commands: apache('php_module'), changed: false },
    'goes by the identifier': {
      args: { name: 'dump_io', identifier: 'dumpio_module' },
      commands: apache('dumpio_module'),
      changed: false,
    },
    'says so when the identifier was guessed wrong': {
      args: { name: 'dump_io' },
      commands: apache('core_module'),
      fails: /Failed to set module dump_io to enabled:\nModule dump_io already enabled/,
    },
    'needs an apache to ask': {
      args: { name: 'rewrite' },
      commands: { '* command -v a2enmod': { rc: 127 }, '* -M': { rc: 91 } },
      fails: 'Neither of apache2ctl nor apachctl found. At least one apache control binary is necessary.',
    },
    'stops at a configuration with errors': {
      args: { name: 'rewrite' },
      commands: { ...apache()(), '* -M': { rc: 1, stderr: 'Syntax error' } },
      fails: 'Error executing apache2ctl: Syntax error',
    },
  },
)
