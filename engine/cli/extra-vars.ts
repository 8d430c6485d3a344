/** `-e`: key=value pairs, YAML or JSON text, or @file. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Diagnostic } from '../diagnostics.js'
import { parseArguments } from '../playbook/freeform.js'
import { type Dict, isDict, type Value } from '../python/values.js'
import type { Vault } from '../vault/vault.js'
import { loadYaml } from '../yaml/load.js'

export interface ExtraVarsContext {
  readonly cwd: string
  readonly vault: Vault
  /** DEFAULT_HASH_BEHAVIOUR is merge. */
  readonly mergeDicts: boolean
  warn(text: string): void
}

/** All `-e`, later ones winning. */
export function extraVars(written: readonly string[], context: ExtraVarsContext): Dict {
  let all: Dict = new Map()
  for (const text of written) {
    const more = oneOf(text, context)
    all = context.mergeDicts ? merged(all, more) : new Map([...all, ...more])
  }
  return all
}

function oneOf(text: string, { cwd, vault, warn }: ExtraVarsContext): Dict {
  const first = text.trimStart()[0]
  if (first === undefined) return new Map()
  if (first === '/' || first === '.') {
    throw new Diagnostic(`Please prepend extra_vars filename '${text}' with '@'`, { code: 'options-extra-vars' })
  }
  if (first === '@') return fromFile(resolve(cwd, text.trimStart().slice(1)), vault, warn)
  if (first === '{' || first === '[') {
    return asDict(loadYaml(text, { file: '--extra-vars', trusted: true, vault, warn }), text)
  }
  const pairs = parseArguments(text)
  if (pairs.has('_raw_params')) {
    warn(`-e ${text}: without "=" this sets no variable. Write name=value, or @${text} for a file.`)
  }
  return pairs
}

function fromFile(path: string, vault: Vault, warn: (text: string) => void): Dict {
  if (!existsSync(path) || statSync(path).isDirectory()) {
    throw new Diagnostic(
      `Unable to retrieve file contents\nCould not find or access '${path}' on the Ansible Controller.`,
      {
        code: 'file-missing',
        hint: 'Relative paths after -e @ start from the working directory.',
      },
    )
  }
  const bytes = vault.decryptFile(readFileSync(path), path)
  const value = loadYaml(bytes.toString('utf8'), { file: path, trusted: true, vault, warn })
  return value === null ? new Map() : asDict(value, `@${path}`)
}

function asDict(value: Value, written: string): Dict {
  if (isDict(value)) return value
  throw new Diagnostic(`Invalid extra vars data supplied. '${written}' could not be made into a dictionary`, {
    code: 'options-extra-vars',
  })
}

function merged(base: Dict, more: Dict): Dict {
  const all: Dict = new Map(base)
  for (const [key, value] of more) {
    const before = all.get(key)
    all.set(key, isDict(before) && isDict(value) ? merged(before, value) : value)
  }
  return all
}
