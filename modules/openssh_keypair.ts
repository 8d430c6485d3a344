import { posix } from 'node:path'
import { defineModule, fileAttributes } from '../engine/module/define.js'
import { octal } from '../engine/remote/mode.js'
import { quoteAll, raw, sh } from '../engine/remote/quote.js'
import type { RemoteFile } from '../engine/remote/remote.js'
import { missingProgram } from './commands/missing-program.js'
import { attributesOf } from './files/attributes.js'

const defaultSize: { readonly [type: string]: number } = { rsa: 4096, rsa1: 4096, dsa: 1024, ecdsa: 256, ed25519: 256 }

export default defineModule({
  name: 'community.crypto.openssh_keypair',
  summary: 'Make key pairs for ssh',
  check: 'full',
  args: {
    path: { type: 'path', required: true, summary: 'file of the private key; the public one has .pub' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether they should be there' },
    type: { type: 'str', choices: ['rsa', 'dsa', 'rsa1', 'ecdsa', 'ed25519'], default: 'rsa', summary: 'kind of key' },
    size: { type: 'int', summary: 'bits' },
    comment: { type: 'str', summary: 'comment of the public key' },
    passphrase: { type: 'str', noLog: true, summary: 'passphrase of the private key' },
    private_key_format: {
      type: 'str',
      choices: ['auto', 'pkcs1', 'pkcs8', 'ssh'],
      default: 'auto',
      summary: 'how the private key is written',
    },
    backend: {
      type: 'str',
      choices: ['auto', 'cryptography', 'opensshbin'],
      default: 'auto',
      summary: 'does nothing here: ssh-keygen is used',
    },
    regenerate: {
      type: 'str',
      choices: ['never', 'fail', 'partial_idempotence', 'full_idempotence', 'always'],
      default: 'partial_idempotence',
      summary: 'when to make new keys',
    },
    force: { type: 'bool', default: false, summary: 'make new keys' },
    ...fileAttributes,
  },
  returns: {
    filename: 'file of the private key',
    fingerprint: 'fingerprint',
    public_key: 'the public key',
    comment: 'its comment',
    size: 'bits',
    type: 'kind of key',
  },
  examples: `
- community.crypto.openssh_keypair:
    path: /tmp/id_ssh_rsa
    size: 2048
`,

  async run({ args, remote, fail }) {
    const { path, type, passphrase } = args
    const size = args.size ?? defaultSize[type]!
    const look = {
      command: sh`command -v ssh-keygen >/dev/null || exit 91; ssh-keygen -l -f ${path} 2>/dev/null; echo //public; cat ${`${path}.pub`} 2>/dev/null; echo //derived; ${raw(passphrase === undefined ? quoteAll(['ssh-keygen', '-y', '-P', '', '-f', path]) : ':')} 2>/dev/null; :`,
      parse: (stdout: string, rc: number) => {
        const [line = '', rest = ''] = stdout.split('//public\n')
        const [pub = '', derived = ''] = rest.split('//derived\n')
        const found = /^(\d+) (\S+) (.*) \((\w+)\)/m.exec(line)
        return {
          rc,
          size: Number(found?.[1] ?? 0),
          fingerprint: found?.[2] ?? '',
          type: found?.[4]?.toLowerCase() ?? '',
          pub: pub.trim(),
          derived: derived.trim(),
        }
      },
    }
    const directory = posix.dirname(path)
    const [above, file, publicFile, seen] = await Promise.all([
      remote.file(directory, { want: 'stat' }),
      remote.file(path, { want: 'stat' }),
      remote.file(`${path}.pub`, { want: 'text' }),
      remote.query(look),
    ])
    if (seen.rc === 91) await missingProgram({ remote, fail }, 'ssh-keygen')
    if (!above.isDirectory)
      fail(`The directory ${directory} does not exist or the file is not a directory`, { name: directory })
    if (args.state === 'absent') {
      await file.remove()
      await publicFile.remove()
      const nothing = { fingerprint: '', public_key: '', comment: args.comment ?? '' }
      return { changed: remote.recorded.changed, size, type, filename: path, ...nothing }
    }
    if (file.isDirectory) fail(`${path} is a directory. Please specify a path to a file.`)
    const { regenerate } = args
    // The passphrase is asked for on standard input, through SSH_ASKPASS, and so is on no process list.
    const ask = sh`a=$(mktemp) && printf '#!/bin/sh\nprintf "%%s\\n" "$UNDERSTUDY_ASK"\n' >"$a" && chmod 700 "$a" && IFS= read -r UNDERSTUDY_ASK; export UNDERSTUDY_ASK SSH_ASKPASS="$a" SSH_ASKPASS_REQUIRE=force DISPLAY=:0; `
    // A key that opens without a passphrase is not the one that is asked for with it.
    const opened =
      passphrase !== undefined && seen.type !== '' && !args.force && regenerate !== 'always'
        ? await remote.exec({
            shell: sh`${raw(ask)}if ssh-keygen -y -P '' -f ${path} >/dev/null 2>&1 </dev/null; then rc=1; else ssh-keygen -y -f ${path} 2>/dev/null </dev/null; rc=$?; fi; rm -f "$a"; exit $rc`,
            stdin: `${passphrase}\n`,
            why: `open ${path}`,
            changes: false,
            inCheckMode: true,
          })
        : undefined
    const derived = opened ? (opened.rc === 0 ? opened.stdout.trim() : '') : seen.derived
    const readable =
      seen.type !== '' && (derived !== '' || (passphrase === undefined && args.private_key_format !== 'auto'))
    const fits = seen.type === type && seen.size === size
    if (file.exists && !args.force && regenerate !== 'always') {
      if (!readable && regenerate !== 'full_idempotence')
        fail(
          'Unable to read the key. The key is protected with a passphrase or broken. Will not proceed. To force regeneration, call the module with `generate` set to `full_idempotence` or `always`, or with `force=true`.',
        )
      if (!fits && regenerate === 'fail')
        fail(
          'Key has wrong type and/or size. Will not proceed. To force regeneration, call the module with `generate` set to `partial_idempotence`, `full_idempotence` or `always`, or with `force=true`.',
        )
    }
    const make =
      !file.exists || args.force || regenerate === 'always' || ((!fits || !readable) && regenerate !== 'never')
    if (make) {
      const format = { auto: [], ssh: [], pkcs1: ['-m', 'PEM'], pkcs8: ['-m', 'PKCS8'] }[args.private_key_format]
      const words = [
        '-q',
        '-t',
        type,
        ...(type === 'ed25519' ? [] : ['-b', String(size)]),
        '-C',
        args.comment ?? '',
        ...format,
      ]
      // What is replaced keeps its mode and owner.
      const like = (old: RemoteFile, fresh: string) =>
        old.exists ? `chmod ${octal(old.mode)} "${fresh}" && chown ${old.uid}:${old.gid} "${fresh}"` : ':'
      const keep = `${like(file, '$t')} && chmod 644 "$t.pub" && ${like(publicFile, '$t.pub')}`
      const done = await remote.exec({
        shell: sh`umask 077; t=${path}.understudy.$$; ${raw(passphrase === undefined ? '' : ask)}ssh-keygen ${words} ${raw(passphrase === undefined ? "-N ''" : '')} -f "$t" </dev/null && ${raw(keep)} && mv -f "$t" ${path} && mv -f "$t.pub" ${`${path}.pub`}; rc=$?; rm -f "$t" "$t.pub" "$a"; exit $rc`,
        ...(passphrase === undefined ? {} : { stdin: `${passphrase}\n` }),
        why: `make a ${type} key pair`,
      })
      if (done.rc !== 0) fail(done.stderr.trim() || 'ssh-keygen failed', { rc: done.rc })
    } else {
      // The public key is made anew when it is not the private key's, or has another comment.
      const comment = args.comment ?? seen.pub.split(' ').slice(2).join(' ')
      const [kind, data] = (derived || seen.pub).split(' ')
      const wanted = [kind, data, comment].filter(Boolean).join(' ')
      if (wanted && wanted !== seen.pub) await publicFile.put({ text: `${wanted}\n`, diff: 'none' })
    }
    const attributes = attributesOf(args)
    if (!remote.checkMode || file.exists) {
      // The public key gets the same attributes, as with Ansible.
      const fresh = remote.recorded.changed && !remote.checkMode
      const [key, pub] = fresh
        ? await Promise.all([path, `${path}.pub`].map(one => remote.file(one, { want: 'stat' })))
        : [file, publicFile]
      await Promise.all([key, pub].map(one => (one!.exists ? one!.setAttributes(attributes) : undefined)))
    }
    const after = remote.recorded.changed && !remote.checkMode ? await remote.query(look) : seen
    const public_key = after.pub.split(' ').slice(0, 2).join(' ')
    return {
      changed: remote.recorded.changed,
      size,
      type,
      filename: path,
      fingerprint: after.fingerprint,
      public_key,
      comment: after.pub.split(' ').slice(2).join(' '),
    }
  },
})
