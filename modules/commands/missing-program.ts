import type { ModuleContext } from '../../engine/module/define.js'
import { missingProgram as words } from '../../engine/remote/missing-program.js'
import { sh } from '../../engine/remote/quote.js'

/** Fails for a program that the host lacks, with the folders that were searched: asked for only now. */
export async function missingProgram(
  { remote, fail }: Pick<ModuleContext<unknown>, 'remote' | 'fail'>,
  name: string,
): Promise<never> {
  const paths = await remote.query({ command: sh`printf %s "$PATH"`, parse: stdout => stdout })
  return fail(words(name, paths))
}
