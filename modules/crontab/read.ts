import { sh } from '../../engine/remote/quote.js'
import type { Query, Remote } from '../../engine/remote/remote.js'

/** A user's crontab; '' where there is none. */
export const crontab = (user: string | undefined): Query<string> => ({
  command: sh`crontab -l ${user === undefined ? [] : ['-u', user]}`,
  parse: (stdout, rc) => (rc === 0 ? stdout : ''),
  needs: 'crontab',
})

/** Keeps a copy of a cron_file in /tmp, and says where: beside it cron might read it. Undefined in check mode. */
export async function backedUp(remote: Remote, path: string): Promise<string | undefined> {
  const script = 'umask 077; copy=$(mktemp /tmp/crontabXXXXXXXX) && cat "$1" >"$copy" && echo "$copy"'
  const { stdout } = await remote.exec({
    argv: ['/bin/sh', '-c', script, 'sh', path],
    why: `keep a copy of ${path}`,
    changes: false,
  })
  return stdout.trim() || undefined
}
