import type { ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'
import { missingProgram } from './commands/missing-program.js'

const args = {
  name: { type: 'str', required: true, summary: 'program; a group, when it ends with a colon; or `all`' },
  state: {
    type: 'str',
    required: true,
    choices: ['present', 'started', 'restarted', 'stopped', 'absent', 'signalled'],
    summary: 'what it should be',
  },
  config: { type: 'path', summary: "supervisor's configuration file" },
  server_url: { type: 'str', summary: 'where supervisord listens' },
  username: { type: 'str', summary: 'user for supervisord' },
  password: { type: 'str', noLog: true, summary: 'password for supervisord' },
  supervisorctl_path: { type: 'path', summary: 'the program to use' },
  stop_before_removing: {
    type: 'bool',
    default: false,
    summary: 'with absent: stop what still runs, which cannot be removed',
  },
  signal: { type: 'str', summary: 'what state signalled sends' },
} as const
type Context = ModuleContext<ArgsOf<typeof args>>

/** For the states that act on processes: which ones, by what command, and what is then said of each. */
const actions = {
  started: { concerns: (status: string) => !/^(?:RUNNING|STARTING)$/.test(status), command: 'start', said: 'started' },
  stopped: { concerns: (status: string) => /^(?:RUNNING|STARTING)$/.test(status), command: 'stop', said: 'stopped' },
  restarted: { concerns: () => true, command: 'restart', said: 'started' },
  signalled: { concerns: (status: string) => status === 'RUNNING', command: 'signal', said: 'signalled' },
} as const

export default defineModule({
  name: 'community.general.supervisorctl',
  summary: 'Programs that supervisord runs',
  check: 'full',
  args,
  rules: { requiredIf: [['state', 'signalled', 'signal']] },
  returns: { name: 'the name', state: 'the state asked for', affected: 'processes that a command was sent' },
  examples: `
- name: Keep a program running
  community.general.supervisorctl:
    name: my_app
    state: started
`,

  async run(context) {
    const { args, remote, fail } = context
    const { state, signal } = args
    const isGroup = args.name.endsWith(':')
    const name = args.name.replace(/:+$/, '')
    const result = { name, state }
    const ctl = await commandWords(context)
    const exec = async (...words: string[]) =>
      remote.exec({ argv: [...ctl, ...words], environment: { LC_ALL: 'C' }, why: `supervisorctl ${words.join(' ')}` })

    const configured = async (verb: 'add' | 'remove') => {
      if (remote.checkMode) return { changed: true }
      const read = await exec('reread')
      if (read.rc !== 0) fail(read.stdout.trim() || read.stderr.trim(), { ...result, rc: read.rc })
      if (verb === 'remove' && args.stop_before_removing) await exec('stop', isGroup ? `${name}:*` : name)
      const done = await exec(verb, name)
      const said = `${name}: ${verb === 'add' ? 'added' : 'removed'} process group`
      if (!done.skipped && !done.stdout.includes(said)) fail(done.stdout, result)
      return { changed: true, ...result }
    }
    let processes = await matching(context, ctl, name, isGroup)
    if (state === 'present') return processes.length > 0 ? { changed: false, ...result } : configured('add')
    if (state === 'absent') return processes.length === 0 ? { changed: false, ...result } : configured('remove')

    if (state === 'restarted' && !remote.checkMode) {
      const updated = await exec('update')
      if (updated.rc !== 0) fail(updated.stdout.trim() || updated.stderr.trim(), { ...result, rc: updated.rc })
      processes = await matching(context, ctl, name, isGroup)
    }
    if (processes.length === 0) fail('ERROR (no such process)', { name })
    const { concerns, command, said } = actions[state]
    const affected = processes.filter(one => concerns(one.status)).map(one => one.name)
    if (affected.length === 0) return { changed: false, ...result }
    if (remote.checkMode) return { changed: true }
    for (const one of affected) {
      // The signal is no word of its own, so that a failure names the command as Ansible does.
      const words = [state === 'signalled' ? `signal ${signal}` : command, one]
      const { stdout } = await checked(context, [...ctl, ...words], `supervisorctl ${words.join(' ')}`)
      if (!stdout.includes(`${one}: ${said}`)) fail(stdout)
    }
    return { changed: true, ...result, affected }
  },
})

/** What status tells of the program or group, a line each: `group:program RUNNING pid 7, uptime 1:00:00`. */
async function matching({ remote, fail }: Context, ctl: readonly string[], name: string, isGroup: boolean) {
  const { rc, stdout } = await remote.query({
    command: sh`export LC_ALL=C; command -v ${ctl[0]!} >/dev/null 2>&1 || exit 127; ${ctl} status`,
    parse: (stdout, rc) => ({ stdout, rc }),
  })
  if (rc === 127 && ctl[0]!.includes('/'))
    fail(`Provided path to supervisorctl does not exist or isn't executable: ${ctl[0]}`)
  if (rc === 127) await missingProgram({ remote, fail }, ctl[0]!)
  return stdout
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .flatMap(([process = '', status = '']) => (status === '' ? [] : [{ name: process, status }]))
    .filter(one => (isGroup ? one.name.startsWith(`${name}:`) : name === 'all' || one.name === name))
}

/** The program with what says where supervisord is; a password goes there in a file, as others see command lines. */
async function commandWords({ args, remote }: Context): Promise<string[]> {
  const { config, server_url, username, password } = args
  const program = args.supervisorctl_path ?? 'supervisorctl'
  const plain = [
    ...(server_url === undefined ? [] : ['-s', server_url]),
    ...(username === undefined ? [] : ['-u', username]),
  ]
  if (password === undefined) return [program, ...(config === undefined ? [] : ['-c', config]), ...plain]
  const files = await Promise.all(
    (config === undefined ? ['/etc/supervisord.conf', '/etc/supervisor/supervisord.conf'] : [config]).map(path =>
      remote.file(path),
    ),
  )
  const path = `${await remote.scratch()}/supervisord.conf`
  await remote.exec({
    argv: ['/bin/sh', '-c', 'umask 077; cat >"$1"', 'sh', path],
    stdin: withPassword(files.find(file => file.isFile)?.text ?? '', password),
    why: 'say the password to supervisorctl',
    changes: false,
    inCheckMode: true,
  })
  return [program, '-c', path, ...plain]
}

/** The configuration with this password for supervisorctl. */
export function withPassword(text: string, password: string): string {
  let inside = false
  const kept = text.split('\n').filter(line => {
    if (/^\s*\[/.test(line)) inside = /^\s*\[supervisorctl\]/.test(line)
    return !(inside && /^\s*(?:password\s*[=:]|\[)/.test(line))
  })
  const inSection = text.split('\n').some(line => /^\s*\[supervisorctl\]/.test(line))
  // `%` begins an expansion in these files.
  const section = ['[supervisorctl]', `password=${password.replaceAll('%', '%%')}`]
  if (!inSection) return [...section, ...kept].join('\n')
  const at = text.split('\n').findIndex(line => /^\s*\[supervisorctl\]/.test(line))
  return [...kept.slice(0, at), ...section, ...kept.slice(at)].join('\n')
}
