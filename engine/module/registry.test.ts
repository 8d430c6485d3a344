import { expect, test } from 'vitest'
import { loadModule, ourModules, resolveModule } from './registry.js'

test('a module runs under its own names only', async () => {
  for (const name of ourModules()) {
    const spec = await loadModule(name)
    expect([spec.name, ...(spec.aliases ?? [])], name).toContain(name)
  }
}, 60_000)

test("another collection's module of the same bare name is not ours", () => {
  for (const name of ['cisco.ios.user', 'vyos.vyos.command', 'awx.awx.group', 'dellemc.unity.filesystem']) {
    expect(resolveModule(name), name).toMatchObject({ known: true, ours: false })
  }
  expect(resolveModule('user', ['cisco.ios'])).toMatchObject({ fqcn: 'cisco.ios.ios_user', ours: false })
  expect(resolveModule('user', ['vultr.cloud'])).toEqual({ fqcn: 'vultr.cloud.user', known: true, ours: false })
  expect(resolveModule('user')).toEqual({ fqcn: 'ansible.builtin.user', known: true, ours: true })
})

test('what system roles bring as Python stands here under its bare name', () => {
  const name = 'fedora.linux_system_roles.sr_fingerprint'
  expect(resolveModule('sr_fingerprint')).toEqual({ fqcn: name, known: true, ours: true })
})

test('a collection that moved is known by both names', () => {
  const ours = { known: true, ours: true }
  expect(resolveModule('ansible.mysql.mysql_user')).toEqual({ fqcn: 'community.mysql.mysql_user', ...ours })
  expect(resolveModule('mysql_db', ['ansible.mysql'])).toEqual({ fqcn: 'community.mysql.mysql_db', ...ours })
  expect(resolveModule('community.kubernetes.k8s')).toEqual({ fqcn: 'kubernetes.core.k8s', ...ours })
  expect(resolveModule('ansible.mysql.user')).toMatchObject({ known: false, ours: false })
})

test('modules of DebOps run under its names', () => {
  const here = { known: true, ours: true }
  expect(resolveModule('debops.debops.apache2_module')).toEqual({ fqcn: 'community.general.apache2_module', ...here })
  expect(resolveModule('debops.debops.dpkg_divert')).toEqual({ fqcn: 'debops.debops.debops_dpkg_divert', ...here })
})
