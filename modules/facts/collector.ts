import type { Json } from '../../engine/python/values.js'
import type { Sections } from './sections.js'

/** A group of facts, chosen by gather_subset under any of its names. */
export interface Collector {
  readonly name: string
  /** Other names of gather_subset that mean this collector: mostly facts that it brings. */
  readonly also: readonly string[]
  /** Part of `min`. */
  readonly minimal?: boolean
  /** Collectors whose facts come along, as in Ansible. */
  readonly needs?: readonly string[]
  /** Files whose text is wanted, and paths of which is wanted whether they exist and where they point to; both as globs. */
  readonly files?: readonly string[]
  readonly links?: readonly string[]
  /** POSIX sh for the host. */
  readonly script?: string
  /** Facts by name, without `ansible_`. */
  read(sections: Sections): { [fact: string]: Json | undefined }
}
