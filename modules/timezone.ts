import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

export default defineModule({
  name: 'community.general.timezone',
  aliases: ['ansible.builtin.timezone'],
  summary: 'Set the time zone and how the hardware clock runs',
  check: 'full',
  args: {
    name: { type: 'str', summary: 'zone, such as Asia/Tokyo' },
    hwclock: { type: 'str', choices: ['local', 'UTC'], aliases: ['rtc'], summary: 'what the hardware clock shows' },
  },
  rules: { oneOf: [['hwclock', 'name']] },
  examples: `
- community.general.timezone:
    name: Asia/Tokyo
`,

  async run(context) {
    const { args, remote, fail } = context
    const [now, zone] = await Promise.all([
      remote.query({
        command: sh`command -v timedatectl >/dev/null 2>&1 && [ -d /run/systemd/system ] && echo systemd yes; readlink -f /etc/localtime | sed 's|.*/zoneinfo/||; s/^/link /'; echo "file $(cat /etc/timezone 2>/dev/null)"; tail -n 1 /etc/adjtime 2>/dev/null | sed 's/^/clock /'; [ -f /etc/timezone ] && echo "timezone yes"; [ -f /etc/sysconfig/clock ] && echo "sysconfig yes"; :`,
        parse: stdout =>
          new Map(stdout.split('\n').map(line => [line.split(' ')[0]!, line.slice(line.indexOf(' ') + 1)])),
      }),
      args.name === undefined ? undefined : remote.file(`/usr/share/zoneinfo/${args.name}`, { want: 'stat' }),
    ])
    if (zone && !zone.exists) fail(`given timezone ${args.name} is not available`)
    const systemd = now.get('systemd') === 'yes'
    const before: Record<string, string> = {}
    const after: Record<string, string> = {}
    const note = (key: string, was: string, is: string) => {
      before[key] = was
      after[key] = is
    }
    const link = now.get('link') ?? ''
    const same = (one: string, other: string) =>
      one === other ||
      (/^(Etc\/)?(UTC|UCT|Zulu|Universal)$/.test(one) && /^(Etc\/)?(UTC|UCT|Zulu|Universal)$/.test(other))
    const fileDiffers = now.get('timezone') === 'yes' && now.get('file') !== args.name
    if (args.name !== undefined && (!same(link, args.name) || (fileDiffers && !systemd))) {
      note('name', link, args.name)
      if (systemd)
        await checked(context, ['timedatectl', 'set-timezone', args.name], `set the time zone to ${args.name}`)
      else {
        await checked(
          context,
          ['ln', '-sfn', `/usr/share/zoneinfo/${args.name}`, '/etc/localtime'],
          `set the time zone to ${args.name}`,
        )
        if (now.get('timezone') === 'yes')
          await (await remote.file('/etc/timezone', { want: 'text' })).put({ text: `${args.name}\n` })
        if (now.get('sysconfig') === 'yes') {
          const file = await remote.file('/etc/sysconfig/clock', { want: 'text' })
          await file.put({
            lines: file.lines.map(line =>
              /^(ZONE|TIMEZONE)=/.test(line) ? `${line.split('=')[0]}="${args.name}"` : line,
            ),
          })
        }
      }
    }
    const clock = now.get('clock') === 'LOCAL' ? 'local' : 'UTC'
    if (args.hwclock !== undefined && args.hwclock !== clock) {
      note('hwclock', clock, args.hwclock)
      const local = args.hwclock === 'local'
      await checked(
        context,
        systemd
          ? ['timedatectl', 'set-local-rtc', local ? 'yes' : 'no']
          : ['hwclock', '--systohc', local ? '--localtime' : '--utc'],
        `let the hardware clock show ${args.hwclock}`,
      )
    }
    return Object.keys(after).length > 0 ? { diff: { before, after } } : {}
  },
})
