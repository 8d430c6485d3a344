/** Ends everything a shell on the host has started, by walking the process table from its id. */

/** Gives everything a second to end in order, then ends it. `ask` runs a command on the host and gives what it prints. */
export async function endAllUnder(pid: number, ask: (command: string) => Promise<string>): Promise<void> {
  const pids = (await ask(killText(pid))).trim()
  if (pids === '') return
  const pause = 'sleep 0.1 2>/dev/null || sleep 1'
  await ask(
    `for _i in 1 2 3 4 5 6 7 8 9 10; do _a=; for _p in ${pids}; do kill -0 $_p 2>/dev/null && _a=1; done
[ "$_a" ] || break; ${pause}; done; kill -KILL ${pids} 2>/dev/null`,
  )
}

/** Prints the ids it signalled. Works with procps, busybox ps, or /proc alone. */
const killText = (pid: number): string => `
_l=$(ps -A -o pid= -o ppid= 2>/dev/null || ps -o pid,ppid 2>/dev/null || for _i in /proc/[0-9]*/status; do
while read -r _a _b _c; do case $_a in Pid:) _p=$_b ;; PPid:) printf '%s %s\\n' $_p $_b ;; esac; done <$_i; done 2>/dev/null)
_w=${pid} _k=
while [ "$_w" ]; do _n=
while read -r _p _q _x; do for _i in $_w; do [ "$_q" = "$_i" ] && _n="$_n $_p"; done; done <<E
$_l
E
_k="$_k$_n"; _w=$_n; done
[ -z "$_k" ] || kill -TERM $_k 2>/dev/null
printf '%s\\n' "$_k"`
