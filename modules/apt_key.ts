import type { ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { quote, raw, sh } from '../engine/remote/quote.js'
import type { Query } from '../engine/remote/remote.js'
import { missingProgram } from './commands/missing-program.js'
import { download } from './http/download.js'
import { type HttpTool, httpTool } from './http/request.js'

interface Keys {
  readonly fingerprints: readonly string[]
  /** The first program that is needed and not there. */
  readonly missing: string | undefined
}

/** Fingerprints (and with them key ids, their ends) of `gpg --with-colons` output. */
const fingerprintsIn = (text: string) => [...text.matchAll(/^fpr:+([0-9A-F]+):/gm)].map(match => match[1]!)

const trusted = (keyring: string | undefined): Query<Keys> => ({
  // To list a keyring that is not there would make it.
  command: sh`for tool in apt-key gpg; do command -v "$tool" >/dev/null 2>&1 || { echo "missing $tool"; exit; }; done
[ -z ${keyring ?? ''} ] || [ -e ${keyring ?? ''} ] || exit 0
${keyring === undefined ? raw('apt-key') : raw(sh`apt-key --keyring ${keyring}`)} adv --batch --no-tty --list-public-keys --with-colons --fingerprint --fingerprint 2>/dev/null`,
  parse: stdout => ({
    missing: /^missing (.*)$/m.exec(stdout)?.[1],
    fingerprints: fingerprintsIn(stdout),
  }),
})

const args = {
  id: { type: 'str', summary: 'key id or fingerprint' },
  data: { type: 'str', summary: 'the key' },
  file: { type: 'path', summary: 'file of the host that holds the key' },
  keyring: { type: 'path', summary: 'keyring to change' },
  url: { type: 'str', summary: 'where to fetch the key' },
  keyserver: { type: 'str', summary: 'server to fetch the key from' },
  validate_certs: { type: 'bool', default: true, summary: 'check the certificate of url' },
  state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether the key is trusted' },
} as const
type Context = ModuleContext<ArgsOf<typeof args>>

export default defineModule({
  name: 'ansible.builtin.apt_key',
  summary: 'Keys that apt trusts',
  notes: ['apt-key is gone from new releases; deb822_repository brings its own key.'],
  check: 'full',
  args,
  rules: { exclusive: [['data', 'file', 'keyserver', 'url']] },
  returns: {
    before: 'trusted keys before',
    after: 'trusted keys after',
    fp: 'fingerprint',
    id: 'the id asked for',
    key_id: 'long key id',
    short_id: 'short key id',
  },
  examples: `
- name: Trust a key from a page
  ansible.builtin.apt_key:
    url: https://ftp-master.debian.org/keys/archive-key-6.0.asc
`,

  async run(context) {
    const { args, remote, fail } = context
    const [before, tool] = await Promise.all([
      remote.query(trusted(args.keyring)),
      args.url === undefined ? ('none' as const) : remote.query(httpTool),
    ])
    if (before.missing) await missingProgram(context, before.missing)
    const apt = `apt-key ${args.keyring === undefined ? '' : `--keyring ${quote(args.keyring)} `}`
    const wantedId = args.id?.replace(/^0x/i, '').toUpperCase()
    if (wantedId !== undefined && !/^[0-9A-F]{8,}$/.test(wantedId)) fail('Invalid key_id', { id: args.id! })
    const known = (id: string) => before.fingerprints.find(print => print.endsWith(id))
    // Keys are told by as many digits as were asked for.
    const digits = wantedId?.length === 8 ? 8 : 16
    const ids = (fingerprints: readonly string[]) => fingerprints.map(print => print.slice(-digits))
    const result = (id: string, after?: readonly string[]) => ({
      before: ids(before.fingerprints),
      ...(after && !remote.checkMode ? { after: ids(after) } : {}),
      fp: wantedId ?? id,
      id: args.id ?? id,
      key_id: id.slice(-16),
      short_id: id.slice(-8),
    })

    if (args.state === 'absent') {
      if (wantedId === undefined) return fail('key is required')
      const there = known(wantedId)
      if (!there) return { changed: false, ...result(wantedId) }
      const { rc, stderr } = await remote.exec({
        shell: `${apt}del ${quote(wantedId)}`,
        why: `stop trusting ${wantedId}`,
      })
      if (rc !== 0) fail(`error removing key_id ${wantedId}: ${stderr}`)
      return {
        changed: true,
        ...result(
          there,
          before.fingerprints.filter(print => print !== there),
        ),
      }
    }
    if (wantedId !== undefined && known(wantedId)) return { changed: false, ...result(wantedId) }
    if (args.keyserver !== undefined) {
      if (wantedId === undefined) return fail('Missing key_id, required with keyserver.')
      const shell = `${apt}adv --no-tty --keyserver ${quote(args.keyserver)} --recv ${quote(wantedId)}`
      const { rc, stderr } = await remote.exec({ shell, why: `trust ${wantedId}` })
      if (rc !== 0) fail(`Error fetching key ${wantedId} from keyserver: ${args.keyserver}`, { rc, stderr })
      return { changed: true, ...result(wantedId, [...before.fingerprints, wantedId]) }
    }

    // An id that is given and not trusted yet is all that check mode has to know of a key on a server.
    if (wantedId !== undefined && args.url !== undefined && remote.checkMode)
      return { changed: true, ...result(wantedId) }
    const stdin = args.url === undefined ? args.data : await downloaded(context, args.url, tool)
    const get = args.file === undefined ? 'cat' : `cat ${quote(args.file)}`
    const parsed = await remote.exec({
      // The keyring of the user who asks is left alone.
      shell: `export GNUPGHOME=$(mktemp -d) || exit; trap 'rm -rf "$GNUPGHOME"' EXIT
${get} | gpg --batch --no-tty --with-colons --import-options show-only --dry-run --import 2>/dev/null || true`,
      ...(stdin === undefined ? {} : { stdin }),
      why: 'read the key',
      changes: false,
      inCheckMode: true,
    })
    const keys = fingerprintsIn(parsed.stdout)
    const primary = keys[0]
    if (primary === undefined)
      return fail(args.file ? `Unable to extract key from '${args.file}'` : 'No key id found in the given key')
    if (wantedId !== undefined && !keys.some(print => print.endsWith(wantedId))) {
      fail(`id ${args.id} is not in the given key`, { fp: primary })
    }
    if (known(primary)) return { changed: false, ...result(primary.slice(-16)) }
    const { rc, stderr } = await remote.exec({
      shell: `${get} | ${apt}add -`,
      ...(stdin === undefined ? {} : { stdin }),
      why: `trust ${primary}`,
    })
    if (rc !== 0) fail(`Error importing key: ${stderr}`, { rc })
    return { changed: true, ...result(primary.slice(-16), [...keys, ...before.fingerprints]) }
  },
})

async function downloaded(context: Context, url: string, tool: HttpTool): Promise<Buffer> {
  const { status, msg, body } = await download(context, tool, { url, validate_certs: context.args.validate_certs })
  if (status !== 200) context.fail(`Failed to download key at ${url}: ${msg}`)
  return body
}
