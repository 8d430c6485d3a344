import type { ArgSpecs } from '../engine/args.js'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { type RepoSections, readRepoFile, sortedRepoFile, writeRepoFile } from './packages/repo-file.js'

const args = {
  name: { type: 'str', required: true, summary: 'repository id' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
  description: { type: 'str', summary: 'name for people' },
  file: { type: 'str', summary: 'file without .repo; the id when left out' },
  reposdir: { type: 'path', default: '/etc/yum.repos.d', summary: 'directory of the files' },
  baseurl: { type: 'list', elements: 'str', summary: 'addresses' },
  metalink: { type: 'str', summary: 'address of a metalink' },
  mirrorlist: { type: 'str', summary: 'address of a list of mirrors' },
  enabled: { type: 'bool', summary: 'whether it is used' },
  gpgcheck: { type: 'bool', summary: 'check signatures of packages' },
  gpgkey: { type: 'list', elements: 'str', summary: 'addresses of keys' },
  gpgcakey: { type: 'str', summary: 'address of the CA key' },
  repo_gpgcheck: { type: 'bool', summary: 'check the signature of the metadata' },
  async: { type: 'bool', summary: 'fetch in parallel' },
  bandwidth: { type: 'str', summary: 'bytes per second' },
  cost: { type: 'str', summary: 'relative cost' },
  countme: { type: 'bool', summary: 'count this machine' },
  deltarpm_metadata_percentage: { type: 'str', summary: 'limit for delta metadata' },
  deltarpm_percentage: { type: 'str', summary: 'limit for delta packages' },
  enablegroups: { type: 'bool', summary: 'use its groups' },
  exclude: { type: 'list', elements: 'str', aliases: ['excludepkgs'], summary: 'packages to ignore' },
  failovermethod: { type: 'str', choices: ['roundrobin', 'priority'], summary: 'order of addresses' },
  http_caching: { type: 'str', choices: ['all', 'packages', 'none'], summary: 'what proxies may keep' },
  include: { type: 'str', summary: 'another configuration to read' },
  includepkgs: { type: 'list', elements: 'str', summary: 'the only packages to use' },
  ip_resolve: { type: 'str', choices: ['4', '6', 'IPv4', 'IPv6', 'whatever'], summary: 'IP version' },
  keepalive: { type: 'bool', summary: 'keep connections open' },
  keepcache: { type: 'str', choices: ['0', '1'], summary: 'keep packages' },
  metadata_expire: { type: 'str', summary: 'age of metadata' },
  metadata_expire_filter: {
    type: 'str',
    choices: ['never', 'read-only:past', 'read-only:present', 'read-only:future'],
    summary: 'when metadata may be old',
  },
  mirrorlist_expire: { type: 'str', summary: 'age of the list of mirrors' },
  module_hotfixes: { type: 'bool', summary: 'do not filter by modules' },
  password: { type: 'str', noLog: true, summary: 'password' },
  priority: { type: 'str', summary: 'priority' },
  protect: { type: 'bool', summary: 'protect from other repositories' },
  proxy: { type: 'str', summary: 'proxy' },
  proxy_password: { type: 'str', noLog: true, summary: 'password for the proxy' },
  proxy_username: { type: 'str', summary: 'user for the proxy' },
  retries: { type: 'str', summary: 'how often to try again' },
  s3_enabled: { type: 'bool', summary: 'it is on S3' },
  skip_if_unavailable: { type: 'bool', summary: 'go on without it' },
  ssl_check_cert_permissions: { type: 'bool', summary: 'check permissions of certificates' },
  sslcacert: { type: 'str', aliases: ['ca_cert'], summary: 'CA certificates' },
  sslclientcert: { type: 'str', aliases: ['client_cert'], summary: 'client certificate' },
  sslclientkey: { type: 'str', aliases: ['client_key'], summary: 'client key' },
  sslverify: { type: 'bool', aliases: ['validate_certs'], summary: 'check certificates' },
  throttle: { type: 'str', summary: 'limit of bandwidth' },
  timeout: { type: 'str', summary: 'seconds to wait' },
  ui_repoid_vars: { type: 'str', summary: 'variables shown with the id' },
  username: { type: 'str', summary: 'user' },
  ...fileAttributes,
} as const satisfies ArgSpecs

const notInFile = new Set(['name', 'state', 'file', 'reposdir', 'description', ...Object.keys(fileAttributes)])

export default defineModule({
  name: 'ansible.builtin.yum_repository',
  summary: 'Repositories of yum and dnf',
  check: 'full',
  args,
  returns: { repo: 'repository id', state: 'present or absent' },
  examples: `
- name: Add EPEL
  ansible.builtin.yum_repository:
    name: epel
    description: EPEL YUM repo
    baseurl: https://download.fedoraproject.org/pub/epel/$releasever/$basearch/
`,

  async run({ args, remote, fail }) {
    if (args.state === 'present') {
      if (!args.baseurl && !args.metalink && !args.mirrorlist)
        fail("Parameter 'baseurl', 'metalink' or 'mirrorlist' is required.")
      if (args.description === undefined) fail("Parameter 'description' is required.")
    }
    const [file, directory] = await Promise.all([
      remote.file(`${args.reposdir}/${args.file ?? args.name}.repo`),
      remote.file(args.reposdir, { want: 'stat' }),
    ])
    if (!directory.isDirectory) fail(`Repo directory '${args.reposdir}' does not exist.`)

    const sections = read(file.text)
    const before = sortedRepoFile(sections)
    // What is changed goes to the end.
    sections.delete(args.name)
    if (args.state === 'present') sections.set(args.name, section())
    const after = sortedRepoFile(sections)
    const same = before === after
    const diff = { before_header: file.path, before, after_header: file.path, after }
    const result = { repo: args.name, state: args.state, diff }
    if (args.state === 'absent' && same) return { changed: false, ...result }
    if (sections.size === 0) return { ...(await file.remove()), ...result }
    const { mode, owner, group, seuser, serole, setype, selevel, attributes, unsafe_writes } = args
    const wish = {
      owner,
      group,
      seuser,
      serole,
      setype,
      selevel,
      attributes,
      ...(mode === undefined ? {} : { mode: mode as string | number }),
    }
    // A file that means the same is not written again in our spelling.
    const { changed } = same
      ? await file.setAttributes(wish)
      : await file.put({
          text: writeRepoFile(sections),
          unsafe_writes,
          ...wish,
          ...(file.exists || mode !== undefined ? {} : { mode: '0644' }),
        })
    return { changed, ...result }

    function read(text: string): RepoSections {
      try {
        return readRepoFile(text)
      } catch (error) {
        return fail(`While reading from '${file.path}' ${(error as Error).message}`)
      }
    }

    function section(): Map<string, string> {
      const options = new Map<string, string>()
      for (const [name, value] of Object.entries(args)) {
        if (notInFile.has(name) || value === undefined) continue
        const several = name === 'baseurl' || name === 'gpgkey' ? '\n' : ' '
        options.set(
          name,
          Array.isArray(value) ? value.join(several) : typeof value === 'boolean' ? (value ? '1' : '0') : String(value),
        )
      }
      options.set('name', args.description!)
      return new Map([...options].sort(([a], [b]) => (a < b ? -1 : 1)))
    }
  },
})
