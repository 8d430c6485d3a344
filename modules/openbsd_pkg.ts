import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { quoteAll, sh } from '../engine/remote/quote.js'

const args = {
  name: {
    type: 'list',
    elements: 'str',
    required: true,
    summary: 'packages: stem, stem--flavour, stem%branch; * for all',
  },
  state: {
    type: 'str',
    choices: ['absent', 'installed', 'latest', 'present', 'removed'],
    default: 'present',
    summary: 'how they should be',
  },
  build: { type: 'bool', unsupported: 'packages are not built from ports', summary: 'build from ports' },
  ports_dir: { type: 'path', unsupported: 'packages are not built from ports', summary: 'where the ports are' },
  clean: { type: 'bool', default: false, summary: 'remove extra configuration files, too' },
  quick: { type: 'bool', default: false, summary: 'without checksums of what is removed' },
  autoremove: { type: 'bool', default: false, summary: 'remove dependencies that nothing needs any more' },
  snapshot: { type: 'bool', default: false, summary: 'take packages of snapshots' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.openbsd_pkg',
  summary: 'Packages of OpenBSD',
  check: 'full',
  args,
  returns: { name: 'the packages', state: 'how they are', rc: 'exit code', stdout: 'output', stderr: 'messages' },
  examples: `
- name: Install a package of a flavour
  community.general.openbsd_pkg:
    name: vim--no_x11
`,

  async run({ args, remote, fail }) {
    const { name: names } = args
    const all = names.includes('*')
    if (all && names.length > 1) fail("the package name '*' can not be mixed with other names")
    if (all && args.state !== 'latest') fail("the package name '*' is only valid when using state=latest")
    const installed = await remote.query({
      command: sh`pkg_info -q`,
      parse: stdout => stdout.split('\n').filter(Boolean),
    })
    const absent = args.state === 'absent' || args.state === 'removed'
    const isThere = (name: string) => installed.some(full => fits(name, full))
    const missing = absent || all ? [] : names.filter(name => !isThere(name))
    const concerned = all ? [] : names.filter(name => isThere(name) && (absent || args.state === 'latest'))

    const said = { rc: 0, stdout: '', stderr: '' }
    let changed = false
    const options = [...(args.clean ? ['-c'] : []), ...(args.quick ? ['-q'] : [])]
    /** Each of these programs rehearses with -n, so check mode sees what it would see. */
    const run = async (program: string, flags: readonly string[], packages: readonly string[]) => {
      const argv = [program, '-I', '-m', ...flags, ...(remote.checkMode ? ['-n'] : []), ...packages]
      const { rc, stdout, stderr } = await remote.exec({ argv, why: argv.join(' '), changes: false, inCheckMode: true })
      said.stdout += stdout
      said.stderr += stderr
      const wrong = /^(?:Can't find|Ambiguous: |Fatal error|Couldn't find)/m.exec(stderr)
      if (rc !== 0 || wrong)
        fail(stderr.trim() || stdout.trim() || `failed: ${quoteAll(argv)}`, { rc: rc || 1, stdout, stderr })
      return `${stdout}\n${stderr}`
    }
    const add = args.snapshot ? ['-D', 'snap'] : []
    if (absent && concerned.length > 0) {
      await run('pkg_delete', options, concerned)
      changed = true
    }
    if (missing.length > 0) {
      await run('pkg_add', add, missing)
      changed = true
    }
    if (args.state === 'latest' && (all || concerned.length > 0)) {
      const text = await run('pkg_add', ['-u', ...add, ...options], all ? [] : concerned)
      // "foo-1.0->1.1: ok" tells what was replaced.
      if (/\S+-\d\S*->\S+/.test(text)) changed = true
    }
    if (args.autoremove && absent) {
      const text = await run('pkg_delete', ['-a', ...options], [])
      if (/^\S+-\d\S*: ok/m.test(text)) changed = true
    }
    return { changed, name: names, state: args.state, ...said }
  },
})

/** Whether a wish (stem, stem-version-flavour, stem--flavour, stem%branch, stem-<=version) is a package as installed. */
function fits(wish: string, full: string): boolean {
  if (wish === full) return true
  const [, stem = full, version = '', flavours = ''] = /^(.*?)-(\d[^-]*)(?:-(.+))?$/.exec(full) ?? []
  const branch = /^(.+)%(.+)$/.exec(wish)
  if (branch) return fits(branch[1]!, full) && (version === branch[2] || version.startsWith(`${branch[2]}.`))
  const flavoured = /^(.+?)--(.*)$/.exec(wish)
  if (flavoured) return flavoured[1] === stem && sorted(flavoured[2]!) === sorted(flavours)
  if (/-\d[^-]*(?:-.+)?$/.test(wish)) return wish === `${stem}-${version}`
  return wish === stem
}

const sorted = (flavours: string): string => flavours.split('-').filter(Boolean).sort().join('-')
