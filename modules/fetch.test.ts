import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import fetch from './fetch.js'

const local = mkdtempSync(join(tmpdir(), 'fetch-'))
mkdirSync(join(local, 'taken/f'), { recursive: true })
afterAll(() => rmSync(local, { recursive: true }))
mkdirSync(join(local, 'dir'))

testModule(
  fetch,
  { src: '/etc/f' },
  {
    'keeps the host and the path': {
      args: { dest: local },
      files: { '/etc/f': 'hi\n' },
      changed: true,
      returns: {
        dest: join(local, 'testhost/etc/f'),
        checksum: '55ca6286e3e4f4fba5d0448333fa99fc5a404a73',
        remote_checksum: '55ca6286e3e4f4fba5d0448333fa99fc5a404a73',
        remote_md5sum: null,
      },
    },
    'takes a plain name': {
      args: { dest: 'flat', flat: true },
      variables: { playbook_dir: local },
      files: { '/etc/f': 'hi\n' },
      returns: { dest: join(local, 'flat') },
    },
    'takes the name below a directory': {
      args: { dest: `${local}/dir/`, flat: true },
      files: { '/etc/f': 'hi\n' },
      returns: { dest: join(local, 'dir/f') },
    },
    'does not take the place of a directory': {
      args: { dest: join(local, 'dir'), flat: true },
      files: { '/etc/f': 'hi\n' },
      fails: 'dest is an existing directory, use a trailing slash if you want to fetch src into that directory',
    },
    'does not take the place of a directory that it comes to by itself': {
      args: { dest: `${local}/taken/`, flat: true },
      files: { '/etc/f': 'hi\n' },
      fails: `failed to transfer file to ${local}/taken/f: [Errno 21] Is a directory: b'${local}/taken/f'`,
    },
    'misses a file': {
      args: { dest: local },
      commands: { '*ls -d -- /etc/f*': '' },
      fails: 'the remote file does not exist, not transferring, ignored',
    },
    'says so of a file in a directory that is closed': {
      args: { dest: local },
      commands: { '*ls -d -- /etc/f*': "ls: cannot access '/etc/f': Permission denied\n" },
      fails: 'remote file is not readable, not transferring, ignored',
    },
    'says so of a file below a file': {
      args: { dest: local },
      commands: { '*ls -d -- /etc/f*': "ls: cannot access '/etc/f': Not a directory\n" },
      fails: 'Failed to get information on remote file (/etc/f): Not a directory',
      returns: { file: '/etc/f' },
    },
    'may miss a file': {
      args: { dest: local, fail_on_missing: false },
      commands: { '*ls -d -- /etc/f*': '' },
      changed: false,
      // Why it is missing is asked only then.
      trips: 2,
      returns: { msg: 'the remote file does not exist, not transferring, ignored', file: '/etc/f' },
    },
    'takes no directory': {
      args: { dest: local },
      files: { '/etc/f': { directory: true } },
      fails: 'remote file is a directory, fetch cannot work on directories',
    },
    'needs both ends': { fails: 'src and dest are required' },
  },
)

test('the file arrives', () => {
  expect(readFileSync(join(local, 'testhost/etc/f'), 'utf8')).toBe('hi\n')
})
