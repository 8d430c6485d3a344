import { defineModule } from '../engine/module/define.js'
import type { Json } from '../engine/python/values.js'
import { raw, sh } from '../engine/remote/quote.js'
import type { Query } from '../engine/remote/remote.js'
import { checked } from './commands/checked.js'
import { missingProgram } from './commands/missing-program.js'

export default defineModule({
  name: 'community.general.alternatives',
  summary: 'Choose among programs of one name',
  check: 'full',
  args: {
    name: { type: 'str', required: true, summary: 'generic name' },
    path: { type: 'path', summary: 'program that it should mean' },
    family: { type: 'str', summary: 'group of similar programs (Red Hat): chosen without a path, recorded with one' },
    link: { type: 'path', summary: 'link that stands for it' },
    priority: { type: 'int', summary: 'weight in automatic mode' },
    state: {
      type: 'str',
      choices: ['present', 'selected', 'absent', 'auto'],
      default: 'selected',
      summary: 'present: only known; selected: chosen; auto: chosen by priority',
    },
    subcommands: {
      type: 'list',
      elements: 'dict',
      aliases: ['slaves'],
      options: {
        name: { type: 'str', required: true, summary: 'generic name' },
        path: { type: 'path', required: true, summary: 'what it should mean' },
        link: { type: 'path', required: true, summary: 'link that stands for it' },
      },
      summary: 'links that go with it',
    },
  },
  rules: { oneOf: [['path', 'family']] },
  order: ['changed', 'diff', 'msg'],
  examples: `
- community.general.alternatives:
    name: java
    path: /usr/lib/jvm/java-7-openjdk-amd64/jre/bin/java
`,

  async run(context) {
    const { args, remote, fail } = context
    const { name, path, family, state } = args
    const [group, program] = await Promise.all([
      remote.query(alternatives(name)),
      path === undefined ? undefined : remote.file(path, { want: 'stat' }),
    ])
    if (group.tool === '') await missingProgram({ remote, fail }, 'update-alternatives')
    if (path === undefined) {
      const now = group.value === undefined ? undefined : group.choices.get(group.value)?.family
      if (state !== 'selected' || now === family) return { changed: false, msg: '' }
      await checked(context, [group.tool, '--set', name, family!], `choose the family ${family} for ${name}`)
      return {
        msg: `Set alternative '${family}' for '${name}'.`,
        diff: { before: group.choices.size > 0 ? { state: 'absent' } : {}, after: { state: 'selected' } },
      }
    }
    if (state !== 'absent' && !program?.exists) fail(`Specified path ${path} does not exist`)
    const choice = group.choices.get(path)
    const priority = args.priority ?? choice?.priority ?? 50
    const wanted = new Map((args.subcommands ?? []).map(one => [one.name, one.path]))
    const subcommandsDiffer =
      args.subcommands !== undefined &&
      (wanted.size !== (choice?.slaves.size ?? 0) ||
        [...wanted].some(([slave, target]) => choice?.slaves.get(slave) !== target))

    const said: string[] = []
    const after: { [key: string]: Json } = {}
    const result = () => ({ msg: said.join(' '), diff: { before: before(group, path), after } })
    if (state === 'absent') {
      if (!choice) return result()
      await checked(context, [group.tool, '--remove', name, path], `forget ${path} for ${name}`)
      said.push(`Remove alternative '${path}' from '${name}'.`)
      after.state = 'absent'
      return result()
    }
    const install = !choice || (args.priority !== undefined && choice.priority !== priority) || subcommandsDiffer
    if (install) {
      const link = args.link ?? group.link
      if (!link) fail('Needed to install the alternative, but unable to do so as we are missing the link')
      const slaves = (args.subcommands ?? []).flatMap(one => ['--slave', one.link, one.name, one.path])
      await checked(
        context,
        [
          ...[group.tool, '--install', link!, name, path, String(priority)],
          ...(family === undefined ? [] : ['--family', family]),
          ...slaves,
        ],
        `add ${path} for ${name}`,
      )
      said.push(`Install alternative '${path}' for '${name}'.`)
      Object.assign(after, { state: 'present', path, link: link!, priority })
      if (family !== undefined) after.family = family
      if (args.subcommands !== undefined) after.subcommands = args.subcommands as Json
    }
    if (state === 'selected' && group.value !== path) {
      await checked(context, [group.tool, '--set', name, path], `choose ${path} for ${name}`)
      said.push(`Set alternative '${path}' for '${name}'.`)
      after.state = 'selected'
    }
    if (state === 'auto' && group.mode !== 'auto') {
      await checked(context, [group.tool, '--auto', name], `choose ${name} by priority`)
      said.push(`Set alternative to auto for '${name}'.`)
      after.state = 'present'
    }
    return result()
  },
})

/** How the program stands in its group; Ansible says `selected` of those that another one was chosen over. */
function before({ choices, link, mode, slaveLinks, value }: Group, path: string): { [key: string]: Json } {
  const choice = choices.get(path)
  if (!choice) return choices.size > 0 ? { state: 'absent' } : {}
  const subcommands = [...choice.slaves].map(([name, target]) => ({
    name,
    path: target,
    link: slaveLinks.get(name) ?? '',
  }))
  return {
    state: mode === 'auto' || value === path ? 'present' : 'selected',
    path,
    priority: choice.priority,
    link: link ?? null,
    ...(subcommands.length > 0 ? { subcommands } : {}),
  }
}

interface Group {
  readonly tool: string
  readonly mode: string
  readonly link: string | undefined
  readonly value: string | undefined
  readonly slaveLinks: ReadonlyMap<string, string>
  readonly choices: Map<string, { priority: number; family?: string | undefined; slaves: Map<string, string> }>
}

/** What is known of a name: --query of Debian, --display of Red Hat. */
const alternatives = (name: string): Query<Group> => ({
  command: sh`t=$(command -v update-alternatives || command -v alternatives || ls /usr/sbin/update-alternatives 2>/dev/null); echo "tool $t"; [ -z "$t" ] || LC_ALL=C "$t" --query ${name} 2>/dev/null || LC_ALL=C "$t" --display ${name} 2>/dev/null; ${raw(':')}`,
  parse(stdout) {
    const field = (label: string) => new RegExp(`^${label}: (.*)$`, 'm').exec(stdout)?.[1]?.trim()
    const choices: Group['choices'] = new Map()
    for (const block of stdout.split(/^Alternative: /m).slice(1)) {
      const slaves = [...block.matchAll(/^ (\S+) (\S+)$/gm)].map(([, slave, target]) => [slave!, target!] as const)
      choices.set(block.split('\n')[0]!.trim(), {
        priority: Number(/^Priority: (-?\d+)$/m.exec(block)?.[1] ?? 0),
        slaves: new Map(slaves),
      })
    }
    for (const [, path, family, priority, rest] of stdout.matchAll(
      /^(\/\S+) - (?:family (\S+) )?priority (-?\d+)\n((?: (?:slave|follower) .*\n)*)/gm,
    )) {
      const slaves = [...rest!.matchAll(/^ (?:slave|follower) (\S+): (\S+)$/gm)].map(
        ([, slave, target]) => [slave!, target!] as const,
      )
      choices.set(path!, { priority: Number(priority), family, slaves: new Map(slaves) })
    }
    return {
      tool: field('tool') ?? /^tool (.*)$/m.exec(stdout)?.[1]?.trim() ?? '',
      mode: field('Status') ?? /status is (\w+)/.exec(stdout)?.[1] ?? 'auto',
      link: field('Link') ?? /link \w+ is (\S+)/.exec(stdout)?.[1],
      value: field('Value') ?? /link currently points to (\S+)/.exec(stdout)?.[1],
      choices,
      slaveLinks: new Map(
        [...(/^Slaves:\n((?: .*\n)*)/m.exec(stdout)?.[1] ?? '').matchAll(/^ (\S+) (\S+)$/gm)].map(match => [
          match[1]!,
          match[2]!,
        ]),
      ),
    }
  },
})
