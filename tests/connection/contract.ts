/** What every connection must do alike, played on each of them. */
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HostPool, Target, TaskNeeds } from '../../engine/remote/pool.js'
import { givenPath, sh } from '../../engine/remote/quote.js'
import type { Effect, Keyboard, TaskRemote } from '../../engine/remote/remote.js'

export interface Reached {
  readonly pool: HostPool
  readonly target: Target
  close(): Promise<void>
}

const needs: TaskNeeds = { checkMode: false, diffMode: false, environment: new Map() }

/** Plays the contract on what `reach` gives. The host must see this machine's files. */
export function connectionContract(name: string, reach: () => Promise<Reached>): void {
  describe(name, () => {
    let reached: Reached
    let remote: TaskRemote
    let folder: string
    const at = (path: string) => join(folder, path)

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'understudy-contract-'))
      reached = await reach()
      remote = reached.pool.remote(reached.target, needs)
    })
    afterAll(async () => {
      await remote?.dispose()
      await reached?.close()
      rmSync(folder, { recursive: true, force: true })
    })
    const run = (shell: string, more = {}) => remote.exec({ shell, why: 'test', ...more })

    test('tells exit code, stdout and stderr apart', async () => {
      expect(await run('echo out; echo err >&2; exit 3')).toMatchObject({ rc: 3, stdout: 'out\n', stderr: 'err\n' })
      expect(await run('printf no-newline')).toMatchObject({ rc: 0, stdout: 'no-newline', stderr: '' })
      expect(await remote.exec({ argv: ['printf', '%s|', 'a b', "it's", '$HOME', '\n'], why: 'test' })).toMatchObject({
        stdout: "a b|it's|$HOME|\n|",
      })
    })

    test("modules look for programs in the administrator's folders too, people's commands have the PATH as it is", async () => {
      const environment = new Map([['PATH', '/usr/bin:/sbin']])
      const other = reached.pool.remote(reached.target, { ...needs, environment })
      const folders = ['/usr/sbin', '/usr/local/sbin'].filter(path => existsSync(path))
      const all = ['/usr/bin', '/sbin', ...folders].join(':')
      const told = await other.query({ command: sh`echo "$PATH" ${givenPath}`, parse: stdout => stdout })
      expect(told).toBe(`${all} /usr/bin:/sbin\n`)
      expect(await other.exec({ shell: 'echo $PATH', why: 'test' })).toMatchObject({ stdout: `${all}\n` })
      expect(await other.exec({ shell: 'echo $PATH', why: 'test', givenPath: true })).toMatchObject({
        stdout: '/usr/bin:/sbin\n',
      })
      await other.dispose()
    })

    test('a command that a signal ends has 128 + its number, a missing one 127', async () => {
      expect((await run('kill -9 $$')).rc).toBe(137)
      expect((await remote.exec({ argv: ['/nonexistent/program'], why: 'test' })).rc).toBe(127)
    })

    test('text that is no UTF-8 survives both ways', async () => {
      expect((await run("printf '\\377\\200a'")).stdout).toBe('\udcff\udc80a')
      expect((await remote.exec({ argv: ['printf', '%s', '\udcff€'], why: 'test' })).stdout).toBe('\udcff€')
    })

    test('stdin reaches the command byte by byte, small and large', async () => {
      const bytes = Buffer.concat([
        Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
        Buffer.from("-%s'\\n\n"),
      ])
      const hash = (data: Buffer) => `${createHash('md5').update(data).digest('hex')}  -\n`
      expect((await remote.exec({ argv: ['md5sum'], stdin: bytes, why: 'test' })).stdout).toBe(hash(bytes))
      const large = randomBytes(3_000_000)
      expect((await remote.exec({ argv: ['md5sum'], stdin: large, why: 'test' })).stdout).toBe(hash(large))
      expect((await remote.exec({ argv: ['md5sum'], stdin: Readable.from([large]), why: 'test' })).stdout).toBe(
        hash(large),
      )
      expect((await remote.exec({ argv: ['cat'], stdin: '', why: 'test' })).stdout).toBe('')
      expect((await run('cat')).stdout).toBe('')
      expect(await remote.exec({ shell: 'exit 4', stdin: large, why: 'test' })).toMatchObject({ rc: 4 })
    })

    test('large output arrives whole on both streams', async () => {
      const { stdout, stderr } = await run(
        'i=0; while [ $i -lt 20000 ]; do echo "line $i"; echo "err $i" >&2; i=$((i+1)); done',
      )
      expect([stdout.split('\n').length, stderr.split('\n').length]).toEqual([20001, 20001])
    })

    test('output is told as it comes', async () => {
      const told = { stdout: '', stderr: '' }
      const early: string[] = []
      const { stdout } = await remote.exec({
        shell: 'printf "one é"; printf "\\303"; sleep 0.3; printf "\\251\n"; echo two; echo three >&2',
        why: 'test',
        onOutput: (stream, text) => {
          told[stream] += text
          early.push(told.stdout)
        },
      })
      expect(stdout).toBe('one éé\ntwo\n')
      expect(told).toEqual({ stdout, stderr: 'three\n' })
      expect(early[0]).toBe('one é')
    })

    test('a command that leaves something running does not hang, and what that prints later harms nobody', async () => {
      const before = Date.now()
      expect(await run('(sleep 3; echo late) & echo started')).toMatchObject({ rc: 0, stdout: 'started\n' })
      expect(Date.now() - before).toBeLessThan(2500)
      expect((await run('echo clean')).stdout).toBe('clean\n')
    })

    test('a command that takes too long is killed with all that it started', async () => {
      const marker = `31.4${Math.floor(Math.random() * 1e6)}`
      const outcome = await run(`echo begun; sleep ${marker} & sleep ${marker}`, { timeout: 0.3 })
      expect(outcome).toMatchObject({ timedOut: true, stdout: 'begun\n' })
      expect((await run(`ps -A -o args= | grep -c '[s]leep ${marker}'`)).stdout).toBe('0\n')
    })

    test('directory and environment are the command’s own', async () => {
      const { stdout } = await run('pwd; echo "$GREETING"', { cwd: folder, environment: { GREETING: "it's $HOME" } })
      expect(stdout).toBe(`${folder}\nit's $HOME\n`)
      expect((await run('echo "[$GREETING]"')).stdout).toBe('[]\n')
    })

    test('the environment of a task applies to effects and questions', async () => {
      const own = reached.pool.remote(reached.target, {
        ...needs,
        environment: new Map([
          ['A_B', "x'y"],
          ['C', '\n'],
        ]),
      })
      expect((await own.exec({ shell: 'printf %s "$A_B$C"', why: 'test' })).stdout).toBe("x'y\n")
      expect(await own.query({ command: sh`printf %s "$A_B"`, parse: stdout => stdout })).toBe("x'y")
      await own.dispose()
    })

    test('a command has the characters of UTF-8 where nobody chose a locale, and one for the login shell has not', async () => {
      const names = ['/usr/lib/locale/C.utf8', '/usr/lib/locale/C.UTF-8', '/usr/share/locale/C.UTF-8']
      const utf8 = names.some(name => existsSync(name)) ? 'C.UTF-8' : ''
      const ctype = async (given: Record<string, string>, options: Partial<Effect> = {}) => {
        const environment = new Map(Object.entries({ LC_ALL: '', LC_CTYPE: '', LANG: '', ...given }))
        const own = reached.pool.remote(reached.target, { ...needs, environment })
        const { stdout } = await own.exec({ shell: 'printf %s "$LC_CTYPE"', why: 'test', ...options })
        await own.dispose()
        return stdout
      }
      expect(await ctype({})).toBe(utf8)
      expect(await ctype({ LANG: 'C' })).toBe(utf8)
      expect(await ctype({ LC_CTYPE: 'POSIX' })).toBe(utf8)
      expect(await ctype({ LANG: 'de_DE.UTF-8' })).toBe('')
      expect(await ctype({ LC_ALL: 'C' })).toBe('')
      expect(await ctype({}, { givenLocale: true })).toBe('')
    })

    test('questions share one round trip and keep their answers apart', async () => {
      writeFileSync(at('q'), 'text\n')
      const before = reached.pool.stats.trips
      const answers = await Promise.all([
        remote.query({ command: sh`echo out; echo err >&2; exit 7`, parse: (out, rc, err) => [out, rc, err] }),
        remote.query({ command: sh`if then`, parse: (_, rc) => rc !== 0 }),
        remote.query({ command: sh`cd /; X=1; exec true`, parse: (_, rc) => rc }),
        remote.query({ command: sh`printf %s "$X"; cat`, parse: out => out }),
        remote.file(at('q')).then(file => file.text),
      ])
      expect(answers).toEqual([['out\n', 7, 'err\n'], true, 0, '', 'text\n'])
      expect(reached.pool.stats.trips - before).toBe(1)
    })

    test('sees files of every kind, under any name', async () => {
      const odd = at("-a 'b' \n$x\\\t*é")
      writeFileSync(odd, Buffer.from([0, 255, 10, 37, 92]), { mode: 0o640 })
      symlinkSync('nowhere', at('dangling'))
      symlinkSync(odd, at('link'))
      const [file, dangling, link, through, directory, none, device] = await Promise.all([
        remote.file(odd),
        remote.file(at('dangling')),
        remote.file(at('link'), { follow: false }),
        remote.file(at('link'), { want: 'sha1' }),
        remote.file(folder),
        remote.file(at('none/deeper')),
        remote.file('/dev/null', { want: 'stat' }),
      ])
      const stats = statSync(odd)
      expect(file).toMatchObject({
        kind: 'file',
        mode: 0o640,
        uid: stats.uid,
        size: 5,
        inode: stats.ino,
        links: 1,
        realPath: odd,
      })
      expect(Math.floor(file.mtime)).toBe(Math.floor(stats.mtimeMs / 1000))
      expect(file.bytes).toEqual(Buffer.from([0, 255, 10, 37, 92]))
      expect(dangling).toMatchObject({ kind: 'missing', realPath: at('nowhere') })
      expect(link).toMatchObject({ kind: 'link', target: odd })
      expect(through).toMatchObject({ kind: 'file', realPath: odd, sha1: file.sha1 })
      expect([directory.kind, directory.realPath, none.exists, device.kind]).toEqual([
        'directory',
        folder,
        false,
        'char',
      ])
    })

    test('many files are seen as each one alone is, in one round trip', async () => {
      const many = at('many')
      mkdirSync(join(many, 'sub dir'), { recursive: true })
      for (let index = 0; index < 60; index++) {
        writeFileSync(join(many, index % 2 ? 'sub dir' : '', `file ${index}*é`), `text ${index}\n`, { mode: 0o640 })
      }
      writeFileSync(join(many, 'two\nlines'), 'a')
      writeFileSync(join(many, 'back\\slash'), 'b')
      symlinkSync('file 0*é', join(many, 'link'))
      symlinkSync('nowhere', join(many, 'dangling'))
      symlinkSync('sub dir', join(many, 'way'))
      const names = [...readdirSync(many), ...readdirSync(join(many, 'sub dir')).map(name => `way/${name}`)]
      const paths = [...names, 'missing', 'none/missing', '../many/file 2*é'].map(name => `${many}/${name}`)
      // Without a program that hashes the contents are fetched.
      const hashes = (await run('command -v sha1sum')).rc === 0
      for (const look of [
        { want: 'sha1' },
        { want: 'stat', follow: false },
        { want: 'sha1', follow: false },
      ] as const) {
        const before = reached.pool.stats.trips
        const together = await Promise.all(paths.map(path => remote.file(path, look)))
        expect(reached.pool.stats.trips - before).toBe(look.want === 'sha1' && !hashes ? 2 : 1)
        const some = paths.filter((path, index) => index % 16 === 0 || !/file \d+/.test(path))
        for (const path of some) {
          const alone = await remote.file(path, look)
          const { gate: _, atime: __, ...seen } = together[paths.indexOf(path)]! as unknown as Record<string, unknown>
          const { gate: ___, atime: ____, ...wanted } = alone as unknown as Record<string, unknown>
          expect(seen).toEqual(wanted)
        }
      }
    })

    test('many files are written in one round trip, each with what it keeps and what it gets', async () => {
      const tree = at('tree of many')
      mkdirSync(join(tree, 'sub'), { recursive: true })
      const names = Array.from({ length: 300 }, (_, index) => `${index % 3 ? '' : 'sub/'}-file '${index}' é`)
      names.forEach((name, index) => {
        if (index % 5 === 0) writeFileSync(join(tree, name), 'old\n', { mode: 0o751 })
      })
      symlinkSync('../q', join(tree, names[1]!))
      const contents = names.map((_, index) => (index % 7 ? `text ${index} % \\ '\n` : ''))
      const files = await Promise.all(
        names.map(name => remote.file(`${tree}/${name}`, { want: 'sha1', follow: false })),
      )
      const before = reached.pool.stats.trips
      await Promise.all(
        files.map((file, index) => file.put({ text: contents[index]!, mode: index % 2 ? '0604' : undefined })),
      )
      expect(reached.pool.stats.trips - before).toBe(1)
      names.forEach((name, index) => {
        expect(readFileSync(join(tree, name), 'utf8')).toBe(contents[index])
        const mode = index % 2 ? 0o604 : index % 5 === 0 ? 0o751 : 0o666 & ~process.umask()
        expect(statSync(join(tree, name)).mode & 0o777, name).toBe(mode)
      })
      expect(lstatSync(join(tree, names[1]!)).isSymbolicLink()).toBe(false)
      expect(readdirSync(tree, { recursive: true }).filter(name => String(name).includes('understudy'))).toEqual([])
    })

    test('of many files that are written together, the one that cannot be is named and the others are there', async () => {
      const tree = at('tree with a gap')
      mkdirSync(tree)
      const paths = ['a', 'b', 'gone/c', 'd', 'e'].map(name => `${tree}/${name}`)
      const files = await Promise.all(paths.map(path => remote.file(path)))
      const outcomes = await Promise.allSettled(files.map(file => file.put({ text: 'new' })))
      expect(outcomes.map(one => one.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
      expect(String((outcomes[2] as PromiseRejectedResult).reason.message)).toContain(`Could not replace ${paths[2]}`)
      expect(readdirSync(tree).sort()).toEqual(['a', 'b', 'd', 'e'])
    })

    test('globs are the shell’s, with hidden files left out and odd names kept', async () => {
      for (const name of ['g 1.conf', 'g2.conf', '.g3.conf', 'g4.txt', 'g[5].conf']) writeFileSync(at(name), '')
      const names = async (pattern: string) =>
        (await remote.glob(at(pattern))).map(one => one.path.slice(folder.length + 1))
      expect(await names('g*.conf')).toEqual(['g 1.conf', 'g2.conf', 'g[5].conf'])
      expect(await names('g[12]*')).toEqual(['g2.conf'])
      expect(await names('g?4*')).toEqual([])
    })

    test('files of any content are written beside and renamed, nothing is left over', async () => {
      for (const bytes of [
        Buffer.alloc(0),
        Buffer.from("-n %s \\n' é\0\r\n"),
        Buffer.from(Array.from({ length: 70_000 }, (_, n) => n % 256)),
        randomBytes(2_000_000),
      ]) {
        const file = await remote.file(at('put'), { want: 'sha1' })
        expect(await file.put({ bytes, mode: '0604' })).toMatchObject({ changed: true })
        expect(readFileSync(at('put')).equals(bytes)).toBe(true)
        expect(statSync(at('put')).mode & 0o7777).toBe(0o604)
        expect((await (await remote.file(at('put'))).put({ bytes })).changed).toBe(false)
      }
      expect(readdirSync(folder).filter(name => name.includes('understudy'))).toEqual([])
    })

    test.skipIf(process.getuid?.() !== 0)(
      'new files are their writer’s, also where the directory hands down its group (needs root to make one)',
      async () => {
        const shared = at('handed down')
        mkdirSync(shared)
        chownSync(shared, 0, 12345)
        chmodSync(shared, 0o2775)
        await (await remote.file(`${shared}/one`)).put({ text: 'x' })
        const files = await Promise.all(['a', 'b', 'c'].map(name => remote.file(`${shared}/${name}`)))
        await Promise.all(files.map(file => file.put({ text: 'x' })))
        const groups = readdirSync(shared).map(name => statSync(join(shared, name)).gid)
        expect(groups).toEqual([1, 2, 3, 4].map(() => process.getgid?.()))
      },
    )

    test('replacing a file keeps its mode; a backup and a validation are made', async () => {
      writeFileSync(at('keep'), 'old\n', { mode: 0o751 })
      const file = await remote.file(at('keep'))
      const { backup_file } = await file.put({ text: 'new\n', backup: true, validate: 'grep -q new %s' })
      expect([readFileSync(at('keep'), 'utf8'), statSync(at('keep')).mode & 0o777]).toEqual(['new\n', 0o751])
      expect(readFileSync(backup_file!, 'utf8')).toBe('old\n')
      const refused = (await remote.file(at('keep'))).put({
        text: 'evil\n',
        validate: 'sh -c "echo said; echo no >&2; exit 5; : %s"',
      })
      await expect(refused).rejects.toMatchObject({ rc: 5, stdout: 'said\n', stderr: 'no\n' })
      expect(readFileSync(at('keep'), 'utf8')).toBe('new\n')
      expect(readdirSync(folder).filter(name => name.includes('understudy'))).toEqual([])
      const missing = file.put({ text: 'no\n', validate: 'no-such-validator %s' })
      await expect(missing).rejects.toThrow("[Errno 2] No such file or directory: b'no-such-validator'")
    })

    test('what cannot be written is said plainly', async () => {
      const file = await remote.file(at('no/such/dir/file'))
      await expect(file.put({ text: 'x' })).rejects.toThrow(/Could not replace .*no\/such\/dir\/file/)
    })

    test('a large file that cannot be written is told, and what was sent of it is never taken for commands', async () => {
      const marker = at('taken-for-a-command')
      const bytes = Buffer.from(`\ntouch ${marker}\n`.repeat(60_000))
      const file = await remote.file(at('no/such/dir/file'))
      await expect(file.put({ bytes })).rejects.toThrow(/Could not replace .*no\/such\/dir\/file/)
      expect((await run('echo on')).stdout).toBe('on\n')
      expect(existsSync(marker)).toBe(false)
    })

    test('large files come down as a stream', async () => {
      const bytes = randomBytes(5_000_000)
      writeFileSync(at('big'), bytes)
      const chunks: Buffer[] = []
      for await (const chunk of await remote.download(at('big'))) chunks.push(chunk as Buffer)
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
      const missing = await remote.download(at('not-there'))
      await expect(missing.toArray()).rejects.toThrow(/not-there|No such file/)
    })

    test('remove takes directories with all they hold', async () => {
      await run(`mkdir -p ${at('tree/a/b')}; touch ${at('tree/a/b/c')}`)
      expect(await (await remote.file(at('tree'))).remove()).toEqual({ changed: true })
      expect(existsSync(at('tree'))).toBe(false)
    })

    test('a scratch directory goes when the task ends, and when the connection does', async () => {
      const own = reached.pool.remote(reached.target, needs)
      const scratch = await own.scratch()
      expect(statSync(scratch).mode & 0o777).toBe(0o700)
      const bytes = randomBytes(400_000)
      await (await own.file(`${scratch}/large`)).put({ bytes })
      expect(readFileSync(`${scratch}/large`).equals(bytes)).toBe(true)
      await (await own.download(`${scratch}/large`)).toArray()
      await own.exec({ shell: 'head -c 1 >/dev/null', stdin: bytes, why: 'test' })
      expect(existsSync(scratch)).toBe(true)
      await own.dispose()
      expect(existsSync(scratch)).toBe(false)
      const other = await reached.pool.remote(reached.target, needs).scratch()
      await reached.pool.reset(reached.target)
      for (let tries = 0; existsSync(other) && tries < 50; tries++) await pause(20)
      expect(existsSync(other)).toBe(false)
    })

    test('closing in the middle of a command (Ctrl-C) ends it and all that it started', async () => {
      const marker = `27.1${Math.floor(Math.random() * 1e6)}`
      const own = reached.pool.remote(reached.target, needs)
      const running = own.exec({ shell: `sleep ${marker} & sleep ${marker}`, why: 'test' }).catch(() => undefined)
      const count = async () => (await run(`ps -A -o args= | grep -c '[s]leep ${marker}'`)).stdout.trim()
      for (let tries = 0; (await count()) === '0' && tries < 50; tries++) await pause(20)
      await reached.pool.reset(reached.target)
      await running
      expect(await count()).toBe('0')
    })

    test('a command on a terminal is talked to, and tells its exit code', async () => {
      const heard: string[] = []
      const start = (keyboard: Keyboard) => (said: string) => {
        heard.push(said)
        if (said.includes('name?')) keyboard.type('zoé\n')
      }
      const outcome = await run('test -t 0 && test -t 1 && printf "name? " && read n && echo "hi $n" >&2; exit 7', {
        terminal: { echo: false, start },
      })
      expect(outcome).toMatchObject({ rc: 7, stdout: 'name? hi zoé\r\n', timedOut: false })
      expect(heard.join('')).toBe(outcome.stdout)
    })

    test('hanging up a terminal ends the command', async () => {
      const marker = `27.2${Math.floor(Math.random() * 1e6)}`
      const start = (keyboard: Keyboard) => () => keyboard.hangUp()
      const outcome = await run(`echo x; sleep ${marker}`, { terminal: { echo: true, start } })
      expect(outcome).toMatchObject({ stdout: 'x\r\n', timedOut: true })
      expect((await run(`ps -A -o args= | grep -c '[s]leep ${marker}'`)).stdout.trim()).toBe('0')
    })

    test('many tasks at once share the connection', async () => {
      const outcomes = await Promise.all(Array.from({ length: 30 }, (_, index) => run(`echo ${index}`)))
      expect(outcomes.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 30 }, (_, index) => index))
    })
  })
}
