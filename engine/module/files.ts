/** The files of `modules/` by their names. In a build, `bin/build.js` puts a table of the bundled ones in this one's place. */
import { readdirSync } from 'node:fs'
import type { ModuleSpec } from './define.js'

const folder = new URL('../../modules/', import.meta.url)
const files = readdirSync(folder).filter(file => /^[a-z0-9_]+\.[jt]s$/.test(file))
const fileOf = new Map(files.map(file => [file.slice(0, -3), file]))

export const moduleFiles: readonly string[] = [...fileOf.keys()]

/** Imports one of them. */
export const importModule = (name: string): Promise<{ readonly default: ModuleSpec }> =>
  import(new URL(fileOf.get(name)!, folder).href)
