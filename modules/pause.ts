import { setTimeout as sleep } from 'node:timers/promises'
import { Diagnostic } from '../engine/diagnostics.js'
import { defineModule } from '../engine/module/define.js'

export default defineModule({
  name: 'ansible.builtin.pause',
  summary: 'Wait for some time, or for somebody to press return',
  check: 'full',
  where: 'controller',
  args: {
    seconds: { type: 'raw', summary: 'how long' },
    minutes: { type: 'raw', summary: 'how long' },
    prompt: { type: 'str', summary: 'text to show while waiting' },
    echo: { type: 'bool', default: true, summary: 'show what is typed' },
  },
  rules: { exclusive: [['minutes', 'seconds']] },
  returns: {
    user_input: 'what was typed',
    start: 'when it began',
    stop: 'when it ended',
    delta: 'seconds in between',
    echo: 'the option',
    stdout: 'how long it was, in words',
  },
  examples: `
- ansible.builtin.pause:
    minutes: 5

- ansible.builtin.pause:
    prompt: Make sure org.foo.FooOverload exception is not present
`,

  async run({ args, task, controller, warn, fail }) {
    const unit = args.minutes !== undefined && args.minutes !== null ? 'minutes' : 'seconds'
    const amount = args[unit] === undefined || args[unit] === null ? undefined : whole(unit, args[unit], fail)
    // A pause of zero or less would never end in Ansible either: it waits a second.
    const seconds = amount === undefined ? undefined : Math.max(1, unit === 'minutes' ? amount * 60 : amount)
    const hidden = args.echo ? '' : ' (output is hidden)'
    const text = `[${task.name || task.action}]\n${args.prompt || 'Press enter to continue, Ctrl+C to interrupt'}${hidden}:`

    const asked = (question: string, how: { echo: boolean; seconds?: number }) =>
      controller.prompt(question, { ...how, pausing: true }).catch(error => {
        throw error instanceof Diagnostic && error.code === 'pause-aborted' ? fail(error.message) : error
      })
    const start = new Date()
    let user_input = ''
    if (seconds === undefined) {
      const answer = await asked(text, { echo: args.echo })
      if (answer === undefined) warn('Not waiting for response to prompt as stdin is not interactive')
      user_input = answer ?? ''
    } else {
      const note = `Pausing for ${seconds} seconds${hidden}\n(ctrl+C then 'C' = continue early, ctrl+C then 'A' = abort)`
      const shown = args.prompt ? `${note}\n${text}` : note
      const answer = await asked(shown, { echo: args.echo, seconds })
      // Where nobody can answer, the prompt comes back at once.
      if (answer === undefined) await sleep(seconds * 1000, undefined, { signal: controller.signal })
    }
    const stop = new Date()

    const spent = (stop.getTime() - start.getTime()) / 1000
    const shownUnit = unit === 'seconds' && seconds !== undefined ? 'seconds' : 'minutes'
    const duration = Math.round((shownUnit === 'seconds' ? spent : spent / 60) * 100) / 100
    return {
      changed: false,
      rc: 0,
      stderr: '',
      stdout: `Paused for ${Number.isInteger(duration) ? duration.toFixed(1) : duration} ${shownUnit}`,
      start: pythonTime(start),
      stop: pythonTime(stop),
      delta: Math.floor(spent),
      echo: args.echo,
      user_input,
    }
  },
})

function whole(name: string, value: unknown, fail: (msg: string) => never): number {
  const text = String(value).trim()
  if (typeof value === 'number') return Math.trunc(value)
  if (!/^[+-]?\d+$/.test(text))
    fail(
      `argument '${name}' is of type <class 'str'> and we were unable to convert to int: invalid literal for int() with base 10: '${text}'`,
    )
  return Number(text)
}

/** As str(datetime.now()): local time with microseconds. */
function pythonTime(when: Date): string {
  const two = (part: number) => String(part).padStart(2, '0')
  const date = `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`
  const time = `${two(when.getHours())}:${two(when.getMinutes())}:${two(when.getSeconds())}`
  return `${date} ${time}.${String(when.getMilliseconds()).padStart(3, '0')}000`
}
