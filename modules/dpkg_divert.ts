import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'

export default defineModule({
  name: 'community.general.dpkg_divert',
  // debops ships its own with the same options.
  aliases: ['ansible.builtin.dpkg_divert', 'debops.debops.dpkg_divert'],
  summary: 'Put a file of a package aside',
  check: 'full',
  args: {
    path: { type: 'path', required: true, aliases: ['name'], summary: 'file that dpkg is to write elsewhere' },
    state: {
      type: 'str',
      choices: ['absent', 'present'],
      default: 'present',
      summary: 'whether it should be diverted',
    },
    divert: { type: 'path', summary: 'where the package’s file goes; by default path with .distrib' },
    holder: { type: 'str', summary: 'package that is not diverted; LOCAL: none' },
    rename: { type: 'bool', default: false, summary: 'move the file itself, too' },
    force: { type: 'bool', default: false, summary: 'change an existing diversion, overwrite a file in the way' },
    delete: { type: 'bool', default: false, summary: 'remove the file at path before the diversion is undone' },
  },
  returns: { diversion: 'path, divert, holder and state', commands: 'what was run', messages: 'what was said' },
  examples: `
- community.general.dpkg_divert:
    path: /etc/foobarrc
    divert: /etc/foobarrc.distrib
    rename: true
`,

  async run({ args, remote, fail }) {
    const { path, state, rename, force } = args
    const holder = args.holder ?? 'LOCAL'
    const divert = args.divert ?? `${path}.distrib`
    const [current, file, aside] = await Promise.all([
      remote.query({
        command: sh`command -v dpkg-divert || exit 127; LC_ALL=C dpkg-divert --listpackage ${path} && LC_ALL=C dpkg-divert --truename ${path}`,
        parse: (stdout, rc) => {
          const [program = '', ...lines] = stdout.trim().split('\n')
          return { installed: rc !== 127, program, lines }
        },
      }),
      remote.file(path, { want: 'stat', follow: false }),
      remote.file(divert, { want: 'stat', follow: false }),
    ])
    if (!current.installed) await missingProgram({ remote, fail }, 'dpkg-divert')
    const [owner = '', truename = path] = current.lines.length > 1 ? current.lines : ['', current.lines[0] || path]
    const now = owner === '' ? undefined : { holder: owner, divert: truename }
    const commands: string[] = []
    const messages: string[] = []
    const run = async (words: string[]) => {
      const argv = [current.program, ...words]
      commands.push(argv.join(' '))
      // In check mode it says what it would do.
      const said = remote.checkMode ? [argv[0]!, '--test', ...argv.slice(1)] : argv
      const done = await remote.exec({ argv: said, why: `divert ${path}`, inCheckMode: true })
      if (done.rc !== 0)
        fail(done.stderr.trim() || done.stdout.trim(), {
          rc: done.rc,
          stdout: done.stdout,
          stderr: done.stderr,
          commands,
        })
      if (done.stdout.trim()) messages.push(done.stdout.trim())
    }
    const who = (name: string) => (name === 'LOCAL' ? ['--local'] : ['--package', name])
    const move = rename ? '--rename' : '--no-rename'
    const add = [move, ...who(holder), ...(args.divert === undefined ? [] : ['--divert', divert]), '--add', path]
    const settled =
      state === 'absent' ? now === undefined : now !== undefined && now.divert === divert && now.holder === holder

    if (!settled && state === 'absent') {
      const back = await remote.file(now!.divert, { want: 'stat', follow: false })
      if ((rename || args.delete) && back.exists && file.exists) {
        if (!force && !args.delete)
          fail(`cannot move ${now!.divert} back: ${path} exists (use force=true)`, { commands })
        await file.remove()
      }
      await run([move, '--remove', path])
    }
    if (!settled && state === 'present') {
      if (now !== undefined) {
        if (!force && now.holder !== holder)
          fail(
            `Set "force" param to True to divert ${path}: it is diverted to ${now.divert} by ${now.holder} already`,
            { commands },
          )
        await run(['--no-rename', '--remove', path])
      }
      if (rename && file.exists && aside.exists) {
        if (!force) fail(`Set "force" param to True to overwrite ${divert}`, { commands })
        await aside.remove()
      }
      await run(add)
    }
    // Ansible runs dpkg-divert also where there is nothing to do, and playbooks may read what it says.
    if (settled) {
      commands.push([current.program, ...(state === 'present' ? add : [move, '--remove', path])].join(' '))
      const diversion = `diversion of ${path} to ${divert}`
      messages.push(
        state === 'absent'
          ? `No diversion 'any diversion of ${path}', none removed.`
          : `Leaving '${holder === 'LOCAL' ? `local ${diversion}` : `${diversion} by ${holder}`}'`,
      )
    }
    const diversion = {
      path,
      state,
      divert: state === 'present' ? divert : null,
      holder: state === 'present' ? holder : null,
    }
    return {
      diversion,
      commands,
      messages,
      diff: {
        before: {
          path,
          state: now === undefined ? 'absent' : 'present',
          divert: now?.divert ?? null,
          holder: now?.holder ?? null,
        },
        after: diversion,
      },
    }
  },
})
