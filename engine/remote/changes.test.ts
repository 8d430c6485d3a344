import { expect, test } from 'vitest'
import { openRemote } from './changes.js'
import { FakeHost } from './fake.js'
import { sh } from './quote.js'
import { RemoteFailure, ValidateFailed } from './remote.js'

const now = () => new Date(2024, 0, 2, 3, 4, 5)
const open = (host: FakeHost, checkMode = false) => openRemote(host, { checkMode, diffMode: true, now })

test('questions asked before an await are one round trip', async () => {
  const host = new FakeHost({ files: { '/etc/a': 'a', '/etc/b': 'b' }, commands: { 'uname -s': 'Linux\n' } })
  const remote = open(host)
  const [a, b, system] = await Promise.all([
    remote.file('/etc/a'),
    remote.file('/etc/b'),
    remote.query({ command: sh`uname -s`, parse: stdout => stdout.trim() }),
  ])
  expect([a.text, b.text, system, host.trips]).toEqual(['a', 'b', 'Linux', 1])
})

test('equal content sends nothing', async () => {
  const host = new FakeHost({ files: { '/etc/a': 'a\n' } })
  const remote = open(host)
  expect(await (await remote.file('/etc/a')).put({ text: 'a\n', mode: '0644', owner: 'root' })).toEqual({
    changed: false,
  })
  expect([host.trips, remote.recorded.changed]).toEqual([1, false])
})

test('new content is written with a diff and a backup, keeping mode and owner', async () => {
  const host = new FakeHost({ files: { '/etc/a': { text: 'a\n', mode: 0o640, owner: 'nobody' } } })
  const remote = open(host)
  const outcome = await (await remote.file('/etc/a')).put({ text: 'b\n', backup: true })
  expect(outcome).toEqual({ changed: true, backup_file: `/etc/a.${process.pid}.2024-01-02@03:04:05~` })
  expect(host.look('/etc/a', true)).toMatchObject({ mode: 0o640, owner: 'nobody' })
  expect(host.text(outcome.backup_file!)).toBe('a\n')
  expect(remote.recorded.diffs).toEqual([
    { before: 'a\n', after: 'b\n', before_header: '/etc/a', after_header: '/etc/a' },
  ])
})

test('check mode records and sends nothing', async () => {
  const host = new FakeHost({ files: { '/etc/a': 'a\n' } })
  const remote = open(host, true)
  await (await remote.file('/etc/a')).put({ text: 'b\n' })
  await (await remote.file('/etc/a')).remove()
  expect(await remote.exec({ argv: ['reboot'], why: 'start anew' })).toMatchObject({ rc: 0, stdout: '', skipped: true })
  expect([host.text('/etc/a'), remote.recorded.changed, host.ran]).toEqual(['a\n', true, []])
})

test('a file written through a link changes the target; a link looked at itself is replaced', async () => {
  const host = new FakeHost({ files: { '/etc/real': 'a', '/etc/link': { target: 'real' } } })
  await (await open(host).file('/etc/link')).put({ text: 'b' })
  expect([host.text('/etc/real'), host.look('/etc/link', false).kind]).toEqual(['b', 'link'])
  await (await open(host).file('/etc/link', { follow: false })).put({ text: 'c' })
  expect([host.text('/etc/real'), host.look('/etc/link', false).kind, host.text('/etc/link')]).toEqual([
    'b',
    'file',
    'c',
  ])
})

test('validate sees the new content and can refuse it', async () => {
  const host = new FakeHost({
    files: { '/etc/a': 'a' },
    commands: { 'check *': ({ text }, host) => ({ rc: host.text(text.slice(6)) === 'good' ? 0 : 2, stderr: 'bad' }) },
  })
  await (await open(host).file('/etc/a')).put({ text: 'good', validate: 'check %s' })
  const refused = (await open(host).file('/etc/a')).put({ text: 'evil', validate: 'check %s' })
  await expect(refused).rejects.toThrow(ValidateFailed)
  await expect(refused).rejects.toThrow('failed to validate: rc:2 error:bad')
  expect(host.text('/etc/a')).toBe('good')
})

test('attributes alone are one change with Ansible’s diff', async () => {
  const host = new FakeHost({ files: { '/etc/a': 'a' }, users: { web: 33 } })
  const remote = open(host)
  await (await remote.file('/etc/a', { want: 'stat' })).setAttributes({ mode: 'u=rw,go=', owner: 'web' })
  expect(host.look('/etc/a', true)).toMatchObject({ mode: 0o600, uid: 33 })
  expect(remote.recorded.diffs).toEqual([
    { before: { path: '/etc/a', owner: 0, mode: '0644' }, after: { path: '/etc/a', owner: 33, mode: '0600' } },
  ])
})

test('an unknown owner fails as Ansible says it', async () => {
  const file = await open(new FakeHost({ files: { '/etc/a': 'a' } })).file('/etc/a')
  await expect(file.setAttributes({ owner: 'ghost' })).rejects.toThrow('chown failed: failed to look up user ghost')
  await expect(file.setAttributes({ group: 'ghost' })).rejects.toThrow(RemoteFailure)
})

test('lines keep the newline style of the file', async () => {
  const host = new FakeHost({ files: { '/etc/a': 'a\r\nb\r\n', '/etc/b': 'a\nb' } })
  const [a, b] = await Promise.all([open(host).file('/etc/a'), open(host).file('/etc/b')])
  await a.put({ lines: [...a.lines, 'c'] })
  await b.put({ lines: ['x', ...b.lines] })
  expect([host.text('/etc/a'), host.text('/etc/b')]).toEqual(['a\r\nb\r\nc\r\n', 'x\na\nb'])
})

test('a command that the fake host does not expect is an error', async () => {
  await expect(open(new FakeHost()).exec({ argv: ['launch', 'it'], why: 'test' })).rejects.toThrow(
    'did not expect this command: launch it',
  )
})

test('a program that is missing fails the task with the folders that were searched', async () => {
  const host = new FakeHost({
    commands: [
      ['command -v *', call => ({ stdout: call.text.includes('here') ? '' : '/usr/bin:/sbin' })],
      ['*', { rc: 127 }],
    ],
  })
  const remote = open(host)
  const ask = (needs: string) => remote.query({ command: sh`exit 127`, needs, parse: (_, rc) => rc })
  await expect(ask('gone')).rejects.toThrow('Failed to find required executable "gone" in paths: /usr/bin:/sbin')
  expect(await ask('here')).toBe(127)
  await expect(remote.exec({ argv: ['gone', 'x'], why: '' })).rejects.toThrow(/executable "gone" in paths/)
  expect(await remote.exec({ argv: ['here'], why: '' })).toMatchObject({ rc: 127 })
  // What a person wrote, and what names its program by a path, is not looked for.
  expect(await remote.exec({ argv: ['gone'], givenPath: true, why: '' })).toMatchObject({ rc: 127 })
  expect(await remote.exec({ argv: ['/opt/gone'], why: '' })).toMatchObject({ rc: 127 })
})
