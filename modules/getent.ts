import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'

export default defineModule({
  name: 'ansible.builtin.getent',
  summary: "Entries of the host's databases (passwd, group, hosts, …), as facts",
  check: 'full',
  args: {
    database: { type: 'str', required: true, summary: 'the database' },
    key: { type: 'str', summary: 'the entry; all when left out' },
    service: { type: 'str', summary: 'service to ask instead of all' },
    split: { type: 'str', summary: 'character between fields' },
    fail_key: { type: 'bool', default: true, summary: 'fail when the entry is missing' },
  },
  returns: { ansible_facts: 'getent_DATABASE: entries by their first field' },
  order: ['ansible_facts'],
  examples: `
- name: Who is root
  ansible.builtin.getent:
    database: passwd
    key: root
`,

  async run({ args, remote, fail }) {
    const { database, key } = args
    const colon = ['passwd', 'shadow', 'group', 'gshadow'].includes(database)
    const keys = key === undefined ? [] : [key]
    const service = args.service === undefined ? [] : ['-s', args.service]
    // Hosts without getent (BusyBox) keep these databases in files of the same name.
    const { stdout, rc } = await remote.query({
      command: sh`if command -v getent >/dev/null 2>&1; then getent ${service} ${database} ${keys}
elif [ -r /etc/${database} ]; then
  if [ -z ${key === undefined ? '' : 'key'} ]; then cat /etc/${database}; else awk -F${colon ? ':' : ' '} -v key=${key ?? ''} '$1 == key { print; found = 1 } END { exit found ? 0 : 2 }' /etc/${database}; fi
else exit 1; fi`,
      parse: (stdout, rc) => ({ stdout, rc }),
    })
    const fact = `getent_${database}`
    if (rc === 0) {
      const entries: { [name: string]: string[] | string[][] } = {}
      for (const line of stdout.split('\n').filter(Boolean)) {
        const separator = args.split ?? (colon ? ':' : undefined)
        const [name = '', ...fields] = separator === undefined ? line.trim().split(/\s+/) : line.split(separator)
        // A name that comes again, as addresses do, has a list of all its entries.
        const seen = entries[name]
        entries[name] = !seen
          ? fields
          : [...(Array.isArray(seen[0]) ? (seen as string[][]) : [seen as string[]]), fields]
      }
      return { changed: false, ansible_facts: { [fact]: entries } }
    }
    if (rc === 1) return fail('Missing arguments, or database unknown.')
    if (rc === 2) {
      const msg = 'One or more supplied key could not be found in the database.'
      if (args.fail_key) return fail(msg)
      return { changed: false, msg, ansible_facts: { [fact]: { [key ?? '']: null } } }
    }
    if (rc === 3) return fail('Enumeration not supported on this database.')
    return fail('Unexpected failure!')
  },
})
