import { expect, test } from 'vitest'
import type { Request } from './host.js'
import { groupFiles, groupText } from './many-files.js'

const file = (path: string, more: object = {}): Request => ({
  kind: 'file',
  path,
  want: 'sha1',
  follow: true,
  textBelow: 0,
  ...more,
})
const many = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, index) => file(`/d/${index}`, more))

test('few files are looked at one by one, and so are those whose text is wanted', () => {
  expect(groupFiles(many(3))).toEqual([])
  expect(groupFiles(many(20, { textBelow: 100 }))).toEqual([])
  expect(groupFiles(many(20, { want: 'text' }))).toEqual([])
})

test('files that are looked at alike form a group, and keep their places', () => {
  const requests = [
    ...many(4),
    { kind: 'glob', pattern: '/*' } as const,
    ...many(4, { follow: false }),
    file('/d/last'),
  ]
  expect(groupFiles(requests).map(({ places }) => places)).toEqual([
    [0, 1, 2, 3, 9],
    [5, 6, 7, 8],
  ])
})

test('names that programs would print differently stay out', () => {
  const odd = ['relative', '/a\\b', '/a\nb', '/a/', '//a', '/a/..', '/a\x7f', '/']
  expect(groupFiles([...many(4), ...odd.map(path => file(path))])[0]?.places).toEqual([0, 1, 2, 3])
})

test('no command line grows beyond what the meanest host takes', () => {
  expect(groupFiles(many(450)).map(({ requests }) => requests.length)).toEqual([200, 200, 50])
  const long = many(450).map((request, index) => ({ ...request, path: `/${'x'.repeat(1000)}/${index}` }))
  const sizes = groupFiles(long as Request[]).map(group => Buffer.byteLength(groupText(group)))
  expect(sizes.length).toBeGreaterThan(6)
  expect(Math.max(...sizes)).toBeLessThan(70_000)
})
