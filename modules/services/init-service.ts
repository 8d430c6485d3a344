/** Brings a service of OpenRC, runit, upstart, OpenWrt or SysV init to the wanted state. */
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import { quote } from '../../engine/remote/quote.js'
import type { Remote } from '../../engine/remote/remote.js'
import { type InitService, initService } from '../queries/init-script.js'

export interface ServiceWish {
  readonly name: string
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined
  readonly enabled?: boolean | undefined
  readonly pattern?: string | undefined
  readonly arguments?: string | undefined
  readonly sleep?: number | undefined
  readonly daemonize?: boolean | undefined
  readonly runlevels?: readonly string[] | undefined
  /** The init script itself is told, not the program `service`, which asks systemd where that runs. */
  readonly direct?: boolean
}

export interface ServiceOutcome {
  readonly changed: boolean
  readonly stateChanged: { rc: number; stdout: string; stderr: string } | undefined
  readonly enabledChanged: boolean
}

type Fail = ModuleContext<unknown>['fail']

export async function changeInitService(
  remote: Remote,
  wish: ServiceWish,
  fail: Fail,
  missing: string,
): Promise<ServiceOutcome> {
  const service = await remote.query(
    initService(wish.name, { pattern: wish.pattern ?? '', args: wish.arguments ?? '' }),
  )
  if (!service.exists) fail(missing)
  const running = wish.pattern
    ? service.processes.split('\n').some(line => line.includes(wish.pattern!))
    : service.running

  let enabledChanged = false
  if (wish.enabled !== undefined && differs(wish, service)) {
    const command = enableCommand(wish, service, fail)
    const { rc, stdout, stderr } = await remote.exec({
      shell: command,
      why: `${wish.enabled ? 'enable' : 'disable'} ${wish.name}`,
    })
    if (rc !== 0)
      fail(`Failed to ${wish.enabled ? 'enable' : 'disable'} service ${wish.name}: ${stderr || stdout}`, {
        rc,
        stdout,
        stderr,
      })
    enabledChanged = true
  }

  const verbs = stateVerbs(wish, running)
  let stateChanged: ServiceOutcome['stateChanged']
  if (verbs.length > 0) {
    const pause = verbs.length > 1 && wish.sleep ? `sleep ${wish.sleep}; ` : ''
    const commands = verbs.map(verb => stateCommand(verb, wish, service))
    const shell = commands.join(`; ${pause}`)
    const { rc, stdout, stderr } = await remote.exec({
      shell: wish.daemonize ? `(${shell}) </dev/null >/dev/null 2>&1 &` : shell,
      why: `${verbs.join(', ')} ${wish.name}`,
    })
    const verb = wish.state!.replace(/(p?p)?ed$/, '')
    if (rc !== 0) fail(`Failed to ${verb} service: ${wish.name}`, { rc, stdout, stderr, stdin: '' })
    stateChanged = { rc, stdout, stderr }
  }
  return { changed: enabledChanged || stateChanged !== undefined, stateChanged, enabledChanged }
}

/** The result of the `service` module where systemd does not run. */
export async function manageInitService(remote: Remote, wish: ServiceWish, fail: Fail): Promise<ModuleResult> {
  const { changed } = await changeInitService(
    remote,
    wish,
    fail,
    `Could not find the requested service ${wish.name}: host`,
  )
  return {
    changed,
    name: wish.name,
    ...(wish.enabled === undefined ? {} : { enabled: wish.enabled }),
    ...(wish.state === undefined ? {} : { state: wish.state === 'stopped' ? 'stopped' : 'started' }),
  }
}

function differs({ enabled, runlevels }: ServiceWish, service: InitService): boolean {
  if (!runlevels?.length) return enabled !== service.enabled
  return runlevels.some(level => service.levels.includes(level) !== enabled)
}

/** `restarted` is stop and start where there is a pause to be made between them, and start where nothing runs. */
function stateVerbs({ state, sleep, pattern }: ServiceWish, running: boolean): string[] {
  if (state === 'started') return running ? [] : ['start']
  if (state === 'stopped') return running ? ['stop'] : []
  if (state === 'reloaded') return running ? ['reload'] : ['start']
  if (state === 'restarted') return running && (sleep || pattern) ? ['stop', 'start'] : ['restart']
  return []
}

function stateCommand(verb: string, wish: ServiceWish, service: InitService): string {
  const name = quote(wish.name)
  const args = wish.arguments ? ` ${wish.arguments}` : ''
  if (service.init === 'openrc') return `rc-service ${name} ${verb}${args}`
  if (service.init === 'runit') return `sv ${verb === 'reload' ? 'hup' : verb} ${name}`
  if (service.init === 'upstart') return `initctl ${verb} ${name}${args}`
  if (!wish.direct && service.tools.includes('service')) return `service ${name} ${verb}${args}`
  return `$(for d in /etc/init.d /etc/rc.d/init.d /etc/rc.d; do [ -f $d/${name} ] && echo $d && break; done)/${name} ${verb}${args}`
}

function enableCommand({ name, enabled, runlevels }: ServiceWish, service: InitService, fail: Fail): string {
  const { init, tools } = service
  const word = quote(name)
  const levels = (runlevels ?? []).map(quote)
  if (init === 'openrc') {
    const known = enabled ? [] : service.levels.map(quote)
    const where = [levels, known, ['default']].find(some => some.length > 0)!
    return `rc-update ${enabled ? 'add' : 'delete'} ${word} ${where.join(' ')}`
  }
  if (init === 'runit') {
    const link = `/${'$'}(for d in etc/service var/service service; do [ -d /$d ] && echo $d && break; done)/${word}`
    return enabled ? `ln -sfn /etc/sv/${word} ${link}` : `rm -f ${link}`
  }
  if (init === 'openwrt') return `/etc/init.d/${word} ${enabled ? 'enable' : 'disable'}`
  if (init === 'upstart') {
    const override = `/etc/init/${word}.override`
    return enabled ? `sed -i '/^ *manual/d' ${override}` : `echo manual >>${override}`
  }
  if (tools.includes('update-rc.d')) {
    const verb = enabled ? 'enable' : 'disable'
    return `update-rc.d ${word} defaults && update-rc.d ${word} ${verb} ${levels.join(' ')}`
  }
  if (tools.includes('chkconfig')) {
    const level = levels.length ? `--level ${levels.join('')} ` : ''
    return `{ chkconfig --list ${word} >/dev/null 2>&1 || chkconfig --add ${word}; } && chkconfig ${level}${word} ${enabled ? 'on' : 'off'}`
  }
  return fail(`Unable to enable or disable service ${name}: the host has neither update-rc.d nor chkconfig`)
}
