import { testModule } from '../engine/module/test.js'
import assert from './assert.js'

testModule(
  assert,
  {},
  {
    'passes when all hold': {
      args: { that: ['a', true] },
      changed: false,
      returns: { msg: 'All assertions passed', _ansible_verbose_always: true },
    },
    'names the first that does not hold': {
      args: { that: ['a', false, 'b'] },
      fails: 'Assertion failed',
      returns: { assertion: false, evaluated_to: false },
    },
    'passes in the given words': { args: { that: true, success_msg: 'fine', quiet: true }, returns: { msg: 'fine' } },
    'needs a condition': { fails: 'conditional required in "that" string' },
    'wants text to say': {
      args: { that: true, success_msg: [1] },
      fails: 'Type of one of the elements in success_msg list is not string type',
    },
  },
)
