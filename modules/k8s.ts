import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext, type ModuleResult } from '../engine/module/define.js'
import type { Json } from '../engine/python/values.js'
import { definitionsOf, holds, type Manifest } from './kubernetes/definitions.js'
import { Kubectl, kubernetesArgs, resourceType } from './kubernetes/kubectl.js'
import { waitArgs, waitFor } from './kubernetes/wait.js'

const args = {
  state: {
    type: 'str',
    choices: ['present', 'absent', 'patched'],
    default: 'present',
    summary: 'whether it should be there; patched changes only what is there',
  },
  resource_definition: {
    type: 'raw',
    aliases: ['definition', 'inline'],
    summary: 'objects, as YAML text, dictionary or list',
  },
  src: { type: 'path', summary: 'file of the host that describes them' },
  template: { type: 'raw', summary: 'template on the controller that describes them' },
  kind: { type: 'str', summary: 'kind of one object' },
  api_version: { type: 'str', default: 'v1', aliases: ['api', 'version'], summary: 'its API version' },
  name: { type: 'str', summary: 'its name' },
  namespace: { type: 'str', summary: 'namespace of objects that name none' },
  generate_name: { type: 'str', summary: 'beginning of a name that the server makes' },
  apply: { type: 'bool', default: false, summary: 'merge as kubectl apply does, with what was applied before' },
  server_side_apply: {
    type: 'dict',
    summary: 'merge on the server',
    options: {
      field_manager: { type: 'str', required: true, summary: 'who owns the fields' },
      force_conflicts: { type: 'bool', default: false, summary: 'take fields from other owners' },
    },
  },
  force: { type: 'bool', default: false, summary: 'replace what is there' },
  merge_type: {
    type: 'list',
    elements: 'str',
    choices: ['json', 'merge', 'strategic-merge'],
    summary: 'how to patch, in order of preference',
  },
  delete_options: {
    type: 'dict',
    summary: 'how to delete',
    options: {
      gracePeriodSeconds: { type: 'int', summary: 'seconds to end in' },
      propagationPolicy: {
        type: 'str',
        choices: ['Foreground', 'Background', 'Orphan'],
        summary: 'what becomes of what it owns',
      },
      preconditions: { type: 'dict', unsupported: 'kubectl knows no preconditions', summary: 'what must be so' },
    },
  },
  continue_on_error: { type: 'bool', default: false, summary: 'go on with the others when one fails' },
  append_hash: {
    type: 'bool',
    default: false,
    unsupported: 'names with a hash are not made',
    summary: 'append a hash to the name',
  },
  label_selectors: {
    type: 'list',
    elements: 'str',
    unsupported: 'definitions are not filtered by labels',
    summary: 'only definitions with these labels',
  },
  validate: { type: 'dict', unsupported: 'the server validates', summary: 'check definitions before' },
  ...waitArgs,
  ...kubernetesArgs,
} as const satisfies ArgSpecs
type Args = ArgsOf<typeof args>

export default defineModule({
  name: 'kubernetes.core.k8s',
  summary: 'Objects of Kubernetes',
  notes: ['The kubectl of the host talks to the server. Check mode asks the server for a dry run.'],
  check: 'full',
  args,
  rules: {
    exclusive: [
      ['resource_definition', 'src', 'template'],
      ['merge_type', 'apply'],
      ['name', 'generate_name'],
    ],
    requiredBy: { server_side_apply: ['apply'] },
  },
  returns: { result: 'the object, or results of each', method: 'what was done: create, patch, replace, apply, delete' },
  examples: `
- name: A namespace
  kubernetes.core.k8s:
    name: testing
    api_version: v1
    kind: Namespace

- name: A service from a definition
  kubernetes.core.k8s:
    definition:
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: testing}
      spec:
        selector: {app: galaxy}
        ports: [{port: 8000}]
`,

  async run(context) {
    const { args, remote, fail } = context
    const wanted = await definitionsOf(args, context)
    const kubectl = new Kubectl(remote, args, fail)
    const there = await Promise.all(wanted.map(one => existing(kubectl, one, fail)))
    const results: ModuleResult[] = []
    for (const [index, one] of wanted.entries()) {
      const done = await settle(kubectl, args, one, there[index]!, remote.checkMode)
      if (done.error !== undefined) {
        if (!args.continue_on_error) fail(String((done.error as { msg: string }).msg), { result: {} })
        results.push({ changed: false, ...done })
        continue
      }
      if (args.wait && args.state !== 'absent' && !remote.checkMode) {
        await waitFor(kubectl, { ...args, kind: one.kind, dir: targetOf(one) }, fail)
      }
      results.push(done)
    }
    const changed = results.some(one => one.changed === true)
    if (changed) remote.changed('change objects')
    const [only] = results
    return results.length === 1 ? { ...only, changed } : { changed, result: { results: results as Json } }
  },
})

/** Type, name and namespace as kubectl takes them. */
const targetOf = ({ kind, apiVersion, metadata: { name, namespace } }: Manifest): string[] => [
  resourceType(kind, apiVersion),
  ...(name === undefined ? [] : [name]),
  ...(namespace === undefined ? [] : ['--namespace', namespace]),
]

async function existing(
  kubectl: Kubectl,
  one: Manifest,
  fail: ModuleContext<unknown>['fail'],
): Promise<Manifest | null> {
  // A generated name is new each time.
  if (one.metadata.name === undefined) return null
  return kubectl.ask(['get', ...targetOf(one), '--ignore-not-found', '--output', 'json'], (stdout, rc, stderr) => {
    if (rc !== 0 && /doesn't have a resource type|no matches for kind/.test(stderr)) {
      return fail(
        `Failed to find exact match for ${one.apiVersion}.${one.kind} by [kind, name, singularName, shortNames]`,
      )
    }
    // A namespace that does not exist yet holds nothing.
    if (rc !== 0 && !/NotFound/.test(stderr)) return fail(stderr.trim() || `kubectl ended with exit code ${rc}`, { rc })
    return stdout.trim() === '' ? null : (JSON.parse(stdout) as Manifest)
  })
}

async function settle(
  kubectl: Kubectl,
  args: Args,
  one: Manifest,
  there: Manifest | null,
  dry: boolean,
): Promise<ModuleResult> {
  if (args.state === 'absent')
    return there ? remove(kubectl, args, one, dry) : { changed: false, method: 'delete', result: {} }
  const manifest = JSON.stringify(one)
  const act = async (method: string, words: readonly string[], input = manifest): Promise<ModuleResult> => {
    const done = await kubectl.run([...words, '--output', 'json'], `${method} ${one.kind}`, {
      manifest: input,
      dry: true,
    })
    if (done.rc !== 0) return failure(one, method, done)
    const result = JSON.parse(done.stdout) as Manifest
    const before = there ? significant(there) : {}
    const changed = JSON.stringify(before) !== JSON.stringify(significant(result))
    const diff = changed ? { diff: { before: before as Json, after: significant(result) as Json } } : {}
    return { changed, method, result: result as Json, ...diff }
  }
  if (args.apply) {
    const { server_side_apply: server } = args
    const flags = server
      ? [
          '--server-side',
          '--field-manager',
          server.field_manager,
          ...(server.force_conflicts ? ['--force-conflicts'] : []),
        ]
      : []
    return act('apply', ['apply', ...flags, '--filename', '-'])
  }
  if (!there) {
    if (args.state === 'patched')
      return {
        changed: false,
        result: {},
        warning: `${one.kind} ${one.metadata.name} was not found, so it is not patched`,
      }
    return act('create', ['create', '--filename', '-'])
  }
  if (args.force) return act('replace', ['replace', '--filename', '-'])
  if (holds(there, one)) return { changed: false, method: 'patch', result: there as Json }
  // Kinds that a user defined know no strategic merge.
  let outcome: ModuleResult = {}
  for (const type of args.merge_type ?? ['strategic-merge', 'merge']) {
    const kind = type === 'strategic-merge' ? 'strategic' : type
    outcome = await act('patch', ['patch', ...targetOf(one), '--type', kind, '--patch-file', '/dev/stdin'])
    if (outcome.error === undefined || !/UnsupportedMediaType|not supported/i.test(JSON.stringify(outcome.error))) break
  }
  return outcome
}

async function remove(kubectl: Kubectl, args: Args, one: Manifest, dry: boolean): Promise<ModuleResult> {
  const { gracePeriodSeconds: grace, propagationPolicy: policy } = args.delete_options ?? {}
  const words = [
    'delete',
    ...targetOf(one),
    '--ignore-not-found',
    ...(grace === undefined ? [] : [`--grace-period=${grace}`]),
    ...(policy === undefined ? [] : [`--cascade=${policy.toLowerCase()}`]),
    ...(args.wait ? ['--wait=true', `--timeout=${args.wait_timeout}s`] : ['--wait=false']),
  ]
  if (dry) return { changed: true, method: 'delete', result: {} }
  const done = await kubectl.run(words, `delete ${one.kind}`)
  return done.rc === 0 ? { changed: true, method: 'delete', result: {} } : failure(one, 'delete', done)
}

function failure(
  one: Manifest,
  method: string,
  { stderr, stdout, rc }: { stderr: string; stdout: string; rc: number },
): ModuleResult {
  const said = stderr.trim() || stdout.trim()
  const name = `${one.kind} ${one.metadata.name ?? one.metadata.generateName ?? ''}`.trim()
  return { error: { msg: `Failed to ${method} object: ${name}: ${said}`, reason: said, rc } }
}

/** An object without what changes by itself. */
function significant({ status: _status, metadata, ...rest }: Manifest): object {
  const {
    managedFields: _fields,
    resourceVersion: _version,
    generation: _generation,
    uid: _uid,
    creationTimestamp: _time,
    ...kept
  } = metadata
  return { ...rest, metadata: kept }
}
