import type { TemplarHost } from './templar.js'

/** For tests of what needs nothing of the controller. */
export const bareHost: TemplarHost = {
  readFile() {
    throw new Error('no files here')
  },
  environ: {},
  setting: () => undefined,
  warn() {},
}
