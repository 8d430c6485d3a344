/** A lazy view of all variables for one host and one task: layers, nearest first. */
import type { Value } from '../python/values.js'
import type { Scope } from '../template/scope.js'
import { type HashBehaviour, mergedValue } from './merge.js'

/** One level of precedence: a name for people, and what it defines. */
export interface Layer {
  readonly label: string
  get(name: string): Value | undefined
  names(): Iterable<string>
}

export const mapLayer = (label: string, vars: ReadonlyMap<Value, Value>): Layer => ({
  label,
  get: name => vars.get(name),
  names: () => vars.keys() as Iterable<string>,
})

export class LayeredScope implements Scope {
  constructor(
    /** Nearest (highest precedence) first. */
    readonly layers: readonly Layer[],
    readonly searchPath: readonly string[],
    private readonly behaviour: HashBehaviour = 'replace',
  ) {}

  get(name: string): Value | undefined {
    if (this.behaviour === 'merge') {
      const found = this.layers.map(layer => layer.get(name)).filter(value => value !== undefined)
      return found.length ? mergedValue(found) : undefined
    }
    for (const layer of this.layers) {
      const value = layer.get(name)
      if (value !== undefined) return value
    }
    return undefined
  }

  *names(): Iterable<string> {
    const seen = new Set<string>()
    for (const layer of this.layers) {
      for (const name of layer.names()) {
        if (!seen.has(name)) {
          seen.add(name)
          yield name
        }
      }
    }
  }

  /** The layer a name's value comes from, for `why`. */
  why(name: string): string | undefined {
    return this.layers.find(layer => layer.get(name) !== undefined)?.label
  }

  /** The same scope without the layers of one label. */
  without(label: string): LayeredScope {
    return new LayeredScope(
      this.layers.filter(layer => layer.label !== label),
      this.searchPath,
      this.behaviour,
    )
  }

  /** The same scope with more variables on top (loop items, template_* and the like). */
  with(label: string, vars: ReadonlyMap<Value, Value>): LayeredScope {
    return new LayeredScope([mapLayer(label, vars), ...this.layers], this.searchPath, this.behaviour)
  }
}
