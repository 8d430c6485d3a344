import { testModule } from '../engine/module/test.js'
import timezone from './timezone.js'

const zones = {
  '/usr/share/zoneinfo/Europe': { directory: true },
  '/usr/share/zoneinfo/Europe/Rome': 'TZif2',
} as const
/** A systemd whose clock and zone are as they were last set. */
const host = () => {
  const now = { zone: 'Etc/UTC', clock: 'UTC' }
  return {
    '*readlink /etc/localtime*': () =>
      `timedatectl /usr/bin/timedatectl\nlink ${now.zone}\nfile ${now.zone}\nclock ${now.clock}\n`,
    '/usr/bin/timedatectl set-timezone Europe/Rome': () => {
      now.zone = 'Europe/Rome'
      return ''
    },
    '/usr/bin/timedatectl set-local-rtc yes': () => {
      now.clock = 'LOCAL'
      return ''
    },
  }
}

testModule(
  timezone,
  { name: 'Europe/Rome' },
  {
    'sets the clock before the zone': {
      args: { hwclock: 'local' },
      files: zones,
      commands: host,
      runs: ['/usr/bin/timedatectl set-local-rtc yes', '/usr/bin/timedatectl set-timezone Europe/Rome'],
      returns: {
        msg: 'executed `/usr/bin/timedatectl set-local-rtc yes`\nexecuted `/usr/bin/timedatectl set-timezone Europe/Rome`',
      },
    },
    'takes no folder of zones for one': {
      args: { name: 'Europe' },
      files: zones,
      commands: host,
      fails: 'Error message:\ngiven timezone "Europe" is not available',
    },
  },
)
