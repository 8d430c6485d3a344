import type { Collector } from './collector.js'
import { cpuMemoryFacts, cpuMemoryScript } from './cpu-memory.js'
import { dmiFacts, dmiScript } from './dmi.js'
import { storageFacts, storageScript } from './storage.js'

export const hardware = (timeout: number): Collector => ({
  name: 'hardware',
  also: ['devices', 'mounts', 'processor', 'processor_cores', 'processor_count'],
  needs: ['platform'],
  script: cpuMemoryScript + dmiScript + storageScript(timeout),
  read: sections => ({ ...cpuMemoryFacts(sections), ...dmiFacts(sections), ...storageFacts(sections) }),
})
