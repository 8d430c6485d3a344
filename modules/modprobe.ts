import { defineModule } from '../engine/module/define.js'
import { raw, sh } from '../engine/remote/quote.js'

const loadDirectory = '/etc/modules-load.d'
const optionDirectory = '/etc/modprobe.d'

export default defineModule({
  name: 'community.general.modprobe',
  summary: 'Load and unload kernel modules',
  check: 'full',
  args: {
    name: { type: 'str', required: true, summary: 'the module' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be loaded' },
    params: { type: 'str', default: '', summary: 'parameters to load it with' },
    persistent: {
      type: 'str',
      choices: ['disabled', 'present', 'absent'],
      default: 'disabled',
      summary: 'whether it should be loaded at boot; disabled: leave as it is',
    },
  },
  examples: `
- community.general.modprobe:
    name: 8021q
    state: present
    persistent: present
`,

  async run(context) {
    const { args, remote, fail } = context
    const { name, params, state, persistent } = args
    const plain = name.replaceAll('-', '_')
    const [found, loadFiles, optionFiles] = await Promise.all([
      remote.query({
        command: sh`if ! [ -e /proc/modules ]; then echo none; elif grep -q ${`^${plain} `} /proc/modules 2>/dev/null || grep -q ${`/${plain}\\.ko`} "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null || grep -q ${`/${name}\\.ko`} "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null; then echo loaded; fi`,
        parse: stdout => stdout.trim(),
      }),
      persistent === 'disabled' ? [] : remote.query(confFiles(loadDirectory)),
      persistent === 'disabled' ? [] : remote.query(confFiles(optionDirectory)),
    ])
    if (found === 'none') fail("[Errno 2] No such file or directory: '/proc/modules'", { name, params, state })
    const loaded = found === 'loaded'
    const modprobe = async (words: readonly string[], why: string) => {
      const { rc, stdout, stderr } = await remote.exec({ argv: ['modprobe', ...words], why })
      if (rc !== 0) fail(stderr, { rc, stdout, stderr, name, params, state })
    }
    if (state === 'present' && !loaded) await modprobe([name, ...params.split(/\s+/).filter(Boolean)], `load ${name}`)
    if (state === 'absent' && loaded) await modprobe(['-r', name], `unload ${name}`)

    const isLoadLine = (line: string) => line.trim().replaceAll('-', '_') === plain
    const isOptionLine = (line: string) => new RegExp(`^options\\s+${name}\\s`).test(line)
    if (persistent === 'present') {
      if (!loadFiles.some(file => file.lines.some(isLoadLine)))
        await (await remote.file(`${loadDirectory}/${name}.conf`, { want: 'text' })).put({ text: `${name}\n` })
      const wanted = params.split(/\s+/).filter(Boolean)
      const set = optionFiles.flatMap(file =>
        file.lines.filter(isOptionLine).flatMap(line => line.trim().split(/\s+/).slice(2)),
      )
      if (wanted.join(' ') !== set.join(' ')) {
        await without(isOptionLine, optionFiles)
        const text = wanted.map(one => `options ${name} ${one}\n`).join('')
        await (await remote.file(`${optionDirectory}/${name}.conf`, { want: 'text' })).put({ text })
      }
    }
    if (persistent === 'absent') {
      await without(isLoadLine, loadFiles)
      await without(isOptionLine, optionFiles)
    }
    return { name, params, state }

    /** Comments out, as Ansible does, so that whoever wrote it sees why. */
    async function without(test: (line: string) => boolean, files: readonly ConfFile[]): Promise<void> {
      for (const { path, lines } of files) {
        if (!lines.some(test)) continue
        const file = await remote.file(path, { want: 'text' })
        await file.put({ lines: file.lines.map(line => (test(line) ? `#${line}` : line)) })
      }
    }
  },
})

interface ConfFile {
  readonly path: string
  readonly lines: string[]
}

const confFiles = (directory: string) => ({
  command: sh`for f in ${raw(directory)}/*.conf; do [ -f "$f" ] && { echo "//$f"; cat "$f"; echo; }; done; :`,
  parse: (stdout: string): ConfFile[] =>
    stdout
      .split(/^\/\//m)
      .slice(1)
      .map(part => ({ path: part.slice(0, part.indexOf('\n')), lines: part.split('\n').slice(1) })),
})
