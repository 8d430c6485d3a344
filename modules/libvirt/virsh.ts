/** What libvirt knows, asked with virsh: guests, networks and storage pools share their shape. */
import { raw, sh } from '../../engine/remote/quote.js'
import type { Query, Remote } from '../../engine/remote/remote.js'

/** `Key:  value` lines of virsh's …-info commands. */
export type Info = { readonly [key: string]: string }

export interface Found {
  readonly name: string
  readonly info: Info
  readonly xml: string
  /** Further raw output: DHCP leases of a network, volumes of a pool. */
  readonly more: string
}

export interface Libvirt {
  /** By name. */
  readonly all: ReadonlyMap<string, Found>
  /** What virsh said when it could not reach the hypervisor. */
  readonly error: string
}

export const readInfo = (text: string): Info =>
  Object.fromEntries(
    text.split('\n').flatMap(line => {
      const [, key, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? []
      return key ? [[key.trim(), value!.trim()]] : []
    }),
  )

const kinds = {
  domain: { list: 'list --all --name', info: 'dominfo', xml: 'dumpxml', more: '' },
  network: { list: 'net-list --all --name', info: 'net-info', xml: 'net-dumpxml', more: 'net-dhcp-leases' },
  pool: { list: 'pool-list --all --name', info: 'pool-info --bytes', xml: 'pool-dumpxml', more: 'vol-list' },
} as const

/** Everything about one thing, or about all of a kind. */
export const libvirt = (uri: string, kind: keyof typeof kinds, name?: string): Query<Libvirt> => {
  const { list, info, xml, more } = kinds[kind]
  return {
    command: sh`export LC_ALL=C
ask() { virsh -q -c ${uri} "$@"; }
names=$(ask ${raw(list)} 2>&1) || { printf '\\036error\n%s\n' "$names"; exit 0; }
printf '%s\n' "$names" | while read -r name; do
  [ -n "$name" ] || continue
  ${raw(name === undefined ? '' : sh`[ "$name" = ${name} ] || continue`)}
  printf '\\036name\n%s\n' "$name"
  printf '\\036info\n'; ask ${raw(info)} "$name" 2>/dev/null
  printf '\\036xml\n'; ask ${raw(xml)} "$name" 2>/dev/null
  ${raw(more === '' ? '' : `printf '\\036more\\n'; ask ${more} "$name" 2>/dev/null`)}
done`,
    parse: (stdout, rc, stderr) => {
      const all = new Map<string, Found>()
      let error = rc === 0 ? '' : stderr
      let name = ''
      for (const part of stdout.split('\x1e').slice(1)) {
        const end = part.indexOf('\n')
        const [kind, text] = [part.slice(0, end), part.slice(end + 1)]
        if (kind === 'error') error = text.trim()
        if (kind === 'name') {
          name = text.trim()
          all.set(name, { name, info: {}, xml: '', more: '' })
        }
        if (kind === 'info') all.set(name, { ...all.get(name)!, info: readInfo(text) })
        if (kind === 'xml') all.set(name, { ...all.get(name)!, xml: text.replace(/\n+$/, '\n') })
        if (kind === 'more') all.set(name, { ...all.get(name)!, more: text })
      }
      return { all, error }
    },
  }
}

/** Several commands in one run of virsh, which stops at the first that fails. */
export const inOneRun = (...commands: readonly (readonly string[])[]): string =>
  commands.map(words => words.map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' ')).join('; ')

/** The message of virsh without its prefix; the last line is libvirt's own. */
export const complaint = (stderr: string): string =>
  stderr
    .trim()
    .split('\n')
    .map(line => line.replace(/^error:\s*/, ''))
    .filter(Boolean)
    .at(-1) ?? stderr

export const nameInXml = (xml: string): string | undefined => /<name>\s*([^<]*?)\s*<\/name>/.exec(xml)?.[1]

/** Runs virsh commands on one libvirt; what virsh complains of fails the task. */
export const virshOn =
  (remote: Remote, uri: string, fail: (msg: string) => never) =>
  async (words: readonly string[], why: string, stdin?: string, changes = true): Promise<void> => {
    const { rc, stderr } = await remote.exec({
      argv: ['virsh', '-q', '-c', uri, ...words],
      environment: { LC_ALL: 'C' },
      why,
      changes,
      ...(stdin === undefined ? {} : { stdin }),
    })
    if (rc !== 0) fail(complaint(stderr))
  }
