import { Unreachable } from '../engine/connection/connection.js'
import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import waitForConnection from './wait_for_connection.js'

/** A host that cannot be reached so many times. */
const away = (times: number) => (): FakeCommands => {
  let left = times
  return {
    true: () => {
      if (left-- > 0) throw new Unreachable('Connection refused')
      return ''
    },
  }
}

testModule(
  waitForConnection,
  { sleep: 0 },
  {
    'has nothing to wait for': { commands: away(0), changed: false, returns: { elapsed: 0 } },
    'tries until the host is there': { commands: away(3), changed: false },
    'waits before it tries': { args: { delay: 1 }, commands: away(0), returns: { elapsed: 1 } },
    'gives up': {
      args: { timeout: 0 },
      commands: away(3),
      fails: 'timed out waiting for ping module test: Connection refused',
      returns: { elapsed: 0 },
    },
    'gives up on a host that does not answer': {
      args: { timeout: 0, connect_timeout: 1 },
      commands: { true: () => new Promise(() => undefined) },
      fails: 'timed out waiting for ping module test: no answer within 1 seconds',
    },
    'knows its own options': {
      args: { port: 22 },
      fails: 'Invalid options for ansible.builtin.wait_for_connection: port',
    },
  },
)
