import { defineModule } from '../engine/module/define.js'
import { missingProgram } from './commands/missing-program.js'
import { diversionOf } from './queries/dpkg-divert.js'

export default defineModule({
  // DebOps calls it dpkg_divert. community.general's of that name leaves the file where it is, unless told otherwise.
  name: 'debops.debops.debops_dpkg_divert',
  summary: 'Put a file of a package aside, as roles of DebOps do',
  check: 'full',
  args: {
    path: { type: 'path', required: true, aliases: ['name'], summary: 'file that dpkg is to write elsewhere' },
    state: {
      type: 'str',
      choices: ['absent', 'present'],
      default: 'present',
      summary: 'whether it should be diverted',
    },
    divert: {
      type: 'path',
      summary: 'where the package’s file goes; by default path with .dpkg-divert, or .distrib for a package',
    },
    package: { type: 'str', default: 'LOCAL', summary: 'package that is not diverted; LOCAL: none' },
    rename: { type: 'bool', default: true, summary: 'move the file itself, too' },
    force: { type: 'bool', default: false, summary: 'change or remove another diversion of the file' },
    delete: { type: 'bool', default: false, summary: 'remove the file at path before the diversion is undone' },
  },
  notes: [
    'Playbooks call it debops.debops.dpkg_divert. DebOps ships it in Python; this is the same, built in.',
    'community.general.dpkg_divert is another module: it leaves the file where it is unless rename is given.',
  ],
  returns: { cmd: 'what was run; with force, a list of two', stdout: 'what it said', stderr: 'what it complained of' },
  examples: `
- debops.debops.dpkg_divert:
    path: /etc/screenrc
`,

  async run({ args, remote, fail }) {
    const { path, state, rename, force } = args
    const local = args.package === 'LOCAL'
    const divert = args.divert ?? `${path}.${local ? 'dpkg-divert' : 'distrib'}`
    const [current, file] = await Promise.all([
      remote.query(diversionOf(path)),
      remote.file(path, { want: 'stat', follow: false }),
    ])
    const found = current.program ?? (await missingProgram({ remote, fail }, 'dpkg-divert'))
    const diverted = current.holder !== undefined
    const other = diverted && (current.holder !== args.package || current.divert !== divert)

    const program = ['/usr/bin/env', 'LC_ALL=C', found]
    const move = rename ? ['--rename'] : []
    const remove = ['--remove', path]
    const whose = [...(local ? ['--local'] : ['--package', args.package]), '--divert', divert]
    const run = async (words: string[]) => {
      // In check mode it says what it would do.
      const argv = [...program, ...(remote.checkMode ? ['--test'] : []), ...words]
      const done = await remote.exec({ argv, why: `divert ${path}`, inCheckMode: true, changes: false })
      const cmd = argv.join(' ')
      if (done.rc !== 0) fail(done.stderr.trim(), { cmd, rc: done.rc, stdout: done.stdout, stderr: done.stderr })
      return { cmd, stdout: done.stdout, stderr: done.stderr, changed: /^(?:Adding|Removing)/.test(done.stdout) }
    }

    // Ansible runs dpkg-divert also where there is nothing to do, and playbooks may read what it says.
    const settled = state === 'absent' ? !diverted : diverted && !other
    if (settled) {
      const words = [
        ...(remote.checkMode ? ['--test'] : []),
        ...whose,
        ...move,
        state === 'absent' ? '--remove' : '--add',
      ]
      const diversion = `${local ? 'local ' : ''}diversion of ${path} to ${divert}${local ? '' : ` by ${args.package}`}`
      return {
        changed: false,
        cmd: [...program, ...words, path].join(' '),
        stdout: state === 'absent' ? `No diversion '${diversion}', none removed.\n` : `Leaving '${diversion}'\n`,
        stderr: '',
      }
    }
    if (state === 'absent') {
      if (args.delete && file.exists) await file.remove()
      return run(force && other ? [...move, ...remove] : [...whose, ...move, ...remove])
    }
    const add = [...whose, ...move, '--add', path]
    if (!force || !other) return run(add)
    const removed = await run([...move, ...remove])
    // While the old diversion stands, dpkg-divert cannot be asked about the new one.
    if (remote.checkMode) return removed
    const added = await run(add)
    return { ...added, cmd: [removed.cmd, added.cmd], msg: [removed.stdout, added.stdout] }
  },
})
