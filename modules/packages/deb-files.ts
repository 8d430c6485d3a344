/** `apt: deb=`: package files on the host, or URLs that the host fetches first. */
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import { quote, sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'
import { compareDebianVersions } from '../queries/dpkg.js'
import { type AptOptions, apt, installFlags } from './apt-get.js'

interface DebFile {
  readonly path: string
  readonly error: string
  readonly version: string
  readonly installed: string | undefined
}

const look = (path: string): Query<DebFile> => ({
  command: sh`file=${path}
out=$(LC_ALL=C dpkg-deb -W --showformat='\${Package} \${Version}' "$file" 2>&1) || { echo "error $out"; exit 0; }
echo "deb $out"
dpkg-query -W -f='installed \${Status} \${Version}\n' "\${out%% *}" 2>/dev/null`,
  parse: stdout => ({
    path,
    error: /^error ([\s\S]*)$/m.exec(stdout)?.[1]?.trim() ?? '',
    version: /^deb \S+ (\S+)/m.exec(stdout)?.[1] ?? '',
    installed: /^installed .* installed (\S+)$/m.exec(stdout)?.[1],
  }),
})

export async function installDebFiles(
  { remote, args, fail }: ModuleContext<AptOptions>,
  deb: string,
): Promise<ModuleResult> {
  const sources = deb.split(',').map(source => source.trim())
  const paths: string[] = []
  for (const source of sources) paths.push(source.includes('://') ? await fetched(source) : source)
  const files = await Promise.all(paths.map(path => remote.query(look(path))))

  const wanted = files.filter(file => {
    if (file.error) fail(`Unable to install package: ${file.error.replace(/^dpkg-deb: error: /, 'E:')}`)
    if (file.installed === undefined || args.force) return true
    const order = compareDebianVersions(file.version, file.installed)
    return order > 0 || (order < 0 && args.allow_downgrade)
  })
  if (wanted.length === 0) return { changed: false, stdout: '', stderr: '', diff: {} }

  // apt-get takes a file for a package only when its name holds a slash.
  const words = wanted.map(({ path }) => quote(path.includes('/') ? path : `./${path}`))
  const done = await apt(remote, {
    program: '/usr/bin/apt-get',
    words: ['-y', ...installFlags(args), 'install', ...words],
    options: args,
    why: `install ${wanted.map(({ path }) => path).join(' ')}`,
  })
  const { rc, stdout, stderr } = done
  if (rc !== 0) fail(`${done.shown} failed`, { rc, stdout, stderr })
  return { changed: true, stdout, stderr, diff: { ...done.diff } }

  /** Fetched also in check mode: what is in the file decides whether anything would change. */
  async function fetched(url: string): Promise<string> {
    const path = `${await remote.scratch()}/${decodeURIComponent(new URL(url).pathname.split('/').at(-1) || 'package')}`
    const name = path.endsWith('.deb') ? path : `${path}.deb`
    const [file, address] = [quote(name), quote(url)]
    const { rc, stderr } = await remote.exec({
      shell: `chmod 755 "$(dirname ${file})"; curl -fsSL -o ${file} ${address} || wget -nv -O ${file} ${address}`,
      why: `fetch ${url}`,
      changes: false,
      inCheckMode: true,
    })
    if (rc !== 0) fail(`Failure downloading ${url}, ${stderr.trim()}`)
    return name
  }
}
