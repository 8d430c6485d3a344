/** Two fresh hosts of one image: on the first Understudy acts, on the second Ansible. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Result, Run } from './compare.js'

export interface Twin {
  readonly label: 'understudy' | 'ansible'
  readonly host: string
  /** Runs the playbook there; the options come before it. With `newer`, Ansible is the one that ANSIBLE_NEWER names. */
  run(playbook: string, options: readonly string[], newer: boolean): Promise<Run & { readonly stderr: string }>
  /** What `sh` prints for this text, run by root. Throws when it fails. */
  shell(text: string): Promise<string>
}

export interface Lab {
  twins(image: string): readonly [Twin, Twin]
  /** Both hosts of the image as if nothing had ever happened. */
  reset(image: string): void
  close(): void
}

const images = ['debian', 'el', 'busybox']

/** Boots twins of the images. `scripts` is the folder of the lab's scripts. */
export function openLab(scripts: string, understudy: string, wanted: readonly string[], keep: boolean): Lab {
  const env = { ...process.env, LAB_ID: process.env.LAB_ID ?? '6', LAB_DIR: process.env.LAB_DIR ?? '/var/tmp/lab' }
  const lab = (script: string, ...args: string[]) =>
    execFileSync(join(scripts, script), args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  // The order is fixed, so that hosts keep their image from one run to the next.
  const used = images.slice(0, Math.max(...wanted.map(image => images.indexOf(image))) + 1)
  const pairs = used.flatMap(image => [image, image])
  lab('up', String(pairs.length), '--image', pairs.join(','))
  const inventory = readFileSync(join(env.LAB_DIR, 'inventory'), 'utf8')
  const folder = mkdtempSync(join(tmpdir(), 'compat-modules-'))
  const names = (image: string) => {
    const at = used.indexOf(image)
    if (at < 0) throw new Error(`the lab has no image ${image}`)
    return [`lab${at * 2 + 1}`, `lab${at * 2 + 2}`] as const
  }
  return {
    twins(image) {
      const [first, second] = names(image)
      return [
        twin('understudy', first, [process.execPath, understudy, 'playbook'], inventory, folder),
        twin('ansible', second, ['ansible-playbook'], inventory, folder),
      ]
    },
    reset(image) {
      lab('reset', ...names(image))
    },
    close() {
      rmSync(folder, { recursive: true })
      if (!keep) lab('down')
    },
  }
}

function twin(label: Twin['label'], host: string, command: readonly string[], inventory: string, folder: string): Twin {
  const line = inventory.split('\n').find(text => text.startsWith(`${host} `))
  if (!line) throw new Error(`the lab has no host ${host}`)
  const common = /^ansible_ssh_common_args=(.*)$/m.exec(inventory)?.[1] ?? ''
  const value = (key: string) => new RegExp(`\\b${key}=(\\S+)`).exec(line)?.[1] ?? ''
  const file = join(folder, `${label}-${host}`)
  writeFileSync(
    file,
    `[twins]\ntwin ${line.slice(host.length + 1)}\n[all:vars]\nansible_ssh_common_args=${common}\nlocal=${file}.files\n`,
  )
  const ssh = [
    ...common.split(/\s+/).filter(Boolean),
    ...['-o', 'LogLevel=ERROR', '-o', 'ControlMaster=auto', '-o', `ControlPath=${file}.ssh`, '-o', 'ControlPersist=30'],
    ...['-i', value('ansible_ssh_private_key_file'), '-p', value('ansible_port') || '22'],
    `root@${value('ansible_host')}`,
  ]
  return {
    label,
    host,
    async run(playbook, options, newer) {
      const other = newer && label === 'ansible'
      const program = other ? [process.env.ANSIBLE_NEWER!] : command
      // Its callback for JSON is in a collection.
      const env: Record<string, string> = other ? { ANSIBLE_STDOUT_CALLBACK: 'ansible.posix.json' } : {}
      const { code, stdout, stderr } = await capture([...program, '-i', file, ...options, playbook], '', env)
      return { code, tasks: tasksIn(stdout, stderr), stderr }
    },
    async shell(text) {
      const { code, stdout, stderr } = await capture(['ssh', ...ssh, 'sh -s'], text)
      if (code !== 0) throw new Error(`on ${host}: exit ${code}: ${stderr.slice(-2000)}${stdout.slice(-1000)}`)
      return stdout
    },
  }
}

interface Output {
  readonly plays: readonly {
    readonly tasks: readonly {
      readonly task: { readonly name: string }
      readonly hosts: { readonly [host: string]: Result }
    }[]
  }[]
}

/** The tasks in what the json callback printed. */
function tasksIn(stdout: string, stderr: string): Run['tasks'] {
  const start = stdout.search(/^\{$/m)
  let output: Output
  try {
    output = JSON.parse(stdout.slice(Math.max(start, 0))) as Output
  } catch {
    throw new Error(`no JSON was printed: ${(stderr + stdout).trim().slice(-3000)}`)
  }
  return output.plays.flatMap(play =>
    play.tasks.flatMap(({ task, hosts }) => Object.values(hosts).map(result => ({ name: task.name, result }))),
  )
}

function capture(
  argv: readonly string[],
  input: string,
  more: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = {
    ...process.env,
    ANSIBLE_STDOUT_CALLBACK: 'json',
    ANSIBLE_PIPELINING: '1',
    ANSIBLE_DEPRECATION_WARNINGS: '0',
    ANSIBLE_LOCALHOST_WARNING: '0',
    ANSIBLE_RETRY_FILES_ENABLED: '0',
    ANSIBLE_FORCE_COLOR: '0',
    ...more,
  }
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0]!, argv.slice(1), { env, stdio: ['pipe', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', code =>
      resolve({ code: code ?? 1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
