/** The lines of the table, in its order. */
import { commands } from './commands.js'
import { controller } from './controller.js'
import { controllerHosts } from './controller-hosts.js'
import { copyDirectory, copyLarge } from './copy.js'
import { distance } from './distance.js'
import { facts } from './facts.js'
import { files } from './files.js'
import { inventory } from './inventory.js'
import { loop } from './loop.js'
import { manyHosts } from './many-hosts.js'
import { memory } from './memory.js'
import { startUp } from './start-up.js'

export const lines = [
  commands,
  files,
  loop,
  ...manyHosts,
  facts,
  controller,
  ...controllerHosts,
  ...startUp,
  copyLarge,
  copyDirectory,
  ...inventory,
  ...distance,
  ...memory,
]
