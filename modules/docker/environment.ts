/** Environment for containers: values travel on standard input, never in an argument list. */
import { quoteAll } from '../../engine/remote/quote.js'
import type { Effect } from '../../engine/remote/remote.js'

/** Lines of an env file, as `docker run --env-file` reads them. */
export function envFile(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of text.split('\n')) {
    const trimmed = line.replace(/\r$/, '').trimStart()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const at = trimmed.indexOf('=')
    if (at > 0) found.set(trimmed.slice(0, at), trimmed.slice(at + 1))
  }
  return found
}

/**
 * A docker command with an environment: `before` and `after` stand around the flags that name it. A value with a
 * newline does not fit in an env file; it comes from the client's own environment.
 */
export function withEnvironment(
  environment: ReadonlyMap<string, string>,
  before: readonly string[],
  after: readonly string[],
  stdin?: string,
): Pick<Effect, 'argv' | 'shell' | 'stdin' | 'environment'> {
  if (environment.size === 0) return { argv: [...before, ...after], ...(stdin === undefined ? {} : { stdin }) }
  const lines = [...environment].filter(([, value]) => !value.includes('\n'))
  const long = [...environment].filter(([, value]) => value.includes('\n'))
  const flags = long.flatMap(([name]) => ['--env', name])
  return {
    shell: `umask 077; env=$(mktemp) || exit 1
trap 'rm -f "$env"' EXIT; trap 'exit 1' INT TERM HUP
while IFS= read -r line; do [ "$line" != -- ] || break; printf '%s\\n' "$line"; done >"$env"
${quoteAll(before)} --env-file "$env" ${quoteAll([...flags, ...after])}`,
    stdin: `${lines.map(([name, value]) => `${name}=${value}\n`).join('')}--\n${stdin ?? ''}`,
    environment: Object.fromEntries(long),
  }
}
