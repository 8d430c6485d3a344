/** Filters that need Python libraries which cannot be had here: they say so when they are used. */
import { Diagnostic } from '../../diagnostics.js'
import { defineFilter, type Filter } from '../define.js'

/** A filter that exists in Ansible, but not here. */
export const unavailable = (name: string, why: string): Filter =>
  defineFilter({
    summary: `Not supported: ${why}`,
    examples: [],
    signature: '*args, **kwargs',
    apply: () => {
      throw new Diagnostic(`the filter ${name} is not supported: ${why}`, { code: 'unsupported-filter' })
    },
  })
