import { expect, test } from 'vitest'
import { importModule, moduleFiles } from './files.js'
import { loadModule, ourModules, resolveModule } from './registry.js'

test('every module file runs by the name that it gives itself', async () => {
  for (const file of moduleFiles) {
    const { name } = (await importModule(file)).default
    expect(resolveModule(name), file).toEqual({ fqcn: name, known: true, ours: true })
    expect(await loadModule(name), file).toMatchObject({ name })
  }
  expect(ourModules()).toHaveLength(moduleFiles.length)
}, 60_000)

test('modules are known by the names that they had', () => {
  const here = { known: true, ours: true }
  for (const old of [
    'openssl_certificate',
    'community.crypto.openssl_certificate',
    'community.general.openssl_certificate',
  ])
    expect(resolveModule(old), old).toEqual({ fqcn: 'community.crypto.x509_certificate', ...here })
  for (const old of ['k8s_facts', 'kubernetes.core.k8s_facts', 'community.kubernetes.k8s_facts'])
    expect(resolveModule(old), old).toEqual({ fqcn: 'kubernetes.core.k8s_info', ...here })
})

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
  expect(resolveModule('ansible.mariadb.mariadb_db')).toEqual({ fqcn: 'community.mysql.mysql_db', ...ours })
  expect(resolveModule('mariadb_user', ['ansible.mariadb'])).toEqual({ fqcn: 'community.mysql.mysql_user', ...ours })
  expect(resolveModule('ansible.mysql.user')).toMatchObject({ known: false, ours: false })
})

test('modules of DebOps run under its names', () => {
  const here = { known: true, ours: true }
  expect(resolveModule('debops.debops.apache2_module')).toEqual({ fqcn: 'community.general.apache2_module', ...here })
  expect(resolveModule('debops.debops.dpkg_divert')).toEqual({ fqcn: 'debops.debops.debops_dpkg_divert', ...here })
})
