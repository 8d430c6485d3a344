import { sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'

export interface Diversion {
  /** Path of dpkg-divert; undefined where the host has none. */
  readonly program: string | undefined
  /** The package that is not diverted, LOCAL for none; undefined when dpkg writes the file where it is. */
  readonly holder: string | undefined
  /** Where dpkg writes the file. */
  readonly divert: string
}

/** Whether and where dpkg diverts a file. */
export const diversionOf = (path: string): Query<Diversion> => ({
  command: sh`command -v dpkg-divert || exit 127; LC_ALL=C dpkg-divert --listpackage ${path} && LC_ALL=C dpkg-divert --truename ${path}`,
  parse: (stdout, rc) => {
    const [program = '', ...lines] = stdout.trim().split('\n')
    const [holder, divert = path] = lines.length > 1 ? lines : [undefined, lines[0] || path]
    return { program: rc === 127 ? undefined : program, holder, divert }
  },
})
