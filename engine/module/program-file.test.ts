import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runsByItself } from './program-file.js'

const dir = mkdtempSync(join(tmpdir(), 'program-file-'))
afterAll(() => rmSync(dir, { recursive: true }))

function file(name: string, content: string | Buffer): string {
  const path = join(dir, name)
  writeFileSync(path, content)
  return path
}

describe('modules in files run by themselves', () => {
  test.each([
    ['shell', '#!/bin/sh\necho {}'],
    ['Perl that wants JSON', '#!/usr/bin/perl\n# WANT_JSON\nprint "{}"'],
    ['Python that needs nothing of Ansible', '#!/usr/bin/python\nimport json\nprint("{}")'],
    ['a text that only speaks of Ansible', '#!/bin/sh\n# from ansible, import nothing\necho {}'],
    ['a binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0])],
  ])('%s', (_, content) => expect(runsByItself(file('one', content))).toBe(true))
})

describe('modules in files do not run without what Ansible brings', () => {
  test.each([
    ['Python with module_utils', 'one.py', '#!/usr/bin/python\nfrom ansible.module_utils.basic import AnsibleModule\n'],
    [
      'Python with them inside a try',
      'one.py',
      'try:\n    import ansible.module_utils.basic\nexcept ImportError: pass\n',
    ],
    ['Python of a collection', 'one.py', 'from ..module_utils.x import y\n'],
    ['Python with a collection', 'one.py', 'from ansible_collections.a.b.plugins.module_utils import y\n'],
    ['Python with the old placeholder', 'one.py', '#<<INCLUDE_ANSIBLE_MODULE_COMMON>>\n'],
    ['PowerShell', 'one.ps1', 'Write-Output "{}"\n'],
    ['PowerShell without its suffix', 'one', '#!powershell\n#Requires -Module Ansible.ModuleUtils.Legacy\n'],
  ])('%s', (_, name, content) => expect(runsByItself(file(name, content))).toBe(false))
})
