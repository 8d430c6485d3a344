import type { ModuleContext } from '../../engine/module/define.js'
import { quote, sh } from '../../engine/remote/quote.js'
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

/** Makes a text the crontab of a user; gives the name of the copy of the old one, where `copy` says how that begins. */
export async function installCrontab(
  { remote, fail }: Pick<ModuleContext<unknown>, 'remote' | 'fail'>,
  user: string | undefined,
  text: string,
  copy: string | undefined,
): Promise<string> {
  const whose = user === undefined ? '' : `-u ${quote(user)} `
  const backup =
    copy === undefined
      ? ''
      : `backup=$(mktemp /tmp/${copy}XXXXXXXX) && crontab -l ${whose}>"$backup" 2>/dev/null; echo "$backup"; `
  const install = (before: string) =>
    remote.exec({ shell: `${before}crontab ${whose}-`, stdin: text, why: 'install the crontab' })
  const first = await install(backup)
  // BusyBox' crontab does not make the folder that it writes to, and small systems come without it.
  const spool =
    first.rc === 0 ? undefined : /can't change directory to '(\/var\/spool\/cron[^']*)'/.exec(first.stderr)?.[1]
  const { rc, stdout, stderr } = spool ? await install(`mkdir -p ${quote(spool)} && `) : first
  if (rc !== 0) fail(stderr || stdout)
  return first.stdout.trim()
}
