import { defineModule } from '../engine/module/define.js'
import { quote } from '../engine/remote/quote.js'
import type { ShellText } from '../engine/remote/remote.js'

export default defineModule({
  name: 'ansible.builtin.rpm_key',
  summary: 'Keys in the database of rpm',
  check: 'full',
  args: {
    key: { type: 'str', required: true, summary: 'URL or file of the key, or the id of one that is there' },
    state: {
      type: 'str',
      choices: ['absent', 'present'],
      default: 'present',
      summary: 'whether the key should be there',
    },
    validate_certs: { type: 'bool', default: true, summary: 'check the certificate of the URL' },
    fingerprint: { type: 'list', elements: 'str', summary: 'fingerprint that the key must have' },
  },
  examples: `
- name: Import a key
  ansible.builtin.rpm_key:
    key: https://download.example.com/RPM-GPG-KEY.rhel
`,

  async run({ args, remote, fail }) {
    const { key, state } = args
    const isId = /^(?:0x)?[0-9a-fA-F]{8}(?:[0-9a-fA-F]{8})*$/.test(key) && !key.includes('/')
    if (!isId && !key.includes('/') && !key.includes('://')) fail(`Not a valid key ${key}`)
    const path = key.includes('://') ? '' : key
    const get = key.includes('://')
      ? `{ curl -fsSL ${args.validate_certs ? '' : '-k '}${quote(key)} || wget -q -O - ${quote(key)}; }`
      : `cat ${quote(path)}`

    // One question: which keys rpm has, and which the given one is; rpm names a key by the last eight digits of its id.
    const gpg = 'gpg --no-tty --batch --with-colons --fixed-list-mode'
    const seen = await remote.query({
      command: `rpm -q gpg-pubkey --qf '%{VERSION}\\n' 2>/dev/null | sed 's/^/have /'
${isId ? '' : `${get} 2>&1 | { ${gpg} --import-options show-only --dry-run --import - || ${gpg} --with-fingerprint -; } 2>&1`}` as ShellText,
      parse: stdout => ({
        keys: [...stdout.matchAll(/^have (\S+)$/gm)].map(match => match[1]!.toLowerCase()),
        ids: [...stdout.matchAll(/^pub:[^:]*:[^:]*:[^:]*:([0-9A-F]+):/gm)].map(match =>
          match[1]!.toLowerCase().slice(-8),
        ),
        prints: [...stdout.matchAll(/^fpr:+([0-9A-F]+):/gm)].map(match => match[1]!),
        said: stdout.replace(/^have .*\n/gm, '').trim(),
      }),
    })
    const ids = isId ? [key.replace(/^0x/, '').toLowerCase().slice(-8)] : seen.ids
    const { prints } = seen
    if (ids.length === 0) fail(`Not a valid key ${key}: ${seen.said}`)
    const there = ids.every(id => seen.keys.includes(id))
    if (state === 'present') {
      const wanted = (args.fingerprint ?? []).map(one => one.replaceAll(' ', '').toUpperCase())
      if (wanted.length > 0 && !isId && !wanted.some(one => prints.includes(one))) {
        fail(
          `The specified fingerprint, '${wanted.join(', ')}', does not match any key fingerprints in '${prints.join(', ')}'`,
        )
      }
      if (there) return { changed: false }
      if (isId) fail('When importing a key, a valid file must be given')
      const { rc, stderr } = await remote.exec({
        shell: `file=$(mktemp) && ${get} >"$file" && rpm --import "$file"; rc=$?; rm -f "$file"; exit $rc`,
        why: `import ${key}`,
      })
      if (rc !== 0) fail(stderr, { rc })
      return { changed: true }
    }
    const present = ids.filter(id => seen.keys.includes(id))
    if (present.length === 0) return { changed: false }
    const { rc, stderr } = await remote.exec({
      argv: ['rpm', '--erase', '--allmatches', ...present.map(id => `gpg-pubkey-${id}`)],
      why: `remove ${key}`,
    })
    if (rc !== 0) fail(stderr, { rc })
    return { changed: true }
  },
})
