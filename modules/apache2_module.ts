import { defineModule } from '../engine/module/define.js'
import { quote, raw, sh } from '../engine/remote/quote.js'

/** Modules that Apache calls otherwise than a2enmod does. */
const identifiers: { readonly [name: string]: string } = {
  shib: 'mod_shib',
  shib2: 'mod_shib',
  evasive: 'evasive20_module',
}

export default defineModule({
  name: 'community.general.apache2_module',
  summary: 'Enable and disable modules of Apache',
  check: 'full',
  args: {
    name: { type: 'str', required: true, summary: 'module, as a2enmod calls it' },
    identifier: { type: 'str', summary: 'module, as apache2ctl -M calls it' },
    force: { type: 'bool', default: false, summary: 'disable also what Debian needs' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it is enabled' },
    ignore_configcheck: { type: 'bool', default: false, summary: 'go on when the configuration has errors' },
    warn_mpm_absent: { type: 'bool', default: true, summary: 'warn of errors about mpm modules' },
  },
  returns: { result: 'what was done', rc: 'of the command', stdout: 'its output', stderr: 'its errors' },
  examples: `
- community.general.apache2_module:
    state: present
    name: wsgi
`,

  async run({ args, remote, fail, warn }) {
    const { name, state, force, ignore_configcheck } = args
    const program = state === 'present' ? 'a2enmod' : 'a2dismod'
    const identifier =
      args.identifier ?? identifiers[name] ?? (/^php\d/.test(name) ? phpIdentifier(name) : `${name}_module`)
    const loaded = sh`PATH=$PATH:/usr/sbin:/usr/local/sbin:/sbin; c=$(command -v apache2ctl || command -v apachectl) || exit 91; echo "ctl $c"; LC_ALL=C "$c" -M`
    const [tool, before] = await Promise.all([
      remote.query({
        command: sh`PATH=$PATH:/usr/sbin:/usr/local/sbin:/sbin; command -v ${program}`,
        parse: stdout => stdout.trim() || undefined,
      }),
      remote.query({ command: loaded, parse: (stdout, rc, stderr) => ({ stdout, rc, stderr }) }),
    ])

    const wanted = state === 'present'
    const word = wanted ? 'enabled' : 'disabled'
    if (has(before) === wanted) return { changed: false, result: `Module ${name} ${word}` }
    if (tool === undefined)
      fail(`${program} not found. Perhaps this system does not use ${program} to manage apache`.replace(/ $/, ''))
    if (remote.checkMode) {
      remote.changed(`${program} ${name}`)
      return { result: `Module ${name} ${word}` }
    }
    // a2dismod asks before it takes away what Debian needs.
    const flag = force && !wanted ? ' -f' : ''
    const done = await remote.exec({
      shell: sh`PATH=$PATH:/usr/sbin:/usr/local/sbin:/sbin; export PATH; ${raw(quote(tool!) + flag)} ${name}`,
      why: `${program} ${name}`,
    })
    const after = await remote.query({ command: loaded, parse: (stdout, rc, stderr) => ({ stdout, rc, stderr }) })
    if (has(after) === wanted) return { changed: true, result: `Module ${name} ${word}` }
    return fail(
      `Failed to set module ${name} to ${word}:\n${done.stdout}\nMaybe the module identifier (${identifier}) was guessed incorrectly.Consider setting the "identifier" option.`,
      { rc: done.rc, stdout: done.stdout, stderr: done.stderr },
    )

    function has({ stdout, rc, stderr }: { stdout: string; rc: number; stderr: string }): boolean {
      if (rc === 91)
        return fail('Neither of apache2ctl nor apachctl found. At least one apache control binary is necessary.')
      if (rc !== 0) {
        const msg = `Error executing ${/^ctl (.*)$/m.exec(stdout)?.[1] ?? 'apache2ctl'}: ${stderr}`
        if (!ignore_configcheck) return fail(msg)
        if (!(stderr.includes('AH00534') && name.includes('mpm_'))) warn(msg)
        else if (args.warn_mpm_absent)
          warn(
            'No MPM module loaded! apache2 reload AND other module actions will fail if no MPM module is loaded immediately.',
          )
        return false
      }
      // Of these a2enmod would take another one in their place.
      if (name === 'cgi' && /^ mpm_(event|worker)_module /m.test(stdout))
        fail(`Your MPM seems to be threaded. No automatic actions on module ${name} possible.`)
      return stdout.split('\n').some(line => line.trim().startsWith(`${identifier} `))
    }
  },
})

/** php7.0 and before put their number into the name; php8 no longer does. */
const phpIdentifier = (name: string): string => (/^php8/.test(name) ? 'php_module' : `php${name[3]}_module`)
