/** Reads ansible.cfg: the dialect of Python's configparser with `;` comments at the end of a line. */
import { Diagnostic } from '../diagnostics.js'

export interface IniEntry {
  readonly section: string
  readonly key: string
  readonly value: string
  readonly line: number
}

/** The entries of an ini file, in order; values of [DEFAULT] come back under every section that lacks them. */
export function parseIni(text: string, file: string): IniEntry[] {
  const entries = new Map<string, IniEntry>()
  const sections = new Set<string>()
  let section: string | undefined
  let open: { id: string; indent: number; lines: string[] } | undefined
  const fail = (message: string, line: number, hint: string) =>
    new Diagnostic(`Error reading config file (${file}): ${message}`, {
      code: 'config-syntax',
      at: { file, line, column: 1 },
      hint,
    })
  const close = () => {
    if (!open) return
    const entry = entries.get(open.id)!
    while (open.lines.at(-1) === '') open.lines.pop()
    entries.set(open.id, { ...entry, value: open.lines.join('\n') })
    open = undefined
  }

  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = index + 1
    if (/^\s*[#;]/.test(raw)) continue
    const content = raw.replace(/\s;.*$/, '').trim()
    if (content === '') {
      open?.lines.push('')
      continue
    }
    const indent = raw.length - raw.trimStart().length
    if (open && indent > open.indent) {
      open.lines.push(content)
      continue
    }
    close()
    const header = /^\[(.+)\]/.exec(content)
    if (header) {
      section = header[1]!
      if (section !== 'DEFAULT' && sections.has(section))
        throw fail(`section '${section}' already exists`, line, `merge the two [${section}] sections`)
      sections.add(section)
      continue
    }
    if (section === undefined)
      throw fail('File contains no section headers.', line, 'begin the file with a section, such as [defaults]')
    const pair = /^(.*?)\s*[=:]\s*(.*)$/.exec(content)
    if (!pair || pair[1] === '')
      throw fail(`Source contains parsing errors: '${content}'`, line, 'a setting is written as key = value')
    const key = pair[1]!.toLowerCase()
    const id = `${section}.${key}`
    if (entries.has(id))
      throw fail(`option '${key}' in section '${section}' already exists`, line, 'keep one of the two lines')
    entries.set(id, { section, key, value: pair[2]!, line })
    open = { id, indent, lines: [pair[2]!] }
  }
  close()

  const all = [...entries.values()]
  for (const shared of all.filter(entry => entry.section === 'DEFAULT'))
    for (const name of sections)
      if (name !== 'DEFAULT' && !entries.has(`${name}.${shared.key}`)) all.push({ ...shared, section: name })
  return all
}
