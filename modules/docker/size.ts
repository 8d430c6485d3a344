/** Sizes as the docker client prints them (1.2GB, 212 B): bytes. */
export function printedSize(text: string): number {
  const [, number = '0', unit = ''] = /([\d.]+)\s*([kKMGTP]?i?)B?/.exec(text) ?? []
  const step = unit.endsWith('i') ? 1024 : 1000
  return Math.round(Number(number) * step ** Math.max(0, ' KMGTP'.indexOf(unit.charAt(0).toUpperCase() || ' ')))
}
