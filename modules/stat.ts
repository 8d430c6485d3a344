import { posix } from 'node:path'
import { defineModule } from '../engine/module/define.js'
import { float } from '../engine/python/values.js'
import { checksumAlgorithm } from './queries/checksum.js'
import { fileExtras } from './queries/file-extras.js'
import { kindFlags, modeFlags } from './queries/stat-flags.js'

export default defineModule({
  name: 'ansible.builtin.stat',
  summary: 'Look at a file or directory',
  check: 'full',
  args: {
    path: { type: 'path', required: true, aliases: ['dest', 'name'], summary: 'what to look at' },
    follow: { type: 'bool', default: false, summary: 'look at what a link leads to' },
    get_md5: { type: 'bool', default: false, summary: 'compute the md5 of a file, too' },
    get_checksum: { type: 'bool', default: true, summary: 'compute the checksum of a file' },
    get_mime: {
      type: 'bool',
      default: true,
      aliases: ['mime', 'mime_type', 'mime-type'],
      summary: 'find out the type of content, where the host has file(1)',
    },
    get_attributes: {
      type: 'bool',
      default: true,
      aliases: ['attr', 'attributes'],
      summary: 'read the flags of lsattr',
    },
    checksum_algorithm: checksumAlgorithm,
    get_selinux_context: { type: 'bool', default: false, summary: 'read the SELinux context' },
  },
  returns: { stat: 'exists, and if so, everything about it' },
  examples: `
- ansible.builtin.stat:
    path: /etc/foo.conf
  register: st
- ansible.builtin.fail:
    msg: "Whoops! file ownership has changed"
  when: st.stat.pw_name != 'root'
`,

  async run({ args, remote, fail }) {
    const { path, follow } = args
    const sha1 = args.get_checksum && args.checksum_algorithm === 'sha1'
    const [file, extras] = await Promise.all([
      remote.file(path, { want: sha1 ? 'sha1' : 'stat', follow }),
      remote.query(
        fileExtras(path, {
          checksum: args.get_checksum && !sha1 ? args.checksum_algorithm : undefined,
          follow,
          md5: args.get_md5,
          mime: args.get_mime,
          flags: args.get_attributes,
        }),
      ),
    ])
    if (!file.exists && extras.problem !== undefined) fail(extras.problem)
    if (!file.exists) return { changed: false, stat: { exists: false } }

    const checksum = sha1 ? file.sha1 : extras.checksum
    return {
      changed: false,
      stat: {
        exists: true,
        path,
        mode: file.mode.toString(8).padStart(4, '0'),
        ...kindFlags(file),
        uid: file.uid,
        gid: file.gid,
        size: file.size,
        inode: file.inode,
        dev: file.device,
        nlink: file.links,
        atime: float(file.atime),
        mtime: float(file.mtime),
        ctime: float(file.ctime),
        ...modeFlags(file),
        blocks: file.blocks,
        block_size: file.blockSize,
        device_type: file.deviceType,
        readable: extras.readable,
        writeable: extras.writeable,
        executable: extras.executable,
        ...(file.isLink
          ? { lnk_source: file.realPath || posix.resolve(posix.dirname(path), file.target!), lnk_target: file.target }
          : {}),
        ...(file.owner ? { pw_name: file.owner } : {}),
        ...(file.group ? { gr_name: file.group } : {}),
        ...(file.isFile && extras.md5 ? { md5: extras.md5 } : {}),
        ...(file.isFile && checksum ? { checksum } : {}),
        ...(args.get_mime ? { mimetype: extras.mimetype, charset: extras.charset } : {}),
        ...(args.get_attributes
          ? { version: extras.version, attributes: extras.attributes, attr_flags: extras.flags }
          : {}),
        ...(args.get_selinux_context
          ? { selinux_context: file.secontext?.split(':') ?? [null, null, null, null] }
          : {}),
      },
    }
  },
})
