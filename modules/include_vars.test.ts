import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { testModule } from '../engine/module/test.js'
import includeVars from './include_vars.js'

const dir = mkdtempSync(join(tmpdir(), 'understudy-vars-'))
for (const [name, text] of [
  ['a.yml', 'one: 1\nboth: a\n'],
  ['b.json', '{"both": "b"}'],
  ['c.txt', 'no: variables\n'],
] as const)
  writeFileSync(join(dir, name), text)
afterAll(() => rmSync(dir, { recursive: true }))

const local = { 'a.yml': 'one: 1\n', 'list.yml': '- 1\n', 'empty.yml': '---\n', 'deep.yml': 'web: {port: 80}\n' }

testModule(
  includeVars,
  {},
  {
    'sets the variables of a file': {
      args: { file: 'a.yml' },
      local,
      returns: { changed: false, ansible_facts: { one: 1 }, ansible_included_var_files: ['a.yml'] },
    },
    'puts them into one': {
      args: { file: 'a.yml', name: 'all' },
      local,
      returns: { ansible_facts: { all: new Map([['one', 1]]) } },
    },
    'merges a dict with what is there': {
      args: { file: 'deep.yml', hash_behaviour: 'merge' },
      variables: { web: { host: 'x' } },
      local,
      returns: {
        ansible_facts: {
          web: new Map<string, unknown>([
            ['host', 'x'],
            ['port', 80],
          ]),
        },
      },
    },
    'has nothing from an empty file': { args: { file: 'empty.yml' }, local, returns: { ansible_facts: {} } },
    'takes the files of a directory, the last wins': {
      args: { dir, ignore_unknown_extensions: true },
      returns: {
        ansible_facts: { one: 1, both: 'b' },
        ansible_included_var_files: [join(dir, 'a.yml'), join(dir, 'b.json')],
      },
    },
    'takes files of a directory by name': {
      args: { dir, files_matching: '^a', ignore_files: ['.*json'], extensions: ['yml'] },
      returns: { ansible_facts: { one: 1, both: 'a' } },
    },
    'does not know what a text file holds': {
      args: { dir },
      fails: `${join(dir, 'c.txt')} does not have a valid extension: yaml, yml, json`,
    },
    'needs a dict': { args: { file: 'list.yml' }, local, fails: 'list.yml must be stored as a dictionary/hash' },
    'needs a directory': { args: { dir: join(dir, 'a.yml') }, fails: `${join(dir, 'a.yml')} is not a directory` },
    'takes a file or a directory': {
      args: { file: 'a.yml', dir },
      fails: 'You are mixing file only and dir only arguments, these are incompatible',
    },
  },
)
