/** `--version`: the lines of Ansible's, saying what is true here. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type LoadedSettings, loadSettings } from '../settings/load.js'
import type { Io } from './io.js'

/** This package's version. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}

export function versionText(program: string, io: Io, _argv: readonly string[] = []): string {
  return versionOf(program, loadSettings({ environ: io.env, cwd: io.cwd }))
}

export function versionOf(program: string, settings: LoadedSettings): string {
  const modules = fileURLToPath(new URL('../../modules', import.meta.url))
  return `${[
    program.startsWith('understudy')
      ? `${program} [${packageVersion()}]`
      : `${program} [understudy ${packageVersion()}]`,
    `  config file = ${settings.file ?? 'None'}`,
    `  module location = ${modules} (built in; Python modules are not used)`,
    `  role location = ${settings.list('DEFAULT_ROLES_PATH').join(delimiter)}`,
    `  collection location = ${settings.list('COLLECTIONS_PATHS').join(delimiter)}`,
    `  executable location = ${process.argv[1] ?? 'unknown'}`,
    `  node version = ${process.versions.node} (${process.execPath})`,
    `  python version = none needed, neither here nor on the hosts`,
  ].join('\n')}\n`
}

/** Version of an installed package, for bug reports. */
export const dependencyVersion = (name: string): string =>
  createRequire(import.meta.url)(`${name}/package.json`).version
