import { expect, test } from 'vitest'
import { type Dict, fromJson } from '../../engine/python/values.js'
import { configure } from './role-configuration.js'

const wish = (configuration: { [name: string]: string | number | boolean }, more = {}) => ({
  configuration: fromJson(configuration) as Dict,
  reset_unspecified_configuration: false,
  quote_configuration_values: true,
  ...more,
})

test('parameters that are missing or other are set', () => {
  expect(configure('u"1', wish({ work_mem: '8MB', 'my.var': "it's" }), '{work_mem=16MB}')).toEqual([
    `ALTER ROLE "u""1" SET "work_mem" TO '8MB'`,
    `ALTER ROLE "u""1" SET "my.var" TO 'it''s'`,
  ])
})

test('yes and no are on and off, whatever the capitals of the name', () => {
  expect(configure('u', wish({ Enable_SeqScan: false, max_parallel_workers: 3 }), null)).toEqual([
    `ALTER ROLE "u" SET "Enable_SeqScan" TO 'off'`,
    `ALTER ROLE "u" SET "max_parallel_workers" TO '3'`,
  ])
  expect(configure('u', wish({ Enable_SeqScan: false }), '{enable_seqscan=off}')).toEqual([])
})

test('values that are SQL stand as they are, and are the same with and without quotes', () => {
  const sql = { quote_configuration_values: false }
  expect(configure('u', wish({ search_path: 'a, b' }, sql), undefined)).toEqual([
    'ALTER ROLE "u" SET "search_path" TO a, b',
  ])
  const held = '{"search_path=a, b",work_mem=4MB}'
  expect(configure('u', wish({ search_path: 'a, b', work_mem: "'4MB'" }, sql), held)).toEqual([])
})

test('what is not named is reset when told to', () => {
  const held = '{work_mem=4MB,"search_path=a, b"}'
  expect(configure('u', wish({ work_mem: '4MB' }, { reset_unspecified_configuration: true }), held)).toEqual([
    'ALTER ROLE "u" RESET "search_path"',
  ])
})
