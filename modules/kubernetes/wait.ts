/** Waiting for objects to be ready. */
import type { ArgSpecs } from '../../engine/args.js'
import type { ModuleContext } from '../../engine/module/define.js'
import type { Kubectl } from './kubectl.js'

export const waitArgs = {
  wait: { type: 'bool', default: false, summary: 'wait until it is as it should be' },
  wait_sleep: { type: 'int', default: 5, summary: 'no use here: kubectl is told by the server' },
  wait_timeout: { type: 'int', default: 120, summary: 'seconds to wait' },
  wait_condition: {
    type: 'dict',
    summary: 'condition to wait for',
    options: {
      type: { type: 'str', summary: 'its name' },
      status: { type: 'str', choices: ['True', 'False', 'Unknown'], default: 'True', summary: 'what it should be' },
      reason: { type: 'str', unsupported: 'kubectl does not look at reasons', summary: 'why it is so' },
    },
  },
} as const satisfies ArgSpecs

interface Waiting {
  readonly kind: string
  readonly wait_timeout: number
  readonly wait_condition: { readonly type: string | undefined; readonly status: string } | undefined
  /** What kubectl takes for the objects: type, name, namespace, selectors. */
  readonly dir: readonly string[]
}

/** Kinds that can be waited for without a condition; others are ready when they are there. */
export async function waitFor(kubectl: Kubectl, about: Waiting, fail: ModuleContext<unknown>['fail']): Promise<void> {
  const { kind, wait_timeout, wait_condition, dir } = about
  const words =
    wait_condition?.type !== undefined
      ? ['wait', `--for=condition=${wait_condition.type}=${wait_condition.status}`]
      : /^(?:deployment|daemonset|statefulset)$/i.test(kind)
        ? ['rollout', 'status']
        : /^pod$/i.test(kind)
          ? ['wait', '--for=condition=Ready']
          : undefined
  if (!words) return
  const done = await kubectl.run([...words, ...dir, `--timeout=${wait_timeout}s`], `wait for ${kind}`)
  if (done.rc !== 0)
    fail(`"${kind}" "${dir[1] ?? ''}": Timed out waiting on resource`, { stderr: done.stderr, rc: done.rc })
}
