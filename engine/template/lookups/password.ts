/** Passwords made once and kept in a file; random strings. */
import { randomInt } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cryptPassword, implicitIdent, randomSalt, saltSizeOf } from '../../python/crypt.js'
import { intOf } from '../../python/numbers.js'
import { dirname, expanduser, join, normpath } from '../../python/posixpath.js'
import { random } from '../../python/random.js'
import { pyRepr, pyStr } from '../../python/repr.js'
import { isList, type Value } from '../../python/values.js'
import { defineLookup } from '../define.js'
import { baseDirectory } from './search-path.js'
import { keyValueTerm, lookupError } from './terms.js'

const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'
const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const UPPER = LOWER.toUpperCase()
const DIGITS = '0123456789'
const WHITESPACE = ' \t\n\r\v\f'
const characterSets: Record<string, string> = {
  ascii_letters: LOWER + UPPER,
  ascii_lowercase: LOWER,
  ascii_uppercase: UPPER,
  digits: DIGITS,
  hexdigits: '0123456789abcdefABCDEF',
  octdigits: '01234567',
  punctuation: PUNCTUATION,
  whitespace: WHITESPACE,
  printable: DIGITS + LOWER + UPPER + PUNCTUATION + WHITESPACE,
}

interface Parameters {
  length: number
  encrypt: string | undefined
  ident: string | undefined
  seed: Value
  chars: string[]
}
const VALID = ['length', 'encrypt', 'chars', 'ident', 'seed']

export const password = defineLookup({
  strictOptions: true,
  summary: 'A random password, kept in a file so that it stays the same; perhaps hashed',
  examples: [
    ["{{ lookup('password', '/dev/null', length=8) | length }}", 8],
    ["{{ lookup('password', '/dev/null chars=digits length=5', seed='x') is match('[0-9]{5}$') }}", true],
    ["{{ lookup('password', '/dev/null', nosuch=1) }}", { error: 'nosuch' }],
  ],
  once: true,
  options: {
    length: { type: 'int', default: 20, summary: 'how many characters' },
    chars: { type: 'raw', summary: 'sets of characters to draw from' },
    encrypt: { type: 'raw', summary: 'give a hash of this kind' },
    ident: { type: 'str', summary: 'variant of the hash' },
    seed: { type: 'raw', summary: 'always the same password for the same seed' },
  },
  run: ({ terms, options, searchPath }) => {
    const made = terms.map(term => {
      const [name, parameters] = parameterized(pyStr(term), {
        length: options.length,
        encrypt: encryption(options.encrypt as Value | undefined),
        ident: options.ident,
        seed: (options.seed as Value | undefined) ?? null,
        chars: options.chars === undefined ? [] : characterSpecs(options.chars as Value),
      })
      return passwordFrom(name, parameters, baseDirectory(searchPath))
    })
    return made.some(one => one instanceof Promise) ? Promise.all(made) : (made as string[])
  },
})

/** `encrypt=true` means passlib's default; false and none mean no hash. */
function encryption(value: Value | undefined): string | undefined {
  if (value === undefined || value === null || value === false || value === '' || value === 'False') return undefined
  return value === true || value === 'True' ? 'pbkdf2_sha256' : pyStr(value)
}

/** Options may also stand behind the path, in one text. */
function parameterized(term: string, given: Parameters): [path: string, parameters: Parameters] {
  const space = term.indexOf(' ')
  if (space === -1) return [term, withDefaults(given)]
  const { words, pairs } = keyValueTerm(term.slice(space + 1))
  const path = [term.slice(0, space), ...words].join(' ')
  if (!term.startsWith(path))
    throw lookupError('Unrecognized value after key=value parameters given to password lookup')
  const unknown = [...pairs.keys()].filter(name => !VALID.includes(name)).sort()
  if (unknown.length > 0) throw lookupError(`Unrecognized parameter(s) given to password lookup: ${unknown.join(', ')}`)
  const parameters = { ...given }
  const length = pairs.get('length')
  if (length !== undefined) {
    const number = intOf(length)
    if (number === undefined) throw lookupError(`invalid literal for int() with base 10: ${pyRepr(length)}`)
    parameters.length = Number(number)
  }
  if (pairs.has('encrypt')) parameters.encrypt = encryption(pairs.get('encrypt'))
  parameters.ident = pairs.get('ident') ?? given.ident
  parameters.seed = pairs.get('seed') ?? given.seed
  const chars = pairs.get('chars')
  if (chars !== undefined) parameters.chars = characterSpecs(chars)
  return [path, withDefaults(parameters)]
}

const withDefaults = (parameters: Parameters): Parameters =>
  parameters.chars.length > 0 ? parameters : { ...parameters, chars: ['ascii_letters', 'digits', '.,:-_'] }

/** Sets parted by commas; two commas stand for a comma itself. */
function characterSpecs(value: Value): string[] {
  if (isList(value)) return value.map(pyStr)
  const text = pyStr(value)
  const specs: string[] = text.includes(',,') ? [','] : []
  return [
    ...specs,
    ...text
      .replaceAll(',,', ',')
      .split(',')
      .filter(spec => spec !== ''),
  ]
}

function passwordFrom(name: string, parameters: Parameters, directory: string): string | Promise<string> {
  const path = normpath(join(directory, expanduser(name)))
  const kept = path === '/dev/null' ? undefined : readKept(path)
  const { encrypt } = parameters
  let { plain, salt, ident } = kept ?? { plain: drawn(parameters), salt: undefined, ident: undefined }
  let changed = kept === undefined
  if (encrypt !== undefined && salt === undefined) {
    salt = randomSalt(saltSizeOf(encrypt))
    changed = true
  }
  ident ??= parameters.ident
  if (encrypt !== undefined && ident === undefined && implicitIdent(encrypt) !== undefined) {
    ident = implicitIdent(encrypt)
    changed = true
  }
  if (changed && path !== '/dev/null')
    keep(path, plain, encrypt === undefined ? undefined : salt, encrypt === undefined ? undefined : ident)
  return encrypt === undefined ? plain : cryptPassword(plain, encrypt, { salt, ident })
}

function readKept(path: string): { plain: string; salt: string | undefined; ident: string | undefined } | undefined {
  let content: string
  try {
    content = readFileSync(path, 'utf8').replace(/\s+$/, '')
  } catch {
    return undefined
  }
  const saltAt = content.lastIndexOf(' salt=')
  if (saltAt === -1) return { plain: content, salt: undefined, ident: undefined }
  const rest = content.slice(saltAt + 6)
  const identAt = rest.lastIndexOf(' ident=')
  return {
    plain: content.slice(0, saltAt),
    salt: identAt === -1 ? rest : rest.slice(0, identAt),
    ident: identAt === -1 ? undefined : rest.slice(identAt + 7),
  }
}

function keep(path: string, plain: string, salt: string | undefined, ident: string | undefined): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const text = salt === undefined ? plain : `${plain} salt=${salt}${ident === undefined ? '' : ` ident=${ident}`}`
  writeFileSync(path, `${text}\n`, { mode: 0o600 })
  chmodSync(path, 0o600)
}

function drawn({ chars, length, seed }: Parameters): string {
  const candidates = [...chars.map(spec => characterSets[spec] ?? spec).join('')].filter(
    one => one !== '"' && one !== "'",
  )
  const source = random(seed)
  return Array.from({ length }, () => source.choice(candidates)).join('')
}

export const randomString = defineLookup({
  summary: 'Random text',
  examples: [
    ["{{ lookup('community.general.random_string', length=12) | length }}", 12],
    [
      "{{ lookup('community.general.random_string', special=false, upper=false, lower=false) is match('[0-9]{8}$') }}",
      true,
    ],
  ],
  once: true,
  options: {
    length: { type: 'int', default: 8, summary: 'how many characters' },
    upper: { type: 'bool', default: true, summary: 'capital letters' },
    lower: { type: 'bool', default: true, summary: 'small letters' },
    numbers: { type: 'bool', default: true, summary: 'digits' },
    special: { type: 'bool', default: true, summary: 'punctuation' },
    min_upper: { type: 'int', default: 0, summary: 'at least so many capital letters' },
    min_lower: { type: 'int', default: 0, summary: 'at least so many small letters' },
    min_numeric: { type: 'int', default: 0, summary: 'at least so many digits' },
    min_special: { type: 'int', default: 0, summary: 'at least so many of the punctuation' },
    override_special: { type: 'str', summary: 'the punctuation to use' },
    override_all: { type: 'str', summary: 'all characters to use' },
    ignore_similar_chars: { type: 'bool', default: false, summary: 'leave out characters that look alike' },
    similar_chars: { type: 'str', default: 'il1LoO0', summary: 'characters that look alike' },
    base64: { type: 'bool', default: false, summary: 'give it in base64' },
    seed: { type: 'str', summary: 'always the same text for the same seed' },
  },
  run: ({ options }) => {
    const usable = (text: string) =>
      [...text].filter(one => !options.ignore_similar_chars || !options.similar_chars.includes(one))
    const source = options.seed === undefined ? undefined : random(options.seed)
    const pick = (from: readonly string[]) => from[source ? source.below(from.length) : randomInt(from.length)]!
    const special = usable(options.override_special ?? PUNCTUATION)
    let picked: string[] = []
    let all: string[]
    if (options.override_all !== undefined) all = usable(options.override_all)
    else {
      const sets: [boolean, string[], number][] = [
        [options.upper, usable(UPPER), options.min_upper],
        [options.lower, usable(LOWER), options.min_lower],
        [options.numbers, usable(DIGITS), options.min_numeric],
        [options.special, special, options.min_special],
      ]
      all = sets.flatMap(([wanted, characters]) => (wanted ? characters : []))
      if (all.length === 0) throw lookupError('Available characters cannot be None, please change constraints')
      picked = sets.flatMap(([, characters, least]) => Array.from({ length: least }, () => pick(characters)))
    }
    while (picked.length < options.length) picked.push(pick(all))
    const text = (source ?? random(null)).shuffle(picked).join('')
    return [options.base64 ? Buffer.from(text).toString('base64') : text]
  },
})
