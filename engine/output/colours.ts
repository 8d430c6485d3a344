/** Ansible's colour names → terminal sequences, the very ones that Ansible writes. */

const CODES: Readonly<Record<string, string>> = {
  black: '0;30',
  'bright gray': '0;37',
  blue: '0;34',
  white: '1;37',
  green: '0;32',
  'bright blue': '1;34',
  cyan: '0;36',
  'bright green': '1;32',
  red: '0;31',
  'bright cyan': '1;36',
  purple: '0;35',
  'bright red': '1;31',
  yellow: '0;33',
  'bright purple': '1;35',
  'dark gray': '1;30',
  'bright yellow': '1;33',
  magenta: '0;35',
  'bright magenta': '1;35',
  normal: '0',
}

function code(name: string): string {
  const known = CODES[name]
  if (known !== undefined) return known
  const rgb = /^rgb(\d)(\d)(\d)$/.exec(name)
  if (rgb) return `38;5;${16 + 36 * Number(rgb[1]) + 6 * Number(rgb[2]) + Number(rgb[3])}`
  const gray = /^gray(\d+)$/.exec(name)
  if (gray) return `38;5;${232 + Number(gray[1])}`
  return `38;5;${name.replace('color', '')}`
}

/** The text in a colour; each line is coloured by itself, so that pagers and logs keep it. */
export function coloured(text: string, name: string): string {
  const start = `\x1b[${code(name)}m`
  return text
    .split('\n')
    .map(line => `${start}${line}\x1b[0m`)
    .join('\n')
}
