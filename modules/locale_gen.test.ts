import { testModule } from '../engine/module/test.js'
import { changing, type FakeCommands } from '../engine/remote/fake.js'
import localeGen from './locale_gen.js'

const supported = 'de_CH.UTF-8 UTF-8\nde_CH ISO-8859-1\nde_DE@euro ISO-8859-15\nen_US.UTF-8 UTF-8\n'

/** locale -a, which writes utf8 for UTF-8, before and after locale-gen. */
const host =
  (before: string[], after = before, ubuntu = '') =>
  (): FakeCommands => {
    const { now, change } = changing(before, after)
    return [
      [/^cat \/usr\/share\/i18n\/SUPPORTED/, `${supported}${ubuntu}`],
      [/^locale -a/, () => ['C', 'POSIX', ...now(), ''].join('\n')],
      [/locale-gen/, change],
    ]
  }
const table = (text: string) => ({ '/etc/locale.gen': `# Locales to build.\n\n${text}# en_US.UTF-8 UTF-8\n` })

testModule(
  localeGen,
  { name: 'de_CH.UTF-8' },
  {
    'makes a locale of the table': {
      files: table('# de_CH ISO-8859-1\n# de_CH.UTF-8 UTF-8\n'),
      commands: host([], ['de_CH.utf8']),
      runs: ['locale-gen'],
      leaves: table('# de_CH ISO-8859-1\nde_CH.UTF-8 UTF-8\n'),
      returns: { name: 'de_CH.UTF-8', msg: 'OK' },
      foretells: {},
    },
    'leaves what is made': {
      files: table('de_CH.UTF-8 UTF-8\n'),
      commands: host(['de_CH.utf8']),
      changed: false,
      returns: { msg: 'OK' },
    },
    'adds a locale that the table has no line for': {
      args: { name: 'de_DE@euro' },
      files: table(''),
      commands: host([], ['de_DE@euro']),
      runs: ['locale-gen'],
      leaves: { '/etc/locale.gen': '# Locales to build.\n\n# en_US.UTF-8 UTF-8\nde_DE@euro ISO-8859-15\n' },
    },
    'knows languages without a country': {
      args: { name: 'eo', state: 'absent' },
      files: table('eo UTF-8\n'),
      commands: host(['eo'], []),
      runs: ['locale-gen'],
      leaves: table('# eo UTF-8\n'),
    },
    'leaves what the system always has, though no table lists it': {
      args: { name: 'C.UTF-8' },
      files: table(''),
      commands: host(['C.utf8']),
      changed: false,
    },
    'makes several, once': {
      args: { name: ['de_CH.UTF-8', 'en_US.UTF-8'] },
      files: table('# de_CH.UTF-8 UTF-8\n'),
      commands: host([], ['de_CH.utf8', 'en_US.utf8']),
      runs: ['locale-gen'],
      leaves: { '/etc/locale.gen': '# Locales to build.\n\nde_CH.UTF-8 UTF-8\nen_US.UTF-8 UTF-8\n' },
    },
    'takes a locale away': {
      args: { state: 'absent' },
      files: table('de_CH.UTF-8 UTF-8\n'),
      commands: host(['de_CH.utf8'], []),
      runs: ['locale-gen'],
      leaves: table('# de_CH.UTF-8 UTF-8\n'),
    },
    'asks Ubuntu, which has no table': {
      commands: host([], ['de_CH.utf8'], '//ubuntu\n'),
      runs: ['locale-gen de_CH.UTF-8'],
    },
    'knows no such locale': {
      args: { name: 'xx_YY.UTF-8' },
      files: table(''),
      commands: host([]),
      fails: "The locale you've entered is not available on your system.",
    },
    'needs the package': {
      commands: host([]),
      fails: '/etc/locale.gen and /var/lib/locales/supported.d/local are missing. Is the package "locales" installed?',
    },
    'says what locale-gen says': {
      files: table('# de_CH.UTF-8 UTF-8\n'),
      commands: [
        [/^locale-gen/, { rc: 1, stderr: "cannot open locale definition file `de_CH': No such file or directory\n" }],
        ['*', ''],
      ],
      fails: "cannot open locale definition file `de_CH': No such file or directory",
    },
  },
)
