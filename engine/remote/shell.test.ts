import { expect, test } from 'vitest'
import { parseStat } from './shell.js'

test('the number of a device is made as makedev(3) makes it', () => {
  const line = (major: string, minor: string) => `61b0 0 6 0 1.5 1.5 1.5 7 5 1 4096 0 ${major} ${minor}\nroot\ndisk`
  expect(parseStat(line('103', '3'))).toMatchObject({ kind: 'block', deviceType: 66307, blockSize: 4096, blocks: 0 })
  expect(parseStat(line('8', '12345')).deviceType).toBe((8 << 8) | 0x45 | 0x12300000)
})

test('a stat that cannot tell blocks says nothing of them', () => {
  expect(parseStat('81a4 0 0 5 1 1 1 7 5 1 ? ? ? ?\nroot\nroot')).toMatchObject({
    size: 5,
    blockSize: 0,
    deviceType: 0,
  })
})
