/** The parts of ssh2 1.17 that a client needs. Its index also loads what servers and HTTP agents need, Node's http with it: 20 ms. */
declare module 'ssh2/lib/client.js' {
  import { Client } from 'ssh2'
  export default Client
}
declare module 'ssh2/lib/agent.js' {
  import type { createAgent } from 'ssh2'

  const agents: { readonly createAgent: typeof createAgent }
  export default agents
}
declare module 'ssh2/lib/protocol/keyParser.js' {
  import type { utils } from 'ssh2'

  const keyParser: { readonly parseKey: typeof utils.parseKey }
  export default keyParser
}
declare module 'ssh2/lib/protocol/constants.js' {
  /** `DEFAULT_CIPHER`, `SUPPORTED_KEX`, …: names of algorithms. */
  const constants: Readonly<Record<string, readonly string[]>>
  export default constants
}
