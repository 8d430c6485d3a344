import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

export default defineModule({
  name: 'community.general.locale_gen',
  summary: 'Make locales',
  check: 'full',
  args: {
    name: { type: 'raw', required: true, summary: 'the locale, such as de_CH.UTF-8; or a list of them' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
  },
  examples: `
- community.general.locale_gen:
    name: de_CH.UTF-8
    state: present
`,

  async run(context) {
    const { args, remote, fail } = context
    const names = (Array.isArray(args.name) ? args.name : [args.name]).map(String)
    const [table, supported, made] = await Promise.all([
      remote.file('/etc/locale.gen', { want: 'text' }),
      remote.query({
        command: sh`cat /usr/share/i18n/SUPPORTED 2>/dev/null; ls /var/lib/locales/supported.d >/dev/null 2>&1 && echo //ubuntu; :`,
        parse: text => text,
      }),
      remote.query({ command: sh`locale -a 2>/dev/null`, parse: text => new Set(text.split('\n').map(normal)) }),
    ])
    const ubuntu = !table.exists && supported.includes('//ubuntu')
    if (!table.exists && !ubuntu)
      fail('/etc/locale.gen and /var/lib/locales/supported.d/local are missing. Is the package "locales" installed?')
    const known = (name: string) =>
      table.lines.some(line => lineOf(line)?.name === name) ||
      supported.split('\n').some(line => line.split(' ')[0] === name)
    // Some systems list no locale that they always have, such as C.UTF-8.
    const unknown = names.filter(name => !known(name) && !made.has(normal(name)))
    if (unknown.length === 1) fail("The locale you've entered is not available on your system.")
    if (unknown.length > 1) fail(`The locales you've entered are not available on your system: ${unknown.join(', ')}`)

    const present = args.state === 'present'
    const wrong = names.filter(name => made.has(normal(name)) !== present)
    if (wrong.length === 0) return remote.checkMode ? {} : { name: args.name as string, msg: 'OK' }
    if (ubuntu) {
      await checked(
        context,
        present
          ? ['locale-gen', ...wrong]
          : ['sh', '-c', 'rm -f "/var/lib/locales/supported.d/$1"; locale-gen --purge', 'sh', wrong[0]!],
        'make locales',
      )
      return remote.checkMode ? {} : { name: args.name as string, msg: 'OK' }
    }
    let lines = table.lines.map(line => {
      const entry = lineOf(line)
      if (!entry || !wrong.includes(entry.name)) return line
      return present ? `${entry.name} ${entry.charset}` : `# ${entry.name} ${entry.charset}`
    })
    const listed = new Set(lines.map(line => lineOf(line)?.name))
    for (const name of present ? wrong.filter(name => !listed.has(name)) : [])
      lines = [...lines, supported.split('\n').find(line => line.split(' ')[0] === name)!]
    await table.put({ lines })
    await checked(context, ['locale-gen'], 'make locales')
    return remote.checkMode ? {} : { name: args.name as string, msg: 'OK' }
  },
})

/** `# de_CH.UTF-8 UTF-8` or the same without the mark; a language may do without a country: `eo UTF-8`. */
function lineOf(line: string): { name: string; charset: string } | undefined {
  const found = /^\s*#?\s*(\S{2,}) (\S+)\s*$/.exec(line)
  return found ? { name: found[1]!, charset: found[2]! } : undefined
}

/** locale -a writes utf8 where everybody writes UTF-8. */
const normal = (name: string) =>
  name.replace(
    /\.(.*?)(@|$)/,
    (_, charset: string, end: string) => `.${charset.toLowerCase().replaceAll('-', '')}${end}`,
  )
