/** The kubectl of the host: how it reaches a cluster. Tokens, passwords and manifests travel on standard input only. */
import type { ArgSpecs, ArgsOf } from '../../engine/args.js'
import type { ModuleContext } from '../../engine/module/define.js'
import { dumps } from '../../engine/python/json.js'
import { isDict, type Value } from '../../engine/python/values.js'
import { hereDocument, quoteAll } from '../../engine/remote/quote.js'
import type { Outcome, Query, Remote, ShellText } from '../../engine/remote/remote.js'

export const kubernetesArgs = {
  kubeconfig: {
    type: 'raw',
    env: 'K8S_AUTH_KUBECONFIG',
    summary: 'configuration file on the host, or its content as a dictionary',
  },
  context: { type: 'str', env: 'K8S_AUTH_CONTEXT', summary: 'context of the configuration' },
  host: { type: 'str', env: 'K8S_AUTH_HOST', summary: 'URL of the API server' },
  api_key: { type: 'str', noLog: true, env: 'K8S_AUTH_API_KEY', summary: 'token to log in with; needs host' },
  username: { type: 'str', env: 'K8S_AUTH_USERNAME', summary: 'user to log in as; needs host' },
  password: { type: 'str', noLog: true, env: 'K8S_AUTH_PASSWORD', summary: 'its password' },
  client_cert: { type: 'path', aliases: ['cert_file'], env: 'K8S_AUTH_CERT_FILE', summary: 'client certificate' },
  client_key: { type: 'path', aliases: ['key_file'], env: 'K8S_AUTH_KEY_FILE', summary: 'its key' },
  ca_cert: { type: 'path', aliases: ['ssl_ca_cert'], env: 'K8S_AUTH_SSL_CA_CERT', summary: 'CA certificates' },
  validate_certs: {
    type: 'bool',
    aliases: ['verify_ssl'],
    env: 'K8S_AUTH_VERIFY_SSL',
    summary: "check the server's certificate",
  },
  proxy: { type: 'str', env: 'K8S_AUTH_PROXY', summary: 'HTTP proxy' },
  no_proxy: { type: 'str', env: 'K8S_AUTH_NO_PROXY', summary: 'hosts that are reached without it' },
  proxy_headers: { type: 'dict', unsupported: 'kubectl sends no headers to a proxy', summary: 'headers for the proxy' },
  persist_config: {
    type: 'bool',
    env: 'K8S_AUTH_PERSIST_CONFIG',
    summary: 'no use here: kubectl keeps its tokens itself',
  },
  impersonate_user: { type: 'str', env: 'K8S_AUTH_IMPERSONATE_USER', summary: 'user to act as' },
  impersonate_groups: {
    type: 'list',
    elements: 'str',
    env: 'K8S_AUTH_IMPERSONATE_GROUPS',
    summary: 'groups to act as',
  },
} as const satisfies ArgSpecs
export type Cluster = ArgsOf<typeof kubernetesArgs>

type Fail = ModuleContext<unknown>['fail']

/** A configuration made of the options; undefined where kubectl's own files say it all. */
function configuration(args: Cluster, fail: Fail): string | undefined {
  if (isDict(args.kubeconfig as Value)) return dumps(args.kubeconfig as Value)
  const secret = args.api_key ?? args.username ?? args.password
  if (args.host === undefined) {
    if (secret !== undefined) fail('api_key, username and password need host')
    return undefined
  }
  const defined = (pairs: { readonly [name: string]: unknown }) =>
    Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== undefined))
  const cluster = defined({
    server: args.host,
    'certificate-authority': args.ca_cert,
    'insecure-skip-tls-verify': args.validate_certs === false ? true : undefined,
    'proxy-url': args.proxy,
  })
  const user = defined({
    token: args.api_key,
    username: args.username,
    password: args.password,
    'client-certificate': args.client_cert,
    'client-key': args.client_key,
  })
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'understudy', cluster }],
    users: [{ name: 'understudy', user }],
    contexts: [{ name: 'understudy', context: { cluster: 'understudy', user: 'understudy' } }],
    'current-context': 'understudy',
  })
}

export class Kubectl {
  readonly #config: string | undefined

  constructor(
    private readonly remote: Remote,
    private readonly args: Cluster,
    fail: Fail,
  ) {
    this.#config = configuration(args, fail)
  }

  #script(words: readonly string[]): string {
    const args = this.args
    const own = this.#config === undefined
    const flags = [
      ...(own && typeof args.kubeconfig === 'string' ? ['--kubeconfig', args.kubeconfig] : []),
      ...(args.context === undefined ? [] : ['--context', args.context]),
      ...(own && args.ca_cert !== undefined ? ['--certificate-authority', args.ca_cert] : []),
      ...(own && args.client_cert !== undefined ? ['--client-certificate', args.client_cert] : []),
      ...(own && args.client_key !== undefined ? ['--client-key', args.client_key] : []),
      ...(own && args.validate_certs === false ? ['--insecure-skip-tls-verify'] : []),
      ...(args.impersonate_user === undefined ? [] : ['--as', args.impersonate_user]),
      ...(args.impersonate_groups ?? []).flatMap(group => ['--as-group', group]),
    ]
    const proxy = [
      ...(own && args.proxy !== undefined ? [`HTTPS_PROXY=${args.proxy}`, `HTTP_PROXY=${args.proxy}`] : []),
      ...(args.no_proxy === undefined ? [] : [`NO_PROXY=${args.no_proxy}`]),
    ]
    const kubectl = quoteAll([...(proxy.length > 0 ? ['env', ...proxy] : []), 'kubectl', ...flags, ...words])
    if (own) return kubectl
    return `umask 077; c=$(mktemp) || exit 1; trap 'rm -f "$c"' EXIT; trap 'exit 1' INT TERM HUP
IFS= read -r line; printf '%s\\n' "$line" >"$c"
${kubectl.replace(/^((?:env(?: \S+=\S*)+ )?kubectl)/, '$1 --kubeconfig "$c"')}`
  }

  #input(manifest: string): string {
    return `${this.#config === undefined ? '' : `${this.#config}\n`}${manifest}`
  }

  /** Asks; `manifest` is its standard input. */
  ask<T>(words: readonly string[], parse: Query<T>['parse'], manifest = ''): Promise<T> {
    const command = `(${this.#script(words)}) ${hereDocument(`${this.#input(manifest)}\n`)}` as ShellText
    return this.remote.query({ command, parse })
  }

  /** Changes something; with `dry`, check mode runs it as the server's dry run. */
  run(words: readonly string[], why: string, { manifest = '', dry = false } = {}): Promise<Outcome> {
    return this.remote.exec({
      shell: this.#script([...words, ...(dry && this.remote.checkMode ? ['--dry-run=server'] : [])]),
      stdin: this.#input(manifest),
      why,
      // Whether it was a change is seen by what the server answers.
      changes: false,
      inCheckMode: dry,
    })
  }
}

/** `Deployment.v1.apps`: what kubectl takes for a kind of one API group. */
export function resourceType(kind: string, apiVersion: string): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : [undefined, apiVersion]
  return group === undefined ? kind : `${kind}.${version}.${group}`
}
