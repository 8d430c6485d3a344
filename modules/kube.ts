import { defineModule } from '../engine/module/define.js'
import { quoteAll } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'

export default defineModule({
  name: 'kubernetes_sigs.kubespray.kube',
  // Kubespray ships it beside its playbooks, where it has no other name.
  summary: 'Objects of Kubernetes, as kubespray manages them',
  notes: ['The kubectl of the host does all. As with kubespray’s own module, nothing is ever told as changed.'],
  check: 'none',
  args: {
    name: { type: 'str', summary: 'object by name' },
    filename: {
      type: 'list',
      elements: 'str',
      aliases: ['files', 'file', 'filenames'],
      summary: 'files of the host that define objects',
    },
    namespace: { type: 'str', summary: 'their namespace' },
    resource: { type: 'str', summary: 'kind of object; needed where there are no files' },
    label: { type: 'str', summary: 'objects with these labels' },
    server: { type: 'str', summary: 'URL of the API server' },
    kubeconfig: { type: 'str', summary: 'configuration file on the host' },
    kubectl: { type: 'str', summary: 'path of kubectl on the host' },
    force: { type: 'bool', default: false, summary: 'delete or stop without a look whether anything is there' },
    wait: { type: 'bool', default: false, summary: 'wait until it is made' },
    all: { type: 'bool', default: false, summary: 'all objects of the kind; when looking, those of all namespaces' },
    log_level: { type: 'int', default: 0, summary: 'verbosity of kubectl' },
    state: {
      type: 'str',
      choices: ['present', 'absent', 'latest', 'reloaded', 'stopped', 'exists'],
      default: 'present',
      summary: 'exists only tells whether it is there',
    },
    recursive: { type: 'bool', default: false, summary: 'directories among the files with all that is below' },
  },
  returns: {},
  examples: `
- name: Network policies
  kube:
    kubectl: /usr/local/bin/kubectl
    filename: /etc/kubernetes/policies.yml
    state: latest
`,

  async run({ args, remote, fail }) {
    const { state, resource } = args
    const program = args.kubectl ?? 'kubectl'
    const files = args.filename?.length ? `--filename=${args.filename.join(',')}` : undefined
    const whole = files !== undefined && args.recursive ? ['--recursive=True'] : []
    const kubectl = (...words: readonly string[]): readonly string[] => [
      program,
      ...(args.server ? [`--server=${args.server}`] : []),
      ...(args.kubeconfig ? [`--kubeconfig=${args.kubeconfig}`] : []),
      ...(args.log_level ? [`--v=${args.log_level}`] : []),
      ...(args.namespace ? [`--namespace=${args.namespace}`] : []),
      ...words,
    ]
    const chosen = [...(args.name ? [args.name] : []), ...(args.label ? [`--selector=${args.label}`] : [])]
    const meant = (all: string, without: string): string[] => {
      if (files !== undefined) return [files, ...whole]
      if (!resource) return fail(`resource required ${without}without filename`)
      return [resource, ...chosen, ...(args.all ? [all] : [])]
    }
    /** What it said, on one line. */
    const did = async (...words: readonly string[]) => {
      const argv = kubectl(...words)
      const { rc, stdout, stderr } = await remote.exec({ argv, why: `${words[0]} objects` })
      if (rc === 127 && args.kubectl === undefined) await missingProgram({ remote, fail }, program)
      if (rc !== 0)
        fail(`error running kubectl (${argv.join(' ')}) command (rc=${rc}), out='${stdout}', err='${stderr}'`)
      return { changed: false, msg: `success: ${stdout.replace(/\n$/, '').split('\n').join(' ')}` }
    }

    if (state === 'present' || state === 'latest' || state === 'reloaded') {
      if (files === undefined) return fail(`filename required to ${state === 'present' ? 'create' : 'reload'}`)
      return did('apply', '--force', ...(args.wait ? ['--wait'] : []), ...whole, files)
    }
    const verb = state === 'absent' ? 'delete' : 'stop'
    if (state === 'exists' || !args.force) {
      const found = await remote.query({
        command: quoteAll(kubectl('get', ...meant('--all-namespaces', ''), '--no-headers')),
        parse: (stdout, rc) => rc === 0 && stdout.trim() !== '',
      })
      if (state === 'exists') return { changed: false, msg: found ? 'True' : 'False' }
      if (!found) return { changed: false, msg: 'success: ' }
    }
    const ignored = args.force && files === undefined ? ['--ignore-not-found'] : []
    const deep = state === 'absent' && args.recursive && files === undefined ? ['--recursive=True'] : []
    return did(verb, ...meant('--all', `to ${verb} `), ...ignored, ...deep)
  },
})
