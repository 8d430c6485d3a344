import { describe, expect, it } from 'vitest'
import { actionGroupError, inActionGroup } from './action-groups.js'

describe('action groups', () => {
  it('have modules under their short name, their collection and its former name', () => {
    for (const name of ['docker', 'ansible.builtin.docker', 'community.docker.docker', 'community.general.docker'])
      expect(inActionGroup(name, 'community.docker.docker_container')).toBe(true)
    expect(inActionGroup('community.postgresql.all', 'community.postgresql.postgresql_db')).toBe(true)
    expect(inActionGroup('community.mysql.all', 'community.mysql.mysql_user')).toBe(true)
    expect(inActionGroup('ansible.mysql.all', 'community.mysql.mysql_user')).toBe(true)
    expect(inActionGroup('community.rabbitmq.rabbitmq', 'community.rabbitmq.rabbitmq_user')).toBe(true)
    expect(inActionGroup('k8s', 'kubernetes.core.k8s_info')).toBe(true)
    expect(inActionGroup('k8s', 'community.docker.docker_container')).toBe(false)
  })
  it('of clouds are known', () => {
    for (const name of ['aws', 'amazon.aws.aws', 'vmware', 'community.general.keycloak'])
      expect(actionGroupError(name)).toBeUndefined()
  })
  it('that nobody has are an error', () => {
    expect(actionGroupError('dokcer')).toMatchObject({
      message: 'Error loading module_defaults: could not resolve the module_defaults group ansible.builtin.dokcer',
      hint: "Did you mean 'group/docker'?",
    })
    expect(actionGroupError('toString')).toBeDefined()
  })
})
