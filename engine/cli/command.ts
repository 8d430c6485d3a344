/** What every small command does alike: read flags, print help, tell usage errors. */
import { type ParsedFlags, parseFlags, UsageError } from './flags.js'
import { type HelpText, helpText, usageError } from './help.js'
import type { Io } from './io.js'
import type { Options } from './options.js'

export interface CommandText extends HelpText {
  readonly options: Options
}

/** Parses, answers --help, and runs; a command line that makes no sense is 2. */
export async function runCommand(
  argv: readonly string[],
  io: Io,
  program: string,
  text: CommandText,
  run: (flags: ParsedFlags) => Promise<number>,
): Promise<number> {
  try {
    const flags = parseFlags(argv, text.options)
    if (flags.has('help')) {
      io.stdout.write(helpText(text))
      return 0
    }
    return await run(flags)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.stderr.write(usageError(text.usage, program, error.message))
    return 2
  }
}
