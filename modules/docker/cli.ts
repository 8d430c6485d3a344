/** The docker client of the host: what it says about things, and running it. */
import type { ArgSpecs, ArgsOf } from '../../engine/args.js'
import type { ModuleContext } from '../../engine/module/define.js'
import { quoteAll, raw, sh } from '../../engine/remote/quote.js'
import type { Query, Remote } from '../../engine/remote/remote.js'

export const dockerArgs = {
  docker_cli: { type: 'path', summary: 'the client; docker of the search path when left out' },
  docker_host: { type: 'str', aliases: ['docker_url'], summary: 'the daemon' },
  cli_context: { type: 'str', summary: 'context of the client' },
  tls: { type: 'bool', default: false, summary: 'use TLS' },
  validate_certs: { type: 'bool', default: false, aliases: ['tls_verify'], summary: 'use TLS and check the daemon' },
  ca_path: { type: 'path', aliases: ['ca_cert', 'tls_ca_cert', 'cacert_path'], summary: 'CA certificates' },
  client_cert: { type: 'path', aliases: ['tls_client_cert', 'cert_path'], summary: 'client certificate' },
  client_key: { type: 'path', aliases: ['tls_client_key', 'key_path'], summary: 'key of the client certificate' },
  tls_hostname: { type: 'str', summary: 'no use here: the client checks the name it connects to' },
  api_version: {
    type: 'str',
    default: 'auto',
    aliases: ['docker_api_version'],
    summary: 'no use here: the client negotiates',
  },
  timeout: { type: 'int', default: 60, summary: 'seconds to wait for the daemon' },
  use_ssh_client: { type: 'bool', default: false, summary: 'no use here: the client does it' },
  debug: { type: 'bool', default: false, summary: 'no use here' },
} as const satisfies ArgSpecs

type DockerArgs = ArgsOf<typeof dockerArgs>
type Fail = ModuleContext<unknown>['fail']
// biome-ignore lint/suspicious/noExplicitAny: what `docker inspect` prints has no schema; each reader checks what it uses
export type Inspected = any

export function dockerCommand(args: Omit<DockerArgs, 'timeout' | 'use_ssh_client' | 'debug'>): string[] {
  const option = (flag: string, value: string | undefined) => (value === undefined ? [] : [flag, value])
  return [
    args.docker_cli ?? 'docker',
    ...option('--host', args.docker_host),
    ...option('--context', args.cli_context),
    ...(args.validate_certs ? ['--tlsverify'] : args.tls ? ['--tls'] : []),
    ...option('--tlscacert', args.ca_path),
    ...option('--tlscert', args.client_cert),
    ...option('--tlskey', args.client_key),
  ]
}

/** `docker KIND inspect`; undefined when there is no such thing. */
export const inspect = (
  args: DockerArgs,
  kind: 'container' | 'image' | 'network' | 'volume',
  name: string,
): Query<{ found: Inspected; error: string }> => ({
  command: sh`${raw(quoteAll(dockerCommand(args)))} ${kind} inspect ${name}`,
  parse: (stdout, rc, stderr) => {
    const parsed = rc === 0 || stdout.trim().startsWith('[{') ? (JSON.parse(stdout || '[]') as unknown[]) : []
    const missing = /no such|not found/i.test(stderr)
    return { found: parsed[0], error: parsed.length > 0 || missing || rc === 0 ? '' : stderr.trim() }
  },
})

/** What `--format json` and `inspect` print: one list, or one document a line (compose since 2.21 does that, too). */
export function documents(stdout: string): Inspected[] {
  const text = stdout.trim()
  if (text === '') return []
  if (text.startsWith('[')) return JSON.parse(text) as Inspected[]
  return text.split('\n').map(line => JSON.parse(line) as Inspected)
}

export async function runDocker(
  remote: Remote,
  args: DockerArgs,
  words: readonly string[],
  fail: Fail,
  {
    stdin,
    changes = true,
    cwd,
    environment,
  }: { stdin?: string; changes?: boolean; cwd?: string; environment?: Readonly<Record<string, string>> } = {},
) {
  const argv = [...dockerCommand(args), ...words]
  const outcome = await remote.exec({
    argv,
    why: words.slice(0, 3).join(' '),
    changes,
    ...(stdin === undefined ? {} : { stdin }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(environment === undefined ? {} : { environment }),
  })
  if (outcome.rc !== 0)
    fail(outcome.stderr.trim() || outcome.stdout.trim(), {
      rc: outcome.rc,
      cmd: argv,
      stdout: outcome.stdout,
      stderr: outcome.stderr,
    })
  return outcome
}

/** `name` with its tag, unless it names a tag, a digest or an id already. */
export function withTag(name: string, tag: string): string {
  if (/^sha256:|^[0-9a-f]{64}$/.test(name) || name.includes('@')) return name
  return name.slice(name.lastIndexOf('/') + 1).includes(':')
    ? name
    : tag.includes(':')
      ? `${name}@${tag}`
      : `${name}:${tag}`
}

/** Pairs as one value of --mount, --secret or --output: a record of CSV. */
export function csvPairs(pairs: readonly (readonly [string, string | undefined])[]): string {
  const fields = pairs.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
  const plain = fields.every(one => !/[",\n]/.test(one))
  return plain ? fields.join() : fields.map(one => `"${one.replaceAll('"', '""')}"`).join()
}

export const text = (value: unknown): string => (typeof value === 'boolean' ? String(value) : String(value ?? ''))
export const entries = (map: ReadonlyMap<unknown, unknown> | undefined): [string, string][] =>
  [...(map ?? [])].map(([key, value]) => [String(key), text(value)])
