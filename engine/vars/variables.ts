/** Builds the scope of a host and a task from everything that is known. */
import type { Host } from '../inventory/tree.js'
import type { Play, Role, Task } from '../playbook/model.js'
import type { Dict, Value } from '../python/values.js'
import type { Memory } from './facts.js'
import { type MagicSource, magicLayer } from './magic.js'
import type { HashBehaviour } from './merge.js'
import { layersOf } from './precedence.js'
import { type Layer, LayeredScope, mapLayer } from './scope.js'

/** Variables of inventory sources and of group_vars and host_vars folders, merged for one host. */
export type HostVariablesOf = (host: Host, playbookDir: string | undefined) => Dict

/** What is fixed for a run. */
export interface VariablesOptions {
  readonly extraVars: Dict
  readonly memory: Memory
  readonly hashBehaviour: HashBehaviour
  readonly injectFacts: boolean
  readonly privateRoleVars: boolean
  readonly hostVariables: HostVariablesOf
  readonly magic: MagicSource
  /** Connection variables as they are when neither variables nor keywords say otherwise. */
  readonly connection: Dict
}

/** What a play adds once it runs. */
export interface PlayState {
  readonly play: Play
  /** vars_prompt answers. */
  readonly prompted: Dict
  /** Loaded vars_files, per host where their names are templates. */
  varsFiles(host: Host | undefined): readonly Dict[]
  /** Roles whose defaults and vars the whole play sees: `roles:`, import_role, and include_role with public. */
  readonly roles: readonly Role[]
  readonly hosts: readonly string[]
  /** Hosts of this batch that are still in the play. */
  readonly activeHosts: readonly string[]
  /** False for hosts that are out of the play, and for those with a failure that only `always` parts still run after. */
  isWell(name: string): boolean
  readonly batch: readonly string[]
}

export interface Place {
  readonly play?: PlayState | undefined
  /** Folder of the playbook, where no play stands between. */
  readonly dir?: string | undefined
  readonly host?: Host | undefined
  readonly task?: Task | undefined
}

export class Variables {
  #byPlay = new WeakMap<PlayState, LayerCache>()
  /** Of hosts for `hostvars`, which a play's own variables are no part of. */
  #byHost = new WeakMap<PlayState, LayerCache>()
  constructor(readonly options: VariablesOptions) {}

  /** `item`, loop variables and the like go into `nearest`, above everything but magic. */
  scope(place: Place, nearest?: ReadonlyMap<Value, Value>): LayeredScope {
    return this.#layered(place, cacheFor(this.#byPlay, place.play), nearest)
  }

  /** What `hostvars` has of a host: inventory, facts and what its tasks set, but nothing that the play or its roles define. */
  ofHost(host: Host, play: PlayState | undefined): LayeredScope {
    return this.#layered({ host, dir: play?.play.dir }, cacheFor(this.#byHost, play))
  }

  /** Where lookups and files of a task are sought. */
  searchPath(place: Place): string[] {
    return [...searchPathOf(place)]
  }

  /** Forget what was merged for a play (its roles or its inventory changed). */
  changed(play: PlayState | undefined): void {
    if (!play) return
    this.#byPlay.delete(play)
    this.#byHost.delete(play)
  }

  #layered(place: Place, cache: LayerCache, nearest?: ReadonlyMap<Value, Value>): LayeredScope {
    const layers: Layer[] = [magicLayer(this.options.magic, place, this)]
    if (nearest?.size) layers.push(mapLayer('loop', nearest))
    layers.push(...layersOf(place, this.options, cache))
    return new LayeredScope(layers, searchPathOf(place), this.options.hashBehaviour)
  }
}

type LayerCache = Map<Host | undefined, readonly Layer[]>

function cacheFor(caches: WeakMap<PlayState, LayerCache>, play: PlayState | undefined): LayerCache {
  if (!play) return new Map()
  let cache = caches.get(play)
  if (!cache) {
    cache = new Map()
    caches.set(play, cache)
  }
  return cache
}

/** Folders in which a task's relative files are looked for, nearest first. */
function searchPathOf({ play, task, dir = play?.play.dir }: Place): readonly string[] {
  const folders: string[] = []
  for (let role = task?.role; role; role = role.parentRole) folders.push(role.path)
  if (task) folders.push(task.at.file.replace(/\/[^/]*$/, ''))
  if (dir !== undefined) folders.push(dir)
  return [...new Set(folders)]
}
