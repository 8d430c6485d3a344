import { posix } from 'node:path'
import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import type { Json } from '../engine/python/values.js'
import { quote, raw, sh } from '../engine/remote/quote.js'
import { dockerArgs, dockerCommand } from './docker/cli.js'
import { makeDirectories } from './files/directories.js'

const args = {
  registry_url: {
    type: 'str',
    default: 'https://index.docker.io/v1/',
    aliases: ['registry', 'url'],
    summary: 'the registry',
  },
  username: { type: 'str', summary: 'name there' },
  password: { type: 'str', noLog: true, summary: 'password there' },
  reauthorize: { type: 'bool', default: false, aliases: ['reauth'], summary: 'ask the registry also when it is known' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'logged in or not' },
  config_path: {
    type: 'path',
    default: '~/.docker/config.json',
    aliases: ['dockercfg_path'],
    summary: 'file that keeps it',
  },
  ssl_version: { type: 'str', unsupported: 'the client chooses the version of TLS', summary: 'version of TLS' },
  ...dockerArgs,
} as const satisfies ArgSpecs

type Config = { readonly [key: string]: Json | undefined }

export default defineModule({
  name: 'community.docker.docker_login',
  summary: 'Log into a docker registry',
  check: 'full',
  args,
  rules: { requiredIf: [['state', 'present', 'username', 'password']] },
  returns: { login_result: 'what the registry said', actions: 'what was done' },
  examples: `
- name: Log into a registry of your own
  community.docker.docker_login:
    registry_url: your.private.registry.io
    username: yourself
    password: "{{ registry_password }}"
`,

  async run({ args, remote, fail }) {
    const { registry_url: registry, username = '', password = '' } = args
    const file = await remote.file(args.config_path, { want: 'text' })
    const config = readConfig()
    const helper = helperOf(config, registry)
    const stored = helper ? await askHelper(helper) : entryOf(config, registry)

    if (args.state === 'absent') {
      if (!stored) return { changed: false, actions: [], login_result: {} }
      if (helper) await tellHelper(helper, 'erase', registry)
      else await save({ ...config, auths: without(auths(config), registry) })
      return { changed: true, actions: [`Logged out of ${registry}`], login_result: {} }
    }

    const same = stored?.username === username && stored.password === password
    if (same && !args.reauthorize)
      return { changed: false, actions: [], login_result: { username, serveraddress: registry } }
    await login()
    const actions = [`Logged into ${registry}`]
    if (!same) {
      actions.push(`Wrote credentials to configured helper ${helper || 'file'} for ${registry}`)
      if (helper)
        await tellHelper(helper, 'store', JSON.stringify({ ServerURL: registry, Username: username, Secret: password }))
      else await save({ ...config, auths: { ...auths(config), [registry]: { auth: encoded(username, password) } } })
    }
    return { changed: !same, actions, login_result: { Status: 'Login Succeeded', IdentityToken: '' } }

    function readConfig(): Config {
      if (!file.exists || file.text.trim() === '') return {}
      try {
        const read = JSON.parse(file.text) as unknown
        if (isObject(read)) return read
      } catch {}
      return fail(`Invalid docker configuration file ${args.config_path}`)
    }

    /** Asks the registry in check mode, too; the client's own notes go to a directory that is thrown away. */
    async function login() {
      const [program = 'docker', ...options] = dockerCommand(args)
      const { rc, stdout, stderr } = await remote.exec({
        shell: sh`dir=$(mktemp -d) || exit
trap 'rm -rf "$dir"' EXIT; trap 'exit 1' INT TERM HUP
${program} --config "$dir" ${options} login --username ${username} --password-stdin ${registry}`,
        stdin: password,
        timeout: args.timeout,
        why: `log into ${registry}`,
        changes: false,
        inCheckMode: true,
      })
      if (rc !== 0) fail(`Logging into ${registry} for user ${username} failed - ${stderr.trim() || stdout.trim()}`)
    }

    async function save(next: Config) {
      const parent = posix.dirname(args.config_path)
      if (!file.exists && !(await remote.file(parent, { want: 'stat' })).exists && !remote.checkMode)
        await makeDirectories(remote, [parent], { mode: '0700' }, fail)
      await file.put({ text: `${JSON.stringify(next, null, '\t')}\n`, mode: '0600', diff: 'none' })
    }

    /** What a helper such as docker-credential-pass knows of the registry. */
    function askHelper(name: string) {
      return remote.query({
        command: sh`printf '%s\n' ${registry} | ${raw(quote(`docker-credential-${name}`))} get`,
        parse: (stdout, rc, stderr) => {
          if (rc === 0) {
            const found = JSON.parse(stdout) as { Username?: string; Secret?: string }
            return { username: found.Username ?? '', password: found.Secret ?? '' }
          }
          const said = (stdout.trim() || stderr.trim()).replace(/\s+/g, ' ')
          return /credentials not found/i.test(said) ? undefined : fail(`Error from docker-credential-${name}: ${said}`)
        },
      })
    }

    async function tellHelper(name: string, verb: 'store' | 'erase', stdin: string) {
      const program = `docker-credential-${name}`
      const { rc, stdout, stderr } = await remote.exec({ argv: [program, verb], stdin, why: `${verb} credentials` })
      if (rc !== 0) fail(`Error from ${program}: ${stdout.trim() || stderr.trim()}`)
    }
  },
})

const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const auths = (config: Config): Config => (isObject(config.auths) ? config.auths : {})
const without = (all: Config, name: string): Config =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key !== name))
const encoded = (username: string, password: string) => Buffer.from(`${username}:${password}`).toString('base64')

/** The helper of the registry, or of all; '' where the file itself keeps what it knows. */
function helperOf(config: Config, registry: string): string {
  const own = isObject(config.credHelpers) ? config.credHelpers[registry] : undefined
  return String(own ?? config.credsStore ?? '')
}

function entryOf(config: Config, registry: string): { username: string; password: string } | undefined {
  const entry = auths(config)[registry]
  if (!isObject(entry)) return undefined
  const [, username = '', password = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(String(entry.auth ?? ''), 'base64').toString()) ?? []
  return { username, password }
}
