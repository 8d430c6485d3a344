import { posix } from 'node:path'
import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { shlexSplit } from '../engine/python/shlex.js'
import { sh } from '../engine/remote/quote.js'

const args = {
  command: { type: 'str', default: 'install', summary: 'command of composer' },
  arguments: { type: 'str', default: '', summary: 'arguments of the command, such as a package' },
  working_dir: { type: 'path', aliases: ['working-dir'], summary: 'directory of the project' },
  global_command: { type: 'bool', default: false, summary: 'work on the global project' },
  executable: { type: 'path', aliases: ['php_path'], summary: 'the PHP to run composer with' },
  composer_executable: { type: 'path', summary: 'the composer to run' },
  prefer_source: { type: 'bool', default: false, summary: 'take packages from source' },
  prefer_dist: { type: 'bool', default: false, summary: 'take packages from archives' },
  no_dev: { type: 'bool', default: true, summary: 'leave out packages for development' },
  no_scripts: { type: 'bool', default: false, summary: 'run no scripts' },
  no_plugins: { type: 'bool', default: false, summary: 'use no plugins' },
  optimize_autoloader: { type: 'bool', default: true, summary: 'make a fast autoloader' },
  classmap_authoritative: { type: 'bool', default: false, summary: 'load classes from the class map only' },
  apcu_autoloader: { type: 'bool', default: false, summary: 'cache classes in APCu' },
  ignore_platform_reqs: { type: 'bool', default: false, summary: 'ignore requirements on PHP and extensions' },
  force: { type: 'bool', default: false, summary: 'with create-project: also where a composer.json is' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.composer',
  summary: 'Packages of PHP projects',
  check: 'full',
  args,
  rules: { requiredIf: [['global_command', false, 'working_dir']] },
  examples: `
- name: Install the packages of composer.lock
  community.general.composer:
    command: install
    working_dir: /path/to/project
`,

  async run({ args, remote, fail }) {
    if (/\s/.test(args.command)) fail("Use the 'arguments' param for passing arguments with the 'command'")
    const given: { readonly [flag: string]: boolean } = {
      'prefer-source': args.prefer_source,
      'prefer-dist': args.prefer_dist,
      'no-dev': args.no_dev,
      'no-scripts': args.no_scripts,
      'optimize-autoloader': args.optimize_autoloader,
      'classmap-authoritative': args.classmap_authoritative,
      'apcu-autoloader': args.apcu_autoloader,
      'ignore-platform-reqs': args.ignore_platform_reqs,
    }
    const program = [...(args.executable ? [args.executable] : []), args.composer_executable ?? 'composer']
    const newProject = args.command === 'create-project' && !args.force ? args.working_dir : undefined
    const [help, made] = await Promise.all([
      remote.query({
        command: sh`COMPOSER_ALLOW_SUPERUSER=1; export COMPOSER_ALLOW_SUPERUSER; ${program} help ${args.command} --no-interaction --format=json`,
        parse: (stdout, rc, stderr) => ({ rc, stdout, stderr }),
      }),
      newProject ? remote.file(posix.join(newProject, 'composer.json'), { want: 'stat' }) : undefined,
    ])
    if (help.rc !== 0) fail(`${help.stdout}${help.stderr}`.trim().replace(/\s+/g, ' '))
    const known = optionsIn(help.stdout)
    if (made?.exists)
      return { changed: false, msg: 'composer.json already exists in working_dir, skipping create-project' }
    const dry = remote.checkMode && known.has('dry-run')
    if (remote.checkMode && !dry)
      return { changed: false, skipped: true, msg: `command '${args.command}' does not support check mode, skipping` }
    const argv = [
      ...program,
      ...(args.global_command ? ['global'] : []),
      args.command,
      ...['no-ansi', 'no-interaction', 'no-progress'].filter(flag => known.has(flag)).map(flag => `--${flag}`),
      ...(args.working_dir ? ['--working-dir', args.working_dir] : []),
      ...(args.no_plugins ? ['--no-plugins'] : []),
      ...Object.keys(given)
        .filter(flag => given[flag] && known.has(flag))
        .map(flag => `--${flag}`),
      ...(dry ? ['--dry-run'] : []),
      ...shlexSplit(args.arguments),
    ]
    const { rc, stdout, stderr } = await remote.exec({
      argv,
      why: `composer ${args.command}`,
      inCheckMode: true,
      changes: false,
      environment: { COMPOSER_ALLOW_SUPERUSER: '1' },
    })
    const output = `${stdout}${stderr}`
    if (rc !== 0) fail(output.trim().replace(/\s+/g, ' '), { stdout: output })
    // Composer says in words that nothing was to be done.
    const changed = !/Nothing to install(?:, | or |$)|Nothing to (?:install, update or remove|modify)/.test(output)
    return { changed, msg: output.trim().replace(/\s+/g, ' '), stdout: output }
  },
})

/** The options of a command, of what `composer help --format=json` says of it; notices may stand before. */
function optionsIn(text: string): ReadonlySet<string> {
  const { definition } = JSON.parse(text.slice(text.indexOf('{'))) as { definition: { options: object } }
  return new Set(Object.keys(definition.options))
}
