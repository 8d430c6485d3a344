/** Key pairs for the lab's hosts and for who logs in there. */
import ssh2 from 'ssh2'

/** An Ed25519 pair in OpenSSH's formats. One in some hundreds that ssh2 makes is malformed, and is made anew. */
export function newKeyPair(comment: string): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment })
    const broken = [pair.private, pair.public].some(key => ssh2.utils.parseKey(key) instanceof Error)
    if (!broken) return pair
  }
}
