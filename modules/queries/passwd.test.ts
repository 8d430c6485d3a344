import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { userState } from './passwd.js'

test('groups count by who is named in them, also where two share a number', () => {
  const groups = ['games:x:60:', 'uucp:x:10:', 'wheel:x:10:joe', 'joe:x:1001:', 'adm:x:4:root,joe,ann']
  const programs = `getent() { case $1 in group) [ -z "$2" ] && printf '%s\\n' ${groups.join(' ')} || printf '%s\\n' ${groups.join(' ')} | awk -F: -v k="$2" '$1 == k || $3 == k { print; exit }' ;; passwd) echo joe:x:1001:1001::/nowhere:/bin/sh ;; esac; }
id() { echo joe uucp uucp adm; }
cat() { :; }
`
  const question = userState('joe', { groups: ['wheel'], local: false })
  const said = execFileSync('sh', ['-c', programs + question.command], { encoding: 'utf8' })
  expect(question.parse(said, 0, '').groups).toEqual(['joe', 'wheel', 'adm'])
})
