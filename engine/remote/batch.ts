/** Requests made before an `await` travel together: the first one starts a batch, which is sent a moment later. */

interface Waiting<Request, Answer> {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

export class Batch<Request, Answer> {
  #waiting: Waiting<Request, Answer>[] = []

  constructor(
    private readonly send: (requests: readonly Request[]) => Promise<readonly Answer[]>,
    /** Says when what has gathered is sent. */
    private readonly later: (send: () => void) => void,
  ) {}

  add(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ request, resolve, reject }) === 1) this.later(() => void this.#send())
    })
  }

  async #send(): Promise<void> {
    const sent = this.#waiting
    this.#waiting = []
    try {
      const answers = await this.send(sent.map(one => one.request))
      sent.forEach((one, index) => {
        one.resolve(answers[index]!)
      })
    } catch (error) {
      for (const one of sent) one.reject(error)
    }
  }
}
