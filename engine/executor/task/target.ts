/** The host that a task works on, as the connection pool wants it told. */
import { Waits, whenKnown } from '../../connection/options.js'
import { connectionNamed } from '../../connection/registry.js'
import type { Host } from '../../inventory/tree.js'
import type { Task } from '../../playbook/model.js'
import { pyStr } from '../../python/repr.js'
import type { Value } from '../../python/values.js'
import type { Target, TaskNeeds } from '../../remote/pool.js'
import type { Effect, TaskRemote } from '../../remote/remote.js'
import { Pending } from '../../template/pending.js'
import type { LayeredScope } from '../../vars/scope.js'
import type { PlayRun } from '../play.js'
import { TaskKeywords } from './keywords.js'

export interface TaskModes {
  readonly checkMode: boolean
  readonly diffMode: boolean
  readonly environment: ReadonlyMap<string, string>
  /** Told what commands print, as it comes. */
  readonly onOutput?: Effect['onOutput']
  /** Told what it cost on the way to the host. */
  readonly onEnd?: TaskNeeds['onEnd']
}

export interface OpenTarget {
  readonly remote: TaskRemote
  /** Another remote to the same host, for what goes on after the task. */
  readonly again: () => TaskRemote
  /** Name of the connection: ssh, local, … */
  readonly connection: string
}

/** Keywords that say how to connect, and as whom. */
const connectionKeywords = [
  'remote_user',
  'port',
  'timeout',
  'become',
  'become_user',
  'become_method',
  'become_exe',
  'become_flags',
]

export async function openTarget(
  play: PlayRun,
  host: Host,
  delegated: Host | undefined,
  task: Task,
  scope: LayeredScope,
  keywords: TaskKeywords,
  modes: TaskModes,
): Promise<OpenTarget> {
  const target = await targetOf(play, delegated ?? host, delegated ? play.scope(delegated, task) : scope, keywords)
  const open = () => play.run.pool.remote(target, modes)
  return { remote: open(), again: open, connection: target.connection }
}

async function targetOf(play: PlayRun, host: Host, full: LayeredScope, keywords: TaskKeywords): Promise<Target> {
  const { templar, options, settings } = play.run
  // What the layer says follows from keywords, which are asked for below.
  const scope = full.without('connection')
  const ready = new Map<string, Value>()
  const vars = (name: string): Value | undefined => {
    const known = ready.get(name)
    if (known !== undefined) return known
    const raw = scope.get(name)
    if (raw === undefined) return undefined
    try {
      return templar.renderNow(raw, scope)
    } catch (error) {
      if (!(error instanceof Pending)) throw error
      throw new Waits(templar.render(raw, scope).then(value => void ready.set(name, value)))
    }
  }
  const written = new Map<string, Value>()
  const defaults: { readonly [name: string]: Value | undefined } = {
    remote_user: options.connection.remoteUser,
    become: options.connection.become ? true : undefined,
    become_user: options.connection.becomeUser,
    become_method: options.connection.becomeMethod,
  }
  for (const name of connectionKeywords) {
    // A task's `timeout` limits the task, not the connection.
    const value = (name === 'timeout' ? options.connection.timeout : await keywords.value(name)) ?? defaults[name]
    if (value !== undefined) written.set(name, value)
  }
  const asked =
    (await whenKnown(() => vars('ansible_connection'))) ??
    (await keywords.value('connection')) ??
    options.connection.connection
  const name = asked !== undefined ? pyStr(asked) : host.implicit ? 'local' : settings.string('DEFAULT_TRANSPORT')
  return { name: host.name, connection: name === 'smart' ? 'ssh' : name, vars, keywords: written }
}

/** Drops the connection to a host: the next task connects anew. */
export async function resetTarget(play: PlayRun, host: Host, task: Task): Promise<void> {
  const scope = play.scope(host, task)
  const { connection } = await targetOf(play, host, scope, new TaskKeywords(task, scope, play.run.templar))
  if (connectionNamed(connection) === 'ansible.builtin.local')
    play.run.emit({ type: 'warning', text: 'Reset is not implemented for this connection' })
  await play.run.pool.reset({ name: host.name })
}
