/** What OpenRC, runit, SysV init and their relatives say about a service. */
import { raw, sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'
import { findServiceManager } from './service-manager.js'

export type Init = 'openrc' | 'runit' | 'openwrt' | 'upstart' | 'sysv'

export interface InitService {
  readonly init: Init
  readonly exists: boolean
  readonly running: boolean
  readonly enabled: boolean
  /** Run levels (SysV) or runlevel names (OpenRC) in which it starts. */
  readonly levels: readonly string[]
  /** Programs for enabling it that the host has. */
  readonly tools: readonly string[]
  /** Output of ps, when a pattern was to be looked for. */
  readonly processes: string
}

export const initService = (name: string, { pattern = '', args = '' } = {}): Query<InitService> => ({
  command: sh`${raw(findServiceManager)}
name=${name}
for tool in chkconfig update-rc.d rc-update rc-service sv initctl service invoke-rc.d insserv; do command -v $tool >/dev/null 2>&1 && echo "tool $tool"; done
${raw(pattern === '' ? '' : '{ ps -ww -eo args 2>/dev/null || ps w; } | sed "s/^/ps /"')}
init=sysv
case $manager in
  openrc) init=openrc ;;
  runit) init=runit ;;
  openwrt_init) init=openwrt ;;
esac
[ $init != sysv ] || [ ! -e /sbin/openrc-run ] || [ ! -e /etc/init.d/$name ] || ! command -v rc-service >/dev/null 2>&1 || init=openrc
[ $init != sysv ] || [ -e /etc/init.d/$name ] || { [ ! -d /etc/sv/$name ] && [ ! -d /etc/service/$name ]; } || ! command -v sv >/dev/null 2>&1 || init=runit
[ $init != sysv ] || [ ! -e /etc/init/$name.conf ] || ! command -v initctl >/dev/null 2>&1 || init=upstart
echo "init $init"
status() { "$@" 2>&1 | sed 's/^/status /'; }
case $init in
openrc)
  [ ! -e /etc/init.d/$name ] && [ ! -e /usr/local/etc/init.d/$name ] || echo exists
  rc-service "$name" status >/dev/null 2>&1; echo "rc $?"
  rc-update show 2>/dev/null | sed -n "s/^ *$name *| */levels /p" ;;
runit)
  for dir in /etc/service /var/service /service /etc/sv; do [ ! -e $dir/$name ] || { echo exists; [ $dir = /etc/sv ] || echo "levels $dir"; }; done
  sv status "$name" 2>&1 | sed 's/^/status /' ;;
openwrt)
  [ ! -e /etc/init.d/$name ] || { echo exists; /etc/init.d/$name enabled && echo "levels on"; pgrep -x "$name" >/dev/null 2>&1; echo "rc $?"; } ;;
upstart)
  echo exists; initctl status "$name" 2>&1 | sed 's/^/status /'
  grep -q '^ *manual' /etc/init/$name.override 2>/dev/null || echo "levels on" ;;
sysv)
  for script in /etc/init.d /etc/rc.d/init.d /etc/rc.d; do [ ! -f $script/$name ] || { echo exists; break; }; done
  for link in /etc/rc?.d/S??$name /etc/rc.d/rc?.d/S??$name; do [ ! -e "$link" ] || { level=\${link%/*}; level=\${level##*rc}; echo "levels \${level%.d}"; }; done
  if [ -f $script/$name ]; then out=$($script/"$name" status ${raw(args)} 2>&1 </dev/null); echo "rc $?"; printf '%s\\n' "$out" | sed 's/^/status /'; fi ;;
esac`,
  parse: stdout => {
    const all = (key: string) => [...stdout.matchAll(new RegExp(`^${key} (.*)$`, 'gm'))].map(match => match[1]!)
    const init = (all('init')[0] ?? 'sysv') as Init
    const levels = [
      ...new Set(
        all('levels')
          .flatMap(line => line.trim().split(/\s+/))
          .filter(Boolean),
      ),
    ]
    const status = all('status').join('\n')
    const code = all('rc')[0]
    return {
      init,
      exists: /^exists$/m.test(stdout),
      running: isRunning(init, code === undefined ? undefined : Number(code), status.toLowerCase(), name.toLowerCase()),
      enabled: levels.length > 0,
      levels,
      tools: all('tool'),
      processes: all('ps').join('\n'),
    }
  },
})

/** Init scripts answer `status` in many ways: the words decide before the exit code, as the LSB codes are often wrong. */
function isRunning(init: Init, code: number | undefined, words: string, name: string): boolean {
  if (init === 'openrc' || init === 'openwrt') return code === 0
  if (init === 'runit') return words.startsWith('run:')
  if (init === 'upstart') return /start\/running/.test(words)
  const said = words.replaceAll(name, '')
  if (/\b(?:stop|stopped|dead)\b/.test(said) || /\bnot\b.*\brunning\b/.test(said)) return false
  if (code === undefined || (code >= 1 && code <= 3) || code === 69) return false
  if (code === 0) return true
  return /\brunning\b|start.*running/.test(said)
}
