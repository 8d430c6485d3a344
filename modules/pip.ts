import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { ShlexError, shlexSplit } from '../engine/python/shlex.js'
import { quote, quoteAll } from '../engine/remote/quote.js'
import type { ShellText } from '../engine/remote/remote.js'
import { missingProgram } from './commands/missing-program.js'

const args = {
  name: { type: 'list', elements: 'str', summary: 'packages: name, name with version specifiers, or URL' },
  version: { type: 'str', summary: 'version of the one package' },
  requirements: { type: 'str', summary: 'requirements file of the host' },
  state: {
    type: 'str',
    choices: ['present', 'absent', 'latest', 'forcereinstall'],
    default: 'present',
    summary: 'how the packages should be',
  },
  virtualenv: { type: 'path', summary: 'virtual environment, made when it is missing' },
  virtualenv_site_packages: {
    type: 'bool',
    default: false,
    summary: 'a new environment sees the packages of the system',
  },
  virtualenv_command: { type: 'path', default: 'virtualenv', summary: 'command that makes the environment' },
  virtualenv_python: { type: 'str', summary: 'interpreter of a new environment' },
  executable: { type: 'path', summary: 'the pip to run' },
  extra_args: { type: 'str', summary: 'more arguments for pip' },
  editable: { type: 'bool', default: false, summary: 'install in editable mode' },
  chdir: { type: 'path', summary: 'directory to run in' },
  umask: { type: 'str', summary: 'umask for installed files' },
  break_system_packages: { type: 'bool', default: false, summary: 'install although the distribution manages Python' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'ansible.builtin.pip',
  summary: 'Python packages',
  check: 'full',
  args,
  rules: {
    oneOf: [['name', 'requirements']],
    exclusive: [
      ['name', 'requirements'],
      ['executable', 'virtualenv'],
    ],
  },
  returns: {
    cmd: 'what was run',
    name: 'the packages',
    requirements: 'the file',
    version: 'the version',
    virtualenv: 'the environment',
  },
  examples: `
- name: Install a version into an environment
  ansible.builtin.pip:
    name: django>=4,<5
    virtualenv: /srv/app/venv
    virtualenv_command: python3 -m venv
`,

  async run({ args, remote, fail }) {
    const env = args.virtualenv
    const extra = split(args.extra_args ?? '')
    const maker = split(args.virtualenv_command)
    if (args.umask && !/^(?:0o?)?[0-7]+$/i.test(args.umask))
      fail('umask must be an octal integer', { details: `invalid literal for int() with base 8: '${args.umask}'` })
    const names = joinSpecifiers(args.name ?? [])
    if (args.version !== undefined && names.length !== 1)
      fail(
        "'version' argument is ambiguous when installing multiple package distributions. Please specify version restrictions next to each package in 'name' argument.",
      )
    if (args.state === 'latest' && args.version !== undefined) fail('version is incompatible with state=latest')
    // Roles give an empty version for any.
    const packages = names.map(name => (args.version ? `${name}==${args.version}` : name))

    const find =
      env !== undefined
        ? `pip=${quote(`${env}/bin/pip`)}; [ -x "$pip" ] || pip=`
        : args.executable !== undefined
          ? `pip=${args.executable.startsWith('/') ? quote(args.executable) : `$(command -v ${quote(args.executable)})`}`
          : `pip=; for name in pip3 pip; do command -v $name >/dev/null 2>&1 && { pip=$(command -v $name); break; }; done; [ -n "$pip" ] || { python3 -m pip --version >/dev/null 2>&1 && pip='python3 -m pip'; }`
    // `python3 -m pip` is several words; an environment may lie where there are blanks.
    const run = env === undefined ? '$pip' : '"$pip"'
    const made =
      env === undefined || maker[0]?.includes('/')
        ? ''
        : `; command -v ${quote(maker[0] ?? '')} >/dev/null || echo 'no maker'`
    const seen = await remote.query({
      command:
        `${find}; echo "pip $pip"; [ -z "$pip" ] || ${run} list --format=freeze --disable-pip-version-check 2>/dev/null || ${run} freeze 2>/dev/null${made}` as ShellText,
      parse: stdout => ({
        pip: /^pip (.*)$/m.exec(stdout)?.[1] ?? '',
        maker: !/^no maker$/m.test(stdout),
        installed: new Map(
          [...stdout.matchAll(/^([\w.-]+)===?(\S+)$/gm)].map(match => [canonical(match[1]!), match[2]!]),
        ),
      }),
    })
    const programOf = (pip: string) => (env === undefined ? pip.split(' ').filter(Boolean) : [pip])
    if (seen.pip === '' && env === undefined)
      fail('Unable to find any of pip3, pip to use.  pip needs to be installed.')

    const result = {
      name: args.name ?? null,
      requirements: args.requirements ?? null,
      version: args.version ?? null,
      virtualenv: env ?? null,
      state: args.state,
    }
    // An environment that is not there could only be asked after it was made.
    if (remote.checkMode && env !== undefined && seen.pip === '') return { changed: true }
    if (env !== undefined && seen.pip === '') {
      if (!seen.maker) await missingProgram({ remote, fail }, maker[0]!)
      const isVenv = maker[0] === 'pyvenv' || maker.some((word, index) => word === '-m' && maker[index + 1] === 'venv')
      if (isVenv && args.virtualenv_python)
        fail('virtualenv_python should not be used when using the venv module or pyvenv as virtualenv_command')
    }
    const needed = packages.filter(one => {
      const known = seen.installed.get(canonical(requirementName(one)))
      if (args.state === 'absent') return known !== undefined
      return (
        args.state !== 'present' ||
        args.editable ||
        known === undefined ||
        !satisfies(known, one.slice(requirementName(one).length))
      )
    })
    const nothing = args.requirements === undefined && needed.length === 0 && (env === undefined || seen.pip !== '')
    const pip = env === undefined ? seen.pip : `${env}/bin/pip3`
    const verb = {
      present: ['install'],
      absent: ['uninstall', '-y'],
      latest: ['install', '-U'],
      forcereinstall: ['install', '-U', '--force-reinstall'],
    }[args.state]
    const words = [
      ...verb,
      ...(args.break_system_packages && args.state !== 'absent' ? ['--break-system-packages'] : []),
      ...extra,
      ...(args.editable ? ['-e'] : []),
      ...(args.requirements === undefined
        ? args.state === 'absent'
          ? (nothing ? packages : needed).map(requirementName)
          : packages
        : ['-r', args.requirements]),
    ]
    const cmd = [...programOf(pip), ...words]
    if (nothing) return { changed: false, cmd, ...result, stdout: '', stderr: '' }
    const pipWord =
      env === undefined
        ? pip
        : `"$(for p in pip3 pip; do [ ! -x ${quote(env)}/bin/$p ] || { echo ${quote(env)}/bin/$p; break; }; done)"`
    const create = [
      ...maker,
      ...(args.virtualenv_site_packages ? ['--system-site-packages'] : []),
      ...(args.virtualenv_python ? [`-p${args.virtualenv_python}`] : []),
    ]
    const steps = [
      ...(args.umask ? [`umask ${args.umask}`] : []),
      ...(args.chdir ? [`cd ${quote(args.chdir)}`] : []),
      ...(env !== undefined && seen.pip === '' ? [quoteAll([...create, env])] : []),
      ...(packages.length > 0 && needed.length === 0 ? [] : [`${pipWord} ${quoteAll(words)}`]),
    ]
    const why = cmd.join(' ')
    const { rc, stdout, stderr, skipped } = await remote.exec({
      shell: steps.join(' && '),
      why,
      environment: { LC_ALL: 'C.UTF-8' },
      changes: false,
    })
    if (rc !== 0) {
      fail(`${stdout && `stdout: ${stdout}`}${stderr && `\n:stderr: ${stderr}`}`, { cmd })
    }
    const created = env !== undefined && seen.pip === ''
    const changed = skipped
      ? args.requirements === undefined || created || args.state !== 'present'
      : created ||
        args.state === 'forcereinstall' ||
        (args.state === 'absent' ? /Successfully uninstalled/.test(stdout) : /Successfully installed/.test(stdout))
    if (changed) remote.changed(why)
    return { changed, cmd, ...result, stdout, stderr }

    /** Words as a shell would have them, but nothing is run or filled in. */
    function split(text: string): string[] {
      try {
        return shlexSplit(text)
      } catch (error) {
        if (error instanceof ShlexError) return fail(error.message)
        throw error
      }
    }
  },
})

const canonical = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-')
/** The name at the start of a requirement; URLs have none that could be compared. */
const requirementName = (text: string) => /^([\w.-]+)/.exec(text.includes('://') ? '' : text)?.[1] ?? text

/** `name: a>1,<2` is cut at commas by the list; pieces that start with an operator belong to the one before. */
function joinSpecifiers(names: readonly string[]): string[] {
  const joined: string[] = []
  for (const name of names.map(one => one.trim()).filter(Boolean)) {
    if (/^[<>=!~]/.test(name) && joined.length > 0) joined.push(`${joined.pop()},${name}`)
    else joined.push(name)
  }
  return joined
}

/** Version specifiers of PEP 440 without local versions; extras and markers are ignored. */
function satisfies(version: string, specifiers: string): boolean {
  const wanted = specifiers
    .replace(/\[[^\]]*\]/, '')
    .replace(/;.*$/, '')
    .trim()
  if (wanted === '') return true
  return wanted.split(',').every(one => {
    const [, operator, other = ''] = /^\s*(===?|!=|<=|>=|<|>|~=)\s*(\S+)\s*$/.exec(one) ?? []
    if (!operator) return false
    if (other.endsWith('.*')) {
      const same = `${version}.`.startsWith(other.slice(0, -1))
      return operator === '!=' ? !same : same
    }
    const order = comparePython(version, other)
    if (operator === '~=') return order >= 0 && `${version}.`.startsWith(`${other.split('.').slice(0, -1).join('.')}.`)
    return {
      '==': order === 0,
      '===': version === other,
      '!=': order !== 0,
      '<': order < 0,
      '<=': order <= 0,
      '>': order > 0,
      '>=': order >= 0,
    }[operator as '==']
  })
}

function comparePython(a: string, b: string): number {
  const parts = (text: string) =>
    (text.toLowerCase().match(/\d+|[a-z]+/g) ?? []).map(part =>
      /^\d/.test(part)
        ? Number(part)
        : part === 'post'
          ? 0.5
          : part === 'dev'
            ? -4
            : part === 'a' || part === 'alpha'
              ? -3
              : part === 'b' || part === 'beta'
                ? -2
                : -1,
    )
  const [left, right] = [parts(a), parts(b)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = (left[index] ?? 0) - (right[index] ?? 0)
    if (order !== 0) return order
  }
  return 0
}
