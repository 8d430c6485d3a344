/** `understudy vault`: create, edit, view, encrypt, decrypt, rekey and encrypt_string, as ansible-vault. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { Diagnostic, formatDiagnostic } from '../diagnostics.js'
import { shlexSplit } from '../python/shlex.js'
import { type LoadedSettings, loadSettings } from '../settings/load.js'
import { isVault } from '../vault/aes256.js'
import { replaceFile, withPlainFile } from '../vault/files.js'
import { loadSecrets, type SecretSources } from '../vault/secrets.js'
import { Vault, type VaultSecret } from '../vault/vault.js'
import { ask } from './ask.js'
import { describeFlags, type Flags, type ParsedFlags, parseFlags, UsageError } from './flags.js'
import type { Io } from './io.js'
import { vaultFlags } from './vault-flags.js'

const COMMON: Flags = {
  ...vaultFlags,
  verbose: { names: ['-v', '--verbose'], kind: 'count', summary: 'say more' },
  help: { names: ['-h', '--help'], kind: 'switch', summary: 'show this help message and exit' },
}
const OUTPUT: Flags = {
  output: {
    names: ['--output'],
    kind: 'value',
    metavar: 'OUTPUT_FILE',
    summary: 'output file name for encrypt or decrypt; use - for stdout',
  },
}
const ENCRYPT_ID: Flags = {
  encryptId: {
    names: ['--encrypt-vault-id'],
    kind: 'value',
    metavar: 'ENCRYPT_VAULT_ID',
    summary: 'the vault id used to encrypt (required if more than one vault-id is provided)',
  },
}

interface Action {
  readonly flags: Flags
  readonly summary: string
  readonly run: (job: Job) => Promise<void>
}

const ACTIONS: { readonly [name: string]: Action } = {
  create: { flags: { ...COMMON, ...ENCRYPT_ID }, summary: 'Create new vault encrypted file', run: create },
  decrypt: { flags: { ...COMMON, ...OUTPUT }, summary: 'Decrypt vault encrypted file', run: decrypt },
  edit: { flags: { ...COMMON, ...ENCRYPT_ID }, summary: 'Edit vault encrypted file', run: edit },
  view: { flags: COMMON, summary: 'View vault encrypted file', run: view },
  encrypt: { flags: { ...COMMON, ...OUTPUT, ...ENCRYPT_ID }, summary: 'Encrypt YAML file', run: encrypt },
  encrypt_string: {
    flags: {
      ...COMMON,
      ...OUTPUT,
      ...ENCRYPT_ID,
      prompt: { names: ['-p', '--prompt'], kind: 'switch', summary: 'Prompt for the string to encrypt' },
      showInput: {
        names: ['--show-input'],
        kind: 'switch',
        summary: 'Do not hide input when prompted for the string to encrypt',
      },
      name: {
        names: ['-n', '--name'],
        kind: 'list',
        metavar: 'ENCRYPT_STRING_NAMES',
        summary: 'Specify the variable name',
      },
      stdinName: {
        names: ['--stdin-name'],
        kind: 'value',
        metavar: 'ENCRYPT_STRING_STDIN_NAME',
        summary: 'Specify the variable name for stdin',
      },
    },
    summary: 'Encrypt a string',
    run: encryptString,
  },
  rekey: {
    flags: {
      ...COMMON,
      ...ENCRYPT_ID,
      newPasswordFile: {
        names: ['--new-vault-password-file'],
        kind: 'value',
        group: 'new',
        metavar: 'NEW_VAULT_PASSWORD_FILE',
        summary: 'new vault password file for rekey',
      },
      newId: {
        names: ['--new-vault-id'],
        kind: 'value',
        group: 'new',
        metavar: 'NEW_VAULT_ID',
        summary: 'the new vault identity to use for rekey',
      },
    },
    summary: 'Re-key a vault encrypted file',
    run: rekey,
  },
}

/** Everything an action needs. */
interface Job {
  readonly io: Io
  readonly flags: ParsedFlags
  readonly settings: LoadedSettings
  /** Files, or strings to encrypt. */
  readonly words: readonly string[]
}

/** Runs one vault command and answers with its exit code. */
export async function vault(argv: string[], io: Io): Promise<number> {
  const [name, ...rest] = argv
  if (name === '-h' || name === '--help') {
    io.stdout.write(`${usage()}\n\nencryption/decryption utility for Ansible data files\n\n${actionList()}\n`)
    return 0
  }
  const action = name === undefined ? undefined : ACTIONS[name]
  if (!action) {
    const choices = Object.keys(ACTIONS)
      .map(choice => `'${choice}'`)
      .join(', ')
    const problem =
      name === undefined
        ? 'the following arguments are required: action'
        : `argument action: invalid choice: '${name}' (choose from ${choices})`
    io.stderr.write(`${usage()}\nunderstudy vault: error: ${problem}\n`)
    return 2
  }
  try {
    const flags = parseFlags(rest, action.flags)
    if (flags.has('help')) {
      io.stdout.write(`${usage(name)}\n\n${action.summary}\n\noptions:\n${describeFlags(action.flags)}\n`)
      return 0
    }
    const settings = loadSettings({ environ: io.env, cwd: io.cwd })
    for (const warning of settings.warnings) warn(io, warning)
    await action.run({ io, flags, settings, words: flags.words })
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      io.stderr.write(`${usage(name)}\nunderstudy vault ${name}: error: ${error.message}\n`)
      return 2
    }
    if (!(error instanceof Diagnostic)) throw error
    io.stderr.write(`${formatDiagnostic(error)}\n`)
    return error.code === 'options' ? 5 : 1
  }
}

const usage = (name?: string): string =>
  name === undefined
    ? `usage: understudy vault [-h] {${Object.keys(ACTIONS).join(',')}} ...`
    : `usage: understudy vault ${name} [options] [${name === 'encrypt_string' ? 'string_to_encrypt' : 'file_name'} ...]`
const actionList = (): string =>
  Object.entries(ACTIONS)
    .map(([name, { summary }]) => `  ${name.padEnd(20)}${summary}`)
    .join('\n')
const warn = (io: Io, message: string): void => void io.stderr.write(`[WARNING]: ${message}\n`)
const optionsError = (message: string) => new Diagnostic(message, { code: 'options' })

function sources({ io, flags, settings }: Job, more: Partial<SecretSources> = {}): SecretSources {
  return {
    ids: flags.list('vaultId'),
    passwordFiles: flags.list('passwordFile'),
    ask: flags.has('ask'),
    settings,
    cwd: io.cwd,
    environ: io.env,
    prompt: text => ask(io, text),
    warn: message => warn(io, message),
    autoPrompt: true,
    ...more,
  }
}

async function openingVault(job: Job): Promise<Vault> {
  const secrets = await loadSecrets(sources(job))
  if (secrets.length === 0) throw optionsError("A vault password is required to use Ansible's Vault")
  return new Vault(secrets, { idMatch: job.settings.bool('DEFAULT_VAULT_ID_MATCH') })
}

/** The secret to encrypt with, which must be clear when there are several. */
async function sealingSecret(job: Job, from: Partial<SecretSources> = {}): Promise<VaultSecret> {
  const secrets = await loadSecrets(sources(job, { create: true, ...from }))
  const wanted = job.flags.value('encryptId') ?? job.settings.string('DEFAULT_VAULT_ENCRYPT_IDENTITY')
  const ids = secrets.map(secret => secret.id)
  if (secrets.length > 1 && wanted === '') {
    throw optionsError(
      `The vault-ids ${ids.join(',')} are available to encrypt. Specify the vault-id to encrypt with --encrypt-vault-id`,
    )
  }
  if (secrets.length === 0) throw optionsError("A vault password is required to use Ansible's Vault")
  const secret = wanted === '' ? secrets[0] : secrets.find(({ id }) => id === wanted)
  if (secret) return secret
  throw new Diagnostic(
    `Did not find a match for --encrypt-vault-id=${wanted} in the known vault-ids [${ids.map(id => `'${id}'`).join(', ')}]`,
    { code: 'vault-id' },
  )
}

async function readSource(file: string, job: Job, what: string): Promise<Buffer> {
  const { io } = job
  if (file === '-') {
    if (io.stdin.isTTY) io.stderr.write(`Reading ${what} input from stdin\n`)
    return readStdin(io)
  }
  try {
    return readFileSync(resolve(io.cwd, file))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'No such file or directory' : message
    throw new Diagnostic(`Unable to read source file (${file}): ${reason}`, { code: 'vault-file' })
  }
}

async function readStdin(io: Io): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

function writeResult(data: Buffer | string, file: string, { io }: Job): void {
  if (file === '-') io.stdout.write(data)
  else replaceFile(resolve(io.cwd, file), data)
}

/** What is decrypted, or an error that names the file. */
function opened(data: Buffer, file: string, vault: Vault) {
  const place = file === '-' ? undefined : file
  if (!isVault(data)) {
    throw new Diagnostic(
      `input is not vault encrypted data. ${place === undefined ? '' : `${place} is not a vault encrypted file for ${place}`}`,
      { code: 'vault-format' },
    )
  }
  return vault.openText(data.toString('latin1'), place)
}

function oneOutput({ flags, words }: Job): void {
  if (flags.has('output') && words.length > 1) {
    throw optionsError('At most one input file may be used with the --output option')
  }
}

const done = ({ io }: Job, what: string): void => {
  if (io.stdout.isTTY) io.stderr.write(`${what} successful\n`)
}

async function encrypt(job: Job): Promise<void> {
  oneOutput(job)
  const secret = await sealingSecret(job)
  const vault = new Vault([secret])
  for (const file of job.words.length > 0 ? job.words : ['-']) {
    const plain = await readSource(file, job, 'plaintext')
    if (isVault(plain)) throw new Diagnostic('input is already encrypted', { code: 'vault-format' })
    writeResult(vault.encrypt(plain, secret), job.flags.value('output') ?? file, job)
  }
  done(job, 'Encryption')
}

async function decrypt(job: Job): Promise<void> {
  oneOutput(job)
  const vault = await openingVault(job)
  for (const file of job.words.length > 0 ? job.words : ['-']) {
    const { plain } = opened(await readSource(file, job, 'ciphertext'), file, vault)
    writeResult(plain, job.flags.value('output') ?? file, job)
  }
  done(job, 'Decryption')
}

async function view(job: Job): Promise<void> {
  const vault = await openingVault(job)
  for (const file of job.words.length > 0 ? job.words : ['-']) {
    const { plain } = opened(await readSource(file, job, 'ciphertext'), file, vault)
    await page(plain, job.io)
  }
}

async function page(plain: Buffer, io: Io): Promise<void> {
  const text = plain.toString('utf8')
  if (!io.stdout.isTTY) {
    io.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
    return
  }
  const pager = io.env.PAGER || 'less'
  await new Promise<void>(finish => {
    const child = spawn('/bin/sh', ['-c', pager], {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { LESS: 'FRSX', ...io.env } as NodeJS.ProcessEnv,
    })
    child.stdin.on('error', () => {})
    child.stdin.end(text)
    child.on('error', () => finish())
    child.on('exit', code => {
      if (code === 127) io.stdout.write(text)
      finish()
    })
  })
}

async function rekey(job: Job): Promise<void> {
  if (job.words.length === 0) throw optionsError('no file to rekey was given')
  const { flags } = job
  const vault = await openingVault(job)
  const newId = flags.value('newId')
  const newFile = flags.value('newPasswordFile')
  const secret = await sealingSecret(job, {
    only: true,
    ids: newId === undefined ? [] : [newId],
    passwordFiles: newFile === undefined ? [] : [newFile],
    ask: false,
  })
  // All files are opened before the first is written, so that a wrong password changes none.
  const plains: Buffer[] = []
  for (const file of job.words) plains.push(opened(await readSource(file, job, 'ciphertext'), file, vault).plain)
  for (const [index, file] of job.words.entries()) {
    replaceFile(resolve(job.io.cwd, file), vault.encrypt(plains[index]!, secret), { keep: true })
  }
  job.io.stderr.write('Rekey successful\n')
}

async function create(job: Job): Promise<void> {
  const [file, ...more] = job.words
  if (file === undefined || more.length > 0) {
    throw optionsError('ansible-vault create can take only one filename argument')
  }
  const secret = await sealingSecret(job)
  const path = resolve(job.io.cwd, file)
  if (existsSync(path)) throw new Diagnostic(`${file} exists, please use 'edit' instead`, { code: 'vault-file' })
  if (!existsSync(resolve(path, '..'))) {
    throw new Diagnostic(`${file} cannot be created: its folder does not exist`, { code: 'vault-file' })
  }
  await edited(file, Buffer.alloc(0), job, plain => replaceFile(path, new Vault([secret]).encrypt(plain, secret)))
}

async function edit(job: Job): Promise<void> {
  if (job.words.length === 0) throw optionsError('no file to edit was given')
  const vault = await openingVault(job)
  for (const file of job.words) {
    const { plain, secret, id = 'default' } = opened(await readSource(file, job, 'ciphertext'), file, vault)
    await edited(file, plain, job, changed => {
      if (changed.equals(plain)) return
      // The header stays what it was, whatever the id of the secret that opened it.
      replaceFile(resolve(job.io.cwd, file), vault.encrypt(changed, { ...secret, id }), { keep: true })
    })
  }
}

async function edited(file: string, plain: Buffer, { io, settings }: Job, save: (text: Buffer) => void): Promise<void> {
  const configured = settings.has('EDITOR') ? settings.string('EDITOR') : ''
  const editor = io.env.EDITOR || configured || 'vi'
  await withPlainFile(basename(file), plain, async path => {
    const code = await new Promise<number | null>((finish, fail) => {
      const [program = 'vi', ...args] = shlexSplit(editor)
      const child = spawn(program, [...args, path], {
        stdio: 'inherit',
        env: io.env as NodeJS.ProcessEnv,
        cwd: io.cwd,
      })
      child.on('error', error => fail(editorError(editor, error.message, file)))
      child.on('exit', finish)
    })
    if (code !== 0) {
      throw editorError(editor, `it ended with ${code}`, file)
    }
    save(readFileSync(path))
  })
}

const editorError = (editor: string, reason: string, file: string) =>
  new Diagnostic(`Unable to execute editor (${editor}): ${reason}; ${file} is unchanged`, {
    code: 'vault-editor',
    hint: 'Set EDITOR to an editor that is installed.',
  })

interface Piece {
  readonly text: Buffer
  readonly name: string | undefined
  readonly from: string
}

async function encryptString(job: Job): Promise<void> {
  const { flags, io, words } = job
  const fromStdin = words.includes('-') || flags.has('stdinName') || (words.length === 0 && !flags.has('prompt'))
  if (flags.has('prompt') && fromStdin) {
    throw optionsError('The --prompt option is not supported if also reading input from stdin')
  }
  const secret = await sealingSecret(job)
  const pieces: Piece[] = []
  if (flags.has('prompt')) pieces.push(await promptedPiece(job))
  if (fromStdin) {
    if (io.stdin.isTTY) {
      io.stderr.write(
        'Reading plaintext input from stdin. (ctrl-d to end input, twice if your content does not already have a newline)\n',
      )
    }
    const text = await readStdin(io)
    if (text.length === 0) throw optionsError('stdin was empty, not encrypting')
    pieces.push({ text, name: flags.value('stdinName'), from: 'stdin' })
  }
  pieces.push(...argumentPieces(job))

  const vault = new Vault([secret])
  const outputs: string[] = []
  const several = pieces.length > 1
  for (const [index, { text, name, from }] of pieces.entries()) {
    const what = name === undefined ? `the string #${index + 1}` : `variable ("${name}", the string #${index + 1}`
    if (several) {
      io.stderr.write(`# The encrypted version of ${what} from ${from}${name === undefined ? '.)' : ').'}\n`)
    }
    outputs.push(inlineVault(vault.encrypt(text, secret), name))
  }
  const file = flags.value('output') ?? '-'
  const tail = file === '-' && io.stdout.isTTY ? '\n' : ''
  writeResult(outputs.join('\n') + tail, file, job)
  done(job, 'Encryption')
}

async function promptedPiece({ flags, io }: Job): Promise<Piece> {
  let name = flags.value('name')
  if (name === undefined) {
    name = (await ask(io, 'Variable name (enter for no name): ', { hidden: false })) || undefined
  }
  const text = await ask(io, `String to encrypt${flags.has('showInput') ? '' : ' (hidden)'}: `, {
    hidden: !flags.has('showInput'),
  })
  if (text === '') throw optionsError('The plaintext provided from the prompt was empty, not encrypting')
  return { text: Buffer.from(text), name, from: 'the interactive prompt' }
}

function argumentPieces({ flags, io, words }: Job): Piece[] {
  const texts = words.filter(word => word !== '-')
  const names = flags.has('prompt') ? flags.list('name').slice(1) : flags.list('name')
  if (names.length > 0 && names.length < texts.length) {
    io.stderr.write(
      `The number of --name options do not match the number of args.\nThe last named variable will be "${names.at(-1)}". The rest will not have names.\n`,
    )
  }
  return texts.map((text, index) => {
    if (text === '') {
      throw optionsError('The plaintext provided from the command line args was empty, not encrypting')
    }
    return { text: Buffer.from(text), name: names[index], from: 'the command line args' }
  })
}

/** An envelope as a YAML value, in Ansible's indentation. */
function inlineVault(envelope: string, name: string | undefined): string {
  const lines = envelope
    .trimEnd()
    .split('\n')
    .map(line => `${' '.repeat(10)}${line}`)
  return [`${name === undefined ? '' : `${name}: `}!vault |`, ...lines].join('\n')
}
