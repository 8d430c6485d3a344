import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { tcpSocket } from './socket.js'

test('a host that answered in time is connected to, however late we look', async () => {
  const server = createServer(socket => socket.end())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const connecting = tcpSocket('127.0.0.1', port, { timeout: 0.05 })
  const until = performance.now() + 200
  while (performance.now() < until);
  const socket = await connecting
  expect(socket.destroyed).toBe(false)
  socket.destroy()
  server.close()
})
