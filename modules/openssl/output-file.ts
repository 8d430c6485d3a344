/** The file that a key, request or certificate is written to. Its directory is never made. */
import { posix } from 'node:path'
import type { ModuleContext } from '../../engine/module/define.js'
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
