import type { FakeCall, FakeHandler } from '../../engine/remote/fake.js'

interface Answer {
  readonly head: string
  readonly body?: string
  readonly info?: string
  readonly rc?: number
  readonly error?: string
}

/** Plays curl: answers with this, and keeps what was asked. */
const server =
  (answer: Answer): FakeHandler =>
  (call: FakeCall, host) => {
    const [, mark, length, keep] = call.argv!.slice(4)
    host.state.asked = call.stdin.slice(0, Number(length))
    host.state.body = call.stdin.slice(Number(length))
    if (keep) host.add(`${keep}/out`, answer.body ?? '')
    const info = answer.info ?? `200 0 http://example.com/x\nsize ${(answer.body ?? '').length}\n`
    return `${answer.rc ?? 0}\n${info}\n${mark}\n${answer.head}\n${mark}\n${answer.error ?? ''}\n${mark}\n${keep ? '' : (answer.body ?? '')}`
  }

/** A host with curl and what it gets from the server: entries for `commands` of a module test. */
export const fakeServer = (answer: Answer) =>
  [
    [/^if command -v curl/, 'curl\n'],
    [(call: FakeCall) => call.argv?.[2]?.includes('curl -q -K') ?? false, server(answer)],
  ] as const
