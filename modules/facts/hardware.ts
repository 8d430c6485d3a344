import type { Collector } from './collector.js'
import { cpuMemoryFacts, cpuMemoryFiles } from './cpu-memory.js'
import { dmiFacts, dmiFiles } from './dmi.js'
import { storageFacts, storageFiles, storageLinks, storageScript } from './storage.js'

export const hardware = (timeout: number): Collector => ({
  name: 'hardware',
  also: ['devices', 'mounts', 'processor', 'processor_cores', 'processor_count'],
  needs: ['platform'],
  files: [...cpuMemoryFiles, ...dmiFiles, ...storageFiles],
  links: storageLinks,
  script: storageScript(timeout),
  read: sections => ({ ...cpuMemoryFacts(sections), ...dmiFacts(sections), ...storageFacts(sections) }),
})
