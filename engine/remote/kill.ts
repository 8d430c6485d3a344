/** Ends everything a shell on the host has started, by walking the process table from its id. */

/** Prints the ids it signalled. Works with procps, busybox ps, or /proc alone. */
export const killText = (pid: number, signal: 'TERM' | 'KILL'): string => `
_l=$(ps -A -o pid= -o ppid= 2>/dev/null || ps -o pid,ppid 2>/dev/null || for _i in /proc/[0-9]*/status; do
while read -r _a _b _c; do case $_a in Pid:) _p=$_b ;; PPid:) printf '%s %s\\n' $_p $_b ;; esac; done <$_i; done 2>/dev/null)
_w=${pid} _k=
while [ "$_w" ]; do _n=
while read -r _p _q _x; do for _i in $_w; do [ "$_q" = "$_i" ] && _n="$_n $_p"; done; done <<E
$_l
E
_k="$_k$_n"; _w=$_n; done
[ -z "$_k" ] || kill -${signal} $_k 2>/dev/null
printf '%s\\n' "$_k"`
