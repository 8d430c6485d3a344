import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { quoteAll, raw, sh } from '../engine/remote/quote.js'

const args = {
  name: { type: 'str', summary: 'the package; those of package.json when left out' },
  version: { type: 'str', summary: 'its version' },
  path: { type: 'path', summary: 'directory of the project' },
  global: { type: 'bool', default: false, summary: 'install for the whole host' },
  state: {
    type: 'str',
    choices: ['present', 'absent', 'latest'],
    default: 'present',
    summary: 'how the packages should be',
  },
  executable: { type: 'path', summary: 'the npm to run' },
  registry: { type: 'str', summary: 'registry to install from' },
  production: { type: 'bool', default: false, summary: 'leave out packages for development' },
  ci: { type: 'bool', default: false, summary: 'install exactly what package-lock.json says' },
  force: { type: 'bool', default: false, summary: 'go over conflicts' },
  ignore_scripts: { type: 'bool', default: false, summary: 'run no scripts' },
  unsafe_perm: { type: 'bool', default: false, summary: 'run scripts as root' },
  no_optional: { type: 'bool', default: false, summary: 'leave out optional packages' },
  no_bin_links: { type: 'bool', default: false, summary: 'make no links to programs' },
} as const satisfies ArgSpecs

interface Tree {
  readonly dependencies?: {
    readonly [name: string]: { readonly version?: string; readonly missing?: boolean; readonly invalid?: unknown }
  }
}

export default defineModule({
  name: 'community.general.npm',
  summary: 'Packages of Node.js',
  check: 'full',
  args,
  rules: { requiredIf: [['state', 'absent', 'name']] },
  examples: `
- name: Install a version for the whole host
  community.general.npm:
    name: coffee-script
    version: "1.6.1"
    global: true
`,

  async run({ args, remote, fail }) {
    if (args.path === undefined && !args.global) fail('path must be specified when not using global')
    const npm = [args.executable ?? 'npm']
    const where = args.global ? ['--global'] : []
    const cd = args.path === undefined ? '' : sh`mkdir -p ${args.path} 2>/dev/null; cd ${args.path} && `
    const look = args.path === undefined ? '' : sh`cd ${args.path} 2>/dev/null || exit 0; `
    const seen = await remote.query({
      command: sh`command -v ${npm[0]!} >/dev/null || exit 127; ${raw(look)}printf '%s\n' "$(${raw(quoteAll([...npm, 'list', '--json', '--long', '--depth=0', ...where]))} 2>/dev/null)"
${raw(args.state === 'latest' ? `printf '\\036%s\\n' "$(${quoteAll([...npm, 'outdated', '--json', ...where])} 2>/dev/null)"` : ':')}`,
      parse: stdout => {
        const [list = '', outdated = ''] = stdout.split('\x1e')
        return { tree: json(list) as Tree, outdated: Object.keys(json(outdated)) }
      },
      needs: npm[0]!,
    })
    const dependencies = seen.tree.dependencies ?? {}
    const found = args.name === undefined ? undefined : dependencies[args.name]
    const installed = found !== undefined && !found.missing && !found.invalid
    const missing =
      Object.values(dependencies).some(one => one.missing || one.invalid) || Object.keys(dependencies).length === 0
    const needed =
      args.ci ||
      (args.name === undefined
        ? missing || (args.state === 'latest' && seen.outdated.length > 0)
        : args.state === 'absent'
          ? installed
          : !installed ||
            (!!args.version && found.version !== args.version) ||
            (args.state === 'latest' && seen.outdated.includes(args.name)))
    if (!needed) return { changed: false }
    const spec =
      args.name === undefined
        ? []
        : [
            !args.version || args.state === 'absent'
              ? args.state === 'latest'
                ? `${args.name}@latest`
                : args.name
              : `${args.name}@${args.version}`,
          ]
    const verb = args.ci
      ? 'ci'
      : args.state === 'absent'
        ? 'uninstall'
        : args.state === 'latest' && args.name === undefined
          ? 'update'
          : 'install'
    const argv = [
      ...npm,
      verb,
      ...where,
      ...(args.production ? ['--production'] : []),
      ...(args.force ? ['--force'] : []),
      ...(args.ignore_scripts ? ['--ignore-scripts'] : []),
      ...(args.unsafe_perm ? ['--unsafe-perm'] : []),
      ...(args.no_optional ? ['--no-optional'] : []),
      ...(args.no_bin_links ? ['--no-bin-links'] : []),
      ...(args.registry ? ['--registry', args.registry] : []),
      ...spec,
    ]
    const { rc, stderr } = await remote.exec({ shell: `${cd}${quoteAll(argv)}`, why: argv.join(' ') })
    if (rc !== 0) fail(stderr, { rc })
    return { changed: true }
  },
})

function json(text: string): object {
  try {
    return JSON.parse(text) as object
  } catch {
    return {}
  }
}
