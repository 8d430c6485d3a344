import { expect, it } from 'vitest'
import { Live } from './live.js'
import { deliver } from './output.js'
import { Redactor } from './redact.js'
import { ends, task } from './test.js'

function stage(columns = 60) {
  const clock = { time: 0 }
  let written = ''
  const terminal = { write: (text: string) => (written += text), columns }
  const live = new Live(terminal, () => clock.time)
  const output = live.output(1)
  const taken = () => {
    const text = written.replace(/\x1b\[\d+m/g, '')
    written = ''
    return text
  }
  return { clock, live, output, taken }
}

it('shows what takes long, and for how long', () => {
  const { clock, live, output, taken } = stage()
  deliver(output, { type: 'host_start', host: 'web1', task: task('install') })
  live.draw()
  expect(taken()).toBe('')
  clock.time = 65_000
  deliver(output, { type: 'host_start', host: 'web2', task: task('install') })
  clock.time = 66_000
  live.draw()
  expect(taken()).toBe('\r\x1b[2K⠋ [install] web1 1m06s, web2 1s')
  deliver(output, { type: 'output_chunk', host: 'web1', task: task('install'), stream: 'stdout', text: 'one\ntwo\n' })
  deliver(output, ends(task('install'), 'web2', 'ok'))
  live.draw()
  expect(taken()).toBe('\r\x1b[2K⠙ [install] web1 1m06s | two')
  live.stop()
  expect(taken()).toBe('\r\x1b[2K')
})

it('gets out of the way of the output and of questions, and fits the line', async () => {
  const { clock, live, output, taken } = stage(16)
  const printed: string[] = []
  const sink = live.around({ stdout: text => void printed.push(text), stderr: () => {} })
  deliver(output, { type: 'host_start', host: 'web1', task: task('a long name') })
  clock.time = 1000
  live.draw()
  expect(taken()).toBe('\r\x1b[2K⠋ [a long name…')
  sink.stdout('ok\n')
  expect(taken()).toBe('\r\x1b[2K')
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
