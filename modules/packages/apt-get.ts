/** Runs apt-get and its relatives as the `apt` module does: never asking, in English, patient about locks. */
import { quote } from '../../engine/remote/quote.js'
import type { Outcome, Remote } from '../../engine/remote/remote.js'

export interface AptOptions {
  readonly dpkg_options: string
  readonly default_release?: string | undefined
  readonly force: boolean
  readonly install_recommends?: boolean | undefined
  readonly allow_unauthenticated: boolean
  readonly allow_downgrade: boolean
  readonly allow_change_held_packages: boolean
  readonly fail_on_autoremove: boolean
  readonly only_upgrade: boolean
  readonly autoremove: boolean
  readonly purge: boolean
  readonly lock_timeout: number
  readonly policy_rc_d?: number | undefined
}

export const aptEnvironment = { DEBIAN_FRONTEND: 'noninteractive', DEBIAN_PRIORITY: 'critical', LANG: 'C', LC_ALL: 'C' }

/** What apt-get and aptitude print when there was nothing to do. */
export const nothingDone = (stdout: string): boolean =>
  /(?:^|\n)(?:0 upgraded|0 packages upgraded), 0 newly installed, 0 to remove/.test(stdout)

export const dpkgOptions = (options: AptOptions): string[] =>
  options.dpkg_options
    .split(',')
    .filter(Boolean)
    .map(option => `-o "Dpkg::Options::=--${option.trim()}"`)

/** Flags of an install or upgrade. */
export function installFlags(options: AptOptions): string[] {
  return [
    ...dpkgOptions(options),
    ...(options.only_upgrade ? ['--only-upgrade'] : []),
    ...(options.force ? ['--force-yes'] : []),
    ...(options.autoremove ? ['--auto-remove'] : []),
    ...(options.fail_on_autoremove ? ['--no-remove'] : []),
    ...(options.default_release ? ['-t', quote(options.default_release)] : []),
    ...(options.install_recommends === undefined
      ? []
      : [`-o APT::Install-Recommends=${options.install_recommends ? 'yes' : 'no'}`]),
    ...(options.allow_unauthenticated ? ['--allow-unauthenticated'] : []),
    ...(options.allow_downgrade ? ['--allow-downgrades'] : []),
    ...(options.allow_change_held_packages ? ['--allow-change-held-packages'] : []),
  ]
}

/** An install as a whole, in the order and with the gaps that failures show: playbooks match these texts. */
export function installWords(
  options: AptOptions,
  asked: { verb: 'install' | 'build-dep'; packages: readonly string[]; fix: boolean; simulate: boolean },
): string[] {
  const { verb, packages, fix, simulate } = asked
  const flag = (on: boolean, text: string) => (on ? text : '')
  const recommends = options.install_recommends
  return [
    '-y',
    dpkgOptions(options).join(' '),
    flag(options.only_upgrade, '--only-upgrade'),
    flag(fix, '--fix-broken'),
    flag(options.force, '--force-yes'),
    ...(verb === 'install' ? [flag(options.autoremove, '--auto-remove')] : []),
    flag(options.fail_on_autoremove, '--no-remove'),
    flag(simulate, '--simulate'),
    verb,
    ...packages.map(name => `'${name}'`),
    ...(options.default_release ? [`-t '${options.default_release.replaceAll("'", "'\\''")}'`] : []),
    ...(recommends === undefined ? [] : [`-o APT::Install-Recommends=${recommends ? 'yes' : 'no'}`]),
    ...(options.allow_unauthenticated ? ['--allow-unauthenticated'] : []),
    ...(options.allow_downgrade ? ['--allow-downgrades'] : []),
    ...(options.allow_change_held_packages ? ['--allow-change-held-packages'] : []),
  ]
}

/** In check mode the command runs with --simulate, so that its output is real. */
export async function apt(
  remote: Remote,
  { program, words, options, why }: { program: string; words: readonly string[]; options: AptOptions; why: string },
): Promise<Outcome & { readonly shown: string; readonly diff: { prepared?: string } }> {
  const shown = [program, ...words].join(' ')
  const patience = program === 'aptitude' ? [] : [`-o DPkg::Lock::Timeout=${options.lock_timeout}`]
  const simulate = remote.checkMode && !words.includes('--simulate') ? ['--simulate'] : []
  const command = [program, ...patience, ...simulate, ...words].join(' ')
  const outcome = await remote.exec({
    shell: remote.checkMode || options.policy_rc_d === undefined ? command : withPolicy(command, options.policy_rc_d),
    environment: aptEnvironment,
    why,
    inCheckMode: true,
    changes: false,
  })
  return { ...outcome, shown, diff: remote.diffMode ? preparedDiff(outcome.stdout) : {} }
}

/** /usr/sbin/policy-rc.d tells dpkg's scripts whether they may start a service; a former one comes back. */
function withPolicy(command: string, code: number): string {
  return `policy=/usr/sbin/policy-rc.d; kept=
if [ -e $policy ]; then kept=$(mktemp /usr/sbin/policy-rc.d.XXXXXX) && mv -f $policy "$kept" || exit 1; fi
trap 'rm -f $policy; [ -z "$kept" ] || mv -f "$kept" $policy' EXIT
trap 'exit 1' INT TERM HUP
printf '#!/bin/sh\\nexit %d\\n' ${code} >$policy && chmod 0755 $policy || exit 1
${command}`
}

/** The part of apt's output that says what changes: all between its preparations and the line that counts packages. */
export function preparedDiff(stdout: string): { prepared: string } {
  const lines = stdout.split('\n')
  const prepared = lines.indexOf('Reading state information...')
  const named = lines.findIndex(line => /^(?:The following .*:|Remv |Inst )/.test(line))
  // aptitude prepares more than apt-get.
  const from = prepared !== -1 && !/^(?:Reading|Initializing) /.test(lines[prepared + 1] ?? '') ? prepared + 1 : named
  const counts = (line: string) => /^\d+ (?:packages )?upgraded/.test(line)
  if (from === -1) return { prepared: lines.find(counts) ?? '' }
  const to = lines.findIndex((line, index) => index >= from && counts(line))
  return { prepared: lines.slice(from, to === -1 ? undefined : to + 1).join('\n') }
}

export interface UpdateOptions {
  readonly update_cache_retries: number
  readonly update_cache_retry_max_delay: number
  readonly lock_timeout: number
}

/** Fetches the package lists; the last line printed is when that was, as `listsTime` sees it. */
export function updateScript(options: UpdateOptions, listsTime: string): string {
  const most = options.update_cache_retry_max_delay
  return `attempt=0; until=$(( $(date +%s) + ${options.lock_timeout} ))
while :; do
  out=$(apt-get -q update 2>&1); rc=$?
  case $out in *'Could not get lock'*|*'Unable to lock'*) [ "$(date +%s)" -lt $until ] && { sleep 1; continue; } ;; esac
  case $rc:$out in
    0:*'Some index files failed to download'*|0:*"
Err:"*) rc=100 ;;
  esac
  [ $rc != 0 ] && [ $attempt -lt ${options.update_cache_retries} ] || break
  delay=$((1 << attempt)); [ $delay -lt ${most} ] || delay=${most}
  attempt=$((attempt + 1)); sleep $delay
done
printf '%s\\n' "$out"
echo "lists $(${listsTime})"
exit $rc`
}
