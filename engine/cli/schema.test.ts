import { createRequire } from 'node:module'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { main } from './main.js'

const { Ajv } = createRequire(import.meta.url)('ajv') as typeof import('ajv')

test('the printed schema compiles with every module in it, and finds a misspelled option', async () => {
  let text = ''
  const stdout = {
    write(chunk: string | Uint8Array) {
      text += chunk
    },
  }
  const io = { stdin: new PassThrough(), stdout, stderr: stdout, env: {}, cwd: '.' }
  expect(await main(['schema'], io)).toBe(0)
  const valid = new Ajv({ strict: false }).compile(JSON.parse(text))
  expect(valid([{ hosts: 'all', tasks: [{ copy: { src: 'a', dest: 'b' } }] }])).toBe(true)
  expect(valid([{ hosts: 'all', tasks: [{ copy: { scr: 'a', dest: 'b' } }] }])).toBe(false)
})
