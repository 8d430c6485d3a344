import { defineModule } from '../engine/module/define.js'
import type { Json } from '../engine/python/values.js'
import type { Query, ShellText } from '../engine/remote/remote.js'
import type { Collector } from './facts/collector.js'
import { distribution } from './facts/distribution.js'
import { hardware } from './facts/hardware.js'
import { localFacts } from './facts/local.js'
import { network } from './facts/network.js'
import { platform } from './facts/platform.js'
import { rawDataScript, Sections } from './facts/sections.js'
import { chosenCollectors } from './facts/subsets.js'
import { systemCollectors } from './facts/system.js'
import { virtualization } from './facts/virtualization.js'
import { fnmatch } from './packages/glob.js'

export default defineModule({
  name: 'ansible.builtin.setup',
  summary: 'Gather facts about the host',
  notes: ['One shell script brings all raw data in one round trip; it needs nothing but a POSIX shell.'],
  check: 'full',
  args: {
    gather_subset: { type: 'list', elements: 'str', default: ['all'], summary: 'groups of facts; ! leaves one out' },
    filter: { type: 'list', elements: 'str', default: [], summary: 'only facts whose name fits one of these globs' },
    gather_timeout: { type: 'int', default: 10, summary: 'seconds to wait for the size of a mount' },
    fact_path: { type: 'path', default: '/etc/ansible/facts.d', summary: 'directory of *.fact files of the host' },
  },
  returns: { ansible_facts: 'the facts; become variables of the host' },
  examples: `
- name: Gather only what is cheap
  ansible.builtin.setup:
    gather_subset: ["!all", "network"]

- name: Keep only facts about memory
  ansible.builtin.setup:
    filter: "ansible_*_mb"
`,

  async run({ args, remote, fail, warn }) {
    const every: readonly Collector[] = [
      platform,
      distribution,
      hardware(args.gather_timeout),
      network,
      virtualization,
      localFacts(args.fact_path, warn),
      ...systemCollectors,
    ]
    const collectors = chosenCollectors(every, args.gather_subset, msg => fail(msg))
    const sections = await remote.query(rawFacts(collectors))
    const facts: { [name: string]: Json | undefined } = {}
    for (const collector of collectors) {
      for (const [name, value] of Object.entries(collector.read(sections))) {
        facts[name.startsWith('=') ? name.slice(1) : `ansible_${name}`] = value
      }
    }
    facts.gather_subset = args.gather_subset
    facts.module_setup = true
    return { changed: false, ansible_facts: filtered(facts, args.filter) }
  },
})

const rawFacts = (collectors: readonly Collector[]): Query<Sections> => ({
  command: rawDataScript(collectors) as ShellText,
  parse: stdout => new Sections(`\n${stdout}`),
})

function filtered(facts: { [name: string]: Json | undefined }, filter: readonly string[]) {
  const globs = filter.filter(Boolean)
  if (globs.length === 0 || globs.includes('*')) return facts
  const fits = (name: string) => globs.some(glob => fnmatch(name, glob) || fnmatch(name, `ansible_${glob}`))
  return Object.fromEntries(Object.entries(facts).filter(([name]) => fits(name)))
}
