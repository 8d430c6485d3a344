import { sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'

/** A user's crontab; '' where there is none. */
export const crontab = (user: string | undefined): Query<string> => ({
  command: sh`crontab -l ${user === undefined ? [] : ['-u', user]}`,
  parse: (stdout, rc) => (rc === 0 ? stdout : ''),
  needs: 'crontab',
})
