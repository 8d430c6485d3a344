/** Picks the command, by subcommand or by the name it was called under, and turns the outcome into an exit code. */
import { basename } from 'node:path'
import { exitCodeOf } from './interruption.js'
import type { Io } from './io.js'

type Command = (argv: string[], io: Io, program: string) => Promise<number>

/** Each command's file is only loaded when it is chosen. */
const COMMANDS: { readonly [name: string]: { readonly summary: string; readonly load: () => Promise<Command> } } = {
  playbook: { summary: 'run playbooks', load: async () => (await import('./playbook.js')).playbook },
  adhoc: { summary: 'run one module on hosts', load: async () => (await import('./adhoc.js')).adhoc },
  inventory: {
    summary: 'show hosts, groups and variables',
    load: async () => (await import('./inventory.js')).inventory,
  },
  vault: { summary: 'encrypt and decrypt files', load: async () => (await import('./vault.js')).vault },
  doc: { summary: 'explain modules, filters, lookups, keywords', load: async () => (await import('./doc.js')).doc },
  config: { summary: 'show settings and where they come from', load: async () => (await import('./config.js')).config },
  schema: { summary: 'print the JSON schema of playbooks', load: async () => (await import('./schema.js')).schema },
  galaxy: {
    summary: 'make, list and install roles and collections',
    load: async () => (await import('./galaxy.js')).galaxy,
  },
  console: {
    summary: 'run modules and commands as they are typed',
    load: async () => (await import('./console.js')).console,
  },
  lab: {
    summary: 'practice hosts, and the jobs of the book on them',
    load: async () => (await import('./lab.js')).lab,
  },
}

/** Names of Ansible's programs, under which this one may be installed. */
const PROGRAMS: { readonly [program: string]: string } = {
  ansible: 'adhoc',
  ...Object.fromEntries(
    Object.keys(COMMANDS)
      .filter(name => name !== 'lab')
      .map(name => [`ansible-${name}`, name]),
  ),
}

export const EXIT = { ok: 0, error: 1, usage: 2, interrupted: 99, unexpected: 250 } as const

/** Runs what the command line asks for and answers with the exit code. */
export async function main(argv: readonly string[], io: Io, calledAs = 'understudy'): Promise<number> {
  const program = basename(calledAs).replace(/\.js$/, '')
  const known = PROGRAMS[program]
  const [name, ...rest] = known === undefined ? argv : [known, ...argv]
  const title = known === undefined ? `understudy ${name}` : program
  if (known === undefined) {
    if (name === '--version') return version(io, 'understudy', rest)
    if (name === undefined || name === '-h' || name === '--help' || name === 'help') {
      io.stdout.write(overview())
      return name === undefined ? EXIT.usage : EXIT.ok
    }
  }
  const command = COMMANDS[name!]
  if (!command) return unknownCommand(name!, io)
  if (rest.includes('--version') && !rest.includes('--')) return version(io, title, rest)
  try {
    return await (await command.load())(rest, io, title)
  } catch (error) {
    const { report } = await import('./failure.js')
    return report(error, io)
  }
}

async function version(io: Io, title: string, argv: readonly string[]): Promise<number> {
  const { versionText } = await import('./version.js')
  io.stdout.write(versionText(title, io, argv))
  return EXIT.ok
}

async function unknownCommand(name: string, io: Io): Promise<number> {
  const { didYouMean } = await import('../diagnostics.js')
  const near = didYouMean(name, Object.keys(COMMANDS))
  const hint = /\.ya?ml$/.test(name)
    ? `to run it: understudy playbook ${name}`
    : near === undefined
      ? 'understudy --help lists the commands'
      : `did you mean "understudy ${near}"?`
  io.stderr.write(`understudy: there is no command "${name}"; ${hint}\n`)
  return EXIT.usage
}

function overview(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`)
  return `usage: understudy COMMAND …

Runs Ansible playbooks without Python, neither here nor on the hosts.

Commands:
${lines.join('\n')}

Examples:
  understudy playbook -i hosts site.yml
      run a playbook
  understudy playbook -i hosts --check --diff site.yml
      see what it would change
  understudy adhoc all -i hosts -m ping
      ask every host whether it can be managed

understudy COMMAND --help explains a command. Each one but lab takes the arguments of the program of Ansible that has its
name, and works as that program when called by that name (ansible-playbook, ansible, …).
`
}

/** The process: real streams, real signals. */
export function start(): void {
  const { stdin, stdout, stderr, env, argv } = process
  // `understudy … | head` ends quietly.
  stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(EXIT.error)
  })
  let settled = false
  // Node ends quietly when nothing is left that could wake it, whoever still waits.
  process.once('beforeExit', () => {
    if (settled) return
    stderr.write('the run ended before its work did: this is a defect, please report it\n')
    process.exit(EXIT.unexpected)
  })
  main(argv.slice(2), { stdin, stdout, stderr, env, cwd: process.cwd() }, argv[1]).then(
    code => {
      settled = true
      process.exitCode = exitCodeOf(code)
      // What is still open (a kept connection, a terminal) must not keep a finished run.
      if (stdout.writableLength === 0 && stderr.writableLength === 0) process.exit()
      stdout.end(() => process.exit())
    },
    error => {
      stderr.write(`${(error as Error).stack ?? error}\n`)
      process.exit(EXIT.unexpected)
    },
  )
}
