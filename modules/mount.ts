import { posix } from 'node:path'
import type { ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { checked } from './commands/checked.js'
import { makeDirectories } from './files/directories.js'
import { fstabEntry, fstabWith, fstabWithout } from './mounts/fstab.js'
import { mounts, realDirectory } from './queries/mounts.js'

const args = {
  path: { type: 'path', required: true, aliases: ['name'], summary: 'where to mount' },
  src: { type: 'path', summary: 'what to mount' },
  fstype: { type: 'str', summary: 'kind of file system' },
  opts: { type: 'str', summary: 'mount options' },
  dump: { type: 'str', default: '0', summary: 'fifth field of fstab' },
  passno: { type: 'str', default: '0', summary: 'sixth field of fstab' },
  state: {
    type: 'str',
    required: true,
    choices: ['absent', 'absent_from_fstab', 'mounted', 'present', 'unmounted', 'remounted', 'ephemeral'],
    summary: 'what should be so',
  },
  fstab: { type: 'str', default: '/etc/fstab', summary: 'file to keep it in' },
  boot: { type: 'bool', default: true, summary: 'mount it at boot' },
  backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old fstab' },
  opts_no_log: { type: 'bool', default: false, summary: 'do not show the options' },
} as const
type Args = ArgsOf<typeof args>
type Context = ModuleContext<Args>

export default defineModule({
  name: 'ansible.posix.mount',
  summary: 'Mount file systems, now and at boot',
  check: 'full',
  args,
  rules: {
    requiredIf: [
      ['state', 'mounted', 'src', 'fstype'],
      ['state', 'present', 'src', 'fstype'],
      ['state', 'ephemeral', 'src', 'fstype'],
    ],
  },
  returns: { name: 'the mount point', fstab: 'the file', backup_file: 'name of the backup' },
  order: ['changed', 'name', 'opts', 'dump', 'passno', 'fstab', 'boot', 'backup_file', 'src', 'fstype'],
  examples: `
- ansible.posix.mount:
    path: /mnt/dvd
    src: /dev/sr0
    fstype: iso9660
    opts: ro,noauto
    state: present
`,

  async run(context) {
    const { args, remote, fail } = context
    const path = args.path.replace(/(.)\/+$/, '$1')
    const options = args.opts ?? 'defaults'
    // Entries that wait for somebody say so in their options.
    const opts = args.boot ? options : options.split(',').includes('noauto') ? options : `${options},noauto`
    const entry = { path, src: args.src ?? '', fstype: args.fstype ?? '', opts, dump: args.dump, passno: args.passno }
    const [fstab, above, mounted, point, real] = await Promise.all([
      remote.file(args.fstab, { want: 'text' }),
      remote.file(posix.dirname(args.fstab), { want: 'stat' }),
      remote.query(mounts),
      remote.file(path, { want: 'stat' }),
      remote.query(realDirectory(path)),
    ])
    const here = mounted.findLast(mount => mount.path === path || mount.path === real)
    const result = { name: path, ...shown(args, opts), backup_file: '' }
    const save = async (text: string) => {
      if (text === fstab.text) return false
      if (!above.exists) await makeDirectories(remote, [posix.dirname(args.fstab)], {}, fail)
      const put = await fstab.put({ text, backup: args.backup })
      if (put.backup_file) Object.assign(result, { backup_file: put.backup_file })
      return put.changed
    }

    switch (args.state) {
      case 'absent':
      case 'absent_from_fstab':
        // A mount that the table does not have is another's, and so is a folder.
        if ((await save(fstabWithout(fstab.text, entry))) && args.state === 'absent') {
          if (here) await unmount(context, path)
          if (point.exists)
            await checked(context, ['rmdir', '--', path], `remove ${path}`, said => `Error rmdir ${path}: ${said}`)
        }
        break
      case 'unmounted':
        if (here) await unmount(context, path)
        break
      case 'present':
        await save(fstabWith(fstab.text, entry))
        break
      case 'mounted': {
        const made = await makePoint()
        const changed = await save(fstabWith(fstab.text, entry))
        const wrong = here
          ? changed && (await remount(context, path, opts))
          : await mount(context, path, fromTable(args))
        if (wrong) await undone(wrong, made, true)
        break
      }
      case 'remounted':
        await remounted(args.opts ?? fstabEntry(fstab.text, path)?.opts ?? '')
        break
      case 'ephemeral':
        if (!here) {
          const made = await makePoint()
          const wrong = await mount(context, path, ['-t', entry.fstype, '-o', opts, entry.src])
          if (wrong) await undone(wrong, made, false)
        } else if (here.src !== entry.src)
          fail(
            'Ephemeral mount point is already mounted with a different source than the specified one. Failing in order to prevent an unwanted unmount or override operation. Try replacing this command with a "state: unmounted" followed by a "state: ephemeral", or use a different destination path.',
          )
        else await remounted(opts)
    }
    return result

    async function remounted(wanted: string): Promise<void> {
      const wrong = await remount(context, path, wanted)
      if (wrong) fail(`Error remounting ${path}: ${wrong}`)
    }

    /** What cannot be mounted must not stand in the way of the next boot. */
    async function undone(wrong: string, made: readonly string[], inTable: boolean): Promise<never> {
      if (inTable) {
        const now = await remote.file(args.fstab, { want: 'text' })
        if (fstab.exists) await now.put({ text: fstab.text })
        else await now.remove()
      }
      if (made.length > 0)
        await remote.exec({
          argv: ['rmdir', '--', ...made.toReversed()],
          why: 'remove what was made for it',
          changes: false,
        })
      return fail(`Error mounting ${path}: ${wrong}`)
    }

    /** The directories that had to be made. */
    async function makePoint(): Promise<string[]> {
      if (point.exists) return []
      remote.changed(`create ${path}`)
      return makeDirectories(remote, [path], {}, fail)
    }
  },
})

const shown = ({ src, fstype, dump, passno, fstab, boot, opts_no_log }: Args, opts: string) => ({
  ...(src === undefined ? {} : { src }),
  ...(fstype === undefined ? {} : { fstype }),
  opts: opts_no_log ? 'VALUE_SPECIFIED_IN_NO_LOG_PARAMETER' : opts,
  dump,
  passno,
  fstab,
  boot: boot ? 'yes' : 'no',
})

/** mount reads another table than /etc/fstab only when told. */
const fromTable = ({ fstab }: Args) => (fstab === '/etc/fstab' ? [] : ['-T', fstab])

/** What mount said when it failed. */
async function mount({ remote }: Context, path: string, words: readonly string[]): Promise<string | undefined> {
  const done = await remote.exec({ argv: ['mount', ...words, path], why: `mount ${path}` })
  return done.rc === 0 ? undefined : done.stdout + done.stderr
}

const unmount = (context: Context, path: string) =>
  checked(context, ['umount', path], `unmount ${path}`, said => `Error unmounting ${path}: ${said}`)

/** Remounts, or mounts anew, for some file systems cannot be remounted; what was said when neither is possible. */
async function remount(context: Context, path: string, opts: string): Promise<string | undefined> {
  const { remote, args, fail } = context
  const wanted = opts && opts !== 'defaults' ? `remount,${opts}` : 'remount'
  const done = await remote.exec({ argv: ['mount', ...fromTable(args), '-o', wanted, path], why: `remount ${path}` })
  if (done.rc === 0) return undefined
  if (args.state === 'remounted' && args.opts !== undefined && args.opts !== 'defaults')
    fail(
      'Options were specified with remounted, but the remount command failed. Failing in order to prevent an unexpected mount result. Try replacing this command with a "state: unmounted" followed by a "state: mounted" using the full desired mount options instead.',
    )
  const gone = await remote.exec({ argv: ['umount', path], why: `unmount ${path}` })
  if (gone.rc !== 0) return gone.stdout + gone.stderr
  return mount(context, path, fromTable(args))
}
