import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { quoteAll, raw, sh } from '../engine/remote/quote.js'

const args = {
  name: { type: 'list', elements: 'str', required: true, aliases: ['pkg'], summary: 'packages; * for all' },
  state: { type: 'str', choices: ['present', 'latest', 'absent'], default: 'present', summary: 'how they should be' },
  cached: { type: 'bool', default: false, summary: 'do not fetch the catalogue first' },
  annotation: { type: 'list', elements: 'str', summary: 'notes on the packages: +key=value, -key or :key=value' },
  pkgsite: { type: 'str', summary: 'repository to use' },
  rootdir: { type: 'path', summary: 'root directory to install in' },
  chroot: { type: 'path', summary: 'directory to chroot to' },
  jail: { type: 'str', summary: 'jail to work in' },
  autoremove: { type: 'bool', default: false, summary: 'remove what nothing needs any more' },
  ignore_osver: { type: 'bool', default: false, summary: 'accept packages for another version of the system' },
  use_globs: { type: 'bool', default: true, summary: 'names may hold wildcards' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.pkgng',
  summary: 'Packages of FreeBSD',
  check: 'full',
  args,
  rules: { exclusive: [['rootdir', 'chroot', 'jail']] },
  returns: { msg: 'what was done', stdout: 'output of pkg', stderr: 'its messages' },
  examples: `
- name: Install a package
  community.general.pkgng:
    name: foo
`,

  async run({ args, remote, fail }) {
    const place =
      args.rootdir !== undefined
        ? ['--rootdir', args.rootdir]
        : args.chroot !== undefined
          ? ['--chroot', args.chroot]
          : args.jail !== undefined
            ? ['--jail', args.jail]
            : []
    const pkg = ['pkg', ...place]
    const repository = args.pkgsite === undefined ? [] : ['--repository', args.pkgsite]
    const environment = {
      BATCH: 'yes',
      ASSUME_ALWAYS_YES: 'YES',
      ...(args.ignore_osver ? { IGNORE_OSVERSION: 'yes' } : {}),
    }
    const names = args.name
      .flatMap(name => name.split(','))
      .map(name => name.trim())
      .filter(Boolean)
    const all = names.includes('*')
    const plain = names.filter(name => name !== '*')
    const notes = (args.annotation ?? [])
      .flatMap(note => note.split(','))
      .map(note => {
        const [, sign, tag, value] = /^([+:-])([^=]+)(?:=(.*))?$/s.exec(note.trim()) ?? []
        if (sign === undefined || tag === undefined || (sign !== '-' && value === undefined))
          return fail(`failed to annotate: invalid annotation '${note}', should be <+/-/:><key>[=<value>]`)
        return { sign, tag, value: value ?? '' }
      })
    const globs = args.use_globs ? ['--glob'] : []
    const seen = await remote.query({
      command: sh`for name in ${plain}; do
  if ${pkg} info ${globs} --exists "$name" >/dev/null 2>&1; then echo "installed $name"; fi
  for tag in ${notes.map(note => note.tag)}; do
    value=$(${pkg} annotate --quiet --show "$name" "$tag" 2>/dev/null) && [ -n "$value" ] && printf 'note %s %s %s\n' "$name" "$tag" "$value"
  done
done
${raw(args.autoremove ? `${quoteAll(pkg)} autoremove --dry-run 2>/dev/null | grep -Eqi 'deinstallation|to be removed' && echo orphans` : ':')}
true`,
      parse: stdout => stdout.split('\n'),
    })
    const said = { stdout: '', stderr: '' }
    const run = async (words: readonly string[], { simulate = false, msg }: { simulate?: boolean; msg: string }) => {
      const outcome = await remote.exec({
        argv: [...pkg, ...words],
        environment,
        why: words.join(' '),
        changes: false,
        inCheckMode: simulate,
      })
      said.stdout += outcome.stdout
      said.stderr += outcome.stderr
      if (outcome.rc !== 0 && !simulate)
        fail(`${msg}: ${`${outcome.stdout.trim()} ${outcome.stderr.trim()}`.trim()}`, { ...outcomeText(outcome) })
      return outcome
    }
    const msgs: string[] = []
    const isThere = (name: string) => seen.includes(`installed ${name}`)
    const no = args.cached ? ['--no-repo-update'] : []

    if (args.state === 'absent') {
      const gone = plain.filter(isThere)
      if (gone.length > 0) {
        await run(['delete', '--yes', ...globs, ...gone], { msg: `failed to remove ${gone.join(' ')}` })
        msgs.push(`removed ${gone.length} package(s)`)
      }
    } else {
      const missing = plain.filter(name => !isThere(name))
      if (missing.length > 0) {
        await run(['install', '--yes', ...repository, ...no, ...globs, ...missing], {
          msg: `failed to install ${missing.join(' ')}`,
        })
        msgs.push(`installed ${missing.length} package(s)`)
      }
      const old = args.state === 'latest' ? plain.filter(isThere) : []
      if (old.length > 0 || (all && args.state === 'latest')) {
        const words = ['upgrade', ...repository, ...globs, ...(all ? [] : old)]
        // A rehearsal ends with 1 when there is something to do.
        const { rc } = await run([...words, '--dry-run', '--quiet', ...no], { simulate: true, msg: '' })
        if (rc !== 0) {
          await run([...words, '--yes', '--no-repo-update'], { msg: 'failed to upgrade packages' })
          msgs.push(all ? 'upgraded packages' : `upgraded ${old.length} package(s)`)
        }
      }
    }
    let annotated = 0
    for (const name of plain)
      for (const { sign, tag, value } of notes) {
        const now = seen.find(line => line.startsWith(`note ${name} ${tag} `))?.slice(`note ${name} ${tag} `.length)
        if (sign === '-' ? now === undefined : now === value) continue
        if (sign === '+' && now !== undefined)
          fail(`failed to annotate ${name}, could not annotate: tag ${tag} is already set to ${now}`)
        if (sign === ':' && now === undefined) fail(`could not change annotation of ${name}: no tag ${tag}`)
        const verb = sign === '-' ? ['--delete', name, tag] : [sign === '+' ? '--add' : '--modify', name, tag, value]
        await run(['annotate', '--yes', ...verb], { msg: `failed to annotate ${name}` })
        annotated++
      }
    if (annotated > 0) msgs.push(`added/changed ${annotated} annotations.`)
    if (args.autoremove && (seen.includes('orphans') || (args.state === 'absent' && msgs.length > 0))) {
      await run(['autoremove', '--yes'], { msg: 'failed to autoremove' })
      msgs.push('autoremoved packages')
    }
    return {
      changed: msgs.length > 0,
      msg: msgs.length > 0 ? msgs.join(', ') : `package(s) already ${args.state}`,
      ...said,
    }
  },
})

const outcomeText = ({ rc, stdout, stderr }: { rc: number; stdout: string; stderr: string }) => ({ rc, stdout, stderr })
