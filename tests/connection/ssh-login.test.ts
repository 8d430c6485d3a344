import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Unreachable } from '../../engine/connection/connection.js'
import { fingerprint } from '../../engine/connection/ssh/known-hosts.js'
import type { Value } from '../../engine/python/values.js'
import type { PoolOptions } from '../../engine/remote/pool.js'
import { freePort, haveSshd, keygen, type Sshd, startSshd } from '../sshd.js'
import { needs, sshTo } from './ssh-to.js'

describe.skipIf(!haveSshd)('logging in by ssh (skipped without sshd)', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd?.stop())

  /** Runs `echo hi` and gives what came of it. */
  async function tryLogin(
    vars: { [name: string]: Value } = {},
    options: Partial<PoolOptions> = {},
    server: Sshd = sshd,
  ) {
    const { pool, target, warnings } = sshTo(server, vars, options)
    try {
      const { stdout } = await pool.remote(target, needs).exec({ shell: 'echo hi', why: 'test' })
      return { stdout, warnings }
    } catch (error) {
      return { error: error as Error, warnings }
    } finally {
      await pool.close()
    }
  }
  const withKnownHosts = (path: string, more = '') =>
    `-F none -o UserKnownHostsFile=${path} -o GlobalKnownHostsFile=/dev/null ${more}`

  test('small packets are sent at once', async () => {
    const spy = vi.spyOn(Socket.prototype, 'setNoDelay')
    await tryLogin()
    expect(spy.mock.calls.some(([on]) => on === true)).toBe(true)
    spy.mockRestore()
  })

  test('nobody listening is a refused connection', async () => {
    const port = await freePort()
    const { error } = await tryLogin({ ansible_port: port })
    expect(error).toBeInstanceOf(Unreachable)
    expect(error!.message).toBe(
      `Failed to connect to the host via ssh: ssh: connect to host 127.0.0.1 port ${port}: Connection refused`,
    )
  })

  test('a name that does not resolve says so', async () => {
    const { error } = await tryLogin({ ansible_host: 'no-such-host.invalid' })
    expect(error!.message).toMatch(
      /^Failed to connect to the host via ssh: ssh: Could not resolve hostname no-such-host.invalid: /,
    )
  })

  test.each(['ssh2', 'openssh'])('closing does not wait for a host that never answers (%s)', async transport => {
    const silent = createServer(socket => socket.resume().on('error', () => {}))
    const port = await new Promise<number>(resolve => {
      silent.listen(0, '127.0.0.1', () => resolve((silent.address() as { port: number }).port))
    })
    const reached = new Promise(resolve => silent.once('connection', resolve))
    const { pool, target } = sshTo(
      { ...sshd, port },
      { ansible_ssh_transport: transport, ansible_ssh_timeout: 300, ansible_ssh_retries: 5 },
    )
    const asking = pool.remote(target, needs).exec({ shell: 'true', why: 'test' })
    asking.catch(() => {})
    await reached
    // The login would wait for minutes, longer than this test may take.
    await pool.close()
    await expect(asking).rejects.toThrow()
    await new Promise(resolve => silent.close(resolve))
  })

  test('a key given as text logs in, with its passphrase', async () => {
    const path = join(sshd.folder, 'as-text')
    keygen('ed25519', path, 'sesame')
    writeFileSync(join(sshd.folder, 'authorized_keys'), readFileSync(`${path}.pub`), { flag: 'a' })
    const ansible_private_key = readFileSync(path, 'utf8')
    const by = (passphrase: string) =>
      tryLogin({
        ansible_private_key,
        ansible_private_key_passphrase: passphrase,
        ansible_ssh_private_key_file: join(sshd.folder, 'none'),
      })
    expect((await by('sesame')).stdout).toBe('hi\n')
    const { error } = await by('wrong')
    expect(error!.message).toMatch(/Load key "private_key": .*passphrase/)
    expect(error!.message).toMatch(/no such identity: .*none: No such file or directory/)
  })

  test('a program that somebody names in place of ssh is run', async () => {
    const program = join(sshd.folder, 'my-ssh')
    writeFileSync(program, '#!/bin/sh\n: >"$0-ran"\nexec ssh "$@"\n', { mode: 0o755 })
    expect((await tryLogin({ ansible_ssh_executable: program })).stdout).toBe('hi\n')
    expect(existsSync(`${program}-ran`)).toBe(true)
  })

  test('ansible_ssh_retries waits until the host takes the key', async () => {
    const path = join(sshd.folder, 'late')
    keygen('ed25519', path)
    setTimeout(() => {
      writeFileSync(join(sshd.folder, 'authorized_keys'), readFileSync(`${path}.pub`), { flag: 'a' })
    }, 300)
    const { stdout } = await tryLogin({ ansible_ssh_private_key_file: path, ansible_ssh_retries: 3 })
    expect(stdout).toBe('hi\n')
  })

  test('a key that the host does not take is permission denied', async () => {
    keygen('ed25519', join(sshd.folder, 'stranger'))
    const { error } = await tryLogin({ ansible_ssh_private_key_file: join(sshd.folder, 'stranger') })
    expect(error).toBeInstanceOf(Unreachable)
    expect(error!.message).toBe(
      `Failed to connect to the host via ssh: ${sshd.user}@127.0.0.1: Permission denied (publickey,keyboard-interactive).`,
    )
  })

  test('an unknown host key is refused unless somebody says yes, and then remembered', async () => {
    const file = join(sshd.folder, 'kh-ask')
    const args = { ansible_ssh_common_args: withKnownHosts(file) }
    expect((await tryLogin(args)).error!.message).toBe(
      'Failed to connect to the host via ssh: Host key verification failed.',
    )
    const asked: string[] = []
    const prompt = async (text: string) => {
      asked.push(text)
      return 'yes'
    }
    expect((await tryLogin(args, { prompt })).stdout).toBe('hi\n')
    const key = Buffer.from(sshd.hostKey.split(' ')[1]!, 'base64')
    expect(asked[0]).toContain(`ED25519 key fingerprint is ${fingerprint(key)}`)
    expect(readFileSync(file, 'utf8')).toContain(`[127.0.0.1]:${sshd.port} ssh-ed25519 `)
    expect((await tryLogin(args)).stdout).toBe('hi\n')
  })

  test('host_key_checking off and accept-new take an unknown key; hashed names are found again', async () => {
    const file = join(sshd.folder, 'kh-new')
    const args = withKnownHosts(file, '-o HashKnownHosts=yes')
    expect((await tryLogin({ ansible_ssh_common_args: args, ansible_host_key_checking: false })).stdout).toBe('hi\n')
    expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/)
    expect((await tryLogin({ ansible_ssh_common_args: args })).stdout).toBe('hi\n')
    const other = withKnownHosts(join(sshd.folder, 'kh-accept'), '-o StrictHostKeyChecking=accept-new')
    expect((await tryLogin({ ansible_ssh_common_args: other })).stdout).toBe('hi\n')
  })

  test('a changed key is refused with the line that is wrong; without checking it is a warning', async () => {
    const file = join(sshd.folder, 'kh-changed')
    keygen('ed25519', join(sshd.folder, 'other_host'))
    const other = readFileSync(join(sshd.folder, 'other_host.pub'), 'utf8')
    writeFileSync(file, `# comment\n[127.0.0.1]:${sshd.port} ${other}`)
    const args = { ansible_ssh_common_args: withKnownHosts(file) }
    const { error } = await tryLogin(args)
    expect(error!.message).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED!')
    expect(error!.message).toContain(`Offending ED25519 key in ${file}:2`)
    const lax = await tryLogin({ ...args, ansible_host_key_checking: false })
    expect([lax.stdout, lax.warnings.length]).toEqual(['hi\n', 1])
  })

  test('a revoked key is refused', async () => {
    const file = join(sshd.folder, 'kh-revoked')
    writeFileSync(file, `@revoked * ${sshd.hostKey}\n[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`)
    expect((await tryLogin({ ansible_ssh_common_args: withKnownHosts(file) })).error!.message).toContain('REVOKED')
  })

  test('a locked key is opened once for many hosts', async () => {
    const path = join(sshd.folder, 'locked')
    keygen('ed25519', path, 'open sesame')
    writeFileSync(join(sshd.folder, 'authorized_keys'), readFileSync(`${path}.pub`, 'utf8'), { flag: 'a' })
    const asked: string[] = []
    const prompt = async (text: string) => {
      asked.push(text)
      return asked.length === 1 ? 'wrong' : 'open sesame'
    }
    const vars = { ansible_ssh_private_key_file: path }
    const all = await Promise.all([tryLogin(vars, { prompt }), tryLogin(vars, { prompt })])
    expect(all.map(one => one.stdout)).toEqual(['hi\n', 'hi\n'])
    expect(asked).toEqual([`Enter passphrase for key '${path}': `, `Enter passphrase for key '${path}': `])
  })

  test('ssh_config is read: Host, Include, HostName, User, Port, IdentityFile, known hosts', async () => {
    const config = join(sshd.folder, 'config-main')
    writeFileSync(join(sshd.folder, 'config-more'), `Host web-*\n  HostName 127.0.0.1\n  Port ${sshd.port}\n`)
    writeFileSync(
      config,
      `Include ${sshd.folder}/config-mo*\nHost !web-9 web-?\n  User ${sshd.user}\n  IdentityFile "${sshd.key}"\nMatch originalhost web-1 user ${sshd.user}\n  UserKnownHostsFile ${sshd.knownHosts}\n  GlobalKnownHostsFile /dev/null\n`,
    )
    const vars = {
      ansible_host: 'web-1',
      ansible_port: null,
      ansible_user: null,
      ansible_ssh_private_key_file: null,
      ansible_ssh_common_args: `-F ${config}`,
    }
    expect((await tryLogin(vars)).stdout).toBe('hi\n')
    expect((await tryLogin({ ...vars, ansible_host: 'web-9' })).error).toBeInstanceOf(Unreachable)
  })

  test('a jump host leads to others, and one login serves them all', async () => {
    const inner = await startSshd()
    const config = join(sshd.folder, 'config-jump')
    const known = join(sshd.folder, 'kh-both')
    writeFileSync(known, readFileSync(sshd.knownHosts, 'utf8') + readFileSync(inner.knownHosts, 'utf8'))
    mkdirSync(join(sshd.folder, '.ssh'), { recursive: true })
    writeFileSync(
      join(sshd.folder, '.ssh/config'),
      `Host bastion\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User ${sshd.user}\n  IdentityFile ${sshd.key}\n`,
    )
    writeFileSync(config, '')
    const args = `-o ProxyJump=bastion -o UserKnownHostsFile=${known} -o GlobalKnownHostsFile=/dev/null`
    const before = sshd.log().split('Accepted publickey').length
    const options = { environ: { HOME: sshd.folder } }
    const all = await Promise.all([1, 2, 3].map(() => tryLogin({ ansible_ssh_common_args: args }, options, inner)))
    expect(all.map(one => one.stdout ?? one.error?.message)).toEqual(['hi\n', 'hi\n', 'hi\n'])
    expect(sshd.log().split('Accepted publickey').length - before).toBe(1)
    await inner.stop()
  })

  test('a ProxyCommand is the way to the host', async () => {
    const script = join(sshd.folder, 'relay.cjs')
    writeFileSync(
      script,
      "const [host, port] = process.argv.slice(2)\nconst s = require('net').connect(+port, host)\nprocess.stdin.pipe(s).pipe(process.stdout)\n",
    )
    const args = `${withKnownHosts(sshd.knownHosts)} -o 'ProxyCommand=${process.execPath} ${script} %h %p'`
    expect((await tryLogin({ ansible_ssh_common_args: args })).stdout).toBe('hi\n')
    const broken = `${withKnownHosts(sshd.knownHosts)} -o 'ProxyCommand=sh -c "echo no way through >&2; exit 1"'`
    expect((await tryLogin({ ansible_ssh_common_args: broken })).error!.message).toContain('no way through')
  })

  test('an option that only OpenSSH has takes the system’s ssh by itself', async () => {
    const said: string[] = []
    const debug = (_: number, text: string) => said.push(text)
    const args = withKnownHosts(sshd.knownHosts, '-o GSSAPIAuthentication=yes')
    expect((await tryLogin({ ansible_ssh_common_args: args }, { debug })).stdout).toBe('hi\n')
    expect(said.join()).toContain("the system's ssh is used for GSSAPIAuthentication yes")
    const missing = await tryLogin({ ansible_ssh_common_args: args, ansible_ssh_executable: '/nonexistent/ssh' })
    expect(missing.error!.message).toContain('/nonexistent/ssh: command not found')
  })

  test('one session at a time is enough', async () => {
    for (const transport of ['ssh2', 'openssh']) {
      const narrow = await startSshd(['MaxSessions 1'])
      const { pool, target } = sshTo(narrow, { ansible_ssh_transport: transport })
      const remotes = [0, 1, 2, 3].map(() => pool.remote(target, needs))
      const outcomes = await Promise.all(
        remotes.map((remote, index) => remote.exec({ shell: `echo ${index}`, why: 'test' })),
      )
      expect(outcomes.map(one => one.stdout)).toEqual(['0\n', '1\n', '2\n', '3\n'])
      const large = Buffer.alloc(300_000, 'x')
      expect((await remotes[0]!.exec({ argv: ['wc', '-c'], stdin: large, why: 'test' })).stdout.trim()).toBe('300000')
      await pool.close()
      await narrow.stop()
    }
  })

  test('a login that prints things is listened to only from where we asked', async () => {
    const noisy = await startSshd([
      `ForceCommand echo "Welcome!"; echo warning >&2; exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"`,
    ])
    expect((await tryLogin({}, {}, noisy)).stdout).toBe('hi\n')
    await noisy.stop()
    const closed = await startSshd(['ForceCommand echo "This account is currently not available."; exit 1'])
    const { error } = await tryLogin({}, {}, closed)
    expect(error).toBeInstanceOf(Unreachable)
    expect(error!.message).toContain('This account is currently not available.')
    await closed.stop()
  })

  test('nothing is left behind', () => {
    expect(existsSync(sshd.folder)).toBe(true)
  })
})
