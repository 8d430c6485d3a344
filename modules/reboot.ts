import type { ArgSpecs } from '../engine/args.js'
import { Unreachable } from '../engine/connection/connection.js'
import { defineModule, invalidOptions } from '../engine/module/define.js'
import { ShellEnded } from '../engine/remote/lane.js'
import { quote } from '../engine/remote/quote.js'
import type { ShellText } from '../engine/remote/remote.js'

const args = {
  pre_reboot_delay: { type: 'int', default: 0, aliases: ['pre_reboot_delay_sec'], summary: 'seconds to wait before' },
  post_reboot_delay: {
    type: 'int',
    default: 0,
    aliases: ['post_reboot_delay_sec'],
    summary: 'seconds to wait after, before the test',
  },
  reboot_timeout: {
    type: 'int',
    default: 600,
    aliases: ['reboot_timeout_sec'],
    summary: 'seconds in which the host has to be back',
  },
  connect_timeout: { type: 'int', aliases: ['connect_timeout_sec'], summary: 'seconds for one attempt to connect' },
  test_command: { type: 'str', default: 'whoami', summary: 'command that has to work when the host is back' },
  msg: { type: 'str', default: 'Reboot initiated by Ansible', summary: 'message for users of the host' },
  search_paths: {
    type: 'list',
    elements: 'str',
    default: ['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin'],
    summary: 'where shutdown is looked for',
  },
  boot_time_command: {
    type: 'str',
    default: 'cat /proc/sys/kernel/random/boot_id',
    summary: 'command whose output is another after a reboot',
  },
  reboot_command: { type: 'str', summary: 'command that reboots' },
} as const satisfies ArgSpecs

const sleep = (seconds: number) => new Promise(resolve => setTimeout(resolve, seconds * 1000))

export default defineModule({
  name: 'ansible.builtin.reboot',
  summary: 'Reboot the host and wait until it is back',
  check: 'full',
  unknownOptions: invalidOptions,
  args,
  returns: { rebooted: 'whether it was', elapsed: 'seconds until it was back' },
  examples: `
- name: Reboot a slow machine
  ansible.builtin.reboot:
    reboot_timeout: 3600
`,

  async run({ args, remote, task, controller, fail }) {
    if (task.connection === 'local')
      fail('Running ansible.builtin.reboot with local connection would reboot the control node.')
    if (remote.checkMode) return { changed: true, elapsed: 0, rebooted: true }
    const ask = (command: string) =>
      remote.query({
        command: command as ShellText,
        parse: (stdout, rc, stderr) => ({ stdout: stdout.trim(), rc, stderr }),
      })
    const before = await ask(args.boot_time_command)
    if (before.rc !== 0 || before.stdout === '')
      fail(
        `ansible.builtin.reboot: failed to get host boot time info, rc: ${before.rc}, stdout: ${before.stdout}, stderr: ${before.stderr}`,
      )

    const started = performance.now()
    const elapsed = () => Math.floor((performance.now() - started) / 1000)
    const path = args.search_paths.map(quote).join(':')
    const minutes = Math.max(0, Math.floor(args.pre_reboot_delay / 60))
    const shutdown = `PATH="$PATH:"${path}; if command -v shutdown >/dev/null 2>&1; then shutdown -r ${minutes === 0 ? 'now' : `+${minutes}`} ${quote(args.msg)}; else reboot; fi`
    // Detached and a moment later, so that the answer arrives before the connection goes.
    const command = args.reboot_command ?? shutdown
    const { rc, stderr } = await remote
      .exec({
        shell: `(sleep ${minutes === 0 ? args.pre_reboot_delay + 1 : 0}; ${command}) </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &`,
        why: 'reboot',
      })
      .catch(lost(() => ({ rc: 0, stderr: '' })))
    if (rc !== 0) fail(`Reboot command failed, error was: ${stderr}`, { rebooted: false })

    await waitFor(async () => {
      const now = await ask(args.boot_time_command)
      return now.rc === 0 && now.stdout !== '' && now.stdout !== before.stdout
    }, 'last boot time check')
    if (args.post_reboot_delay > 0) await sleep(args.post_reboot_delay)
    await waitFor(async () => (await ask(args.test_command)).rc === 0, 'post-reboot test command')
    return { changed: true, elapsed: elapsed(), rebooted: true }

    /** Tries again with longer pauses, up to twelve seconds, while the host is away. */
    async function waitFor(back: () => Promise<boolean>, what: string): Promise<void> {
      for (let attempt = 0; ; attempt++) {
        if (await back().catch(lost(() => false))) return
        if (elapsed() >= args.reboot_timeout || controller.signal.aborted) {
          fail(`Timed out waiting for ${what} (timeout=${args.reboot_timeout})`, { rebooted: true, elapsed: elapsed() })
        }
        await sleep(Math.min(12, 2 ** attempt / 2))
      }
    }
  },
})

/** A lost connection is what a reboot looks like. */
const lost =
  <T>(instead: () => T) =>
  (error: unknown): T => {
    if (error instanceof Unreachable || error instanceof ShellEnded) return instead()
    throw error
  }
