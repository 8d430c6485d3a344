import { describe, expect, test } from 'vitest'
import { argumentProblems } from './arguments.js'
import { fewModules, playbooks } from './fixture.js'
import type { ModuleTable } from './module-table.js'

/** Knows that `copy` needs `dest`, that `src` and `content` exclude each other, and nothing else. */
const modules: ModuleTable = {
  ...fewModules,
  async check(fqcn, args) {
    if (fqcn !== 'ansible.builtin.copy') return { errors: [] }
    const unknown = [...args.keys()].filter(key => !['src', 'dest', 'content'].includes(String(key)))
    return {
      errors: [
        ...(args.has('dest') ? [] : ['missing required arguments: dest']),
        ...(args.has('src') && args.has('content') ? ['parameters are mutually exclusive: src|content'] : []),
        ...unknown.map(key => `Unsupported parameters for (copy) module: ${String(key)}`),
      ],
    }
  },
}

async function problems(tasks: string, top = ''): Promise<string[]> {
  const site = playbooks({ 'site.yml': `- hosts: all\n${top}  tasks:\n${tasks.replaceAll(/^/gm, '    ')}\n` })
  const { plays } = await site.load()
  return (await argumentProblems(plays, modules)).certain.map(
    ({ message, at }) => `${at?.line}:${at?.column} ${message}`,
  )
}

describe('arguments that are wrong before anything runs', () => {
  test('are told with the place of the argument', async () => {
    expect(await problems('- copy: {src: a, dst: b}')).toEqual([
      '3:7 missing required arguments: dest',
      '3:22 Unsupported parameters for (copy) module: dst',
    ])
  })

  test('templates may become anything, also nothing', async () => {
    expect(await problems('- copy: {src: "{{ a }}", content: "{{ b }}", dest: x}')).toEqual([])
    expect(await problems('- copy: "{{ all }}"')).toEqual([])
    expect(await problems('- copy: {src: "{{ a }}", dst: x}')).toHaveLength(2)
  })

  test('module_defaults count', async () => {
    expect(await problems('- copy: src=a', '  module_defaults: {copy: {dest: x}}\n')).toEqual([])
    expect(await problems('- copy: src=a', '  module_defaults: {group/x: {dest: x}}\n')).toEqual([])
  })

  test('a task whose failure somebody is ready for is left to the run', async () => {
    expect(await problems('- copy: src=a\n  ignore_errors: true')).toEqual([])
    expect(await problems('- copy: src=a\n  failed_when: false')).toEqual([])
    expect(await problems('- block:\n    - copy: src=a\n  rescue:\n    - copy: src=b')).toEqual([
      '6:11 missing required arguments: dest',
    ])
  })

  test('an option that only Ansible has is told apart: lists and syntax checks go on', async () => {
    const site = playbooks({ 'site.yml': '- hosts: all\n  tasks:\n    - copy: {src: a, dest: b, bad: c}\n' })
    const { plays } = await site.load()
    const message = "option 'bad' is not supported here: nobody built it"
    const check = async () => ({ errors: ['worse', message], unsupported: [message] })
    const { certain, unsupported } = await argumentProblems(plays, { ...fewModules, check })
    expect(certain.map(one => one.message)).toEqual(['worse'])
    expect(unsupported.map(({ message: text, at }) => `${at?.line}:${at?.column} ${text}`)).toEqual([`3:31 ${message}`])
  })

  test('meta knows its actions', async () => {
    const site = playbooks({ 'site.yml': '- hosts: all\n  tasks:\n    - meta: flush_handler\n' })
    expect(await site.problems()).toEqual([
      "site.yml:3:7 invalid meta action requested: flush_handler ¶ Did you mean 'flush_handlers'?",
    ])
  })
})
