/** `understudy lab`: the book's jobs on practice hosts inside this process. */
import { join } from 'node:path'
import { didYouMean } from '../diagnostics.js'
import { helpText, usageError } from './help.js'
import type { Io } from './io.js'
import { playbook } from './playbook.js'

const WORDS = ['up', 'migrate', 'installkvm', 'lamp']

export async function lab(argv: string[], io: Io, program: string): Promise<number> {
  const text = {
    usage: `${program} [up | migrate | installkvm | lamp] [flags of understudy playbook]`,
    sentence: `Practice hosts inside this process: SSH servers on 127.0.0.1, each with a real sh and a folder of its own.
openstack, nova, yum, rpm, systemctl, virsh, mysql and others are stand-ins that keep state in files: nothing is installed
and no virtual machine runs. Commands without a stand-in run on this machine, as you. Everything is gone at the end.

Without a word it replays the three jobs of the book; a word replays one of them; up leaves the hosts running.`,
    examples: [
      [`${program}`, 'replay all three jobs, showing the state before and after'],
      [`${program} migrate -v -e desthype=021579-compute03`, 'one job; what follows goes to understudy playbook'],
      [`${program} up`, 'keep the hosts until Ctrl-C, to try your own playbooks on; prints the inventory to use'],
    ] as const,
  }
  if (argv.includes('-h') || argv.includes('--help')) {
    io.stdout.write(helpText(text))
    return 0
  }
  const word = argv[0]?.startsWith('-') ? undefined : argv[0]
  const rest = word === undefined ? argv : argv.slice(1)
  if (word !== undefined && !WORDS.includes(word)) {
    const near = didYouMean(word, WORDS)
    const hint = near === undefined ? `choose from ${WORDS.join(', ')}` : `did you mean "${near}"?`
    io.stderr.write(usageError(text.usage, program, `there is no job "${word}"; ${hint}`))
    return 2
  }
  const { projectFolder, startLab } = await import('../../lab/lab.js')
  const { JOBS } = await import('../../lab/jobs.js')
  const started = await startLab()
  // Hosts and folder go on every way out; the run itself answers Ctrl-C first.
  const leave = () => process.exit(143)
  process.once('SIGTERM', leave).once('SIGHUP', leave)
  try {
    if (word === 'up') return await stayUp(io, started.inventory, projectFolder)
    const jobs = JOBS.filter(job => word === undefined || job.name === word)
    io.stdout.write('These hosts are stand-ins inside this process: nothing is installed on your machine.\n')
    for (const [index, job] of jobs.entries()) {
      const host = started.host(job.look.host)
      const look = (when: string) => {
        const seen = host.run(job.look.command).replace(/^/gm, '  ')
        io.stdout.write(`${when}, on ${job.look.host}:\n${seen}\n\n`)
      }
      io.stdout.write(`\n=== ${index + 1} of ${jobs.length}: ${job.title}\n\n`)
      look('Before')
      const file = join(projectFolder, 'playbooks', job.playbook)
      const args = [...job.args, ...rest]
      io.stdout.write(
        `$ understudy playbook -i ${started.inventory} ${[...args, `playbooks/${job.playbook}`].join(' ')}\n`,
      )
      const code = await playbook(['-i', started.inventory, ...args, file], io, 'understudy playbook')
      if (code !== 0) return code
      look('After')
    }
    return 0
  } finally {
    process.off('SIGTERM', leave).off('SIGHUP', leave)
    started.stop()
  }
}

/** Waits for Ctrl-C. */
async function stayUp(io: Io, inventory: string, project: string): Promise<number> {
  io.stdout.write(`The lab is up. Its hosts are stand-ins inside this process; they go when you press Ctrl-C.

Inventory: ${inventory}

In another terminal:
  understudy adhoc all -i ${inventory} -m ping
  understudy playbook -i ${inventory} ${join(project, 'playbooks', 'migrate.yml')}
  understudy playbook -i ${inventory} -l cloudhosts ${join(project, 'playbooks', 'installkvm.yaml')}
`)
  await new Promise<void>(resolve => {
    // An SSH server alone would keep the process; this keeps the promise.
    const awake = setInterval(() => {}, 1 << 30)
    const end = () => {
      clearInterval(awake)
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeAllListeners(signal).once(signal, end)
  })
  io.stdout.write('\n')
  return 0
}
