/** The table at the end of a run. */
import type { HostStats } from '../executor/events.js'
import { compareStrings } from '../python/compare.js'
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
  for (const host of [...hosts.keys()].sort(compareStrings)) {
    const stats = hosts.get(host)!
    screen.print(
      recapLine(host, stats, (text, colour) => screen.paint(text, colour)),
      { screenOnly: true },
    )
    screen.print(
      recapLine(host, stats, text => text),
      { logOnly: true },
    )
  }
  screen.print('', { screenOnly: true })
}

function recapLine(
  host: string,
  stats: HostStats,
  paint: (text: string, colour: string | undefined) => string,
): string {
  const colour =
    stats.failures > 0 || stats.unreachable > 0 ? 'COLOR_ERROR' : stats.changed > 0 ? 'COLOR_CHANGED' : 'COLOR_OK'
  const name = paint(host, colour) + ' '.repeat(Math.max(0, 26 - host.length))
  const counts = COLUMNS.map(([label, count, colour]) => {
    const text = `${label}=${String(stats[count]).padEnd(4)}`
    return stats[count] === 0 ? text : paint(text, colour)
  })
  return `${name} : ${counts.join(' ')}`
}
