import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { localTree } from './copy-tree.js'

test('an empty directory is not made, one that holds an empty directory is', async () => {
  const top = mkdtempSync(join(tmpdir(), 'understudy-tree-'))
  try {
    expect((await localTree(top, 'to', true)).directories).toEqual([])
    mkdirSync(join(top, 'a'))
    expect((await localTree(top, 'to', true)).directories).toEqual(['to', 'to/a'])
  } finally {
    rmSync(top, { recursive: true })
  }
})

test('of several files that cannot be copied, the one nearest to the top is met first', async () => {
  const top = mkdtempSync(join(tmpdir(), 'understudy-tree-'))
  try {
    mkdirSync(join(top, 'a/deep'), { recursive: true })
    for (const name of ['z', 'a/y', 'a/deep/x', 'b']) writeFileSync(join(top, name), '')
    const { files, directories } = await localTree(top, 'to', true)
    expect(files.map(({ rel }) => rel)).toEqual(['to/b', 'to/z', 'to/a/y', 'to/a/deep/x'])
    expect(directories).toEqual(['to', 'to/a', 'to/a/deep'])
  } finally {
    rmSync(top, { recursive: true })
  }
})
