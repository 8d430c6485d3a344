/** Lookups that need services or Python libraries which cannot be had here: they say so when they are used. */
import { Diagnostic } from '../../diagnostics.js'
import { defineLookup, type Lookup } from '../define.js'

/** A lookup that exists in Ansible, but not here. */
export const unavailable = (name: string, why: string): Lookup =>
  defineLookup({
    summary: `Not supported: ${why}`,
    examples: [],
    anyOptions: true,
    run: () => {
      throw new Diagnostic(`the lookup plugin ${name} is not supported: ${why}`, {
        code: 'unsupported-lookup',
        hint: "Ask the same of a command with lookup('pipe', …), or of a web service with lookup('url', …).",
      })
    },
  })
