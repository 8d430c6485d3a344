import { expect, it } from 'vitest'
import { Live } from './live.js'
import { deliver } from './output.js'
import { Redactor } from './redact.js'
import { ends, task } from './test.js'

function stage(columns = 60, rows = 24) {
  const clock = { time: 0 }
  let written = ''
  const terminal = { write: (text: string) => (written += text), columns, rows }
  const live = new Live(terminal, () => clock.time)
  const output = live.output(1)
  const taken = () => {
    const text = written.replace(/\x1b\[\d+m/g, '')
    written = ''
    return text
  }
  const starts = (host: string, name: string) => deliver(output, { type: 'host_start', host, task: task(name) })
  const says = (host: string, name: string, text: string) =>
    deliver(output, { type: 'output_chunk', host, task: task(name), stream: 'stdout', text })
  return { clock, live, output, taken, starts, says, terminal }
}

it('shows what takes long, and for how long', () => {
  const { clock, live, output, taken, starts, says } = stage()
  starts('web1', 'install')
  live.draw()
  expect(taken()).toBe('')
  clock.time = 65_000
  starts('web2', 'install')
  clock.time = 66_000
  live.draw()
  expect(taken()).toBe('⠋ [install] 2 hosts: web1 1m06s, web2 1s')
  says('web1', 'install', 'one\ntwo\nthr')
  says('web1', 'install', 'ee')
  deliver(output, ends(task('install'), 'web2', 'ok'))
  live.draw()
  expect(taken()).toBe('\r\x1b[J⠙ [install] web1 1m06s\n  one\n  two\n  three')
  live.stop()
  expect(taken()).toBe('\x1b[3A\r\x1b[J')
})

it('names as many hosts as fit and counts the others; tasks, too', () => {
  const { clock, live, taken, starts, says } = stage(50, 15)
  for (let n = 1; n <= 12; n++) starts(`web${n}`, 'install')
  clock.time = 1000
  live.draw()
  expect(taken()).toBe('⠋ [install] 12 hosts: web1 1s, and 11 more')
  for (const name of ['b', 'c', 'd', 'e', 'f']) starts('db', name)
  says('web7', 'install', 'hello\n')
  clock.time = 3000
  live.draw()
  expect(taken().split('\n').slice(1)).toEqual(['  [b] db 2s', '  [c] db 2s', '  and 3 more tasks', '  web7 | hello'])
})

it('tells which item and which retry it is at', () => {
  const { clock, live, output, taken, starts } = stage()
  starts('web1', 'loop')
  deliver(output, { type: 'item_start', host: 'web1', task: task('loop'), index: 1, count: 9 })
  const result = new Map()
  deliver(output, {
    type: 'retry',
    host: 'web1',
    task: task('loop'),
    result,
    attempts: 1,
    retries: 3,
    verboseAlways: false,
  })
  clock.time = 1000
  live.draw()
  expect(taken()).toBe('⠋ [loop] web1 item 2/9 retry 1/3 1s')
})

it('what a host prints does not steer the terminal', () => {
  const { clock, live, taken, starts, says } = stage()
  starts('web1', 'evil')
  says('web1', 'evil', '10%\r\x1b[31m90%\x1b[0m\x1b]0;title\x07 \x9b2J\x00done\n')
  clock.time = 1000
  live.draw()
  const [, ...said] = taken().split('\n')
  expect(said[0]).toBe('  10%')
  expect(said[1]).toMatch(/^ {2}90%.*done$/)
  expect(said.join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
})

it('is taken away from a window that became narrower', () => {
  const { clock, live, taken, starts, terminal } = stage(60)
  starts('web1', 'x'.repeat(40))
  clock.time = 1000
  live.draw()
  taken()
  terminal.columns = 20
  live.clear()
  expect(taken()).toBe('\x1b[2A\r\x1b[J')
})

it('gets out of the way of the output and of questions, and fits the line', async () => {
  const { clock, live, taken, starts } = stage(16)
  const printed: string[] = []
  const sink = live.around({ stdout: text => void printed.push(text), stderr: () => {} })
  starts('web1', 'a long name')
  clock.time = 1000
  live.draw()
  expect(taken()).toBe('⠋ [a long name…')
  sink.stdout('ok\n')
  expect(taken()).toBe('\r\x1b[J')
  await live.hold(async () => live.draw())
  expect(taken()).toBe('')
  live.stop()
})

it('hides passwords, the longer of two first', () => {
  const redactor = new Redactor()
  redactor.hide('pass')
  redactor.hide('password1\n')
  redactor.hide('x')
  expect(redactor.redacted('password1, pass, x')).toBe('********, ********, x')
})
