import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { describe, pathInfo } from '../engine/remote/path-info.js'
import { download } from './http/download.js'
import { httpTool } from './http/request.js'

const args = {
  name: { type: 'str', required: true, summary: 'name of the repository and of its file' },
  state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
  mode: { type: 'raw', default: '0644', summary: 'permissions of the file' },
  types: { type: 'list', elements: 'str', choices: ['deb', 'deb-src'], default: ['deb'], summary: 'kinds of packages' },
  uris: { type: 'list', elements: 'str', summary: 'addresses' },
  suites: { type: 'list', elements: 'str', summary: 'releases' },
  components: { type: 'list', elements: 'str', summary: 'parts of the repository' },
  architectures: { type: 'list', elements: 'str', summary: 'architectures' },
  signed_by: { type: 'str', summary: 'key: its URL, file, fingerprint or text' },
  enabled: { type: 'bool', summary: 'whether apt uses it' },
  trusted: { type: 'bool', summary: 'accept it unsigned' },
  check_valid_until: { type: 'bool', summary: 'check the age of its lists' },
  check_date: { type: 'bool', summary: 'refuse lists from the future' },
  date_max_future: { type: 'int', summary: 'seconds that a list may be from the future' },
  allow_insecure: { type: 'bool', summary: 'accept unsigned lists' },
  allow_weak: { type: 'bool', summary: 'accept weak signatures' },
  allow_downgrade_to_insecure: { type: 'bool', summary: 'accept that signatures vanish' },
  by_hash: { type: 'bool', summary: 'fetch lists by their checksum' },
  pdiffs: { type: 'bool', summary: 'fetch differences of lists' },
  inrelease_path: { type: 'str', summary: 'path of the InRelease file' },
  languages: { type: 'list', elements: 'str', summary: 'languages of descriptions' },
  targets: { type: 'list', elements: 'str', summary: 'lists to fetch' },
  exclude: { type: 'list', elements: 'str', summary: 'packages to ignore' },
  include: { type: 'list', elements: 'str', summary: 'the only packages to use' },
  install_python_debian: { type: 'bool', default: false, summary: 'no use here: nothing depends on python3-debian' },
} as const satisfies ArgSpecs

/** Options in the words of the file. */
const fields: { readonly [option: string]: string } = {
  name: 'X-Repolib-Name',
  uris: 'URIs',
  inrelease_path: 'InRelease-Path',
}
const fieldName = (option: string) =>
  fields[option] ??
  option
    .split('_')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('-')

export default defineModule({
  name: 'ansible.builtin.deb822_repository',
  summary: 'An apt repository in the format of deb822',
  check: 'full',
  args,
  rules: {},
  returns: { repo: 'content of the file', dest: 'path of the file', key_filename: 'path of the key' },
  examples: `
- name: Add a repository with its key
  ansible.builtin.deb822_repository:
    name: example
    uris: https://download.example.com/linux/ubuntu
    suites: "{{ ansible_distribution_release }}"
    components: stable
    signed_by: https://download.example.com/linux/ubuntu/gpg
`,

  async run({ args, remote, fail }) {
    const slug = args.name
      .toLowerCase()
      .replace(/[_\s]+/g, '-')
      .replace(/[^a-z0-9-]+/g, '')
    const dest = `/etc/apt/sources.list.d/${slug}.sources`
    const [file, binary, armoured] = await Promise.all([
      remote.file(dest),
      remote.file(`/etc/apt/keyrings/${slug}.gpg`, { want: 'stat' }),
      remote.file(`/etc/apt/keyrings/${slug}.asc`, { want: 'stat' }),
    ])
    if (args.state === 'absent') {
      const gone = await Promise.all([file, binary, armoured].map(one => one.remove()))
      const left = remote.checkMode && file.exists ? describe(file) : {}
      return { ...left, changed: gone.some(one => one.changed), repo: null, dest, key_filename: binary.path }
    }

    let key = args.signed_by
    let keyChanged = false
    let key_filename: string | null = null
    if (key?.includes('://')) {
      const there = binary.exists ? binary : armoured.exists ? armoured : undefined
      key_filename = there?.path ?? `/etc/apt/keyrings/${slug}.asc`
      if (!there) {
        keyChanged = true
        const directory = await remote.file('/etc/apt/keyrings', { want: 'stat' })
        if (!directory.exists)
          await remote.exec({
            argv: ['install', '-d', '-m', '0755', '/etc/apt/keyrings'],
            why: 'make the directory of keys',
          })
        if (!remote.checkMode) {
          const bytes = await downloaded(key)
          const made = bytes.includes('-----BEGIN PGP') ? armoured : binary
          await made.put({ bytes, mode: '0644', diff: 'none' })
          key_filename = made.path
        }
      }
      key = key_filename
    }
    const text = content({ ...args, signed_by: key })
    const { changed } = await file.put({ text, replaceLink: true, mode: args.mode as string | number })
    const info = remote.checkMode
      ? file.exists
        ? describe(file)
        : {}
      : changed
        ? await pathInfo(remote, dest)
        : describe(file)
    return { ...info, changed: changed || keyChanged, repo: text, dest, key_filename }

    async function downloaded(url: string): Promise<Buffer> {
      const tool = await remote.query(httpTool)
      const { status, msg, body } = await download({ remote, fail }, tool, { url, validate_certs: true })
      if (status !== 200) fail(`Could not fetch signed_by key: ${msg.replace(/^Request failed: /, '')}`)
      return body
    }
  },
})

function content(values: { readonly [option: string]: unknown }): string {
  const skipped = new Set(['state', 'mode', 'install_python_debian'])
  return Object.keys(values)
    .sort()
    .filter(option => !skipped.has(option) && values[option] !== undefined && values[option] !== null)
    .map(option => {
      const value = values[option]
      const said =
        typeof value === 'boolean' ? (value ? 'yes' : 'no') : Array.isArray(value) ? value.join(' ') : String(value)
      // A key given as text stands on lines of its own, a lone dot for an empty one.
      const lines = said.trim().split('\n')
      const shown = lines.length > 1 ? ['', ...lines.map(line => `    ${line.trim() || '.'}`)].join('\n') : said
      return `${fieldName(option)}:${shown.startsWith('\n') ? '' : ' '}${shown}\n`
    })
    .join('')
}
