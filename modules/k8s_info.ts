import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import type { Json } from '../engine/python/values.js'
import { Kubectl, kubernetesArgs, resourceType } from './kubernetes/kubectl.js'
import { waitArgs, waitFor } from './kubernetes/wait.js'

const args = {
  kind: { type: 'str', required: true, summary: 'kind of object' },
  api_version: { type: 'str', default: 'v1', aliases: ['api', 'version'], summary: 'its API version' },
  name: { type: 'str', summary: 'one object by name' },
  namespace: { type: 'str', summary: 'objects of one namespace' },
  label_selectors: { type: 'list', elements: 'str', default: [], summary: 'objects with these labels' },
  field_selectors: { type: 'list', elements: 'str', default: [], summary: 'objects with these fields' },
  ...waitArgs,
  ...kubernetesArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'kubernetes.core.k8s_info',
  summary: 'Tell about objects of Kubernetes',
  notes: ['The kubectl of the host asks the server.'],
  check: 'full',
  args,
  returns: { resources: 'the objects', api_found: 'whether the server knows the kind' },
  examples: `
- name: Pods of a service
  kubernetes.core.k8s_info:
    kind: Pod
    namespace: web
    label_selectors:
      - app = web
`,

  async run({ args, remote, fail }) {
    const kubectl = new Kubectl(remote, args, fail)
    const words = [
      'get',
      resourceType(args.kind, args.api_version),
      ...(args.name === undefined ? [] : [args.name]),
      ...(args.namespace === undefined
        ? args.name === undefined
          ? ['--all-namespaces']
          : []
        : ['--namespace', args.namespace]),
      ...(args.label_selectors.length > 0 ? ['--selector', args.label_selectors.join(',')] : []),
      ...(args.field_selectors.length > 0 ? ['--field-selector', args.field_selectors.join(',')] : []),
      ...(args.name === undefined ? [] : ['--ignore-not-found']),
      '--output',
      'json',
    ]
    if (args.wait)
      await waitFor(kubectl, { ...args, dir: words.slice(1, -2).filter(word => word !== '--ignore-not-found') }, fail)
    return kubectl.ask(words, (stdout, rc, stderr) => {
      if (rc !== 0 && /doesn't have a resource type|no matches for kind/.test(stderr)) {
        const msg = `Failed to find API for resource with apiVersion "${args.api_version}" and kind "${args.kind}"`
        return { changed: false, resources: [], api_found: false, msg }
      }
      if (rc !== 0) return fail(stderr.trim() || `kubectl ended with exit code ${rc}`, { rc })
      const answer = stdout.trim() === '' ? { items: [] } : (JSON.parse(stdout) as { kind?: string; items?: Json[] })
      const resources = answer.items ?? [answer as Json]
      return { changed: false, resources, api_found: true }
    })
  },
})
