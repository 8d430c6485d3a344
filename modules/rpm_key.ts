import type { ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { quote, raw, sh } from '../engine/remote/quote.js'
import type { Query, ShellText } from '../engine/remote/remote.js'
import { missingProgram } from './commands/missing-program.js'
import { download } from './http/download.js'
import { type HttpTool, httpTool } from './http/request.js'

const args = {
  key: { type: 'str', required: true, summary: 'URL or file of the key, or the id of one that is there' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    summary: 'whether the key should be there',
  },
  validate_certs: { type: 'bool', default: true, summary: 'check the certificate of the URL' },
  fingerprint: { type: 'list', elements: 'str', summary: 'fingerprint that the key must have' },
} as const
type Context = ModuleContext<ArgsOf<typeof args>>

export default defineModule({
  name: 'ansible.builtin.rpm_key',
  summary: 'Keys in the database of rpm',
  check: 'full',
  args,
  examples: `
- name: Import a key
  ansible.builtin.rpm_key:
    key: https://download.example.com/RPM-GPG-KEY.rhel
`,

  async run(context) {
    const { args, remote, fail } = context
    const { key, state } = args
    const isUrl = key.includes('://')
    const isId = !isUrl && /^(?:0x)?[0-9a-f]{8}(?:[0-9a-f]{8})*$/i.test(key)

    // One question: which keys rpm has, and which the given one is.
    const [keys, tool, inFile] = await Promise.all([
      remote.query(imported),
      isUrl ? remote.query(httpTool) : undefined,
      isUrl || isId
        ? undefined
        : remote.query({ command: sh`[ -f ${key} ] || exit 90; ${raw(asked(quote(key)))}`, parse: told }),
    ])
    if (inFile && inFile.rc === 90) fail(`Not a valid key ${key}`)
    if (inFile?.rc === 91) await missingProgram(context, 'gpg2')
    const body = tool && (await downloaded(context, tool))
    const given = body
      ? await remote
          .exec({ shell: asked('-'), stdin: body, why: 'read the key', changes: false, inCheckMode: true })
          .then(({ stdout, rc }) => told(stdout, rc))
      : inFile
    if (given && given.ids.length === 0) fail(given.said || 'Unexpected gpg output')

    const ids = given?.ids ?? [shortId(key)]
    const there = ids.filter(id => keys.includes(id))
    if (state === 'absent') {
      if (there.length === 0) return { changed: false }
      const { rc, stderr } = await remote.exec({
        argv: ['rpm', '--erase', '--allmatches', ...there.map(id => `gpg-pubkey-${id}`)],
        why: `remove ${key}`,
      })
      if (rc !== 0) fail(stderr, { rc })
      return { changed: true }
    }
    if (there.length === ids.length) return { changed: false }
    if (!given) return fail('When importing a key, a valid file must be given')
    const wanted = (args.fingerprint ?? []).map(one => one.replaceAll(' ', '').toUpperCase())
    const { prints } = given
    if (wanted.length > 0 && !wanted.some(one => prints.includes(one))) {
      const which = prints.length > 1 ? 'any key fingerprints in' : 'the key fingerprint'
      fail(`The specified fingerprint, '${wanted.join(', ')}', does not match ${which} '${prints.join(', ')}'`)
    }
    const { rc, stderr } = body
      ? await remote.exec({
          shell: 'file=$(mktemp) && cat >"$file" && rpm --import "$file"; rc=$?; rm -f "$file"; exit $rc',
          stdin: body,
          why: `import ${key}`,
        })
      : await remote.exec({ argv: ['rpm', '--import', key], why: `import ${key}` })
    if (rc !== 0) fail(stderr, { rc })
    return { changed: true }
  },
})

/** rpm names a key by the last eight digits of its id. */
const shortId = (id: string) => id.toLowerCase().slice(-8)

const imported: Query<readonly string[]> = {
  command: sh`rpm -q gpg-pubkey --qf '%{VERSION}\n' 2>/dev/null`,
  parse: stdout => stdout.split('\n').map(line => line.toLowerCase()),
}

/** What gpg tells of a file, or `-`. The key ring of the user who asks is left alone; old ones cannot only show what they import. */
const asked = (file: string): ShellText =>
  sh`(gpg=$(command -v gpg || command -v gpg2) || exit 91; export GNUPGHOME=$(mktemp -d) || exit; trap 'rm -rf "$GNUPGHOME"' EXIT
cat ${raw(file)} >"$GNUPGHOME/key"; set -- "$gpg" --no-tty --batch --with-colons --fixed-list-mode
"$@" --import-options show-only --dry-run --import "$GNUPGHOME/key" 2>/dev/null || "$@" --with-fingerprint "$GNUPGHOME/key" 2>&1)`

function told(stdout: string, rc: number) {
  return {
    rc,
    ids: [...stdout.matchAll(/^pub:[^:]*:[^:]*:[^:]*:([0-9A-F]+):/gm)].map(match => shortId(match[1]!)),
    prints: [...stdout.matchAll(/^fpr:+([0-9A-F]+):/gm)].map(match => match[1]!),
    said: stdout.replace(/^gpg: .* created$\n?/gm, '').trim(),
  }
}

async function downloaded(context: Context, tool: HttpTool): Promise<Buffer> {
  const { key: url, validate_certs } = context.args
  const { status, msg, body } = await download(context, tool, { url, validate_certs })
  if (status !== 200) context.fail(`failed to fetch key at ${url} , error was: ${msg}`)
  return body
}
