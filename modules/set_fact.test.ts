import { testModule } from '../engine/module/test.js'
import setFact from './set_fact.js'

testModule(
  setFact,
  {},
  {
    'sets facts': {
      args: { one: 1, list: [1, 'a'] },
      changed: false,
      returns: { ansible_facts: { one: 1, list: [1, 'a'] }, _ansible_facts_cacheable: false },
    },
    'reads the words of truth': {
      args: { a: 'yes', b: 'No', c: 'on' },
      returns: { ansible_facts: { a: true, b: false, c: 'on' } },
    },
    'passes cacheable on': { args: { a: 1, cacheable: 'yes' }, returns: { _ansible_facts_cacheable: true } },
    'refuses a bad name': {
      args: { 'a-b': 1 },
      fails:
        "The variable name 'a-b' is not valid. Variables must start with a letter or underscore character, and contain only letters, numbers and underscores.",
    },
    'refuses a Python keyword': { args: { class: 1 }, fails: /is not valid/ },
    'needs something to set': {
      fails: 'No key/value pairs provided, at least one is required for this action to succeed',
    },
  },
)
