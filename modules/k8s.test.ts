import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCall, FakeCommands } from '../engine/remote/fake.js'
import k8s from './k8s.js'
import k8sInfo from './k8s_info.js'
import { holds } from './kubernetes/definitions.js'

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'n' },
  spec: { ports: [{ port: 80 }] },
}
const live = (port: number) => ({
  ...service,
  metadata: { ...service.metadata, uid: 'u', resourceVersion: String(port) },
  spec: { ports: [{ port, protocol: 'TCP' }], clusterIP: '10.0.0.1' },
})

/** A cluster with one object; what kubectl is told is checked by `runs`. */
const cluster = (before: unknown, after: unknown) => (): FakeCommands => {
  let now = before
  return [
    [/kubectl.* get /, () => (now === null ? '' : JSON.stringify(now))],
    [
      /kubectl/,
      (call: FakeCall) => {
        if (call.text.includes('--dry-run')) return JSON.stringify(after)
        now = after
        return after === null ? '' : JSON.stringify(after)
      },
    ],
  ]
}

testModule(
  k8s,
  { definition: service },
  {
    'makes an object': {
      commands: cluster(null, live(80)),
      runs: ['kubectl create --filename - --output json'],
      returns: { method: 'create', result: { spec: { clusterIP: '10.0.0.1' } } },
      changed: true,
    },
    'changes an object': {
      commands: cluster(live(81), live(80)),
      runs: ['kubectl patch Service web --namespace n --type strategic --patch-file /dev/stdin --output json'],
      returns: { method: 'patch' },
      changed: true,
    },
    'leaves an object that holds all that is wanted': { commands: cluster(live(80), null), runs: [], changed: false },
    'removes an object': {
      args: { state: 'absent', delete_options: { gracePeriodSeconds: 5, propagationPolicy: 'Orphan' } },
      commands: cluster(live(80), null),
      runs: [
        "kubectl delete Service web --namespace n --ignore-not-found '--grace-period=5' '--cascade=orphan' '--wait=false'",
      ],
      changed: true,
    },
    'what is not there is not removed': { args: { state: 'absent' }, commands: cluster(null, null), changed: false },
    'a token is in no process list': {
      args: { host: 'https://k:6443', api_key: 's3cret', validate_certs: false, apply: true },
      commands: () => {
        const answer = (call: FakeCall) => {
          if (!call.query) {
            expect(call.text).not.toContain('s3cret')
            expect(call.stdin).toContain('"token":"s3cret"')
            expect(call.stdin).toContain('"insecure-skip-tls-verify":true')
          }
          return JSON.stringify(live(80))
        }
        return [[/kubectl --kubeconfig "\$c"/, answer]]
      },
      runs: [/kubectl --kubeconfig "\$c" apply --filename - --output json$/],
      changed: false,
      // What apply changes only the server knows.
      trips: 2,
    },
    'several definitions as text, and one that is refused': {
      args: {
        definition: 'kind: Namespace\nmetadata: {name: a}\n---\nkind: Namespace\nmetadata: {name: b}\n',
        continue_on_error: true,
      },
      commands: [
        [/kubectl.* get /, ''],
        [(call: FakeCall) => call.stdin.includes('"name":"b"'), { rc: 1, stderr: 'forbidden' }],
        [/kubectl create/, JSON.stringify({ kind: 'Namespace', metadata: { name: 'a' } })],
      ],
      returns: {
        result: {
          results: [
            { method: 'create', changed: true },
            { error: { msg: 'Failed to create object: Namespace b: forbidden' } },
          ],
        },
      },
      again: { changed: 'the cluster of this case forgets' },
    },
    'a kind that the server does not know': {
      commands: { '*kubectl*': { rc: 1, stderr: 'error: the server doesn\'t have a resource type "Service"' } },
      fails: 'Failed to find exact match for v1.Service by [kind, name, singularName, shortNames]',
    },
    'a token without a server': { args: { api_key: 'x' }, fails: 'api_key, username and password need host' },
    'what is not supported is said': { args: { append_hash: true }, fails: /names with a hash are not made/ },
  },
)

testModule(
  k8sInfo,
  { kind: 'Deployment', api_version: 'apps/v1' },
  {
    'tells objects': {
      args: { label_selectors: ['app = web', 'tier in (a, b)'], kubeconfig: '/etc/k8s/admin.conf' },
      commands: [
        [
          /^\(kubectl --kubeconfig \/etc\/k8s\/admin.conf get Deployment.v1.apps --all-namespaces --selector 'app = web,tier in \(a, b\)' --output json\)/,
          JSON.stringify({ kind: 'List', items: [{ kind: 'Deployment' }] }),
        ],
      ],
      returns: { resources: [{ kind: 'Deployment' }], api_found: true },
      changed: false,
    },
    'one that is not there': {
      args: { name: 'x', namespace: 'n' },
      commands: { '*get Deployment.v1.apps x --namespace n --ignore-not-found --output json*': '' },
      returns: { resources: [], api_found: true },
    },
    'a kind that the server does not know': {
      commands: { '*kubectl*': { rc: 1, stderr: 'error: the server doesn\'t have a resource type "deployments"' } },
      returns: { resources: [], api_found: false },
    },
    'no server': {
      commands: { '*kubectl*': { rc: 1, stderr: 'The connection to the server localhost:8080 was refused' } },
      fails: 'The connection to the server localhost:8080 was refused',
    },
  },
)

test('an object holds what is wanted when nothing of it is missing or other', () => {
  expect(holds({ a: [{ b: 1, c: 2 }], d: 3 }, { a: [{ b: 1 }] })).toBe(true)
  expect(holds({ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 1 }] })).toBe(false)
  expect(holds({ a: 1 }, { a: null })).toBe(false)
  expect(holds({}, { a: null })).toBe(true)
})
