import { testModule } from '../engine/module/test.js'
import type { FakeCall, FakeCommands } from '../engine/remote/fake.js'
import kube from './kube.js'

/** A cluster that tells what is there until it is deleted or stopped, and says a word about all else. */
const cluster = (before: string) => (): FakeCommands => {
  let there = before
  return [
    [/kubectl.* get /, () => (there === '' ? { rc: 1, stderr: 'Error from server (NotFound)\n' } : there)],
    [
      /kubectl/,
      ({ text }: FakeCall) => {
        if (/ (delete|stop) /.test(text)) there = ''
        return 'service/web done\nunchanged\n'
      },
    ],
  ]
}
const some = 'web 1d\n'

testModule(
  kube,
  {},
  {
    'makes what files define, without asking first': {
      args: { filename: '/k/a.yml,/k/b.yml', wait: true, recursive: true, namespace: 'n', kubeconfig: '/k/c' },
      commands: cluster(''),
      runs: [
        "kubectl '--kubeconfig=/k/c' '--namespace=n' apply --force --wait '--recursive=True' '--filename=/k/a.yml,/k/b.yml'",
      ],
      returns: { msg: 'success: service/web done unchanged' },
      changed: false,
    },
    'removes what is there': {
      args: { state: 'absent', resource: 'svc', name: 'web', label: 'a=b', server: 'http://s', log_level: 2 },
      commands: cluster(some),
      runs: ["kubectl '--server=http://s' '--v=2' delete svc web '--selector=a=b'"],
      changed: false,
    },
    'leaves alone what is not there': {
      args: { state: 'absent', resource: 'svc', name: 'web' },
      commands: cluster(''),
      runs: [],
      returns: { msg: 'success: ' },
      changed: false,
    },
    'removes without a look': {
      args: { state: 'absent', resource: 'svc', all: true, force: true, recursive: true },
      commands: cluster(''),
      runs: ["kubectl delete svc --all --ignore-not-found '--recursive=True'"],
      changed: false,
    },
    'stops what files define': {
      args: { state: 'stopped', files: ['/k/a.yml'], kubectl: '/opt/kubectl' },
      commands: cluster(some),
      runs: ["/opt/kubectl stop '--filename=/k/a.yml'"],
      changed: false,
    },
    'tells whether something is there': {
      args: { state: 'exists', resource: 'svc', all: true },
      commands: cluster(some),
      runs: [],
      returns: { msg: 'True' },
      changed: false,
    },
    'no kind': { args: { state: 'absent', name: 'web' }, fails: 'resource required without filename' },
    'no kind, by force': {
      args: { state: 'stopped', name: 'web', force: true },
      fails: 'resource required to stop without filename',
    },
    'no files': { args: { state: 'latest', name: 'web' }, fails: 'filename required to reload' },
    'kubectl fails': {
      args: { filename: '/k/a.yml' },
      commands: { 'kubectl*': { rc: 3, stdout: 'out\n', stderr: 'boom\n' } },
      fails:
        "error running kubectl (kubectl apply --force --filename=/k/a.yml) command (rc=3), out='out\n', err='boom\n'",
    },
  },
)
