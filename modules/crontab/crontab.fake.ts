import type { FakeCommands } from '../../engine/remote/fake.js'

/** A crontab(1) that keeps what it is given; `copy` is the file in which the old one is kept. */
export const fakeCrontab = (copy: string) => (text: string) => (): FakeCommands => {
  let now = text
  return [
    ['crontab -l*', () => (now === '' ? { rc: 1, stderr: 'no crontab for root\n' } : now)],
    [
      /crontab (-u \S+ )?-$/,
      call => {
        now = call.stdin
        return call.text.startsWith('backup=') ? `${copy}\n` : ''
      },
    ],
  ]
}
