/** A relay on loopback that delays, cuts and garbles what passes between a client and a server. */
import { connect, createServer, type Socket } from 'node:net'

export interface Relay {
  readonly port: number
  /** Milliseconds each way. */
  delay: number
  /** Refuse so many connections before letting one through. */
  refuse: number
  /** Flip a bit in the next packet to the client. */
  garble: boolean
  /** Connections so far. */
  connections: number
  /** How often the client spoke again after it had heard something: round trips, when it waits for answers. */
  turns: number
  /** Let nothing pass any more, without telling anybody. */
  freeze(): void
  /** Ends every connection now. */
  cut(): void
  close(): Promise<void>
}

export function startRelay(port: number): Promise<Relay> {
  const sockets = new Set<Socket>()
  let frozen = false
  let heard = true
  const server = createServer(client => {
    relay.connections += 1
    if (relay.refuse > 0) {
      relay.refuse -= 1
      client.destroy()
      return
    }
    const upstream = connect(port, '127.0.0.1')
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      sockets.add(socket)
      socket.on('error', () => {})
    }
    const pass = (from: Socket, to: Socket, spoil: boolean) => {
      from.on('data', (chunk: Buffer) => {
        if (frozen) return
        if (from === client && heard) {
          relay.turns += 1
          heard = false
        }
        if (spoil && relay.garble) {
          relay.garble = false
          chunk[chunk.length - 1]! ^= 1
        }
        const give = () => {
          if (to === client) heard = true
          if (to.writable) to.write(chunk)
        }
        if (relay.delay > 0) setTimeout(give, relay.delay)
        else give()
      })
      from.on('close', () => {
        sockets.delete(from)
        if (!frozen) setTimeout(() => to.destroy(), relay.delay)
      })
    }
    pass(client, upstream, false)
    pass(upstream, client, true)
  })
  const relay: Relay = {
    port: 0,
    delay: 0,
    refuse: 0,
    garble: false,
    connections: 0,
    turns: 0,
    freeze() {
      frozen = true
    },
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => {
      resolve(Object.assign(relay, { port: (server.address() as { port: number }).port }))
    })
  })
}
