/** Requests made before an `await` travel together: the first one starts a batch, the next microtask sends it. */
import type { Answer, Host, Request } from './host.js'

interface Waiting {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

export class Batch {
  #waiting: Waiting[] = []

  constructor(private readonly host: Host) {}

  ask(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ request, resolve, reject }) === 1) queueMicrotask(() => void this.#send())
    })
  }

  async #send(): Promise<void> {
    const sent = this.#waiting
    this.#waiting = []
    try {
      const answers = await this.host.ask(sent.map(one => one.request))
      sent.forEach((one, index) => {
        one.resolve(answers[index]!)
      })
    } catch (error) {
      for (const one of sent) one.reject(error)
    }
  }
}
