/** All hosts of the embedded lab, in one temporary folder that goes with them. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type LabHost, startHost } from './host.js'
import { LAB_FILES, LAB_FOLDERS, LAB_HOSTS, type LabPlan, REFUSED } from './hosts.js'
import { newKeyPair } from './keys.js'

export interface Lab {
  readonly folder: string
  /** Path of an inventory that reaches every host, host keys checked. */
  readonly inventory: string
  host(name: string): LabHost
  /** Ends servers and what they started, and removes the folder. May be called twice. */
  stop(): void
}

/** The project's folder. */
export const projectFolder = fileURLToPath(new URL('..', import.meta.url))

export async function startLab(plans: readonly LabPlan[] = LAB_HOSTS): Promise<Lab> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'understudy-lab-')))
  const hosts: LabHost[] = []
  let stopped = false
  const stop = () => {
    if (stopped) return
    stopped = true
    process.off('exit', stop)
    for (const host of hosts) host.stop()
    endStrays(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  process.on('exit', stop)
  try {
    const key = newKeyPair('understudy-lab')
    writeFileSync(join(folder, 'key'), key.private, { mode: 0o600 })
    for (const plan of plans) {
      const own = join(folder, 'hosts', plan.name)
      furnish(own, plan)
      hosts.push(await startHost({ name: plan.name, folder: own, clientKey: key.public }))
    }
    writeFileSync(
      join(folder, 'known_hosts'),
      hosts.map(({ port, hostKey }) => `[127.0.0.1]:${port} ${hostKey.split(' ').slice(0, 2).join(' ')}\n`).join(''),
    )
    const inventory = writeInventory(folder, plans, hosts)
    const host = (name: string) => hosts.find(one => one.name === name)!
    return { folder, inventory, host, stop }
  } catch (error) {
    stop()
    throw error
  }
}

/** The folders and programs of one host. */
function furnish(folder: string, { state }: LabPlan): void {
  const at = (...parts: string[]) => join(folder, ...parts)
  mkdirSync(at('state'), { recursive: true })
  for (const [file, text] of Object.entries(state)) writeFileSync(at('state', file), text)
  for (const path of LAB_FOLDERS) mkdirSync(at('root', path), { recursive: true })
  for (const [path, text] of Object.entries(LAB_FILES)) {
    mkdirSync(dirname(at('root', path)), { recursive: true })
    writeFileSync(at('root', path), text)
  }
  mkdirSync(at('bin'))
  const standIns = join(projectFolder, 'lab', 'stand-ins')
  for (const name of readdirSync(standIns)) {
    cpSync(join(standIns, name), at('bin', name))
    chmodSync(at('bin', name), 0o755)
  }
  for (const name of REFUSED) symlinkSync('refused', at('bin', name))
}

function writeInventory(folder: string, plans: readonly LabPlan[], hosts: readonly LabHost[]): string {
  const groups = [...new Set(plans.flatMap(plan => plan.groups))]
  const sections = groups.map(group => {
    const lines = plans.flatMap((plan, index) =>
      plan.groups.includes(group)
        ? [
            plan.groups[0] === group
              ? `${plan.name} ansible_host=127.0.0.1 ansible_port=${hosts[index]!.port}`
              : plan.name,
          ]
        : [],
    )
    return `[${group}]\n${lines.join('\n')}\n`
  })
  const connection = `[all:vars]
ansible_ssh_private_key_file=${join(folder, 'key')}
ansible_ssh_common_args=-F none -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${join(folder, 'known_hosts')}
`
  mkdirSync(join(folder, 'inventory'))
  writeFileSync(join(folder, 'inventory', 'hosts'), [...sections, connection].join('\n'))
  symlinkSync(join(projectFolder, 'group_vars'), join(folder, 'inventory', 'group_vars'))
  return join(folder, 'inventory', 'hosts')
}

/** What a command left running in a session of its own still carries the lab's environment; Linux can tell. */
function endStrays(folder: string): void {
  let running: string[] = []
  try {
    running = readdirSync('/proc').filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
  } catch {
    return
  }
  for (const pid of running) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`UNDERSTUDY_LAB_ROOT=${folder}/`))
        process.kill(Number(pid), 'SIGKILL')
    } catch {
      // Somebody else's, or gone.
    }
  }
}
