import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { decodeBytes } from '../engine/python/surrogateescape.js'
import { templateVariables } from '../engine/template/template-variables.js'
import { attributesOf } from './files/attributes.js'
import { encode } from './files/encode.js'
import { placeFile, placeOrder, sourceOf } from './files/place.js'

export default defineModule({
  name: 'ansible.builtin.template',
  summary: 'Write files that are rendered from templates',
  check: 'full',
  args: {
    // Both required, but with their own error text.
    src: { type: 'path', summary: 'the template, on the controller' },
    dest: { type: 'path', summary: 'where to put what it gives' },
    backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
    force: { type: 'bool', default: true, summary: 'replace a file whose content differs' },
    follow: { type: 'bool', default: false, summary: 'write through a link at dest instead of replacing it' },
    validate: { type: 'str', summary: 'command that must accept the new file, written as %s' },
    newline_sequence: { type: 'str', default: '\n', summary: 'what ends a line: \\n, \\r or \\r\\n' },
    trim_blocks: { type: 'bool', default: true, summary: 'drop the newline after a block' },
    lstrip_blocks: { type: 'bool', default: false, summary: 'drop the space before a block' },
    block_start_string: { type: 'str', default: '{%', summary: 'what begins a block' },
    block_end_string: { type: 'str', default: '%}', summary: 'what ends a block' },
    variable_start_string: { type: 'str', default: '{{', summary: 'what begins an expression' },
    variable_end_string: { type: 'str', default: '}}', summary: 'what ends an expression' },
    comment_start_string: { type: 'str', summary: 'what begins a comment' },
    comment_end_string: { type: 'str', summary: 'what ends a comment' },
    output_encoding: { type: 'str', default: 'utf-8', summary: 'encoding of the file' },
    ...fileAttributes,
  },
  returns: {
    dest: 'where it was put',
    src: 'the template',
    checksum: 'sha1 of the file',
    md5sum: 'md5 of the file, when it was written',
    backup_file: 'name of the backup',
  },
  order: placeOrder,
  examples: `
- ansible.builtin.template:
    src: /mytemplates/foo.j2
    dest: /etc/file.conf
    owner: bin
    group: wheel
    mode: '0644'
`,

  async run(context) {
    const { args, controller, fail } = context
    const newline_sequence = newlines.get(args.newline_sequence)
    if (args.src === undefined || args.dest === undefined) return fail('src and dest are required')
    if (newline_sequence === undefined) return fail('newline_sequence needs to be one of: \n, \r or \r\n')

    const path = found(args.src)
    const info = await stat(path)
    if (info.isDirectory())
      fail(
        `could not find src=${path}, Could not find or access '${path}' on the Ansible Controller.\nIf you are using a module and expect the file to exist on the remote, see the remote_src option`,
      )
    const extra = templateVariables({
      path: args.src,
      fullPath: resolve(path),
      dest: args.dest,
      modified: info.mtime,
      owner: info.uid,
      managed: String(controller.setting('DEFAULT_MANAGED_STR') ?? 'Ansible managed'),
      now: new Date(),
    })
    const source = decodeBytes(await controller.readFile(path))
    const { comment_start_string, comment_end_string, ...rest } = args
    const comments = {
      ...(comment_start_string && { comment_start_string }),
      ...(comment_end_string && { comment_end_string }),
    }
    // Rendered with plain newlines: a template's own ones and the wanted ones never mix.
    const text = await controller.renderText(source, { ...rest, ...comments, newline_sequence, file: path }, extra)

    const mode = args.mode === 'preserve' ? info.mode & 0o7777 : args.mode
    const bytes = encode(text, args.output_encoding || 'utf-8', fail)
    return placeFile(context, sourceOf(bytes, basename(path), path), {
      ...args,
      dest: args.dest,
      attributes: { ...attributesOf(args), mode },
    })

    function found(src: string): string {
      try {
        return controller.findFile('templates', src)
      } catch (error) {
        return fail((error as Error).message)
      }
    }
  },
})

/** Written with real characters or with a backslash, as YAML's quotes have it. */
const newlines = new Map([
  ['\n', '\n'],
  ['\\n', '\n'],
  ['\r', '\r'],
  ['\\r', '\r'],
  ['\r\n', '\r\n'],
  ['\\r\\n', '\r\n'],
])
