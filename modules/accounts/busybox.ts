/** Accounts where BusyBox is all there is: its adduser, and edits of /etc/passwd and /etc/shadow for what it has no program for. */
import { quote, quoteAll } from '../../engine/remote/quote.js'

export interface NewAccount {
  readonly name: string
  readonly uid?: number | undefined
  readonly comment?: string | undefined
  readonly home?: string | undefined
  readonly shell?: string | undefined
  readonly skeleton?: string | undefined
  readonly create_home: boolean
  readonly system: boolean
}

/** adduser makes a group of the user's name unless it is told one. */
export const addUser = (account: NewAccount, primary: string | undefined): string =>
  quoteAll([
    'adduser',
    '-D',
    ...(account.uid === undefined ? [] : ['-u', String(account.uid)]),
    ...(primary === undefined ? [] : ['-G', primary]),
    ...(account.comment === undefined ? [] : ['-g', account.comment]),
    ...(account.home === undefined ? [] : ['-h', account.home]),
    ...(account.shell === undefined ? [] : ['-s', account.shell]),
    ...(account.create_home ? [] : ['-H']),
    ...(account.create_home && account.skeleton !== undefined ? ['-k', account.skeleton] : []),
    ...(account.system ? ['-S'] : []),
    account.name,
  ])

/** Numbers of the fields of both files, from 1. */
export const passwdField = { uid: 3, gid: 4, comment: 5, home: 6, shell: 7 } as const
export const shadowField = { min: 4, max: 5, warn: 6, inactive: 7, expires: 8 } as const

/** Shell text that sets fields in the user's line: written beside, as cp -p keeps owner and mode, and renamed. */
export function setFields(
  file: 'passwd' | 'shadow',
  name: string,
  fields: { readonly [number: number]: string },
): string {
  const numbers = Object.keys(fields)
  const values = numbers.map(number => `value${number}=${quote(fields[Number(number)]!)} `).join('')
  const edits = numbers.map(number => `$${number} = ENVIRON["value${number}"]`).join('; ')
  const program = `BEGIN { FS = OFS = ":" } $1 == ENVIRON["who"] { ${edits} } { print }`
  const [path, part] = [`/etc/${file}`, `/etc/${file}.part`]
  const edit = `who=${quote(name)} ${values}awk ${quote(program)} ${path} >${part}`
  return `{ cp -p ${path} ${part} && ${edit} && mv -f ${part} ${path} || { rm -f ${part}; false; }; }`
}

/** Moves the files of a home to where nothing is yet. */
export const moveHome = (from: string, to: string): string =>
  `{ [ ! -d ${quote(from)} ] || [ -e ${quote(to)} ] || { mkdir -p "$(dirname ${quote(to)})" && mv ${quote(from)} ${quote(to)}; }; }`
