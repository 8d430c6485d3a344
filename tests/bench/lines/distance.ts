/** The same work with a link that takes 20 and 100 ms there and back. */
import type { Line } from '../line.js'
import { prepareFiles } from './files.js'
import { prepareCommands } from './many-hosts.js'

const commands = (rtt: number, connect: number): Line => ({
  name: `commands-${rtt}ms`,
  title: `50 × \`command: /bin/true\`, ${rtt} ms round-trip time`,
  bar: {},
  // 1.2 × (50 round trips and a connection).
  limit: (1.2 * (50 * rtt + connect)) / 1000,
  rtt,
  prepare: ({ folder }) => prepareCommands(folder, 50),
})

const files = (rtt: number): Line => ({
  name: `files-${rtt}ms`,
  title: `40 unchanged file tasks, ${rtt} ms round-trip time`,
  bar: {},
  rtt,
  prepare: ({ folder }) => prepareFiles(folder),
})

// A connection alone takes about eight round trips, of which we count seven and TCP's own, and half a second of starting.
export const distance = [commands(20, 660), commands(100, 1300), files(20), files(100)]
