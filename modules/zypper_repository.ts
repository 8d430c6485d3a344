import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'

const args = {
  name: { type: 'str', summary: 'alias of the repository; not needed for .repo files' },
  repo: { type: 'str', summary: 'its address, or a .repo file' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
  description: { type: 'str', summary: 'description' },
  disable_gpg_check: { type: 'bool', default: false, summary: 'do not check signatures' },
  autorefresh: { type: 'bool', default: true, aliases: ['refresh'], summary: 'refresh it by itself' },
  priority: { type: 'int', summary: 'priority: the smallest wins' },
  overwrite_multiple: { type: 'bool', default: false, summary: 'replace several that have the name or the address' },
  auto_import_keys: { type: 'bool', default: false, summary: 'import the key of a new repository' },
  runrefresh: { type: 'bool', default: false, summary: 'refresh it now' },
  enabled: { type: 'bool', default: true, summary: 'whether it is used' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.zypper_repository',
  summary: 'Repositories of zypper',
  check: 'none',
  args,
  returns: { repodata: 'the repository as asked', msg: 'what was done' },
  examples: `
- name: Add a repository
  community.general.zypper_repository:
    name: nvidia-repo
    repo: https://download.example.com/driver
    state: present
`,

  async run({ args, remote, fail, warn }) {
    const { repo } = args
    const isFile = repo?.toLowerCase().endsWith('.repo') ?? false
    const zypper = async (words: readonly string[], why: string) => {
      const argv = ['/usr/bin/zypper', '--quiet', '--non-interactive', ...words]
      const done = await remote.exec({ argv, why, changes: false })
      if (done.rc !== 0)
        fail(`Zypper failed with rc ${done.rc}`, { rc: done.rc, stdout: done.stdout, stderr: done.stderr })
      return done
    }
    if (repo === '*' || args.name === '*') {
      if (!args.runrefresh) fail('repo=* can only be used with the runrefresh option.')
      const keys = args.auto_import_keys ? ['--gpg-auto-import-keys'] : []
      const { stdout, stderr } = await zypper([...keys, 'refresh'], 'refresh the repositories')
      return { changed: true, rc: 0, stdout, stderr, runrefresh: true }
    }
    if (args.state === 'present' && repo === undefined) fail("Module option state='present' requires repo")
    if (args.state === 'absent' && repo === undefined && args.name === undefined)
      fail('Alias or repo parameter required when state=absent')
    if (!isFile && args.name === undefined && args.state === 'present')
      fail('Name required when adding non-repo files.')

    const listed = await remote.query({
      command: sh`/usr/bin/zypper --quiet --non-interactive --xmlout repos`,
      parse: (stdout, rc, stderr) => ({ stdout, rc, stderr }),
    })
    // 6: no repositories are defined.
    if (listed.rc !== 0 && listed.rc !== 6)
      fail(`Failed to execute "/usr/bin/zypper --quiet --non-interactive --xmlout repos"`, {
        rc: listed.rc,
        stdout: listed.stdout,
        stderr: listed.stderr,
      })
    const there = repositories(listed.stdout)

    let file: { [key: string]: string } = {}
    if (isFile && repo !== undefined) {
      const text = /^https?:|^ftp:/.test(repo)
        ? await remote.query({
            command: sh`curl -fsSL -- ${repo} || wget -qO- -- ${repo}`,
            parse: (stdout, rc, stderr) => (rc === 0 ? stdout : { stderr }),
          })
        : await remote
            .file(repo.replace(/^file:\/\//, ''), { want: 'text' })
            .then(one => (one.exists ? one.text : { stderr: 'no such file' }))
      if (typeof text !== 'string') return fail(`Error downloading .repo file from '${repo}': ${text.stderr.trim()}`)
      file = repoFile(text)
    }
    const alias = args.name ?? file.alias
    const url = isFile ? (file.baseurl ?? '') : (repo ?? '')
    const wished: { [key: string]: string } = {
      ...(alias === undefined ? {} : { alias }),
      ...(url === '' ? {} : { url }),
      ...(args.description !== undefined ? { name: args.description } : file.name ? { name: file.name } : {}),
      ...(args.priority !== undefined ? { priority: String(args.priority) } : {}),
      enabled: args.enabled ? '1' : '0',
      autorefresh: args.autorefresh ? '1' : '0',
      gpgcheck: args.disable_gpg_check ? '0' : (file.gpgcheck ?? '1'),
    }
    const plain = (text: string | undefined) => (text ?? '').replace(/\/+$/, '')
    const matches = there.filter(
      one => (alias !== undefined && one.alias === alias) || (url !== '' && plain(one.url) === plain(url)),
    )
    const shown = { repodata: wished as { [key: string]: string }, state: args.state }
    const remove = async (one: string) => zypper(['removerepo', one], `remove ${one}`)

    if (args.state === 'absent') {
      if (matches.length === 0) return { changed: false, ...shown }
      for (const one of matches) await remove(one.alias ?? '')
      return { changed: true, ...shown }
    }
    const same =
      matches.length === 1 &&
      ['alias', 'url', 'priority', 'enabled', 'autorefresh', 'gpgcheck', 'name'].every(key => {
        if (wished[key] === undefined || matches[0]![key] === undefined) return true
        return plain(wished[key]) === plain(matches[0]![key])
      })
    if (same && !args.runrefresh) return { changed: false, ...shown }
    if (!same) {
      if (matches.length > 1 && !args.overwrite_multiple)
        fail(
          `More than one repo matched "${alias}": "${matches.map(one => one.alias).join(', ')}". Use overwrite_multiple to allow more than one repo to be overwritten`,
        )
      for (const one of matches) await remove(one.alias ?? '')
      const words = [
        'addrepo',
        ...(args.priority === undefined ? [] : ['--priority', String(args.priority)]),
        ...(args.disable_gpg_check ? ['--no-gpgcheck'] : ['--gpgcheck']),
        ...(args.autorefresh ? ['--refresh'] : []),
        ...(args.enabled ? [] : ['--disable']),
        ...(wished.name === undefined ? [] : ['--name', wished.name]),
        // A .repo file knows its alias: only one that was asked for is given.
        ...(isFile && args.name === undefined ? [repo!] : [isFile ? url : repo!, alias!]),
      ]
      const { stderr } = await zypper(words, `add ${alias ?? repo}`)
      if (stderr.trim()) warn(stderr.trim())
    }
    if (args.runrefresh || args.auto_import_keys) {
      const keys = args.auto_import_keys ? ['--gpg-auto-import-keys'] : []
      await zypper([...keys, 'refresh', ...(alias === undefined ? [] : ['--repo', alias])], `refresh ${alias}`)
    }
    return { changed: true, ...shown }
  },
})

const withoutEntities = (text: string) =>
  text.replace(
    /&(lt|gt|quot|apos|amp);/g,
    (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name]!,
  )

function repositories(xml: string): { [key: string]: string }[] {
  return [...xml.matchAll(/<repo\s([^>]*)>([\s\S]*?)<\/repo>/g)].map(([, attributes = '', body = '']) => ({
    ...Object.fromEntries(
      [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, withoutEntities(value)]),
    ),
    url: withoutEntities(/<url>([\s\S]*?)<\/url>/.exec(body)?.[1] ?? ''),
  }))
}

/** The first section of a .repo file. */
function repoFile(text: string): { [key: string]: string } {
  const found: { [key: string]: string } = {}
  for (const line of text.split('\n')) {
    const section = /^\[(.+)\]/.exec(line)?.[1]
    if (section !== undefined && found.alias !== undefined) break
    if (section !== undefined) found.alias = section
    const [, key, value] = /^(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (key) found[key] = value!
  }
  return found
}
