/** Modules beside a playbook that are programs of their own (https://docs.ansible.com/ansible/latest/dev_guide/developing_program_flow_modules.html). */
import { readFileSync } from 'node:fs'
import { basename, posix } from 'node:path'
import { dumps } from '../python/json.js'
import { JsonReader } from '../python/json-reader.js'
import { pyStr } from '../python/repr.js'
import { type Dict, fromJson, isDict, isList, type Value } from '../python/values.js'
import { quote, quoteAll } from '../remote/quote.js'
import { defineModule, type ModuleResult, type ModuleSpec } from './define.js'
import { isBinary } from './program-file.js'

/** How a program wants its arguments: a file of JSON, or one of `name=value` words. */
type Style = 'json' | 'words'

/** The module that the program in a file is. */
export function programModule(file: string): ModuleSpec {
  return defineModule({
    name: basename(file).replace(/\.\w+$/, ''),
    summary: 'A program beside the playbook',
    check: 'full',
    anyArgs: true,
    resultAsIs: true,
    args: {},

    async run({ args, remote, controller, task, fail, warn }) {
      const program = readFileSync(file)
      const text = program.toString('latin1')
      const binary = isBinary(text)
      const shebang = binary ? [] : interpreterOf(text)
      if (!shebang) return fail(`module (${task.action}) is missing interpreter line`)
      const scratch = await remote.scratch('programs')
      const [programPath, argsPath] = [posix.join(scratch, `AnsiballZ_${basename(file)}`), posix.join(scratch, 'args')]
      const given: Dict = new Map(Object.entries(args as { [name: string]: unknown }).map(([k, v]) => [k, fromJson(v)]))
      const internal = {
        check_mode: task.checkMode,
        no_log: task.noLog,
        debug: false,
        diff: task.diffMode,
        verbosity: task.verbosity,
        version: pyStr((await task.variable('ansible_version').then(full)) ?? ''),
        module_name: task.action,
        syslog_facility: controller.setting('DEFAULT_SYSLOG_FACILITY') ?? 'LOG_USER',
        selinux_special_fs: controller.setting('DEFAULT_SELINUX_SPECIAL_FS') ?? [],
        string_conversion_action: controller.setting('STRING_CONVERSION_ACTION') ?? 'warn',
        socket: null,
        shell_executable: controller.setting('DEFAULT_EXECUTABLE') ?? '/bin/sh',
        keep_remote_files: false,
        tmpdir: `${scratch}/`,
        remote_tmp: controller.setting('shell.sh.remote_tmp') ?? '~/.ansible/tmp',
      }
      for (const [name, value] of Object.entries(internal)) given.set(`_ansible_${name}`, value)
      // On standard input, where no list of processes shows it.
      const send = (path: string, content: string | Buffer) =>
        remote.exec({
          shell: `umask 077; cat >${quote(path)} && chmod 700 ${quote(path)}`,
          stdin: content,
          why: 'hand over the module',
          inCheckMode: true,
        })
      const style: Style = binary || text.includes('WANT_JSON') ? 'json' : 'words'
      for (const sent of await Promise.all([send(argsPath, argumentText(given, style)), send(programPath, program)]))
        if (sent.rc !== 0) fail(`could not write to ${scratch}: ${sent.stderr.trim()}`)
      const named = await namedInterpreter(shebang, name => task.variable(name))
      const ran = await remote.exec({
        shell: `${named} ${quoteAll([programPath, argsPath])} </dev/null`.trim(),
        why: `run ${task.action}`,
        inCheckMode: true,
      })
      return resultOf(ran, warn)
    },
  })
}

const full = (version: Value | undefined): Value | undefined => (isDict(version) ? version.get('full') : version)

/** The words of the line `#!…`; undefined when there is none. */
function interpreterOf(text: string): string[] | undefined {
  const line = /^#!(.*)/.exec(text)?.[1]
  const words = line?.trim().split(/\s+/).filter(Boolean)
  return words?.length ? words : undefined
}

/** Shell text that starts the interpreter: `ansible_X_interpreter` names another one, and Python is whichever there is. */
async function namedInterpreter(
  shebang: readonly string[],
  variable: (name: string) => Promise<Value | undefined>,
): Promise<string> {
  const [first, ...flags] = shebang
  if (first === undefined) return ''
  const program = basename(first) === 'env' && flags[0] ? flags[0] : first
  const name = basename(program)
  const python = /^python[\d.]*$/.test(name)
  const chosen = await variable(`ansible_${python ? 'python' : name}_interpreter`)
  const rest = quoteAll(program === first ? flags : flags.slice(1))
  if (typeof chosen === 'string' && !(python && chosen.startsWith('auto'))) return `${quote(chosen)} ${rest}`
  if (!python) return quoteAll(shebang)
  const candidates = quoteAll([program, 'python3', '/usr/libexec/platform-python', 'python', 'python2'])
  return `python=; for one in ${candidates}; do if command -v "$one" >/dev/null 2>&1; then python=$one; break; fi; done; "\${python:-${program.replace(/[^\w./-]/g, '')}}" ${rest}`
}

function argumentText(args: Dict, style: Style): string {
  if (style === 'json') return dumps(args)
  return [...args].map(([name, value]) => `${pyStr(name)}=${quote(pyStr(value))} `).join('')
}

interface Ran {
  readonly rc: number
  readonly stdout: string
  readonly stderr: string
}

/** What the program printed: JSON with anything before and after it. */
function resultOf({ rc, stdout, stderr }: Ran, warn: (text: string) => void): ModuleResult {
  try {
    const { json, junk } = jsonIn(stdout)
    for (const line of junk) warn(`Module invocation had junk after the JSON data: ${line}`)
    const result = withoutInternals(new JsonReader(json).document()) as Dict
    if (!result.has('changed')) result.set('changed', false)
    return Object.fromEntries(result) as unknown as ModuleResult
  } catch {
    const missing = rc === 127 || /No such file or directory|not found/.test(stderr)
    const what = missing
      ? 'The module failed to execute correctly, you probably need to set the interpreter.'
      : 'MODULE FAILURE'
    return {
      changed: false,
      failed: true,
      msg: `${what}\nSee stdout/stderr for the exact error`,
      module_stdout: stdout,
      module_stderr: stderr,
      rc,
      ...(stderr.startsWith('Traceback') ? { exception: stderr } : {}),
    }
  }
}

/** From the first line that opens a dict to the last that closes one. */
function jsonIn(stdout: string): { json: string; junk: string[] } {
  const lines = stdout.split(/\r?\n/)
  const from = lines.findIndex(line => line.trim().startsWith('{'))
  if (from === -1) throw new Error('no start of json char found')
  const to = lines.findLastIndex(line => line.trim().endsWith('}'))
  return {
    json: lines.slice(from, to + 1).join('\n'),
    junk: lines.slice(to + 1).filter(line => line.trim() !== ''),
  }
}

function withoutInternals(value: Value): Value {
  if (isList(value)) return value.map(withoutInternals)
  if (!isDict(value)) return value
  const kept = [...value].filter(([key]) => !(typeof key === 'string' && key.startsWith('_ansible_')))
  return new Map(kept.map(([key, one]) => [key, withoutInternals(one)]))
}
