/**
 * Brings the stdout of two runs into a form that can be compared: hosts of one task in a fixed order, without times and
 * addresses, and without the differences that docs/differences.md explains (where an error stands, native results).
 */

const banner = /^(?:PLAY|TASK|RUNNING HANDLER|NO MORE HOSTS LEFT|PLAY RECAP)\b.*\*{3,}$/
const entry = /^(?:ok|changed|fatal|failed|skipping|included|FAILED - RETRYING): ?/

export function normalized(stdout: string): string {
  const lines = stdout.split('\n').map(plain)
  const out: string[] = []
  let records: string[][] = []
  const flush = () => {
    out.push(
      ...records
        .map((record, index) => ({ record, index, host: hostOf(record[0]!) }))
        .sort(byHost)
        .flatMap(one => one.record),
    )
    records = []
  }
  for (const line of lines) {
    // Python's traceback, which Ansible offers where there is none.
    if (/^FAILED - RETRYING: .*: async_status /.test(line)) continue
    if (line.startsWith('An exception occurred during task execution. To see the full traceback')) continue
    if (banner.test(line)) {
      flush()
      out.push(line)
    } else if (entry.test(line)) records.push([line])
    else if (records.length) records.at(-1)!.push(line)
    else out.push(line)
  }
  flush()
  return out.filter(line => line !== '').join('\n')
}

interface Placed {
  readonly host: string
  readonly index: number
}
const byHost = (a: Placed, b: Placed) => (a.host < b.host ? -1 : a.host > b.host ? 1 : a.index - b.index)
const hostOf = (line: string) => /\[([^\]\s]+)/.exec(line)?.[1] ?? ''

const plain = (line: string): string =>
  line
    .replace(/"(delta|start|end|results_file)": "[^"]*"/g, '"$1": "…"')
    .replace(/\bj\d{12}\.\d+/g, 'JID')
    // There is no Python here that could have an exception.
    .replace(/^An exception occurred during task execution\..*/, '')
    .replace(/\\n\\nThe error appears to be in .*?"(?=[,}])/g, '"')
    .replace(/The task includes an option with an undefined variable\. The error was: /g, '')
    .replace(/('\w+' is undefined)\. \1/g, '$1')
    // Names of jobs and of Ansible's own temporary files.
    .replace(/(\\"[^"\\]*\\" is undefined)\. \1/g, '$1')
    .replace(/\bj\d{6,12}\.\d+/g, 'JID')
    .replace(/"results_file": "[^"]*"/g, '"results_file": "…"')
    .replace(/^(\+\+\+ after: ).*ansible-local-.*/, '$1content')
    .replace(/<class 'ansible\.parsing\.yaml\.objects\.AnsibleUnicode'>/g, "<class 'str'>")
    // One sole expression gives its native value; 2.14 gives text.
    .replace(/: "(-?\d+|True|False)"(?=,?$)/g, (_, value: string) => `: ${value.toLowerCase()}`)
    .trimEnd()
