/** What a certificate signing request asks for, as the options of openssl_csr say it. */
export interface CsrWish {
  /** Short names in order: CN, O, … */
  readonly subject: readonly (readonly [name: string, value: string])[]
  readonly extensions: readonly Extension[]
}
export interface Extension {
  /** openssl's name. */
  readonly name: string
  readonly critical: boolean
  /** As openssl's configuration has it, or DER. */
  readonly value: string | Buffer
}

/** How subjects are shown. */
export const shortNames: { readonly [name: string]: string } = {
  commonName: 'CN',
  countryName: 'C',
  stateOrProvinceName: 'ST',
  localityName: 'L',
  organizationName: 'O',
  organizationalUnitName: 'OU',
}

/** An openssl configuration: the subject, and a section `ext` with the extensions. */
export function opensslConfig({ subject, extensions }: CsrWish): string {
  // $ begins a variable, # a comment.
  const escaped = (text: string) => text.replace(/[\\$#"]/g, '\\$&')
  // Repeated names need a number before them.
  const names = subject.map(([name, value], index) => `${index}.${shortNames[name] ?? name} = ${escaped(value)}`)
  const lines = extensions.map(({ name, critical, value }) => {
    const text = typeof value === 'string' ? value : `DER:${value.toString('hex')}`
    return `${name} = ${critical ? 'critical,' : ''}${text}`
  })
  return `[req]
prompt = no
utf8 = yes
string_mask = utf8only
distinguished_name = dn
${extensions.length > 0 ? 'req_extensions = ext\n' : ''}
[dn]
${names.length > 0 ? names.join('\n') : ''}

[ext]
${lines.join('\n')}
`
}
