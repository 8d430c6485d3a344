/** What stands at the end of a run: the table of hosts, and what set_stats collected. */
import type { HostStats } from '../executor/events.js'
import { compareStrings } from '../python/compare.js'
import type { Dict } from '../python/values.js'
import { jsonText } from './json-text.js'
import type { Screen } from './screen.js'

const COLUMNS: readonly (readonly [label: string, count: keyof HostStats, colour: string | undefined])[] = [
  ['ok', 'ok', 'COLOR_OK'],
  ['changed', 'changed', 'COLOR_CHANGED'],
  ['unreachable', 'unreachable', 'COLOR_UNREACHABLE'],
  ['failed', 'failures', 'COLOR_ERROR'],
  ['skipped', 'skipped', 'COLOR_SKIP'],
  ['rescued', 'rescued', 'COLOR_OK'],
  ['ignored', 'ignored', 'COLOR_WARN'],
]

export function printRecap(screen: Screen, hosts: ReadonlyMap<string, HostStats>): void {
  screen.banner('PLAY RECAP')
  printHosts(screen, hosts)
  screen.print('', { screenOnly: true })
}

export interface HostsStyle {
  /** Whether skipped tasks are counted, too; by default they are. */
  readonly skipped?: boolean
  readonly indent?: string
}

/** A line for each host. */
export function printHosts(screen: Screen, hosts: ReadonlyMap<string, HostStats>, style: HostsStyle = {}): void {
  for (const host of [...hosts.keys()].sort(compareStrings)) {
    const stats = hosts.get(host)!
    screen.print(
      recapLine(host, stats, style, (text, colour) => screen.paint(text, colour)),
      { screenOnly: true },
    )
    screen.print(
      recapLine(host, stats, style, text => text),
      { logOnly: true },
    )
  }
}

export function printCustomStats(screen: Screen, custom: ReadonlyMap<string, Dict>): void {
  const line = (data: Dict) => jsonText(data, { indent: 1 }).replaceAll('\n', '')
  screen.banner('CUSTOM STATS: ')
  for (const host of [...custom.keys()].filter(key => key !== '_run').sort(compareStrings))
    screen.print(`\t${host}: ${line(custom.get(host)!)}`)
  const run = custom.get('_run')
  if (run) {
    screen.print('', { screenOnly: true })
    screen.print(`\tRUN: ${line(run)}`)
  }
  screen.print('', { screenOnly: true })
}

function recapLine(
  host: string,
  stats: HostStats,
  { skipped = true, indent = '' }: HostsStyle,
  paint: (text: string, colour: string | undefined) => string,
): string {
  const colour =
    stats.failures > 0 || stats.unreachable > 0 ? 'COLOR_ERROR' : stats.changed > 0 ? 'COLOR_CHANGED' : 'COLOR_OK'
  const name = paint(host, colour) + ' '.repeat(Math.max(0, 26 - host.length))
  const counts = COLUMNS.filter(([, count]) => skipped || count !== 'skipped').map(([label, count, colour]) => {
    const text = `${label}=${String(stats[count]).padEnd(4)}`
    return stats[count] === 0 ? text : paint(text, colour)
  })
  return `${indent}${name} : ${counts.join(' ')}`
}
