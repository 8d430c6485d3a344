import { describe, expect, test } from 'vitest'
import { isSelected, splitTags } from './tags.js'

// Recorded from ansible-playbook 2.14 --list-tasks.
describe('tag selection', () => {
  const tasks = { plain: [], a: ['a'], b: ['b'], always: ['always'], never: ['never', 'a'] }
  const selected = (only: string[], skip: string[] = []) =>
    Object.entries(tasks)
      .filter(([, tags]) => isSelected(tags, { only, skip }))
      .map(([name]) => name)

  test.each<[string[], string[], string[]]>([
    [['all'], [], ['plain', 'a', 'b', 'always']],
    [['a'], [], ['a', 'always', 'never']],
    [['tagged'], [], ['a', 'b', 'always']],
    [['untagged'], [], ['plain', 'always']],
    [['never'], [], ['always', 'never']],
    [['all'], ['a'], ['plain', 'b', 'always']],
    [['all'], ['always'], ['plain', 'a', 'b']],
    [['all'], ['tagged'], ['plain']],
    [['all'], ['untagged'], ['a', 'b', 'always']],
    [['all'], ['all'], ['always']],
    [['a'], ['always'], ['a', 'never']],
  ])('--tags %j --skip-tags %j', (only, skip, want) => expect(selected(only, skip)).toEqual(want))

  test('the options split at commas', () => expect(splitTags(['a,b', 'c, a'])).toEqual(['a', 'b', 'c']))
})
