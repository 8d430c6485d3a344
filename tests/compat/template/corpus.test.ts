/** Every recorded case: what real Ansible gave, or the deliberate difference that is written beside it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CaseRunner, type Corpus, difference } from './run-case.js'

const folder = join(import.meta.dirname, 'cases')

for (const file of readdirSync(folder)
  .filter(name => name.endsWith('.json'))
  .sort()) {
  const corpus = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Corpus
  const runner = new CaseRunner(corpus)
  describe(file, () => {
    it(`gives what Ansible gives in all ${corpus.cases.length} cases`, async () => {
      const wrong: string[] = []
      for (const one of corpus.cases) {
        const problem = difference(one, await runner.run(one))
        if (problem) wrong.push(`${one.mode ?? 'value'} ${JSON.stringify(one.t)}: ${problem}`)
      }
      expect(wrong, wrong.slice(0, 40).join('\n')).toEqual([])
    })
  })
}
