/** Processors, memory and uptime: part of `hardware`. */
import type { Json } from '../../engine/python/values.js'
import type { Sections } from './sections.js'

export const cpuMemoryFiles = ['/proc/cpuinfo', '/proc/meminfo', '/proc/uptime', '/proc/self/status']

export function cpuMemoryFacts(sections: Sections): { [fact: string]: Json | undefined } {
  const uptime = sections.file('/proc/uptime').split('.')[0]
  return {
    ...processorFacts(sections),
    ...memoryFacts(sections),
    uptime_seconds: uptime ? Number(uptime) : undefined,
  }
}

function processorFacts(sections: Sections): { [fact: string]: Json | undefined } {
  const cpuinfo = sections.file('/proc/cpuinfo')
  if (cpuinfo === '') return {}
  const machine = sections.lines('uname')[3] ?? ''
  const listed: string[] = []
  /** Physical id → cores per socket; core id → threads per socket. */
  const sockets = new Map<string, number>()
  const siblings = new Map<string, number>()
  let [vendors, models, processors, socket, core] = [0, 0, 0, '0', '0']
  for (const line of cpuinfo.split('\n')) {
    const [, key = '', value = ''] = /^([^:]+?)\s*:\s*(.*)$/.exec(line) ?? []
    if (['model name', 'Processor', 'vendor_id', 'cpu', 'Vendor', 'processor'].includes(key)) listed.push(value)
    if (key === 'vendor_id') vendors++
    if (key === 'model name') models++
    if (key === 'processor') processors++
    if (key === 'physical id') {
      socket = value
      if (!sockets.has(socket)) sockets.set(socket, 1)
    }
    if (key === 'core id') {
      core = value
      if (!siblings.has(core)) siblings.set(core, 1)
    }
    if (key === 'cpu cores') sockets.set(socket, Number(value))
    if (key === 'siblings') siblings.set(core, Number(value))
  }
  const counted = /^(?:armv|aarch|ppc)/.test(machine) || vendors === 0 ? processors : Math.max(vendors, models)
  const count = sockets.size || counted
  const cores = [...sockets.values()][0] ?? 1
  const threads = Math.max(1, Math.floor((siblings.get(core) ?? cores) / cores))
  return {
    processor: listed,
    processor_count: count,
    processor_cores: cores,
    processor_threads_per_core: threads,
    processor_vcpus: threads * count * cores,
    processor_nproc: allowedProcessors(sections) || processors,
  }
}

/** How many a process may use: `Cpus_allowed_list: 0-3,8`. */
function allowedProcessors(sections: Sections): number {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(sections.file('/proc/self/status'))?.[1]
  const ranges = (list?.split(',') ?? []).map(range => range.split('-').map(Number))
  return ranges.reduce((sum, [from, to = from]) => sum + to! - from! + 1, 0)
}

function memoryFacts(sections: Sections): { [fact: string]: Json | undefined } {
  const meminfo = sections.file('/proc/meminfo')
  if (meminfo === '') return {}
  const megabytes = (name: string) =>
    Math.floor(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0) / 1024)
  const [total, free] = [megabytes('MemTotal'), megabytes('MemFree')]
  const cached = free + megabytes('Cached') + megabytes('Buffers')
  const [swapTotal, swapFree] = [megabytes('SwapTotal'), megabytes('SwapFree')]
  return {
    memtotal_mb: total,
    memfree_mb: free,
    swaptotal_mb: swapTotal,
    swapfree_mb: swapFree,
    memory_mb: {
      real: { total, used: total - free, free },
      nocache: { free: cached, used: total - cached },
      swap: { total: swapTotal, free: swapFree, used: swapTotal - swapFree, cached: megabytes('SwapCached') },
    },
  }
}
