/** Sizes with units, as the option types `bytes` and `bits` read them: '1.5 MB', '10G', '1Mb'. */

const powers: { readonly [unit: string]: number } = { Y: 80, Z: 70, E: 60, P: 50, T: 40, G: 30, M: 20, K: 10, B: 0 }

/** Number of bytes (or bits, where 'b' is meant); throws for anything that is not a size. */
export function parseBytes(text: string, bits: boolean): number {
  const found = /^\s*(\d*\.?\d*)\s*([A-Za-z]+)?/.exec(text)
  if (!found?.[1]) throw new Error(`human_to_bytes() can't interpret following string: ${text}`)
  const number = Number(found[1])
  const unit = found[2]
  if (!unit) return Math.round(number)
  const power = powers[unit[0]!.toUpperCase()]
  if (power === undefined) {
    throw new Error(
      `human_to_bytes() failed to convert ${text} (unit = ${unit}). The suffix must be one of ${Object.keys(powers).join(', ')}`,
    )
  }
  if (unit.length > 1) {
    const expected = bits ? 'b' : 'B'
    const word = bits ? 'bit' : 'byte'
    if (unit[1] !== expected && !unit.toLowerCase().endsWith(word)) {
      throw new Error(
        `human_to_bytes() failed to convert ${text}. Value is not a valid string (${unit[0]}${expected} expected)`,
      )
    }
  }
  return Math.round(number * 2 ** power)
}
