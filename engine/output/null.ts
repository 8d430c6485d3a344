/** Nothing on the screen; for runs whose log or report is read. */
import { defineOutput } from './output.js'

export default defineOutput({ name: 'null', summary: 'Nothing', kind: 'stdout', create: () => ({}) })
