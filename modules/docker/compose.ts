/** `docker compose`: one script does the checks, the command and the list of what is there, in one round trip. */
import type { ArgSpecs, ArgsOf } from '../../engine/args.js'
import type { ModuleContext } from '../../engine/module/define.js'
import { dumps } from '../../engine/python/json.js'
import { quote, quoteAll, sh } from '../../engine/remote/quote.js'
import type { ShellText } from '../../engine/remote/remote.js'
import { dockerArgs, dockerCommand, type Inspected } from './cli.js'
import { type ComposeActions, type ComposeEvent, composeEvents } from './compose-events.js'

const { timeout: _, use_ssh_client: __, debug: ___, ...clientArgs } = dockerArgs

export const composeArgs = {
  project_src: { type: 'path', summary: 'directory of the compose file' },
  project_name: { type: 'str', summary: 'the project; by default what the file or the directory says' },
  files: {
    type: 'list',
    elements: 'path',
    summary: 'compose files instead of the usual ones, relative to project_src',
  },
  definition: { type: 'dict', summary: 'the compose file as data, instead of a file' },
  env_files: { type: 'list', elements: 'path', summary: 'files of variables, relative to project_src' },
  profiles: { type: 'list', elements: 'str', summary: 'profiles to enable' },
  check_files_existing: { type: 'bool', default: true, summary: 'look for the files before compose does' },
  ...clientArgs,
} as const satisfies ArgSpecs

export const composeRules = {
  exclusive: [
    ['definition', 'project_src'],
    ['definition', 'files'],
    ['docker_host', 'cli_context'],
  ],
  oneOf: [['definition', 'project_src']],
  requiredBy: { definition: ['project_name'] },
} as const

type ComposeArgs = ArgsOf<typeof composeArgs>

export interface Composed {
  readonly stdout: string
  readonly stderr: string
  readonly events: readonly ComposeEvent[]
  /** What the script printed under a heading, see `section`. */
  section(name: string): string
}

/** Compose's own words before its command; a definition is a file by then, by default standard input. */
export const composeWords = (args: ComposeArgs, definition = '-'): string[] => [
  ...(args.project_src === undefined ? [] : ['--project-directory', args.project_src]),
  ...(args.project_name === undefined ? [] : ['--project-name', args.project_name]),
  ...(args.definition ? ['--file', definition] : (args.files ?? []).flatMap(file => ['--file', file])),
  ...(args.env_files ?? []).flatMap(file => ['--env-file', file]),
  ...(args.profiles ?? []).flatMap(profile => ['--profile', profile]),
]

/** Starts a part of the output that is not the command's own. */
export const section = (name: string): ShellText => sh`printf '\n%s\n' ${heading(name)}`
const heading = (name: string) => `#~ understudy ${name} ~#`

/** The words of a compose command as the script runs them. */
export const compose = (words: readonly string[]): ShellText => sh`compose ${words}`

/**
 * Runs `script`, shell text in which `compose …` is docker compose with the project's options. A failure of its own
 * checks, or of the script, fails the task with what compose said.
 */
export async function runCompose(
  { args, remote, fail, warn }: Pick<ModuleContext<ComposeArgs>, 'args' | 'remote' | 'fail' | 'warn'>,
  words: readonly string[],
  {
    script,
    needs = [],
    why,
    actions,
  }: {
    script: ShellText
    needs?: readonly (readonly [string, string])[]
    why: string
    /** What was done until it failed. */
    actions: (events: readonly ComposeEvent[]) => ComposeActions
  },
): Promise<Composed> {
  const docker = quoteAll([...dockerCommand(args), 'compose'])
  const options = quoteAll(composeWords(args))
  const outcome = await remote.exec({
    shell: `${projectChecks(args, needs)}
${args.definition ? readDefinition : ''}
compose() { ${args.definition ? `printf '%s\\n' "$definition" | ` : ''}${docker} --ansi never --progress "$progress" ${options} "$@"${args.definition ? '' : ' </dev/null'}; }
${script}`,
    ...(args.definition ? { stdin: dumps(args.definition) } : {}),
    why,
    changes: false,
    inCheckMode: true,
  })
  const { rc, stderr } = outcome
  if (rc === ownCheck) fail(stderr.trim())
  const sections = outcome.stdout.split(/^#~ understudy (\w+) ~#\n/m)
  const stdout = (sections[0] ?? '').replace(/\n$/, '')
  const { events, warnings } = composeEvents(stderr)
  for (const text of warnings) warn(text)
  const cmd = `${docker} --ansi never ${options} ${quoteAll(words)}`
  if (rc !== 0) {
    const done = actions(events)
    fail(failure(rc, stderr, events), { changed: done.changed, rc, cmd, stdout, stderr, actions: done.actions })
  }
  return { stdout, stderr, events, section: name => sections[sections.indexOf(name, 1) + 1] ?? '' }
}

/** What compose printed, where it printed something. */
export const said = ({ stdout, stderr }: Composed): { stdout?: string; stderr?: string } => ({
  ...(stdout === '' ? {} : { stdout }),
  ...(stderr === '' ? {} : { stderr }),
})

/** A container as `compose ps` prints it: labels and lists are text there. */
export function containerRow(row: Inspected): Inspected {
  const list = (text: string) => text.split(',').filter(Boolean)
  const shown = { ...row }
  if (typeof row.Labels === 'string')
    shown.Labels = Object.fromEntries(
      list(row.Labels).map(label => {
        const at = label.indexOf('=')
        return at === -1 ? [label, ''] : [label.slice(0, at), label.slice(at + 1)]
      }),
    )
  for (const key of ['Names', 'Networks']) if (typeof row[key] === 'string') shown[key] = list(row[key])
  return shown
}

/** Data has no directory of its own, and must not meet a .env by chance. */
const readDefinition = `definition=$(cat); empty=$(mktemp -d) || exit
trap 'cd /; rmdir "$empty"' EXIT; trap 'exit 1' INT TERM HUP
cd "$empty" || exit`

/** Exit code of the script when its own checks fail; stderr is the message then. */
export const ownCheck = 251

/** Shell text that refuses what cannot work, and sets `$progress`. */
export function projectChecks(args: ComposeArgs, needs: readonly (readonly [string, string])[] = []): string {
  const usual = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']
  const where = args.project_src
  const lines = [`refuse() { printf '%s\\n' "$1" >&2; exit ${ownCheck}; }`]
  if (where !== undefined) lines.push(sh`cd ${where} 2>/dev/null || refuse ${`"${where}" is not a directory`}`)
  if (where !== undefined && args.check_files_existing) {
    for (const file of args.files ?? [])
      lines.push(
        sh`[ -e ${file} ] || refuse ${`Cannot find Compose file "${file}" relative to project directory "${where}"`}`,
      )
    if (!args.files?.length)
      lines.push(
        sh`found=; for file in ${usual}; do if [ -e "$file" ]; then found=1; fi; done
[ -n "$found" ] || refuse ${`"${where}" does not contain ${usual.slice(0, -1).join(', ')}, or ${usual.at(-1)}`}`,
      )
  }
  const docker = quoteAll(dockerCommand(args))
  lines.push(
    `version=$(${docker} compose version --short 2>&1) || refuse "Docker CLI $(command -v ${quote(args.docker_cli ?? 'docker')}) does not have the compose plugin installed: $version"`,
    `number=$(printf '%s\\n' "$version" | sed -n 's/^v*\\([0-9]\\{1,\\}\\)\\.\\([0-9]\\{1,\\}\\).*/\\1 * 1000 + \\2/p' | tail -n 1)`,
    // A build that names no version is a new one.
    'number=$(( ${number:-9000000} ))',
    `[ $number -ge 2018 ] || refuse "Docker CLI $(command -v ${quote(args.docker_cli ?? 'docker')}) has the compose plugin with version $version; need version 2.18.0 or later"`,
    ...needs.map(
      ([option, least]) =>
        `[ $number -ge ${number(least)} ] || refuse "${option} needs Docker Compose ${least}.0 or newer, not version $version"`,
    ),
    'if [ $number -ge 2029 ]; then progress=json; else progress=plain; fi',
  )
  return lines.join('\n')
}

const number = (version: string): number => {
  const [major = '0', minor = '0'] = version.split('.')
  return Number(major) * 1000 + Number(minor)
}

function failure(rc: number, stderr: string, events: readonly ComposeEvent[]): string {
  const errors = events
    .filter(event => event.status === 'Error')
    .map(({ what, id, msg }) =>
      what !== 'unknown'
        ? `Error when processing ${what} ${id}: ${msg}`
        : id === ''
          ? `General error: ${msg}`
          : `Error when processing ${id}: ${msg}`,
    )
  if (errors.length > 0) return [...new Set(errors)].join('\n')
  const last = stderr.trim().split('\n').at(-1) ?? ''
  return last === '' ? `Return code ${rc} is non-zero` : `General error: ${last}`
}
