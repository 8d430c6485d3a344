import type { ModuleContext } from '../../engine/module/define.js'
import { quote } from '../../engine/remote/quote.js'

interface KeyWish {
  /** Below the home, unless it is absolute. */
  readonly ssh_key_file?: string | undefined
  readonly ssh_key_type: string
  readonly ssh_key_bits?: number | undefined
  readonly ssh_key_comment?: string | undefined
  readonly ssh_key_passphrase?: string | undefined
  /** Put a new pair in the place of one that is there. */
  readonly force: boolean
}

/** Shell text that makes the key pair of an account; `owner`: shell text of user and group. */
export async function keyCommand(
  { args, remote }: Pick<ModuleContext<KeyWish>, 'args' | 'remote'>,
  home: string,
  owner: string,
): Promise<string> {
  const name = args.ssh_key_file ?? `.ssh/id_${args.ssh_key_type}`
  const file = quote(name.startsWith('/') ? name : `${home}/${name}`)
  const comment =
    args.ssh_key_comment === undefined ? '"ansible-generated on $(uname -n)"' : quote(args.ssh_key_comment)
  const bits = args.ssh_key_bits ? `-b ${args.ssh_key_bits} ` : ''
  const generate = `ssh-keygen -q -t ${quote(args.ssh_key_type)} ${bits}-C ${comment} -f ${file}`
  const old = args.force ? `rm -f ${file} ${file}.pub && ` : ''
  let keygen = `${generate} -N ''`
  if (args.ssh_key_passphrase !== undefined && !remote.checkMode) {
    // Asked for through SSH_ASKPASS, so that the passphrase is on no command line.
    const scratch = await remote.scratch('programs')
    const [secret, helper] = await Promise.all([remote.file(`${scratch}/secret`), remote.file(`${scratch}/ask`)])
    await secret.put({ text: args.ssh_key_passphrase, mode: '0600' })
    await helper.put({ text: `#!/bin/sh\ncat ${quote(secret.path)}\n`, mode: '0700' })
    keygen = `SSH_ASKPASS=${quote(helper.path)} SSH_ASKPASS_REQUIRE=force DISPLAY=:0 ${generate} </dev/null`
  }
  return `{ dir=$(dirname ${file}); [ -d "$dir" ] || { mkdir -p "$dir" && chmod 0700 "$dir" && chown "${owner}" "$dir"; }; } && ${old}${keygen} && chown "${owner}" ${file} ${file}.pub`
}
