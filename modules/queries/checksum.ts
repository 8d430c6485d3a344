import { sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'

/** The option of `stat` and `find`. */
export const checksumAlgorithm = {
  type: 'str',
  choices: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
  default: 'sha1',
  aliases: ['checksum', 'checksum_algo'],
  summary: 'which checksum',
} as const

/** The digest of a file in hexadecimal, by the host's program for the algorithm; undefined where there is no such file. */
export const checksumBy = (algorithm: string, path: string): Query<string | undefined> => ({
  command: sh`[ -f ${path} ] && ${`${algorithm}sum`} < ${path} 2>/dev/null`,
  parse: stdout => /^[0-9a-f]+/.exec(stdout)?.[0],
})
