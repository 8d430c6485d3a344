import { defineModule } from '../engine/module/define.js'
import { missingProgram } from './commands/missing-program.js'
import { diversionOf } from './queries/dpkg-divert.js'

export default defineModule({
  name: 'community.general.dpkg_divert',
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
    force: { type: 'bool', default: false, summary: 'overwrite a file that renaming finds in the way' },
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
    const [current, file] = await Promise.all([
      remote.query(diversionOf(path)),
      remote.file(path, { want: 'stat', follow: false }),
    ])
    const program = current.program ?? (await missingProgram({ remote, fail }, 'dpkg-divert'))
    const now = current.holder === undefined ? undefined : { holder: current.holder, divert: current.divert }
    const commands: string[] = []
    const messages: string[] = []
    const before = {
      path,
      state: now === undefined ? 'absent' : 'present',
      divert: now?.divert ?? null,
      holder: now?.holder ?? null,
    }
    const run = async (words: string[], inTheWay?: string) => {
      const argv = [program, ...words]
      // In check mode it says what it would do.
      const said = remote.checkMode ? [argv[0]!, '--test', ...argv.slice(1)] : argv
      const effect = { why: `divert ${path}`, inCheckMode: true }
      let done = await remote.exec({ argv: said, ...effect })
      if (done.rc !== 0 && inTheWay !== undefined && force) {
        await (await remote.file(inTheWay, { want: 'stat', follow: false })).remove()
        done = remote.checkMode ? { ...done, rc: 0 } : await remote.exec({ argv, ...effect })
      }
      const { rc, stdout, stderr } = done
      if (rc !== 0) {
        const msg = inTheWay === undefined ? stderr.trim() : "Set 'force' param to True to force renaming of files."
        fail(msg || stdout.trim(), { rc, stdout, stderr, cmd: argv.join(' '), diversion: before })
      }
      commands.push(argv.join(' '))
      if (stdout.trim()) messages.push(stdout.trim())
    }
    const who = holder === 'LOCAL' ? ['--local'] : ['--package', holder]
    const to = args.divert === undefined ? [] : ['--divert', divert]
    const move = rename ? '--rename' : '--no-rename'
    const add = [move, ...who, ...to, '--add', path]
    const settled =
      state === 'absent' ? now === undefined : now !== undefined && now.divert === divert && now.holder === holder

    if (!settled && state === 'absent') {
      if (args.delete && file.exists) await file.remove()
      await run([move, '--remove', path], rename ? path : undefined)
    }
    if (!settled && state === 'present' && now === undefined) await run(add, rename ? divert : undefined)
    else if (!settled && state === 'present') {
      const old = now!.divert
      const aside = old === divert ? undefined : await remote.file(old, { want: 'stat', follow: false })
      await run(['--no-rename', '--remove', path])
      const again = ['--no-rename', ...add.slice(1)]
      // While the old diversion stands, dpkg-divert cannot be asked about the new one.
      if (remote.checkMode) {
        commands.push([program, ...again].join(' '))
        messages.push('Running in check mode')
      } else await run(again)
      // What was put aside goes along.
      if (aside?.exists) await remote.exec({ argv: ['mv', '-f', '--', old, divert], why: `move ${old} to ${divert}` })
    }
    // Ansible runs dpkg-divert also where there is nothing to do, and playbooks may read what it says.
    if (settled) {
      commands.push([program, ...(state === 'present' ? add : [move, '--remove', path])].join(' '))
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
        before,
        after: diversion,
      },
    }
  },
})
