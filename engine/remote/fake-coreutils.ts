/** The file commands every host has, played on the fake host's files: mkdir, ln, touch, cp, mv, rm, chmod, chown, … */
import { posix } from 'node:path'
import type { FakeCall, FakeFile, FakeHost } from './fake.js'

interface Said {
  readonly rc?: number
  readonly stdout?: string
  readonly stderr?: string
}
type Run = (args: Args, host: FakeHost) => Said
interface Args {
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly rest: readonly string[]
}

/** Answers a plain command (argv, or simple words) as a coreutils program would; undefined for anything else. */
export function coreutils(call: FakeCall, host: FakeHost): Said | undefined {
  if (/^(?:command -v \S+ >\/dev\/null 2>&1 \|\| )?printf %s "\$PATH"$/.test(call.text))
    return { stdout: '/usr/bin:/bin' }
  const entered = /^CDPATH= cd -P (.+) 2>\/dev\/null && pwd -P$/s.exec(call.text)?.[1]
  if (entered !== undefined) return realDirectory(simpleWords(entered)?.[0] ?? entered, host)
  const words = call.argv ?? simpleWords(call.text)
  const program = words && programs[posix.basename(words[0] ?? '')]
  if (!program) return undefined
  try {
    const cwd = call.cwd ?? '/root'
    const args = parse(words.slice(1), program.values ?? '')
    return program.run(
      { ...args, rest: args.rest.map(path => (program.plain ? path : posix.resolve(cwd, path))) },
      host,
    )
  } catch (error) {
    return { rc: 1, stderr: `${words[0]}: ${(error as Error).message}` }
  }
}

function realDirectory(path: string, host: FakeHost): Said {
  const at = host.resolve(path)
  return host.files.get(at)?.kind === 'directory' ? { stdout: `${at}\n` } : { rc: 2 }
}

const programs: { [name: string]: { run: Run; values?: string; plain?: true } } = {
  true: { run: () => ({}) },
  false: { run: () => ({ rc: 1 }) },
  mkdir: {
    values: 'm',
    run: ({ flags, values, rest }, host) => {
      for (const path of rest) {
        const at = host.resolve(path)
        if (host.files.has(at)) {
          if (flags.has('p') && host.files.get(at)!.kind === 'directory') continue
          throw new Error(`cannot create directory '${path}': File exists`)
        }
        if (!flags.has('p')) need(host, posix.dirname(at))
        const made = posix.dirname(at) !== at && flags.has('p') ? missingAbove(host, at) : []
        for (const one of [...made, at]) newDirectory(host, one)
        const mode = values.get('m')
        if (mode !== undefined) host.files.get(at)!.mode = Number.parseInt(mode, 8)
      }
      return {}
    },
  },
  rmdir: {
    run: ({ rest }, host) => {
      for (const path of rest) {
        need(host, path)
        if ([...host.files.keys()].some(one => one.startsWith(`${path}/`)))
          throw new Error(`failed to remove '${path}': Directory not empty`)
        host.remove(path)
      }
      return {}
    },
  },
  rm: {
    run: ({ flags, rest }, host) => {
      for (const path of rest) {
        if (!host.files.has(host.parentResolved(path)) && !flags.has('f'))
          throw new Error(`cannot remove '${path}': No such file or directory`)
        host.remove(path)
      }
      return {}
    },
  },
  ln: {
    plain: true,
    run: ({ flags, rest }, host) => {
      const [target, name] = rest as [string, string]
      const at = host.parentResolved(name)
      if (host.files.has(at) && !flags.has('f')) throw new Error(`failed to create link '${name}': File exists`)
      need(host, posix.dirname(at))
      if (flags.has('s')) host.add(at, { target, owner: host.identity.uid, group: host.identity.gid })
      else host.files.set(at, need(host, target))
      return {}
    },
  },
  touch: {
    values: 'dtr',
    run: ({ flags, values, rest }, host) => {
      for (const path of rest) {
        const at = flags.has('h') ? host.parentResolved(path) : host.resolve(path)
        if (!host.files.has(at)) {
          if (flags.has('c')) continue
          need(host, posix.dirname(at))
          const { uid, gid, umask } = host.identity
          host.add(at, { text: '', mode: 0o666 & ~umask, owner: uid, group: gid })
        }
        const date = values.get('d')
        if (!flags.has('a'))
          host.files.get(at)!.mtime = date === undefined ? ++host.clock : Number(date.replace(/^@/, '')) || host.clock
      }
      return {}
    },
  },
  mv: {
    run: ({ flags, rest }, host) => {
      const from = host.parentResolved(rest[0]!)
      need(host, from)
      const into = flags.has('T') ? host.parentResolved(rest[1]!) : into_(host, rest[1]!, from)
      if (into === from) return {}
      if (host.files.has(into)) host.remove(into)
      for (const [path, file] of [...host.files]) {
        if (path !== from && !path.startsWith(`${from}/`)) continue
        host.files.delete(path)
        host.files.set(into + path.slice(from.length), file)
      }
      return {}
    },
  },
  cp: {
    run: ({ flags, rest }, host) => {
      const keep = flags.has('p') || flags.has('a')
      const from =
        flags.has('P') || flags.has('d') || flags.has('a') ? host.parentResolved(rest[0]!) : host.resolve(rest[0]!)
      need(host, from)
      const into = into_(host, rest[1]!, host.parentResolved(rest[0]!))
      const { uid, gid, umask } = host.identity
      for (const [path, file] of [...host.files]) {
        if (path !== from && !path.startsWith(`${from}/`)) continue
        const at = into + path.slice(from.length)
        need(host, posix.dirname(at))
        const owned = keep ? {} : { uid, gid, mode: file.mode & ~umask, mtime: host.clock }
        host.add(at, 'x')
        host.files.set(at, { ...file, ...owned, inode: host.files.get(at)!.inode })
      }
      return {}
    },
  },
  chmod: {
    plain: true,
    run: ({ rest }, host) => {
      for (const path of rest.slice(1)) need(host, path).mode = Number.parseInt(rest[0]!, 8)
      return {}
    },
  },
  chown: {
    plain: true,
    run: ({ flags, rest }, host) => {
      const [owner, group] = rest[0]!.split(':')
      for (const path of under(host, rest.slice(1), flags.has('R'))) {
        const file = flags.has('h') ? host.files.get(host.parentResolved(path))! : need(host, path)
        if (owner) file.uid = host.id(host.users, owner)
        if (group) file.gid = host.id(host.groups, group)
      }
      return {}
    },
  },
  chgrp: {
    plain: true,
    run: ({ flags, rest }, host) => {
      for (const path of under(host, rest.slice(1), flags.has('R')))
        need(host, path).gid = host.id(host.groups, rest[0]!)
      return {}
    },
  },
  cat: { run: ({ rest }, host) => ({ stdout: rest.map(path => need(host, path).bytes.toString()).join('') }) },
  test: {
    run: ({ flags, rest }, host) => {
      const file = host.files.get(
        flags.has('L') || flags.has('h') ? host.parentResolved(rest[0]!) : host.resolve(rest[0]!),
      )
      const kind = flags.has('d')
        ? 'directory'
        : flags.has('f')
          ? 'file'
          : flags.has('L') || flags.has('h')
            ? 'link'
            : undefined
      return { rc: file && (kind === undefined || file.kind === kind) ? 0 : 1 }
    },
  },
  id: {
    plain: true,
    run: ({ flags, rest }, host) => {
      const name = rest[0] ?? host.identity.user
      const uid = host.users.get(name)
      if (uid === undefined) return { rc: 1, stderr: `id: '${name}': no such user` }
      return { stdout: flags.has('u') ? `${uid}\n` : `uid=${uid}(${name})\n` }
    },
  },
  getent: {
    plain: true,
    run: ({ rest: [database, name] }, host) => {
      const id = (database === 'group' ? host.groups : host.users).get(name!)
      return id === undefined ? { rc: 2 } : { stdout: `${name}:x:${id}:\n` }
    },
  },
  lsattr: {
    run: ({ rest }, host) => ({ stdout: `${(need(host, rest[0]!).flags || '').padEnd(20, '-')} ${rest[0]}\n` }),
  },
}

function parse(words: readonly string[], takesValue: string): Args {
  const flags = new Set<string>()
  const values = new Map<string, string>()
  const rest: string[] = []
  let only = false
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!
    if (only || !word.startsWith('-') || word === '-') rest.push(word)
    else if (word === '--') only = true
    else if (word.startsWith('--')) flags.add(word.slice(2))
    else {
      for (const [at, letter] of [...word.slice(1)].entries()) {
        flags.add(letter)
        if (!takesValue.includes(letter)) continue
        values.set(letter, word.slice(at + 2) || (words[++index] ?? ''))
        break
      }
    }
  }
  return { flags, values, rest }
}

/** The two look-ups that attributes.ts asks are recognised too. */
function simpleWords(text: string): string[] | undefined {
  const user = /^id -u -- (\S+) 2>/.exec(text)
  if (user) return ['id', '-u', unquoted(user[1]!)]
  const group = /^getent group (\S+) 2>/.exec(text)
  if (group) return ['getent', 'group', unquoted(group[1]!)]
  if (/[;&|<>()`$\n*?~#]/.test(text.replace(/'[^']*'/g, ''))) return undefined
  return [...text.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)].map(([word]) => unquoted(word))
}

const unquoted = (word: string): string => word.replace(/'([^']*)'|\\(.)/g, (_, quoted, one) => quoted ?? one)

function need(host: FakeHost, path: string): FakeFile {
  const file = host.files.get(host.resolve(path)) ?? host.files.get(host.parentResolved(path))
  if (!file) throw new Error(`cannot access '${path}': No such file or directory`)
  return file
}

function into_(host: FakeHost, path: string, from: string): string {
  const at = host.resolve(path)
  return host.files.get(at)?.kind === 'directory' ? posix.join(at, posix.basename(from)) : host.parentResolved(path)
}

function missingAbove(host: FakeHost, path: string): string[] {
  const above: string[] = []
  for (let at = posix.dirname(path); !host.files.has(at); at = posix.dirname(at)) above.unshift(at)
  return above
}

function newDirectory(host: FakeHost, path: string): void {
  const { uid, gid, umask } = host.identity
  host.add(path, { directory: true, mode: 0o777 & ~umask, owner: uid, group: gid })
}

function under(host: FakeHost, paths: readonly string[], recursive: boolean): string[] {
  if (!recursive) return [...paths]
  return paths.flatMap(path => [...host.files.keys()].filter(one => one === path || one.startsWith(`${path}/`)))
}
