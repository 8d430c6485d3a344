/** The most memory that a run holds. */
import type { Line } from '../line.js'
import { prepareCommands } from './many-hosts.js'

const line = (hosts: number, limit: number): Line => ({
  name: `memory-${hosts}`,
  title: `memory, 10 tasks × ${hosts} hosts`,
  bar: {},
  hosts,
  limit,
  unit: 'MB',
  rounds: 1,
  prepare: ({ folder }) => prepareCommands(folder, 10),
})

export const memory = [line(100, 150), line(1000, 400)]
