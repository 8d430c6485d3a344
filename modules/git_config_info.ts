import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'

const args = {
  name: { type: 'str', summary: 'the setting; all when left out' },
  scope: {
    type: 'str',
    choices: ['global', 'system', 'local', 'file'],
    default: 'system',
    summary: 'whose settings',
  },
  path: { type: 'path', summary: 'the repository (scope local) or the file (scope file)' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.git_config_info',
  summary: 'Settings of git',
  check: 'full',
  order: ['changed', 'msg', 'config_value', 'config_values'],
  args,
  rules: {
    requiredIf: [
      ['scope', 'local', 'path'],
      ['scope', 'file', 'path'],
    ],
  },
  returns: {
    config_value: 'value of the setting that was asked for, the first of several',
    config_values: 'all values of each setting',
  },
  examples: `
- name: Which editor do people get?
  community.general.git_config_info:
    name: core.editor
  register: editor

- name: All settings of a repository
  community.general.git_config_info:
    scope: local
    path: /srv/repository
`,

  async run({ args, remote, fail }) {
    const { name, scope, path = '' } = args
    const where = scope === 'file' ? ['-f', path] : [`--${scope}`]
    const git = ['git', 'config', '--includes', '--null', ...where, ...(name ? ['--get-all', name] : ['--list'])]
    // Values may hold any character but NUL, which a query cannot bring.
    const { rc, entries, error } = await remote.query({
      command: sh`command -v git >/dev/null || exit 127; cd ${scope === 'local' ? path : '/'} 2>/dev/null; { ${git}; echo "$?" >&2; } | od -An -v -tx1`,
      parse: (stdout, rc, stderr) => {
        const lines = stderr.trimEnd().split('\n')
        const code = rc === 0 ? Number(lines.pop()) : rc
        const text = Buffer.from(stdout.replace(/\s+/g, ''), 'hex').toString()
        return { rc: code, entries: text.split('\0').slice(0, -1), error: lines.join('\n').trim() }
      },
      needs: 'git',
    })
    // A setting that is not there is an answer; so is a file of settings that is not there.
    if (rc !== 0 && rc !== 1 && !/unable to read config file/.test(error)) fail(error, { rc, cmd: git.join(' ') })
    const values: { [name: string]: string[] } = {}
    if (name) values[name] = entries
    else
      for (const entry of entries) {
        const at = entry.indexOf('\n')
        const key = at === -1 ? entry : entry.slice(0, at)
        values[key] ??= []
        values[key].push(at === -1 ? '' : entry.slice(at + 1))
      }
    return { changed: false, msg: '', config_value: name ? (entries[0] ?? '') : '', config_values: values }
  },
})
