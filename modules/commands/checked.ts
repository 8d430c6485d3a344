import type { ModuleContext } from '../../engine/module/define.js'
import { quoteAll } from '../../engine/remote/quote.js'
import type { Outcome } from '../../engine/remote/remote.js'

type Context = Pick<ModuleContext<unknown>, 'remote' | 'fail'>

/** Runs a program that changes something and fails the task when it fails, with what it said. */
export async function checked(
  { remote, fail }: Context,
  argv: readonly string[],
  why: string,
  msg?: (said: string) => string,
): Promise<Outcome> {
  const done = await remote.exec({ argv, why })
  if (done.rc === 0) return done
  const said = done.stderr.trim() || done.stdout.trim()
  const { rc, stdout, stderr } = done
  return fail(msg ? msg(said) : said, { cmd: quoteAll(argv), rc, stdout, stderr })
}
