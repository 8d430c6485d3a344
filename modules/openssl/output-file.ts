/** The file that a key, request or certificate is written to. Its directory is never made. */
import { posix } from 'node:path'
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import { sh } from '../../engine/remote/quote.js'
import type { RemoteFile } from '../../engine/remote/remote.js'

export async function outputFile(
  { remote, fail }: Pick<ModuleContext<unknown>, 'remote' | 'fail'>,
  path: string,
  shown = (directory: string) => directory,
): Promise<RemoteFile> {
  const directory = posix.dirname(path)
  const [file, above] = await Promise.all([
    remote.file(path, { want: 'text' }),
    remote.file(directory, { want: 'stat' }),
  ])
  if (!above.isDirectory)
    fail(`The directory ${shown(directory)} does not exist or the file is not a directory`, { name: directory })
  return file
}

/** What a task returns of such a file: in check mode what is there now, or nothing; else what it made of it. */
export const shownContent = (
  name: string,
  { return_content }: { readonly return_content: boolean },
  checkMode: boolean,
  file: RemoteFile,
  made: string,
): { [name: string]: string | null } =>
  return_content ? { [name]: checkMode ? (file.exists ? file.text : null) : made } : {}

interface Removal {
  readonly backup: boolean
  readonly return_content: boolean
}

/** Removes such a file, after a copy where one is wanted; the content that would be returned is null then. */
export async function removed(
  { remote, fail }: Pick<ModuleContext<unknown>, 'remote' | 'fail'>,
  file: RemoteFile,
  { backup, return_content }: Removal,
  content: string,
): Promise<ModuleResult> {
  let backup_file: string | undefined
  if (backup && file.exists) {
    const { rc, stdout, stderr, skipped } = await remote.exec({
      shell: sh`b=${file.path}.$$.$(date +%Y-%m-%d@%H:%M:%S)~; cp -p ${file.path} "$b" && printf %s "$b"`,
      why: `keep a copy of ${file.path}`,
    })
    if (rc !== 0) fail(`Could not make backup of ${file.path}: ${stderr.trim()}`)
    if (!skipped) backup_file = stdout
  }
  await file.remove()
  return {
    changed: remote.recorded.changed,
    ...(backup_file === undefined ? {} : { backup_file }),
    ...(return_content ? { [content]: null } : {}),
  }
}
