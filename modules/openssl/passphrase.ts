/** Passphrases that do not fit a private key, in the words of community.crypto. */
import { raw, sh } from '../../engine/remote/quote.js'
import type { ShellText } from '../../engine/remote/remote.js'

const unfit = 'Wrong or empty passphrase provided for private key'
const wrong = 'Wrong passphrase provided for private key'

/** What is wrong with a passphrase, before the key is opened: one is given for an open key, or none for a locked one. */
export function unfitPassphrase(key: string, passphrase: string | undefined): string | undefined {
  if (key.includes('BEGIN OPENSSH')) return undefined
  return key.includes('ENCRYPTED') === (passphrase !== undefined) ? undefined : unfit
}

/** Why a key did not open. */
export const closedKey = (passphrase: string | undefined, said: string): string =>
  passphrase === undefined ? `The private key cannot be read: ${said}` : wrong

/** The same as shell text: the key is `$key`, the passphrase in a file of `$t`; says what is wrong and exits with 94. */
export const passphraseCheck = (given: boolean, file: 'pass' | 'keypass'): ShellText =>
  sh`if grep -q 'BEGIN OPENSSH' "$key" 2>/dev/null; then :
elif grep -q ENCRYPTED "$key" 2>/dev/null; then ${raw(given ? sh`openssl pkey -in "$key" -passin "file:$t/${raw(file)}" -noout 2>/dev/null || { echo ${wrong} >&2; exit 94; }` : sh`echo ${unfit} >&2; exit 94`)}
${raw(given ? sh`elif grep -q 'PRIVATE KEY' "$key" 2>/dev/null; then echo ${unfit} >&2; exit 94` : '')}
fi`
