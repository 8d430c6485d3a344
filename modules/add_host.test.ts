import { testModule } from '../engine/module/test.js'
import addHost from './add_host.js'
import groupBy from './group_by.js'
import setStats from './set_stats.js'

const notIdempotent = { changed: 'the executor knows what was there' }

testModule(
  addHost,
  {},
  {
    'takes variables, groups and a port': {
      args: { name: 'foo:22', groups: 'a,b c', x: 1 },
      returns: { add_host: { host_name: 'foo', groups: ['a', 'b c'], host_vars: { ansible_ssh_port: 22, x: 1 } } },
      changed: true,
      again: notIdempotent,
    },
    'takes an IPv6 address with a port': {
      args: { hostname: '[::1]:22', groupname: ['a', 'a'] },
      returns: { add_host: { host_name: '::1', groups: ['a'], host_vars: { ansible_ssh_port: 22 } } },
      again: notIdempotent,
    },
    'leaves an IPv6 address alone': {
      args: { host: 'fe80::1' },
      returns: { add_host: { host_name: 'fe80::1', groups: [] } },
      again: notIdempotent,
    },
    'needs a name': { fails: 'name, host or hostname needs to be provided' },
  },
)

testModule(
  groupBy,
  {},
  {
    'has no spaces in group names': {
      args: { key: 'a b', parents: 'c d' },
      returns: { add_group: 'a-b', parent_groups: ['c-d'] },
    },
    'is below all by default': { args: { key: 'a' }, returns: { parent_groups: ['all'] } },
    'needs a key': { fails: "the 'key' param is required when using group_by" },
  },
)

testModule(
  setStats,
  {},
  {
    'returns what to keep': {
      args: { data: { a: 1 }, per_host: 'yes' },
      returns: { ansible_stats: { per_host: true, aggregate: true } },
    },
    'refuses a bad name': { args: { data: { 'b-c': 1 } }, fails: /The variable name 'b-c' is not valid/ },
    'wants a dict': { args: { data: 'foo' }, fails: "The 'data' option needs to be a dictionary/hash" },
  },
)
