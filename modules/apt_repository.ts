import { defineModule } from '../engine/module/define.js'
import { quote } from '../engine/remote/quote.js'
import type { Query, ShellText } from '../engine/remote/remote.js'
import { aptEnvironment, updateScript } from './packages/apt-get.js'
import { isSource, type SourceFiles, suggestedFile, withoutSource, withSource } from './packages/sources-list.js'
import { listsTime } from './queries/dpkg.js'

const sources: Query<{ files: SourceFiles; codename: string; parts: string }> = {
  command:
    `for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do [ ! -r "$file" ] || { printf '\\036%s\\n' "$file"; cat "$file"; echo; }; done
printf '\\036codename\\n'; . /etc/os-release 2>/dev/null; echo "\${UBUNTU_CODENAME:-$VERSION_CODENAME}"` as ShellText,
  parse: stdout => {
    const files: SourceFiles = new Map()
    let codename = ''
    for (const part of stdout.split('\x1e').slice(1)) {
      const end = part.indexOf('\n')
      const [name, text] = [part.slice(0, end), part.slice(end + 1)]
      if (name === 'codename') codename = text.trim()
      else
        files.set(
          name,
          text
            .replace(/\n$/, '')
            .split('\n')
            .filter((line, index, all) => line !== '' || index < all.length - 1),
        )
    }
    return { files, codename, parts: '/etc/apt/sources.list.d' }
  },
}

export default defineModule({
  name: 'ansible.builtin.apt_repository',
  summary: 'Lines of apt sources',
  check: 'full',
  args: {
    repo: { type: 'str', required: true, summary: 'a source line, or ppa:user/name' },
    state: {
      type: 'str',
      choices: ['absent', 'present'],
      default: 'present',
      summary: 'whether the line should be there',
    },
    filename: { type: 'str', summary: 'file of sources.list.d, without .list' },
    mode: { type: 'raw', summary: 'permissions of a new file' },
    update_cache: {
      type: 'bool',
      default: true,
      aliases: ['update-cache'],
      summary: 'fetch the package lists after a change',
    },
    update_cache_retries: { type: 'int', default: 5, summary: 'how often to try again to fetch the lists' },
    update_cache_retry_max_delay: { type: 'int', default: 12, summary: 'longest pause between two tries, seconds' },
    validate_certs: { type: 'bool', default: true, summary: 'check the certificate of the PPA service' },
    codename: { type: 'str', summary: 'release name for a PPA' },
    install_python_apt: { type: 'bool', default: true, summary: 'no use here: nothing depends on python3-apt' },
  },
  returns: {
    repo: 'the line',
    state: 'present or absent',
    sources_added: 'files that are new',
    sources_removed: 'files that are gone',
  },
  order: ['changed', 'repo', 'state', 'diff'],
  examples: `
- name: Add a repository in a file of its own
  ansible.builtin.apt_repository:
    repo: deb http://archive.canonical.com/ubuntu hardy partner
    filename: canonical
`,

  async run({ args, remote, fail }) {
    const { files, codename, parts } = await remote.query(sources)
    const ppa = /^ppa:([^/]+)\/?(.*)$/.exec(args.repo)
    const name = ppa?.[2] || 'ppa'
    const release = args.codename ?? codename
    const line = ppa ? `deb http://ppa.launchpad.net/${ppa[1]}/${name}/ubuntu ${release} main` : args.repo.trim()
    if (line === '') fail("Please set argument 'repo' to a non-empty value")
    if (!isSource(line)) fail(`Invalid repository string: ${args.repo}`)

    const file = suggestedFile(args.filename || (ppa ? `ppa_${ppa[1]}_${name}_${release}` : undefined), line, parts)
    const wanted = args.state === 'present' ? withSource(files, line, file) : withoutSource(files, line)
    const touched = [...new Set([...files.keys(), ...wanted.keys()])].filter(
      path => text(files.get(path)) !== text(wanted.get(path)),
    )
    const result = { changed: touched.length > 0, repo: args.repo, state: args.state, diff: {} }
    if (touched.length === 0) return result

    if (ppa && args.state === 'present') {
      const api = `https://launchpad.net/api/1.0/~${ppa[1]}/+archive/${name}`
      const insecure = args.validate_certs ? '' : '-k '
      const shell = `key=$(curl -fsSL ${insecure}${quote(api)} | sed -n 's/.*"signing_key_fingerprint": *"\\([0-9A-F]*\\)".*/\\1/p') && [ -n "$key" ] && apt-key adv --recv-keys --no-tty --keyserver hkp://keyserver.ubuntu.com:80 "$key"`
      const { rc, stderr } = await remote.exec({ shell, why: 'trust the key of the PPA' })
      if (rc !== 0) fail(`failed to fetch PPA information: ${stderr.trim()}`)
    }
    const diff = await Promise.all(
      touched.map(async path => {
        const [before, after] = [text(files.get(path)), text(wanted.get(path))]
        const on = await remote.file(path)
        if (after === undefined) await on.remove()
        else
          await on.put({
            text: after,
            replaceLink: true,
            ...(on.exists ? {} : { mode: (args.mode as string | number | undefined) ?? '0644' }),
          })
        const header = (side: string | undefined) => (side === undefined ? '/dev/null' : path)
        return { before: before ?? '', after: after ?? '', before_header: header(before), after_header: header(after) }
      }),
    )
    if (args.update_cache) {
      const shell = updateScript({ ...args, lock_timeout: 60 }, listsTime)
      const { rc, stdout } = await remote.exec({ shell, environment: aptEnvironment, why: 'fetch the lists' })
      if (rc !== 0) {
        // A source that apt cannot use must not stay.
        await Promise.all(
          touched.map(async path => {
            const on = await remote.file(path)
            const old = text(files.get(path))
            return old === undefined ? on.remove() : on.put({ text: old })
          }),
        )
        fail(
          `Failed to update apt cache: ${stdout
            .split('\n')
            .filter(one => /^[EW]:/.test(one))
            .join(', ')}`,
        )
      }
    }
    return {
      ...result,
      diff: remote.diffMode ? diff : {},
      sources_added: touched.filter(path => !files.has(path)),
      sources_removed: touched.filter(path => !wanted.has(path)),
    }
  },
})

const text = (lines: readonly string[] | undefined) =>
  lines === undefined ? undefined : lines.map(line => `${line}\n`).join('')
