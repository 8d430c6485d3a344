/** The programs that are compared, and how each is started in its fastest configuration. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { Endpoints } from './endpoints.js'
import type { Command, Work } from './line.js'

export type Peer = 'ansible' | 'mitogen' | 'pyinfra'
/** `floor`: what the transport alone takes, or a plain `ssh`. */
export type Program = 'understudy' | Peer | 'floor'

export interface Found {
  readonly program: Program
  readonly version: string
  command(work: Work, endpoints: Endpoints): Command | undefined
}

/** What is installed, by PATH or by BENCH_ANSIBLE, BENCH_MITOGEN (an ansible-playbook beside whose python Mitogen is) and BENCH_PYINFRA. */
export function programs(root: string, folder: string): { found: Found[]; missing: string[] } {
  const missing: string[] = []
  const found: Found[] = [understudy(root)]
  const ansible = process.env.BENCH_ANSIBLE ?? onPath('ansible-playbook')
  if (ansible) found.push(ansibleAt(ansible, folder))
  else missing.push('ansible-playbook is not on the PATH (BENCH_ANSIBLE)')
  const withMitogen = process.env.BENCH_MITOGEN ?? ansible
  const mitogen = withMitogen && mitogenAt(withMitogen, folder)
  if (mitogen) found.push(mitogen)
  else missing.push('no ansible-playbook with Mitogen (BENCH_MITOGEN)')
  const pyinfra = process.env.BENCH_PYINFRA ?? onPath('pyinfra')
  if (pyinfra) found.push(pyinfraAt(pyinfra))
  else missing.push('pyinfra is not on the PATH (BENCH_PYINFRA)')
  found.push({ program: 'floor', version: '', command: work => work.commands?.floor })
  return { found, missing }
}

const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map(part => join(part, name))
    .find(path => existsSync(path))

const firstLine = (argv: readonly string[]): string =>
  (spawnSync(argv[0]!, argv.slice(1)).stdout?.toString() ?? '').split('\n')[0]!.trim()

const playbookCommand = (start: readonly string[], env: Record<string, string>) => (work: Work, hosts: Endpoints) =>
  work.playbook === undefined
    ? undefined
    : { argv: [...start, '-i', hosts.inventory, '-f', '50', ...(work.args ?? []), work.playbook], env }

function understudy(root: string): Found {
  const argv = [process.execPath, join(root, 'bin', 'understudy.js'), 'playbook']
  const run = playbookCommand(argv, {})
  const { version } = process
  return {
    program: 'understudy',
    version: `this checkout, Node ${version}`,
    command: (work, hosts) => work.commands?.understudy ?? run(work, hosts),
  }
}

/** The user's own settings must not decide. */
function emptyConfig(folder: string): string {
  const path = join(folder, 'ansible.cfg')
  writeFileSync(path, '')
  return path
}

/** Pipelining, a kept master connection, and what saves time without changing what is done. */
const tuned = (folder: string): Record<string, string> => ({
  ANSIBLE_PIPELINING: '1',
  ANSIBLE_SSH_ARGS: '-o ControlMaster=auto -o ControlPersist=60s',
  ANSIBLE_SSH_CONTROL_PATH_DIR: join(folder, 'cp'),
  ANSIBLE_HOST_KEY_CHECKING: '0',
  ANSIBLE_CONFIG: emptyConfig(folder),
})

function ansibleAt(path: string, folder: string): Found {
  const run = playbookCommand([path], tuned(folder))
  return {
    program: 'ansible',
    version: firstLine([path, '--version']),
    command: (work, hosts) => work.commands?.ansible ?? run(work, hosts),
  }
}

function mitogenAt(path: string, folder: string): Found | undefined {
  const python = ['python3', 'python'].map(name => join(dirname(path), name)).find(each => existsSync(each))
  const ask = (code: string) => {
    try {
      return execFileSync(python ?? 'python3', ['-c', code], { stdio: ['ignore', 'pipe', 'ignore'] })
        .toString()
        .trim()
    } catch {
      return undefined
    }
  }
  const plugins = ask('import os, ansible_mitogen as m; print(os.path.join(os.path.dirname(m.__file__), "plugins"))')
  if (!plugins) return undefined
  const version = ask('import mitogen; print(".".join(map(str, mitogen.__version__)))')
  const run = playbookCommand([path], {
    ...tuned(folder),
    ANSIBLE_STRATEGY: 'mitogen_linear',
    ANSIBLE_STRATEGY_PLUGINS: join(plugins, 'strategy'),
    ANSIBLE_DEPRECATION_WARNINGS: '0',
  })
  return {
    program: 'mitogen',
    version: `Mitogen ${version} on ${firstLine([path, '--version'])}`,
    command: (work, hosts) => work.commands?.mitogen ?? run(work, hosts),
  }
}

function pyinfraAt(path: string): Found {
  return {
    program: 'pyinfra',
    version: firstLine([path, '--version']),
    command: (work, hosts) =>
      work.commands?.pyinfra ??
      (work.deploy === undefined
        ? undefined
        : { argv: [path, '-y', hosts.pyinfra, work.deploy], cwd: dirname(work.deploy) }),
  }
}
