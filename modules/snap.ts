import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { quoteAll, sh } from '../engine/remote/quote.js'

const args = {
  name: { type: 'list', elements: 'str', required: true, summary: 'snaps' },
  state: {
    type: 'str',
    choices: ['absent', 'present', 'enabled', 'disabled'],
    default: 'present',
    summary: 'how the snaps should be',
  },
  classic: { type: 'bool', default: false, summary: 'classic confinement' },
  channel: { type: 'str', summary: 'channel to follow; by default stable for what is new' },
  options: { type: 'list', elements: 'str', summary: 'options to set: key=value or snap:key=value' },
  dangerous: { type: 'bool', default: false, summary: 'install files that nobody signed' },
  devmode: { type: 'bool', default: false, summary: 'no confinement, for developers' },
  revision: { type: 'int', summary: 'revision to install and hold' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.snap',
  summary: 'Snaps',
  check: 'full',
  args,
  rules: { exclusive: [['channel', 'revision']] },
  returns: {
    cmd: 'the command',
    channel: 'the channel',
    classic: 'whether confinement is classic',
    revision: 'the revision, where one was asked for',
    options_changed: 'options that were set, as snap:key=value',
    snaps_installed: 'snaps that were installed',
    snaps_removed: 'snaps that were removed',
  },
  examples: `
- name: Install a snap with an option
  community.general.snap:
    name: foo
    options: [par1=A]
`,

  async run({ args, remote, fail }) {
    const wishes = (args.options ?? []).map(option => {
      const [, snap, key, value] = /^(?:([^=:\s]+):)?([^=:\s]+)=(.*)$/s.exec(option) ?? []
      if (key === undefined) return fail(`Cannot set option '${option}'. Format should be key=value or snap:key=value`)
      if (snap !== undefined && !args.name.includes(snap))
        fail(`Snap option '${option}' refers to a snap that is not in name: ${args.name.join(', ')}`)
      return { snap, key, value: value ?? '' }
    })
    // A file is known under the name that stands before its first underscore.
    const known = (name: string) =>
      /\.snap$/.test(name) ? name.replace(/^.*\//, '').replace(/_.*$|\.snap$/, '') : name
    const seen = await remote.query({
      command: sh`command -v snap >/dev/null || exit 127; export LC_ALL=C
snap list --all 2>/dev/null | sed 's/^/list /'
for name in ${wishes.length > 0 ? args.name.map(known) : []}; do printf 'options %s ' "$name"; snap get -d "$name" 2>/dev/null | tr -d '\n'; echo; done
true`,
      needs: 'snap',
      parse: stdout => {
        const snaps = new Map<string, Held>()
        const options = new Map<string, unknown>()
        for (const line of stdout.split('\n')) {
          const [kind, name = '', ...rest] = line.split(/\s+/)
          if (kind === 'options') options.set(name, JSON.parse(line.slice(line.indexOf(name, 8) + name.length) || '{}'))
          if (kind !== 'list' || name === 'Name') continue
          const enabled = !/\bdisabled\b/.test(rest.at(-1) ?? '')
          // Older revisions of a snap are listed as disabled.
          if (enabled || !snaps.has(name))
            snaps.set(name, {
              channel: rest[2] ?? '',
              enabled,
              revision: rest[1] ?? '',
              held: /\bheld\b/.test(rest.at(-1) ?? ''),
            })
        }
        return { snaps, options }
      },
    })

    const commands: string[] = []
    const snap = async (words: readonly string[], names: readonly string[]) => {
      const argv = ['snap', ...words]
      commands.push(quoteAll(argv))
      const { rc, stdout, stderr } = await remote.exec({ argv, environment: { LC_ALL: 'C' }, why: argv.join(' ') })
      if (rc === 0) return
      const said = { cmd: commands.join('; '), rc, stdout, stderr }
      const classic = /published using classic confinement/.test(stderr)
      fail(
        classic
          ? `Couldn't install ${names.join(' ')} because it requires classic confinement`
          : `Ooops! Snap operation failed while executing '${quoteAll(argv)}', please examine logs and error output for more details.`,
        said,
      )
    }
    const result = () => ({
      ...(commands.length > 0 ? { cmd: commands.join('; ') } : {}),
      classic: args.classic,
      channel: args.channel ?? 'stable',
      ...(args.revision === undefined ? {} : { revision: args.revision }),
    })
    const there = (name: string) => seen.snaps.get(known(name))

    if (args.state !== 'present') {
      const concerned = args.name.filter(name => {
        const now = there(name)
        if (args.state === 'absent') return now !== undefined
        if (!now) fail(`No snaps exist or some are not installed: ${name}`)
        return now?.enabled !== (args.state === 'enabled')
      })
      const verb = { absent: 'remove', enabled: 'enable', disabled: 'disable' }[args.state]
      if (args.state === 'absent' && concerned.length > 0) await snap([verb, ...concerned.map(known)], concerned)
      if (args.state !== 'absent') for (const name of concerned) await snap([verb, known(name)], [name])
      return { ...result(), ...(args.state === 'absent' ? { snaps_removed: concerned } : {}) }
    }

    const flags = [
      ...(args.classic ? ['--classic'] : []),
      ...(args.channel === undefined ? [] : ['--channel', args.channel]),
      ...(args.revision === undefined ? [] : ['--revision', String(args.revision)]),
    ]
    const files = [...(args.dangerous ? ['--dangerous'] : []), ...(args.devmode ? ['--devmode'] : [])]
    const missing = args.name.filter(name => !there(name))
    const elsewhere = args.name.filter(name => {
      const now = there(name)
      if (now === undefined) return false
      return args.revision === undefined
        ? args.channel !== undefined && tracked(now.channel) !== tracked(args.channel)
        : now.revision !== String(args.revision)
    })
    // Flags go with one snap at a time.
    const groups = flags.length + files.length > 0 ? missing.map(name => [name]) : missing.length > 0 ? [missing] : []
    for (const names of groups) await snap(['install', ...flags, ...files, ...names], names)
    for (const name of elsewhere)
      await snap(['refresh', ...flags, ...(args.devmode ? ['--devmode'] : []), known(name)], [name])
    const free =
      args.revision === undefined ? [] : args.name.filter(name => !there(name)?.held || elsewhere.includes(name))
    for (const name of free) await snap(['refresh', '--hold', known(name)], [name])

    const options_changed: string[] = []
    for (const name of args.name.map(known)) {
      const changes = wishes
        .filter(wish => (wish.snap ?? name) === name && shown(at(seen.options.get(name), wish.key)) !== wish.value)
        .map(wish => `${wish.key}=${wish.value}`)
      if (changes.length === 0) continue
      await snap(['set', name, ...changes], [name])
      options_changed.push(...changes.map(change => `${name}:${change}`))
    }
    return {
      ...result(),
      ...(missing.length > 0 ? { snaps_installed: missing } : {}),
      ...(options_changed.length > 0 ? { options_changed } : {}),
    }
  },
})

interface Held {
  readonly channel: string
  readonly enabled: boolean
  readonly revision: string
  /** Not refreshed by itself. */
  readonly held: boolean
}

/** `stable` means latest/stable, `2.0` means 2.0/stable; the listing shortens long names with an ellipsis. */
function tracked(channel: string): string {
  const risks = ['stable', 'candidate', 'beta', 'edge']
  const [first = '', second] = channel.split('/')
  if (risks.includes(first)) return `latest/${channel}`
  return second === undefined ? `${first}/stable` : channel
}

/** Dots in a key lead into nested options. */
const at = (options: unknown, key: string): unknown =>
  key
    .split('.')
    .reduce<unknown>(
      (level, part) =>
        typeof level === 'object' && level !== null ? (level as { [key: string]: unknown })[part] : undefined,
      options,
    )

const shown = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value)
