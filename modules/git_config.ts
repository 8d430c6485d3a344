import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

export default defineModule({
  name: 'community.general.git_config',
  summary: 'Read and write the configuration of git',
  check: 'full',
  args: {
    name: { type: 'str', summary: 'setting, with dots' },
    value: { type: 'str', summary: 'what it should be; without it, it is only read' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be set' },
    scope: { type: 'str', choices: ['file', 'local', 'global', 'system'], summary: 'which configuration' },
    repo: { type: 'path', summary: 'repository of the local configuration' },
    file: { type: 'path', summary: 'file of the scope file' },
    list_all: { type: 'bool', default: false, summary: 'return all settings' },
    add_mode: {
      type: 'str',
      choices: ['add', 'replace-all'],
      default: 'replace-all',
      summary: 'keep other values or not',
    },
  },
  rules: {
    exclusive: [
      ['list_all', 'name'],
      ['list_all', 'value'],
      ['list_all', 'state'],
    ],
    oneOf: [['list_all', 'name']],
    requiredIf: [
      ['scope', 'local', 'repo'],
      ['scope', 'file', 'file'],
    ],
  },
  returns: { config_value: 'value of the setting', config_values: 'all settings' },
  examples: `
- community.general.git_config:
    name: core.editor
    scope: global
    value: vim
`,

  async run(context) {
    const { args, remote, fail } = context
    const { name, state } = args
    // An empty value asks, as none does.
    const value = args.value || undefined
    const scope = args.scope ?? (args.list_all ? undefined : 'system')
    const where = scope === 'file' ? ['-f', args.file!] : scope ? [`--${scope}`] : []
    const git = ['git', ...(scope === 'local' ? ['-C', args.repo!] : []), 'config', '--includes', ...where]
    const [{ rc, stdout, stderr }, program] = await Promise.all([
      remote.query({
        command: sh`cd / && ${git} ${args.list_all ? ['-l'] : name ? ['--get-all', name] : []}`,
        parse: (stdout, rc, stderr) => ({ stdout, rc, stderr }),
        needs: 'git',
      }),
      remote.query({ command: sh`command -v git`, parse: stdout => stdout.trim() }),
    ])
    if (args.list_all) {
      // A configuration that does not exist yet holds nothing.
      if (rc === 128 && /unable to read config file/.test(stderr)) return { changed: false, msg: '', config_values: {} }
      if (rc !== 0) fail(stderr.trim(), { rc })
      const pairs = stdout
        .trimEnd()
        .split('\n')
        .filter(Boolean)
        .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
      return { changed: false, msg: '', config_values: Object.fromEntries(pairs) }
    }
    if (rc >= 2 && !/unable to read config file/.test(stderr)) fail(stderr.trim(), { rc, cmd: git.join(' ') })
    const old = stdout
      .replace(/\n$/, '')
      .split('\n')
      .filter((line, _, all) => line !== '' || all.length > 1)
    if (state === 'present' && value === undefined) return { changed: false, msg: '', config_value: old[0] ?? '' }
    if (state === 'absent' && old.length === 0) return { changed: false, msg: 'no setting to unset' }
    const settled = args.add_mode === 'add' ? old.includes(value!) : old.length === 1 && old[0] === value
    if (state === 'present' && settled) return { changed: false, msg: '' }

    const unset = state === 'absent' ? ['--unset'] : []
    const header = [program, 'config', '--includes', ...where, ...unset, name].join(' ')
    const diff = {
      before_header: header,
      before: `${old.join('\n')}\n`,
      after_header: header,
      after: `${value ?? ''}\n`,
    }
    const words = state === 'absent' ? ['--unset-all', name!] : [`--${args.add_mode}`, name!, value!]
    await checked(context, [...git.filter(word => word !== '--includes'), ...words], `set ${name}`)
    return { msg: 'setting changed', diff }
  },
})
