/** Keeps passwords out of what is printed about connections and errors. */

/** Shorter ones would hit half of all text, and are no secret anyway. */
const SHORTEST = 3

export class Redactor {
  #secrets: string[] = []

  /** From now on this text is a secret. */
  hide(secret: string): void {
    for (const text of [secret, secret.trim()])
      if (text.length >= SHORTEST && !this.#secrets.includes(text)) this.#secrets.push(text)
    // Of two secrets, one of which holds the other, the longer one has to go first.
    this.#secrets.sort((a, b) => b.length - a.length)
  }

  redacted(text: string): string {
    return this.#secrets.reduce((shown, secret) => shown.replaceAll(secret, '********'), text)
  }
}
