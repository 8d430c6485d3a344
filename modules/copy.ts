import { lstat, open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ArgsOf } from '../engine/args.js'
import { defineModule, fileAttributes, type ModuleContext } from '../engine/module/define.js'
import { PyBytes } from '../engine/python/bytes.js'
import { pyStr } from '../engine/python/repr.js'
import { encodeText } from '../engine/python/surrogateescape.js'
import { isDict, isList, type Value } from '../engine/python/values.js'
import { digestsOfFile } from '../engine/remote/local-digests.js'
import { attributesOf } from './files/attributes.js'
import { copyTree } from './files/copy-tree.js'
import { type Digests, type PlaceOptions, placeFile, placeOrder, type Source, sourceOf } from './files/place.js'
import { pythonJson } from './files/python-json.js'
import { copyOnHost } from './files/remote-copy.js'

const args = {
  // Required, but with its own error text.
  src: { type: 'path', summary: 'file or directory to copy; with a trailing slash, only what the directory holds' },
  content: { type: 'raw', untold: true, summary: 'text to write instead of copying a file' },
  dest: { type: 'path', summary: 'where to put it' },
  backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
  force: { type: 'bool', default: true, summary: 'replace a file whose content differs' },
  checksum: { type: 'str', summary: 'sha1 that the source must have' },
  decrypt: { type: 'bool', default: true, summary: 'decrypt a vault file on the way' },
  directory_mode: { type: 'raw', summary: 'permissions of directories that are created' },
  follow: { type: 'bool', default: false, summary: 'write through a link at dest instead of replacing it' },
  local_follow: { type: 'bool', default: true, summary: 'copy what links in src lead to instead of the links' },
  remote_src: { type: 'bool', default: false, summary: 'src is on the host' },
  validate: { type: 'str', summary: 'command that must accept the new file, written as %s' },
  _original_basename: { type: 'str', summary: 'for use by other modules only' },
  ...fileAttributes,
} as const
export type CopyArgs = ArgsOf<typeof args>

export default defineModule({
  name: 'ansible.builtin.copy',
  summary: 'Copy files to hosts',
  check: 'full',
  args,
  returns: {
    dest: 'where it was put',
    src: 'what was copied',
    checksum: 'sha1 of the file',
    md5sum: 'md5 of the file, when it was written',
    backup_file: 'name of the backup',
  },
  order: placeOrder,
  examples: `
- ansible.builtin.copy:
    src: /srv/myfiles/foo.conf
    dest: /etc/foo.conf
    owner: foo
    mode: '0644'

- ansible.builtin.copy:
    content: '# This file was moved to /etc/other.conf'
    dest: /etc/mine.conf
`,

  async run(context) {
    const { args, given, fail } = context
    if (!args.src && !given.has('content')) fail('src (or content) is required')
    if (!args.dest) fail('dest is required')
    if (args.src && given.has('content')) fail('src and content are mutually exclusive')
    if (given.has('content') && args.dest!.endsWith('/')) fail('can not use content with a dir as dest')
    if (args.remote_src && args.src) return copyOnHost(context, args)

    if (!args.src) {
      // Ansible takes the mode of the temporary file that it writes the text to.
      const mode = args.mode === 'preserve' ? 0o600 : args.mode
      return placeFile(context, sourceOf(textOf(args.content!), undefined, 'content'), optionsOf(args, mode))
    }
    const source = found(context, args.src)
    const info = await stat(source)
    if (info.isDirectory()) return copyTree(context, args, source, args.src.endsWith('/'))

    const mode = args.mode === 'preserve' ? info.mode & 0o7777 : args.mode
    const local = await localSource(context, source, args._original_basename ?? basename(source), args.decrypt)
    return placeFile(context, local, optionsOf(args, mode))
  },
})

/** Dicts and lists become JSON, as Ansible writes them; `!!binary` is bytes; all else is text as Python has it. */
function textOf(content: Value): Buffer {
  if (content instanceof PyBytes) return content.data
  return encodeText(isList(content) || isDict(content) ? pythonJson(content) : pyStr(content))
}

export const optionsOf = (args: CopyArgs, mode: unknown): PlaceOptions => ({
  ...args,
  dest: args.dest!,
  attributes: { ...attributesOf(args), mode: mode as string | number | undefined },
  directory_mode: args.directory_mode as string | number | undefined,
})

function found({ controller, fail }: Pick<ModuleContext<unknown>, 'controller' | 'fail'>, src: string): string {
  try {
    return controller.findFile('files', src)
  } catch (error) {
    return fail((error as Error).message)
  }
}

/** Files below this are held in memory, where a vault file is decrypted; larger ones stream from disk. */
const inMemory = 8 * 1024 * 1024

/** A local file as a source, without reading large ones into memory. */
export async function localSource(
  { controller }: Pick<ModuleContext<unknown>, 'controller'>,
  path: string,
  name: string,
  decrypt: boolean,
): Promise<Source> {
  const { size } = await stat(path)
  if (size < inMemory || (decrypt && (await isVault(path))))
    return sourceOf(await controller.readFile(path, { decrypt }), name, path)
  let digests: Promise<Digests> | undefined
  return {
    content: { fromLocal: path },
    size,
    digests: () => (digests ??= digestsOfFile(path, ['sha1', 'md5'])),
    name,
    shownAs: path,
  }
}

async function isVault(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(14), 0, 14, 0)
    return buffer.subarray(0, bytesRead).toString() === '$ANSIBLE_VAULT'
  } finally {
    await file.close()
  }
}

export const isLocalLink = async (path: string): Promise<boolean> => (await lstat(path)).isSymbolicLink()
