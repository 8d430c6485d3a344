import { defineModule, fileAttributes } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'
import { attributesOf } from './files/attributes.js'
import { outputFile, removed, shownContent } from './openssl/output-file.js'

export default defineModule({
  name: 'community.crypto.openssl_dhparam',
  summary: 'Make Diffie-Hellman parameters',
  check: 'full',
  args: {
    path: { type: 'path', required: true, summary: 'file of the parameters' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether they should be there' },
    size: { type: 'int', default: 4096, summary: 'bits' },
    force: { type: 'bool', default: false, summary: 'make new ones' },
    backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
    return_content: { type: 'bool', default: false, summary: 'return the parameters' },
    select_crypto_backend: {
      type: 'str',
      choices: ['auto', 'cryptography', 'openssl'],
      default: 'auto',
      summary: 'does nothing here: openssl is used',
    },
    ...fileAttributes,
  },
  returns: { filename: 'the file', size: 'bits', dhparams: 'the parameters, with return_content' },
  examples: `
- community.crypto.openssl_dhparam:
    path: /etc/ssl/dhparams.pem
    size: 2048
`,

  async run({ args, remote, fail }) {
    const { path, size } = args
    const [file, bits] = await Promise.all([
      outputFile({ remote, fail }, path, directory => `'${directory}'`),
      remote.query({
        command: sh`[ -f ${path} ] && openssl dhparam -check -text -noout -in ${path} 2>/dev/null`,
        parse: stdout => Number(/Parameters:\s+\((\d+) bit\)/.exec(stdout)?.[1] ?? 0),
      }),
    ])
    const base = { filename: path, size }
    if (args.state === 'absent') {
      return { ...base, ...(await removed({ remote, fail }, file, args, 'dhparams')) }
    }
    let text = file.text
    let backup: string | undefined
    if (args.force || bits !== size) {
      const done = await remote.exec({
        shell: sh`command -v openssl >/dev/null || exit 91; openssl dhparam -out - ${size} 2>/dev/null`,
        why: `make parameters of ${size} bits`,
        changes: false,
      })
      if (done.rc === 91) await missingProgram({ remote, fail }, 'openssl')
      if (done.rc !== 0) fail(`openssl dhparam failed: ${done.stderr.trim()}`, { rc: done.rc })
      text = done.stdout
      backup = (await file.put({ text, ...attributesOf(args), backup: args.backup, replaceLink: true, diff: 'none' }))
        .backup_file
    } else await file.setAttributes(attributesOf(args))
    return {
      ...base,
      changed: remote.recorded.changed,
      ...shownContent('dhparams', args, remote.checkMode, file, text),
      ...(backup === undefined ? {} : { backup_file: backup }),
    }
  },
})
