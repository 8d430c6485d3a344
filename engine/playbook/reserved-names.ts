/** Names that a variable should not have: keywords would shadow it in people's minds, Jinja's globals in templates. */
import { keywords } from './keywords.js'

const globals = new Set(['cycler', 'dict', 'joiner', 'lipsum', 'namespace', 'range'])
const notMeant = new Set(['vars'])

export const isReservedName = (name: string): boolean =>
  !notMeant.has(name) && (globals.has(name) || keywords.has(name))
