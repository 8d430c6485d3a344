/** Brings a systemd unit to the wanted state: the work of `systemd`, and of `service` where systemd runs. */
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import { quote } from '../../engine/remote/quote.js'
import type { Remote } from '../../engine/remote/remote.js'
import { type Scope, systemctl, systemdUnit, type Unit } from '../queries/systemd.js'

export interface UnitWish {
  readonly name?: string | undefined
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined
  readonly enabled?: boolean | undefined
  readonly masked?: boolean | undefined
  readonly force?: boolean | undefined
  readonly daemon_reload?: boolean | undefined
  readonly daemon_reexec?: boolean | undefined
  readonly no_block?: boolean | undefined
  readonly scope?: Scope | undefined
}

type Fail = ModuleContext<unknown>['fail']

/** Reloads systemd itself where asked to; this never counts as a change, as in Ansible. */
export async function reloadDaemon(remote: Remote, wish: UnitWish, fail: Fail): Promise<void> {
  for (const [asked, verb] of [
    [wish.daemon_reload, 'daemon-reload'],
    [wish.daemon_reexec, 'daemon-reexec'],
  ] as const) {
    if (!asked) continue
    const shell = `${systemctl(wish.scope ?? 'system')} ${verb}`
    const { rc, stdout, stderr } = await remote.exec({ shell, why: verb, changes: false })
    if (rc !== 0) fail(`failure ${rc} during ${verb}: ${stderr || stdout}`)
  }
}

/** `seen` spares a trip where the caller has already asked about the unit (after any daemon-reload). */
export async function manageUnit(
  { remote, fail, warn }: Pick<ModuleContext<unknown>, 'remote' | 'fail' | 'warn'>,
  wish: UnitWish,
  seen?: Unit,
): Promise<ModuleResult> {
  const { name, scope = 'system' } = wish
  if (name === undefined) return { changed: false, name: null, status: {} }
  const unit = seen ?? (await remote.query(systemdUnit(name, scope)))
  if (!unit.answered) {
    return fail(unit.error || 'systemctl was not found on the host', { rc: 1, stderr: unit.error, cmd: 'systemctl' })
  }

  const run = async (verb: string, failed: string, mayFail = false) => {
    const flags = `${wish.no_block ? ' --no-block' : ''}${wish.force ? ' --force' : ''}`
    const shell = `${systemctl(scope)}${flags} ${verb} -- ${quote(name)}`
    const { rc, stdout, stderr } = await remote.exec({ shell, why: `${verb} ${name}` })
    if (rc !== 0 && !mayFail) fail(`Unable to ${failed} service ${name}: ${stderr || stdout}`)
  }
  const mustExist = () => {
    if (!unit.exists) fail(`Could not find the requested service ${name}: host`)
  }
  const result: ModuleResult = { changed: false, name, status: unit.properties }

  if (wish.masked !== undefined && wish.masked !== unit.masked) {
    const verb = wish.masked ? 'mask' : 'unmask'
    result.changed = true
    // A unit whose own file is in the way cannot be masked: Ansible lets that pass, and so do playbooks that were written with it.
    await run(verb, verb, unit.exists)
  }
  if (wish.enabled !== undefined) {
    mustExist()
    if (wish.enabled !== unit.enabled) {
      const verb = wish.enabled ? 'enable' : 'disable'
      result.changed = true
      await run(verb, verb)
    }
    result.enabled = wish.enabled
  }
  if (wish.state !== undefined) {
    mustExist()
    result.state = wish.state
    if (unit.offline) {
      warn(
        'Target is a chroot or systemd is offline. This can lead to false positives or prevent the init system tools from working.',
      )
      return result
    }
    const verb = stateVerb(wish.state, unit)
    result.state = wish.state === 'stopped' ? 'stopped' : 'started'
    if (verb) {
      result.changed = true
      await run(verb, verb)
    }
  }
  return result
}

/** What systemctl has to do; a unit that does not run is started, also when it should be reloaded. */
function stateVerb(state: NonNullable<UnitWish['state']>, unit: Unit): string | undefined {
  if (state === 'stopped') return unit.active || unit.deactivating ? 'stop' : undefined
  if (!unit.active) return 'start'
  return state === 'restarted' ? 'restart' : state === 'reloaded' ? 'reload' : undefined
}
