import { sh } from '../../engine/remote/quote.js'
import type { Remote, RemoteFile } from '../../engine/remote/remote.js'
import { strptime } from './strptime.js'

export interface TimestampArgs {
  readonly access_time?: string | undefined
  readonly access_time_format: string
  readonly modification_time?: string | undefined
  readonly modification_time_format: string
}

/** What becomes of a time: kept, set to now, or set to this (as `touch -t` takes it, with what it is on the host). */
type Wish = 'preserve' | 'now' | { readonly touch: string; readonly epoch: number }

export interface Wishes {
  readonly atime: Wish
  readonly mtime: Wish
}

/** Reads the options; a date means what it means in the host's time zone, so the host is asked. */
export async function wishedTimes(
  remote: Remote,
  args: TimestampArgs,
  otherwise: 'preserve' | 'now',
  fail: (msg: string) => never,
): Promise<Wishes> {
  const one = async (text: string | undefined, format: string): Promise<Wish> => {
    const word = text ?? otherwise
    if (word === 'preserve' || word === 'now') return word
    const date = strptime(word, format)
    if (typeof date === 'string')
      fail(`Error while obtaining timestamp for time ${word} using format ${format}: ${date}`)
    const touch = date.touch
    const epoch = await remote.query({
      command: sh`f=$(mktemp) && touch -m -t ${touch} "$f" && date -r "$f" +%s; rm -f "$f"`,
      parse: Number,
    })
    return { touch, epoch }
  }
  const [mtime, atime] = await Promise.all([
    one(args.modification_time, args.modification_time_format),
    one(args.access_time, args.access_time_format),
  ])
  return { mtime, atime }
}

/** Sets the times that differ. */
export async function setTimes(
  remote: Remote,
  path: string,
  file: RemoteFile,
  { atime, mtime }: Wishes,
): Promise<void> {
  const due = (wish: Wish, current: number) => wish === 'now' || (wish !== 'preserve' && wish.epoch !== current)
  const settings = [
    ...(due(mtime, file.mtime) ? [{ key: 'mtime', flag: '-m', wish: mtime, before: file.mtime }] : []),
    ...(due(atime, file.atime) ? [{ key: 'atime', flag: '-a', wish: atime, before: file.atime }] : []),
  ]
  if (settings.length === 0) return

  const now = Date.now() / 1000
  const stamp = (wish: Wish) => (typeof wish === 'object' ? ['-t', wish.touch] : [])
  const same = settings.length === 2 && stamp(mtime).join() === stamp(atime).join()
  for (const { flag, wish } of same ? [{ flag: undefined, wish: mtime }] : settings)
    await remote.exec({
      argv: ['touch', '-c', ...(flag ? [flag] : []), ...stamp(wish), '--', path],
      why: `set times of ${path}`,
      changes: false,
    })
  const after = (wish: Wish) => (typeof wish === 'object' ? wish.epoch : now)
  remote.changed(`set times of ${path}`, {
    before: {
      ...Object.fromEntries(settings.map(one => [one.key, one.before])),
      path,
    },
    after: {
      ...Object.fromEntries(settings.map(one => [one.key, after(one.wish)])),
      path,
    },
  })
}
