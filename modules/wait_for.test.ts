import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import { portConnections } from './queries/port.js'
import waitFor from './wait_for.js'

testModule(
  waitFor,
  {},
  {
    'finds a file': {
      args: { path: '/etc/f' },
      files: { '/etc/f': 'hi' },
      returns: { path: '/etc/f', state: 'file', elapsed: 0, port: null, match_groups: [] },
      trips: 2,
    },
    'finds text in a file': {
      args: { path: '/etc/f', search_regex: 'a(?P<x>.)' },
      files: { '/etc/f': 'xab' },
      returns: { match_groups: ['b'], match_groupdict: { x: 'b' } },
      trips: 2,
    },
    'sees that a file is gone': { args: { path: '/etc/f', state: 'absent' }, returns: { state: 'absent' }, trips: 2 },
    'gives up on a file': { args: { path: '/etc/f', timeout: 0 }, fails: 'Timeout when waiting for file /etc/f' },
    'gives up on a file that stays': {
      args: { path: '/etc/f', timeout: 0, state: 'absent' },
      files: { '/etc/f': 'hi' },
      fails: 'Timeout when waiting for /etc/f to be absent.',
    },
    'finds a port': {
      args: { port: 22 },
      commands: { 'h=*': { stderr: 'open\n' } },
      returns: { port: 22, state: 'started' },
    },
    'gives up on a port': {
      args: { port: 22, timeout: 0 },
      commands: { 'h=*': '' },
      fails: 'Timeout when waiting for 127.0.0.1:22',
      returns: { elapsed: 0 },
    },
    'gives up in the given words': {
      args: { port: 22, timeout: 0, msg: 'sorry' },
      commands: { 'h=*': '' },
      fails: 'sorry',
    },
    'sees that a port is closed': {
      args: { port: 22, state: 'stopped' },
      commands: { 'h=*': '' },
      returns: { state: 'stopped' },
    },
    'reads what a port sends': {
      args: { port: 22, search_regex: 'OpenSSH' },
      commands: { 'h=*': { stdout: 'SSH-2.0-OpenSSH\n', stderr: 'open\n' } },
      returns: { match_groups: [] },
    },
    'waits for one thing': {
      args: { path: '/etc/f', port: 1 },
      fails: 'port and path parameter can not both be passed to wait_for',
    },
    'drains no file': {
      args: { path: '/etc/f', state: 'drained' },
      fails: 'state=drained should only be used for checking a port in the wait_for module',
    },
  },
)

test('connections are read from the kernel’s tables', () => {
  const table =
    '  sl  local_address rem_address   st\n   0: 0100007F:0016 00000000:0000 0A\n   1: 0100007F:0016 0200007F:9C40 01\n'
  expect(portConnections('127.0.0.1', 22, []).parse(table, 0, '')).toEqual(['ESTABLISHED'])
  expect(portConnections('127.0.0.1', 22, ['127.0.0.2']).parse(table, 0, '')).toEqual([])
})
