import { expect, test } from 'vitest'
import { preparedDiff } from './apt-get.js'

const preparations = 'Reading package lists...\nBuilding dependency tree...\nReading state information...\n'

test('the diff of an installation begins with what is suggested', () => {
  const said = 'Suggested packages:\n  b\nThe following NEW packages will be installed:\n  a\n'
  const count = '0 upgraded, 1 newly installed, 0 to remove and 0 not upgraded.'
  expect(preparedDiff(`${preparations}${said}${count}\nInst a (1 Debian:12 [all])\n`)).toEqual({
    prepared: `${said}${count}`,
  })
})

test("the diff of aptitude's work leaves out how it prepares", () => {
  const more = 'Reading extended state information...\nInitializing package states...\n'
  const said = 'The following NEW packages will be installed:\n  a \n0 packages upgraded, 1 newly installed'
  expect(preparedDiff(`${preparations}${more}${said}\nNeed to get 1 B\n`)).toEqual({ prepared: said })
})

test('where nothing is to be done the diff is the count', () => {
  const count = '0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.'
  expect(preparedDiff(`${preparations}${count}\n`)).toEqual({ prepared: count })
  expect(preparedDiff('')).toEqual({ prepared: '' })
})
