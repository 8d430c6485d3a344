/** Containers through stand-ins for their clients: what these are told, and that a module works through them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HostPool } from '../../engine/remote/pool.js'
import { testSettings } from './settings.js'
import { needs } from './ssh-to.js'

const path = process.env.PATH
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-clients-'))
  for (const name of 'lxc-attach lxc incus jexec nsenter buildah virsh kubectl oc docker podman'.split(' ')) {
    writeFileSync(
      join(folder, name),
      `#!/bin/sh\necho "$0 $*" >>${folder}/told\nwhile [ "$1" != /bin/sh ]; do shift; done\nexec "$@"\n`,
      { mode: 0o755 },
    )
  }
  process.env.PATH = `${folder}:${path}`
})
afterAll(() => {
  process.env.PATH = path
  rmSync(folder, { recursive: true })
})

const works = async (connection: string, vars: { [name: string]: string }) => {
  const pool = new HostPool({ settings: testSettings() })
  const remote = pool.remote({ name: 'box', connection, vars: name => vars[name] }, needs)
  const outcome = await remote.exec({ shell: 'cat; exit 3', stdin: 'in', why: 'test' })
  expect(outcome).toMatchObject({ stdout: 'in', rc: 3 })
  const file = await remote.file(join(folder, 'written'), { want: 'sha1' })
  await file.put({ bytes: Buffer.alloc(300_000, connection) })
  expect(readFileSync(join(folder, 'written')).equals(Buffer.alloc(300_000, connection))).toBe(true)
  await pool.close()
  const [told] = readFileSync(join(folder, 'told'), 'utf8').split('\n')
  rmSync(join(folder, 'told'))
  return told!.slice(folder.length + 1, told!.indexOf(' /bin/sh -c'))
}

test.each([
  ['community.general.lxc', { ansible_lxc_host: 'b 1' }, 'lxc-attach --name b 1 --'],
  ['lxd', { ansible_lxd_project: 'p' }, 'lxc --project p exec local:box -T --'],
  ['community.general.incus', { ansible_incus_remote: 'r' }, 'incus --project default exec r:box -T --'],
  ['jail', { ansible_user: 'me' }, 'jexec -U me box'],
  ['nsenter', {}, 'nsenter --ipc --mount --net --pid --uts --preserve-credentials --target=1 --'],
  ['buildah', { ansible_host: 'c' }, 'buildah run -- c'],
  ['libvirt_lxc', {}, 'virsh -q -c lxc:/// lxc-enter-namespace box --'],
  [
    'kubernetes.core.kubectl',
    { ansible_kubectl_pod: 'web-0', ansible_kubectl_namespace: 'n', ansible_kubectl_container: 'c' },
    'kubectl --namespace n exec -i web-0 -c c --',
  ],
  ['community.okd.oc', { ansible_oc_verify_ssl: 'no' }, 'oc --insecure-skip-tls-verify=true exec -i box --'],
  ['community.docker.docker_api', { ansible_docker_extra_args: '-H tcp://x' }, 'docker -H tcp://x exec -i box'],
  ['podman', { ansible_user: 'me' }, 'podman exec -i --user me box'],
] as const)('%s', async (connection, vars, told) => {
  expect(await works(connection, vars)).toBe(told)
})

test('a token that would show in the process list is refused', async () => {
  const pool = new HostPool({ settings: testSettings() })
  const vars = (name: string) => (name === 'ansible_kubectl_token' ? 'sesame' : undefined)
  const remote = pool.remote({ name: 'pod', connection: 'kubectl', vars }, needs)
  await expect(remote.exec({ shell: 'true', why: 'test' })).rejects.toThrow(/put it into a kubeconfig/)
})

test.each([
  ['winrm', 'for Windows hosts'],
  ['ansible.netcommon.network_cli', 'for network devices'],
  ['shh', "did you mean 'ssh'?"],
])('the connection %s is refused: %s', async (connection, said) => {
  const remote = new HostPool({ settings: testSettings() }).remote(
    { name: 'x', connection, vars: () => undefined },
    needs,
  )
  await expect(remote.exec({ shell: 'true', why: 'test' })).rejects.toThrow(said)
})
