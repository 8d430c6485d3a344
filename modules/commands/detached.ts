/**
 * Commands with `async:`: a wrapper that outlives the connection runs the command and keeps its output beside a job file
 * in ~/.ansible_async, where Ansible keeps its own. `async_status` reads them back.
 *
 *   JID          JSON: started, finished, ansible_job_id; a finished job of another module holds its whole result
 *   JID.stdout   JID.stderr   JID.pid   JID.times ("start end", seconds)   JID.rc (last; its presence means: ended)
 */
import type { ModuleResult } from '../../engine/module/define.js'
import { newJobId } from '../../engine/module/job.js'
import type { Json } from '../../engine/python/values.js'
import { quote } from '../../engine/remote/quote.js'
import type { Effect, Remote } from '../../engine/remote/remote.js'

/** Starts the command and returns at once with the job's id. */
export async function startDetached(
  remote: Remote,
  effect: Effect,
  seconds: number,
  { cmd, strip }: { cmd: Json; strip: boolean },
): Promise<ModuleResult> {
  const jid = newJobId()
  const state = JSON.stringify({ started: 1, finished: 0, ansible_job_id: jid, cmd, strip_empty_ends: strip })
  const outcome = await remote.exec({
    shell: starter(jid, state, effect, seconds),
    ...(effect.stdin === undefined ? {} : { stdin: effect.stdin }),
    ...(effect.environment === undefined ? {} : { environment: effect.environment }),
    why: effect.why,
    givenPath: true,
  })
  if (outcome.rc !== 0)
    return { failed: true, rc: outcome.rc, msg: `could not start the job: ${outcome.stderr.trim()}` }
  return { changed: true, started: 1, finished: 0, ansible_job_id: jid, results_file: outcome.stdout.trim() }
}

function starter(jid: string, state: string, effect: Effect, seconds: number): string {
  const command = effect.argv
    ? `exec ${effect.argv.map(quote).join(' ')}`
    : effect.executable && effect.executable !== '/bin/sh'
      ? `exec ${quote(effect.executable)} -c ${quote(effect.shell ?? '')}`
      : `exec /bin/sh -c ${quote(effect.shell ?? '')}`
  const start = effect.cwd === undefined ? command : `cd ${quote(effect.cwd)} || exit 1; ${command}`
  // $1 is the job file, $2 the limit. The command leads its own group where setsid is there, so that all of it can be ended.
  const wrapper = `started=$(date +%s)
if [ -f "$1.stdin" ]; then exec <"$1.stdin"; rm -f "$1.stdin"; fi
if command -v setsid >/dev/null 2>&1; then setsid sh -c "$3" >"$1.stdout" 2>"$1.stderr" & else sh -c "$3" >"$1.stdout" 2>"$1.stderr" & fi
job=$!
echo $job >"$1.pid"
( trap 'kill $nap 2>/dev/null; exit' TERM; sleep "$2" & nap=$!; wait $nap
  echo "$2" >"$1.timeout"; kill -TERM -$job 2>/dev/null || kill -TERM $job; sleep 2; kill -KILL -$job 2>/dev/null || kill -KILL $job ) >/dev/null 2>&1 &
guard=$!
wait $job; rc=$?
kill $guard 2>/dev/null
echo "$started $(date +%s)" >"$1.times"
echo $rc >"$1.rc.part" && mv "$1.rc.part" "$1.rc"`
  // The job's own files are for its owner alone; the command gets the mask that it would have had.
  return `mask=$(umask); umask 077
dir=\${ANSIBLE_ASYNC_DIR:-$HOME/.ansible_async}
mkdir -p "$dir" || exit 1
job=$dir/${jid}
printf '%s' ${quote(state)} >"$job" || exit 1
${effect.stdin === undefined ? '' : 'cat >"$job.stdin"'}
detach=nohup; command -v setsid >/dev/null 2>&1 && detach=setsid
$detach sh -c ${quote(wrapper)} sh "$job" ${seconds} "umask $mask; "${quote(start)} </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
printf '%s\\n' "$job"
`
}
