import type { ModuleContext } from '../../engine/module/define.js'
import type { Json } from '../../engine/python/values.js'
import { sh } from '../../engine/remote/quote.js'

/** Fails for a program that the host lacks, with the folders that were searched: asked for only now. */
export async function missingProgram(
  { remote, fail }: Pick<ModuleContext<unknown>, 'remote' | 'fail'>,
  name: string,
  extra?: { readonly [key: string]: Json | undefined },
): Promise<never> {
  const paths = await remote.query({ command: sh`printf %s "$PATH"`, parse: stdout => stdout })
  return fail(missingText(name, paths), extra)
}

/** For a query that printed its PATH itself. */
export const missingText = (name: string, paths: string): string =>
  `Failed to find required executable "${name}" in paths: ${paths}`
