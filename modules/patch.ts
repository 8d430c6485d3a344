import { defineModule } from '../engine/module/define.js'
import { raw, sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

export default defineModule({
  name: 'ansible.posix.patch',
  summary: 'Apply patches to files',
  check: 'full',
  args: {
    src: { type: 'path', required: true, aliases: ['patchfile'], summary: 'the patch' },
    dest: { type: 'path', aliases: ['originalfile'], summary: 'file to patch' },
    basedir: { type: 'path', summary: 'directory to patch' },
    remote_src: { type: 'bool', default: false, summary: 'src is on the host' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'applied, or taken back' },
    strip: { type: 'int', default: 0, summary: 'how many directories to leave off names' },
    backup: { type: 'bool', default: false, summary: 'keep the old files' },
    binary: { type: 'bool', default: false, summary: 'keep line ends as they are' },
    ignore_whitespace: { type: 'bool', default: false, summary: 'white space may differ' },
  },
  rules: { oneOf: [['dest', 'basedir']] },
  examples: `
- ansible.posix.patch:
    src: /tmp/index.html.patch
    dest: /var/www/index.html
`,

  async run(context) {
    const { args, remote, controller, fail } = context
    const content = args.remote_src ? undefined : await controller.readFile(found())
    const common = [
      `--strip=${args.strip}`,
      ...(args.basedir === undefined ? [] : [`--directory=${args.basedir}`]),
      ...(args.binary ? ['--binary'] : []),
      ...(args.ignore_whitespace ? ['--ignore-whitespace'] : []),
      ...(args.backup ? ['--backup', '--version-control=numbered'] : []),
      '--batch',
      ...(args.dest === undefined ? [] : [args.dest]),
    ]
    const taken = args.state === 'absent'
    const dry = [...common, '--quiet', '--dry-run']
    // Missing files are told in Ansible's words. GNU patch tells what is applied by trying both ways.
    const missing = sh`[ -r "$p" ] || exit 90; [ -w ${args.dest ?? '/'} ] || exit 91; [ -e ${args.basedir ?? '/'} ] || exit 92; `
    const look = sh`forward=$(patch --forward ${dry} -i "$p" 2>&1); f=$?; back=$(patch --reverse --force ${dry.filter(word => word !== '--batch')} -i "$p" 2>&1); b=$?; echo "$f $b"; echo "$forward"`
    const run = async (path: string | undefined) => {
      const p = path ?? (await sent(content!))
      return {
        p,
        seen: await remote.query({
          command: sh`p=${p}; ${raw(missing)}${raw(look)}`,
          parse: (stdout, rc) => {
            if (rc === 90) fail(`src ${args.src} doesn't exist or not readable`)
            if (rc === 91) fail(`dest ${args.dest} doesn't exist or not writable`)
            if (rc === 92) fail(`basedir ${args.basedir} doesn't exist`)
            return stdout
          },
        }),
      }
    }
    const { p, seen } = await run(args.remote_src ? args.src : undefined)
    const [codes = '', ...said] = seen.split('\n')
    const [forward, back] = codes.split(' ').map(Number)
    const applied = back === 0 && forward !== 0
    if (taken ? forward === 0 && back !== 0 : applied) return {}
    if ((taken ? back : forward) !== 0) fail(said.join('\n').trimStart() || 'the patch does not apply')
    await checked(
      context,
      ['patch', taken ? '--reverse' : '--forward', '--quiet', ...common, '-i', p],
      taken ? `take back ${args.src}` : `apply ${args.src}`,
    )
    return {}

    async function sent(bytes: Buffer): Promise<string> {
      const path = `${await remote.scratch()}/patch`
      await remote.exec({
        argv: ['/bin/sh', '-c', 'cat >"$1"', 'sh', path],
        stdin: bytes,
        why: 'send the patch',
        changes: false,
        inCheckMode: true,
      })
      return path
    }
    function found(): string {
      try {
        return controller.findFile('files', args.src)
      } catch (error) {
        return fail((error as Error).message)
      }
    }
  },
})
