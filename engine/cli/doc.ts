/** `understudy doc`: ansible-doc, from the declarations that also do the work. */
import { Diagnostic, didYouMean } from '../diagnostics.js'
import { jsonText } from '../output/json-text.js'
import { compareStrings } from '../python/compare.js'
import { wrapText } from '../python/textwrap.js'
import { fromJson } from '../python/values.js'
import { dumpYaml } from '../python/yaml-dump.js'
import { runCommand } from './command.js'
import { catalogues, type Entry, type OptionEntry } from './doc-sources.js'
import { UsageError } from './flags.js'
import type { Io } from './io.js'
import type { Options } from './options.js'

const options = {
  type: {
    names: ['-t', '--type'],
    kind: 'value',
    metavar: 'TYPE',
    heading: 'What to run',
    summary: `${Object.keys(catalogues).join(', ')} (default module)`,
    choices: Object.keys(catalogues),
  },
  list: {
    names: ['-l', '--list'],
    kind: 'switch',
    heading: 'What to run',
    summary: 'list them, each with its summary',
  },
  files: {
    names: ['-F', '--list_files'],
    kind: 'switch',
    heading: 'What to run',
    summary: 'list them with their files',
  },
  snippet: { names: ['-s', '--snippet'], kind: 'switch', heading: 'Output', summary: 'a task to paste and fill in' },
  json: { names: ['-j', '--json'], kind: 'switch', heading: 'Output', summary: 'as JSON' },
  modulePath: {
    names: ['-M', '--module-path'],
    kind: 'list',
    metavar: 'PATH',
    heading: 'Where',
    summary: 'accepted and without effect: modules are built in',
  },
  playbookDir: {
    names: ['--playbook-dir'],
    kind: 'value',
    metavar: 'FOLDER',
    heading: 'Where',
    summary: 'accepted and without effect',
  },
  verbose: { names: ['-v', '--verbose'], kind: 'count', heading: 'Output', summary: 'say more' },
  help: { names: ['-h', '--help'], kind: 'switch', heading: 'Output', summary: 'show this help' },
} as const satisfies Options

export async function doc(argv: string[], io: Io, program: string): Promise<number> {
  const text = {
    usage: `${program} [flags] [NAME …]`,
    sentence: 'Explains modules, filters, lookups, tests, keywords and the other things that playbooks name.',
    options,
    examples: [
      [`${program} copy`, 'what the module copy does and takes'],
      [`${program} -t filter regex_replace`, 'the same for a filter'],
      [`${program} -l`, 'all modules that run here'],
    ] as const,
  }
  return runCommand(argv, io, program, text, async flags => {
    const type = flags.value('type') ?? 'module'
    const entries = await catalogues[type]!()
    const print = (text: string) => io.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
    if (flags.has('list') || flags.has('files')) {
      const prefixes = flags.words
      const chosen = [...entries.keys()]
        .filter(
          name => prefixes.length === 0 || prefixes.some(prefix => name === prefix || name.startsWith(`${prefix}.`)),
        )
        .sort(compareStrings)
      const found = await Promise.all(chosen.map(async name => [name, await entries.get(name)!()] as const))
      if (flags.has('json'))
        print(
          jsonText(fromJson(Object.fromEntries(found.map(([name, entry]) => [name, entry.summary]))), { indent: 4 }),
        )
      else print(listText(found, flags.has('files')))
      return 0
    }
    if (flags.words.length === 0)
      throw new Diagnostic('Incorrect options passed', {
        code: 'options',
        hint: `Name a ${type}, or list all of them with -l.`,
      })
    const found: [string, Entry][] = []
    for (const word of flags.words) {
      const name = nameOf(word, entries) ?? (type === 'module' ? await renamedModule(word, entries) : undefined)
      if (name === undefined) io.stderr.write(notFound(word, type, entries))
      else found.push([name, await entries.get(name)!()])
    }
    if (flags.has('json')) {
      print(
        jsonText(fromJson(Object.fromEntries(found.map(([name, entry]) => [name, json(name, entry)]))), { indent: 4 }),
      )
    } else if (flags.has('snippet')) {
      if (type !== 'module') throw new UsageError(`snippets are only there for modules, not for type ${type}`)
      print(found.map(([name, entry]) => snippet(name, entry)).join('\n'))
    } else if (type === 'keyword') {
      print(found.map(([name, entry]) => dumpYaml(fromJson({ [name]: entry.facts ?? {} }), { flow: false })).join('\n'))
    } else if (found.length > 0) print(found.map(([name, entry]) => page(name, entry)).join('\n'))
    return found.length < flags.words.length ? 1 : 0
  })
}

/** `copy`, `ansible.builtin.copy` and `ansible.legacy.copy` are the same. */
function nameOf(word: string, entries: ReadonlyMap<string, unknown>): string | undefined {
  const written = word.replace(/^ansible\.legacy\./, 'ansible.builtin.')
  const candidates = [written, `ansible.builtin.${written}`, written.replace(/^ansible\.builtin\./, '')]
  return (
    candidates.find(name => entries.has(name)) ??
    (written.includes('.') ? undefined : [...entries.keys()].find(name => name.endsWith(`.${written}`)))
  )
}

/** A module under a name that playbooks may call it by: its former one, or one of another collection. */
async function renamedModule(word: string, entries: ReadonlyMap<string, unknown>): Promise<string | undefined> {
  const { resolveModule } = await import('../module/registry.js')
  const { fqcn } = resolveModule(word)
  return entries.has(fqcn) ? fqcn : undefined
}

function notFound(word: string, type: string, entries: ReadonlyMap<string, unknown>): string {
  const short = [...entries.keys()].map(name => name.slice(name.lastIndexOf('.') + 1))
  const near = didYouMean(word.slice(word.lastIndexOf('.') + 1), short)
  return `[WARNING]: ${type} ${word} was not found${near === undefined ? '' : `; did you mean ${near}?`}\n`
}

function listText(found: readonly (readonly [string, Entry])[], files: boolean): string {
  const width = Math.max(0, ...found.map(([name]) => name.length))
  return found
    .map(([name, entry]) => `${name.padEnd(width)}  ${files ? entry.file : entry.summary}`.trimEnd())
    .join('\n')
}

const indented = (text: string, indent: number): string =>
  text
    .split('\n')
    .flatMap(line => (line.trim() === '' ? [''] : wrapText(line, 78 - indent)))
    .map(line => (line === '' ? '' : ' '.repeat(indent) + line))
    .join('\n')

const sentence = (text: string): string =>
  `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`

function page(name: string, entry: Entry): string {
  const parts = [`> ${name.toUpperCase()}    (${entry.file})`, indented(sentence(entry.summary), 8)]
  for (const note of entry.notes ?? []) parts.push(indented(note, 8))
  for (const [key, value] of Object.entries(entry.facts ?? {})) parts.push(`${key.toUpperCase()}: ${value}`)
  if (entry.options && entry.options.length > 0)
    parts.push(`OPTIONS (= is mandatory):\n\n${entry.options.map(option => optionText(option, 0)).join('\n\n')}`)
  if (entry.rules && entry.rules.length > 0)
    parts.push(`RULES:\n\n${entry.rules.map(rule => `      * ${rule}`).join('\n')}`)
  if (entry.examples) parts.push(`EXAMPLES:\n\n${entry.examples.trimEnd()}`)
  if (entry.returns && Object.keys(entry.returns).length > 0)
    parts.push(
      `RETURN VALUES:\n${Object.entries(entry.returns)
        .map(([key, text]) => `- ${key}\n${indented(sentence(text), 8)}`)
        .join('\n')}`,
    )
  return `${parts.join('\n\n')}\n`
}

function optionText(option: OptionEntry, depth: number): string {
  const pad = ' '.repeat(depth * 8)
  const lines = [
    `${pad}${option.required ? '=' : '-'} ${option.name}`,
    indented(sentence(option.summary), 8 + depth * 8),
  ]
  const fact = (key: string, value: string) => lines.push(`${pad}        ${key}: ${value}`)
  if (option.unsupported !== undefined) fact('not supported here', option.unsupported)
  if (option.aliases?.length) fact('aliases', `[${option.aliases.join(', ')}]`)
  if (option.choices?.length) fact('choices', `[${option.choices.join(', ')}]`)
  if (option.default !== undefined && option.default !== null)
    fact('default', jsonText(fromJson(option.default), {}).replace(/^"(.*)"$/, '$1'))
  if (option.elements !== undefined) fact('elements', option.elements)
  fact('type', option.type)
  if (option.options?.length)
    lines.push('', `${pad}        SUBOPTIONS:`, '', option.options.map(one => optionText(one, depth + 1)).join('\n\n'))
  return lines.join('\n')
}

function snippet(name: string, entry: Entry): string {
  const lines = [`- name: ${sentence(entry.summary).replace(/\.$/, '')}`, `  ${name}:`]
  for (const option of entry.options ?? []) {
    const comment = wrapText(`${option.required ? '(required) ' : ''}${sentence(option.summary)}`, 52)
    for (const [index, text] of comment.entries())
      lines.push(index === 0 ? `      ${`${option.name}:`.padEnd(22)} # ${text}` : `${' '.repeat(28)} # ${text}`)
  }
  return `${lines.join('\n')}\n`
}

function json(name: string, entry: Entry): unknown {
  const optionsOf = (all: readonly OptionEntry[] | undefined): unknown =>
    Object.fromEntries(
      (all ?? []).map(({ name, summary, options, ...rest }) => [
        name,
        { description: [sentence(summary)], ...rest, ...(options ? { suboptions: optionsOf(options) } : {}) },
      ]),
    )
  const short = name.slice(name.lastIndexOf('.') + 1)
  return {
    doc: {
      ...(entry.facts ?? {}),
      collection: name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '',
      description: [sentence(entry.summary), ...(entry.notes ?? [])],
      filename: entry.file,
      name: short,
      options: optionsOf(entry.options),
      plugin_type: entry.type,
      short_description: entry.summary,
    },
    examples: entry.examples ?? null,
    return: Object.fromEntries(
      Object.entries(entry.returns ?? {}).map(([key, text]) => [key, { description: [text] }]),
    ),
  }
}
