/**
 * ssh2 waits for every answer of the server before it goes on. This makes a login two round trips shorter; what is sent
 * ahead of an answer only goes to servers that are known to read it (OpenSSH). It reaches into ssh2 1.17, whose version is
 * pinned; where its inside looks different nothing is changed, and `tests/connection/trips.test.ts` counts.
 *
 * What cannot be saved: OpenSSH lets nobody write to a session before its command runs (its window is 0).
 */
import type { Client, ParsedKey } from 'ssh2'

interface Inside {
  readonly _remoteVer?: string
  readonly _protocol?: Protocol
}

interface Protocol {
  service(name: string): void
  authPK(username: string, key: ParsedKey, algorithm: string | undefined, sign?: Signer): void
  readonly _handlers: {
    SERVICE_ACCEPT?: (protocol: Protocol, name: string) => void
    EXT_INFO?: (protocol: Protocol, extensions: readonly { readonly name: string }[]) => void
  }
}

type Signer = (data: Buffer, signed: (signature: Buffer) => void) => void

const readsAhead = (client: Client): boolean => /^OpenSSH_/.test((client as unknown as Inside)._remoteVer ?? '')

/** Call right after `client.connect`. */
export function loginInFewerTrips(client: Client): void {
  const protocol = (client as unknown as Inside)._protocol
  if (typeof protocol?.service !== 'function' || typeof protocol.authPK !== 'function') return
  signAtOnce(protocol)
  authenticateAtOnce(protocol, () => readsAhead(client))
}

/** A key of ours is shown with its signature, without asking first whether it would do. */
function signAtOnce(protocol: Protocol): void {
  const authPK = protocol.authPK.bind(protocol)
  protocol.authPK = (username, key, algorithm, sign) => {
    const own = sign === undefined && typeof key.isPrivateKey === 'function' && key.isPrivateKey()
    if (!own) return authPK(username, key, algorithm, sign)
    const hash = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' }[algorithm ?? '']
    authPK(username, key, algorithm, (data, signed) => {
      const signature = key.sign(data, hash)
      if (signature instanceof Error) authPK(username, key, algorithm)
      else signed(signature)
    })
  }
}

/**
 * The first login attempt follows the request for the login service at once. Before it ssh2 must know which signatures the
 * server takes, which a server that tells it tells before.
 */
function authenticateAtOnce(protocol: Protocol, allowed: () => boolean): void {
  const handlers = protocol._handlers
  const { SERVICE_ACCEPT: accept, EXT_INFO: extensions } = handlers
  if (!accept || !extensions) return
  let [told, asked, begun] = [false, false, false]
  const begin = () => {
    if (begun || !told || !asked || !allowed()) return
    begun = true
    accept(protocol, 'ssh-userauth')
  }
  handlers.EXT_INFO = (self, list) => {
    extensions(self, list)
    told = true
    begin()
  }
  handlers.SERVICE_ACCEPT = (self, name) => {
    if (begun) return
    begun = true
    accept(self, name)
  }
  const service = protocol.service.bind(protocol)
  protocol.service = name => {
    service(name)
    asked = true
    begin()
  }
}
