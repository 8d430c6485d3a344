/** Before Ansible 2.9 tests could be written as filters: `result | success`, `version | version_compare('1.0', '>')`. */
import { defineFilter, type Filter, type Filters } from '../define.js'
import { tests } from '../tests/index.js'

const NAMES = [
  'failed',
  'failure',
  'succeeded',
  'success',
  'successful',
  'changed',
  'change',
  'skipped',
  'skip',
  'finished',
  'started',
  'match',
  'search',
  'regex',
  'version_compare',
  'version',
  'any',
  'all',
  'issubset',
  'issuperset',
  'isnan',
  'is_abs',
  'is_dir',
  'is_file',
  'is_link',
  'is_mount',
  'is_same_file',
  'exists',
  'directory',
  'link',
  'link_exists',
  'mount',
  'same_file',
]

const asFilter = (name: string): Filter => {
  const { summary, signature, apply, applyIn } = tests[name]!
  return defineFilter({
    summary: `${summary}; the old way to write the test ${name}`,
    examples: [],
    ...(signature === undefined ? {} : { signature }),
    ...(apply ? { apply } : {}),
    ...(applyIn ? { applyIn } : {}),
  })
}

export const testsAsFilters: Filters = Object.fromEntries(NAMES.map(name => [name, asFilter(name)]))
