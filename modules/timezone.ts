import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { quoteAll, sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

export default defineModule({
  name: 'community.general.timezone',
  summary: 'Set the time zone and how the hardware clock runs',
  check: 'full',
  args: {
    name: { type: 'str', summary: 'zone, such as Asia/Tokyo' },
    hwclock: { type: 'str', choices: ['local', 'UTC'], aliases: ['rtc'], summary: 'what the hardware clock shows' },
  },
  rules: { oneOf: [['hwclock', 'name']] },
  order: ['changed', 'diff', 'msg'],
  examples: `
- community.general.timezone:
    name: Asia/Tokyo
`,

  async run(context) {
    const { args, remote, fail } = context
    const [now, zone] = await Promise.all([
      remote.query({
        command: sh`[ -d /run/systemd/system ] && command -v timedatectl 2>/dev/null | sed 's/^/timedatectl /'; readlink /etc/localtime | sed 's|.*/zoneinfo/||; s/^/link /'; echo "file $(cat /etc/timezone 2>/dev/null)"; tail -n 1 /etc/adjtime 2>/dev/null | sed 's/^/clock /'; [ -f /etc/timezone ] && echo "timezone yes"; [ -f /etc/sysconfig/clock ] && echo "sysconfig yes"; :`,
        parse: stdout =>
          new Map(stdout.split('\n').map(line => [line.split(' ')[0]!, line.slice(line.indexOf(' ') + 1)])),
      }),
      args.name === undefined ? undefined : remote.file(`/usr/share/zoneinfo/${args.name}`, { want: 'stat' }),
    ])
    if (zone && (!zone.exists || zone.isDirectory))
      fail(`Error message:\ngiven timezone "${args.name}" is not available`)
    const systemd = now.get('timedatectl')
    const before: Record<string, string> = {}
    const after: Record<string, string> = {}
    const said: string[] = []
    const run = async (argv: string[], why: string) => {
      await checked(context, argv, why)
      if (!remote.checkMode) said.push(`executed \`${quoteAll(argv)}\``)
    }
    if (args.hwclock !== undefined) {
      const local = args.hwclock === 'local'
      before.hwclock = now.get('clock') === 'LOCAL' ? 'local' : 'UTC'
      after.hwclock = args.hwclock
      if (before.hwclock !== after.hwclock)
        await run(
          systemd
            ? [systemd, 'set-local-rtc', local ? 'yes' : 'no']
            : ['hwclock', '--systohc', local ? '--localtime' : '--utc'],
          `let the hardware clock show ${args.hwclock}`,
        )
    }
    if (args.name !== undefined) {
      const { name } = args
      before.name = now.get('link') ?? ''
      after.name = name
      const linked = before.name === name
      const written = now.get('timezone') !== 'yes' || now.get('file') === name
      if (!linked && systemd) await run([systemd, 'set-timezone', name], `set the time zone to ${name}`)
      else if (!linked || !(written || systemd)) {
        await run(['ln', '-sfn', `/usr/share/zoneinfo/${name}`, '/etc/localtime'], `set the time zone to ${name}`)
        await writeName(context, name, now)
      }
    }
    return { diff: { before, after }, ...(said.length > 0 && { msg: said.join('\n') }) }
  },
})

/** Where a host without timedatectl also keeps the zone's name. */
async function writeName(
  { remote }: Pick<ModuleContext<unknown>, 'remote'>,
  name: string,
  now: ReadonlyMap<string, string>,
): Promise<void> {
  if (now.get('timezone') === 'yes')
    await (await remote.file('/etc/timezone', { want: 'text' })).put({ text: `${name}\n` })
  if (now.get('sysconfig') !== 'yes') return
  const file = await remote.file('/etc/sysconfig/clock', { want: 'text' })
  await file.put({
    lines: file.lines.map(line => (/^(ZONE|TIMEZONE)=/.test(line) ? `${line.split('=')[0]}="${name}"` : line)),
  })
}
