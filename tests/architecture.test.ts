/** Data flows one way: a stage imports only from the stages to its left. docs/architecture.md draws them. */
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { globSync } from 'tinyglobby'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

const stages = [
  'diagnostics',
  'python',
  'args',
  'settings',
  'yaml',
  'vault',
  'template',
  'inventory',
  'playbook',
  'vars',
  'connection',
  'remote',
  'module',
  'executor',
  'output',
  'cli',
] // prettier-ignore

/** What a module file may use: the contract, the host, values and the template contract; not the engine's insides. */
const forModules = new Set(['diagnostics', 'args', 'python', 'yaml', 'template', 'connection', 'remote', 'module'])

const stageOf = (path: string): string =>
  path.startsWith('modules/') ? 'modules' : path.split('/')[1]!.replace(/\.[jt]s$/, '')

const files = globSync(['engine/**/*.ts', 'modules/**/*.ts'], {
  cwd: root,
  ignore: ['**/*.test.ts', '**/*.d.ts', 'engine/module/test.ts'],
})

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(match =>
    relative(root, join(root, dirname(file), match[1]!)),
  )
}

describe('imports', () => {
  test('go to the left only', () => {
    const wrong = files.flatMap(file => {
      const from = stageOf(file)
      return importsOf(file)
        .filter(target => target.startsWith('engine/') || target.startsWith('modules/'))
        .filter(target => {
          const to = stageOf(target)
          if (from === 'modules') return to !== 'modules' && !forModules.has(to)
          return to !== from && !(stages.indexOf(to) !== -1 && stages.indexOf(to) < stages.indexOf(from))
        })
        .map(target => `${file} → ${target}`)
    })
    expect(wrong).toEqual([])
  })

  test('go to the left only among the parts of the executor', () => {
    const parts = ['task', 'include', 'step', 'strategy']
    const partOf = (path: string) => parts.indexOf(/^engine\/executor\/([^/]+)\//.exec(path)?.[1] ?? '')
    const wrong = files
      .filter(file => partOf(file) !== -1)
      .flatMap(file => importsOf(file).map(target => ({ file, target })))
      .filter(({ file, target }) => partOf(target) > partOf(file))
    expect(wrong).toEqual([])
  })

  test('know every stage', () => {
    expect([...new Set(files.map(stageOf))].filter(stage => stage !== 'modules' && !stages.includes(stage))).toEqual([])
  })
})

/** Module files that no table plays, and why. */
const withoutTable: { readonly [name: string]: string } = {
  systemd_service: 'another name of systemd',
}

test('every module is played on the fake host, by a table of testModule', () => {
  const played = new Set(
    globSync(['engine/**/*.test.ts', 'modules/**/*.test.ts'], { cwd: root }).flatMap(file => {
      const text = readFileSync(join(root, file), 'utf8')
      return [...text.matchAll(/^import (\w+)(?:, \{[^}]*\})? from '(\.[^']+)\.js'/gm)]
        .filter(([, name]) => new RegExp(`\\btestModule\\(\\s*${name}\\b`).test(text))
        .map(([, , target]) => relative(root, join(root, dirname(file), target!)))
    }),
  )
  const without = globSync(['modules/*.ts'], { cwd: root, ignore: ['**/*.test.ts', '**/*.d.ts'] })
    .map(file => file.replace(/\.ts$/, ''))
    .filter(file => !played.has(file))
    .map(file => file.replace('modules/', ''))
  expect(without.sort()).toEqual(Object.keys(withoutTable).sort())
})

test('there are no grab-bag files', () => {
  const grabBag = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'base', 'core', 'types'])
  expect(files.filter(file => grabBag.has(file.replace(/^.*\/|\.ts$/g, '')))).toEqual([])
})
