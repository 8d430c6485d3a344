/** `understudy playbook`: ansible-playbook. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Diagnostic } from '../diagnostics.js'
import { type ParsedFlags, parseFlags, UsageError } from './flags.js'
import { helpText, usageError } from './help.js'
import type { Io } from './io.js'
import { playbookOptions } from './options.js'
import { prepare } from './run-options.js'

const usage = (program: string) => `${program} [flags] PLAYBOOK …`

export async function playbook(argv: string[], io: Io, program: string): Promise<number> {
  let flags: ParsedFlags
  try {
    flags = parseFlags(argv, playbookOptions)
    if (flags.has('help')) {
      io.stdout.write(help(program))
      return 0
    }
    if (flags.words.length === 0) throw new UsageError('the following arguments are required: playbook')
    return await run(flags, io, program)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.stderr.write(usageError(usage(program), program, error.message))
    return 2
  }
}

async function run(flags: ParsedFlags, io: Io, program: string): Promise<number> {
  const files = flags.words.map(word => resolve(io.cwd, word))
  const prepared = await prepare({
    flags,
    table: playbookOptions,
    io,
    program,
    check() {
      for (const [index, word] of flags.words.entries()) mustBeFile(word, files[index]!)
    },
  })
  const { runPlaybooks } = await import('../executor/run.js')
  try {
    return await runPlaybooks(files, prepared.options)
  } finally {
    prepared.done()
  }
}

function mustBeFile(written: string, path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new Diagnostic(`the playbook: ${written} could not be found`, { code: 'file-missing' })
  if (!found.isFile() && !found.isFIFO())
    throw new Diagnostic(`the playbook: ${written} does not appear to be a file`, { code: 'file-missing' })
}

const help = (program: string) =>
  helpText({
    usage: usage(program),
    sentence: 'Runs the plays of playbooks on the hosts of an inventory.',
    options: playbookOptions,
    examples: [
      [`${program} -i hosts site.yml`, 'run it'],
      [`${program} -i hosts --check --diff site.yml`, 'change nothing, show what would change, line by line'],
      [
        `${program} -i hosts -l web -t config -e version=2 site.yml`,
        'only hosts in group web, only tasks tagged config',
      ],
    ],
  })
