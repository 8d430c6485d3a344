import { posix } from 'node:path'
import { defineModule } from '../engine/module/define.js'
import { describe, pathInfo } from '../engine/remote/path-info.js'
import { makeDirectories } from './files/directories.js'

export default defineModule({
  name: 'community.general.crypttab',
  summary: 'Keep encrypted devices in /etc/crypttab',
  check: 'full',
  args: {
    name: { type: 'str', required: true, summary: 'name of the device, with or without /dev/mapper/' },
    state: {
      type: 'str',
      required: true,
      choices: ['absent', 'opts_absent', 'opts_present', 'present'],
      summary: 'whether the line, or options on it, should be there',
    },
    backing_device: { type: 'str', summary: 'what is below it: a device, a file or UUID=…' },
    // The name of a file, so Ansible does not hide it either.
    password: { type: 'path', summary: 'file with the key; none or - asks at boot' },
    opts: { type: 'str', summary: 'options, with commas between' },
    path: { type: 'path', default: '/etc/crypttab', summary: 'file to keep it in' },
  },
  returns: { msg: 'what was done', name: 'the device', path: 'the file' },
  examples: `
- community.general.crypttab:
    name: luks-home
    state: present
    opts: discard,cipher=aes-cbc-essiv:sha256
`,

  async run({ args, remote, fail }) {
    const { state, opts, path } = args
    const name = args.name.startsWith('/dev/mapper/') ? args.name.slice('/dev/mapper/'.length) : args.name
    const [file, parent] = await Promise.all([
      remote.file(path, { want: 'text' }),
      remote.file(posix.dirname(path), { want: 'stat' }),
    ])
    const about = {
      name: args.name,
      backing_device: args.backing_device ?? null,
      password: args.password ?? null,
      opts: opts ?? null,
    }
    const refuse = (msg: string): never => fail(msg, { ...about, path, ...(file.exists ? describe(file) : {}) })

    if (state !== 'absent' && [args.backing_device, args.password, opts].every(value => value === undefined))
      refuse("expected one or more of 'backing_device', 'password' or 'opts'")
    if (state.startsWith('opts') && (args.backing_device !== undefined || args.password !== undefined))
      refuse(`cannot update 'backing_device' or 'password' when state=${state}`)
    for (const [key, value] of Object.entries({ ...about, name }))
      if (typeof value === 'string' && (value === '' || /\s/.test(value)))
        refuse(`invalid '${key}': contains white space or is empty`)

    const written = file.lines
    const at = written.findIndex(text => entryOf(text)?.name === name)
    const old = at === -1 ? undefined : entryOf(written[at]!)!
    let msg = '?'
    let lines = written
    if (state === 'absent') {
      if (old) {
        // As Ansible leaves it: the line stays, empty.
        lines = lines.with(at, '')
        msg = 'removed line'
      }
    } else if (!old) {
      if (state === 'opts_absent') msg = 'removed options'
      else {
        if (args.backing_device === undefined) refuse("'backing_device' required to add a new entry")
        const made = { name, device: args.backing_device!, password: args.password, options: optionsOf(opts) }
        lines = [...lines, lineOf(made)]
        msg = 'added line'
      }
    } else {
      const fresh = { ...old }
      if (state === 'present') {
        fresh.device = args.backing_device ?? old.device
        fresh.password = args.password ?? old.password
        if (opts !== undefined) fresh.options = optionsOf(opts)
        msg = 'updated line'
      } else {
        const wanted = optionsOf(opts)
        const given = (option: string) => wanted.includes(option)
        const named = (option: string) => wanted.some(one => one.split('=')[0] === option.split('=')[0])
        if (state === 'opts_absent')
          fresh.options = old.options.filter(option => !given(option) && !keyOnly(option, wanted))
        else
          fresh.options = [
            ...old.options.map(option => (named(option) ? wanted.find(one => sameKey(one, option))! : option)),
            ...wanted.filter(one => !old.options.some(option => sameKey(one, option))),
          ]
        msg = state === 'opts_absent' ? 'removed options' : 'updated options'
      }
      if (lineOf(fresh) !== lineOf(old)) lines = lines.with(at, lineOf(fresh))
    }
    if (lines !== written) {
      if (!file.exists && !parent.exists) await makeDirectories(remote, [posix.dirname(path)], {}, fail)
      await file.put({ text: lines.map(line => `${line}\n`).join('') })
    }
    const info =
      remote.recorded.changed && !remote.checkMode ? await pathInfo(remote, path) : file.exists ? describe(file) : {}
    return { ...info, ...about, msg, path }
  },
})

interface Entry {
  readonly name: string
  readonly device: string
  readonly password: string | undefined
  readonly options: readonly string[]
}

/** A line that names a device; comments, empty lines and lines of more than four words are left alone. */
function entryOf(line: string): { -readonly [K in keyof Entry]: Entry[K] } | undefined {
  const words = line.trim().split(/\s+/)
  if (line.trim() === '' || words[0]!.startsWith('#') || words.length < 2 || words.length > 4) return undefined
  const [name, device, password, options] = words
  return { name: name!, device: device!, password, options: optionsOf(options) }
}

const optionsOf = (text: string | undefined): string[] => (text ?? '').split(',').filter(Boolean)
const sameKey = (one: string, other: string) => one.split('=')[0] === other.split('=')[0]
/** `x` takes `x=y` away, too. */
const keyOnly = (option: string, wanted: readonly string[]) =>
  option.includes('=') && wanted.includes(option.split('=')[0]!)

function lineOf({ name, device, password, options }: Entry): string {
  const words = [name, device]
  if (password !== undefined) words.push(password)
  if (options.length > 0) words.push(...(password === undefined ? ['none'] : []), options.join(','))
  return words.join(' ')
}
