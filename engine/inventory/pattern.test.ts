import { expect, it } from 'vitest'
import { readIni } from './ini.js'
import { Inventory } from './inventory.js'
import { GroupNames } from './names.js'

const TEXT = `
[web]
web1
web2
web3
web[5:12]
[db]
db1
db2
web3
[prod:children]
web
db
[x]
localhost
10.0.0.1
2001:db8::1
a:22
`

/** pattern, hosts in order, patterns warned about: recorded from `ansible -i p.ini PATTERN --list-hosts`, 2.14. */
const CASES: [string, string, string][] = [
  ['all', 'localhost 10.0.0.1 2001:db8::1 a web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12 db1 db2', ''],
  ['*', 'localhost 10.0.0.1 2001:db8::1 a web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12 db1 db2', ''],
  ['web:db', 'web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12 db1 db2', ''],
  ['web,db', 'web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12 db1 db2', ''],
  ['web:&db', 'web3', ''],
  ['prod:!db', 'web1 web2 web5 web6 web7 web8 web9 web10 web11 web12', ''],
  ['~web[12]', 'web1 web2 web10 web11 web12', ''],
  ['web[0]', 'web1', ''],
  ['web[-1]', 'web12', ''],
  ['web[0:2]', 'web1 web2 web3', ''],
  ['web[1:]', 'web2 web3 web5 web6 web7 web8 web9 web10 web11 web12', ''],
  ['web[20]', '', ''],
  ['web[:2]', 'web2', ''],
  ['web[-3:]', 'web3', ''],
  ['web[0-2]', 'web1 web2 web3', ''],
  ['!web', 'localhost 10.0.0.1 2001:db8::1 a db1 db2', ''],
  ['&web', 'web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12', ''],
  ['nosuch', '', 'nosuch'],
  ['web*', 'web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12', ''],
  ['w*', 'web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12', ''],
  ['web?', 'web1 web2 web3 web5 web6 web7 web8 web9', ''],
  ['127.0.0.1', 'localhost', ''],
  ['::1', 'localhost', ''],
  ['10.0.0.1:22', '', '10.0.0.1:22'],
  ['2001:db8::1', '2001:db8::1', ''],
  ['web:!web[0]', 'web2 web3 web5 web6 web7 web8 web9 web10 web11 web12', ''],
  ['prod[0:3]', 'web1 web2 web3 web5', ''],
  ['~(web|db)1', 'web1 web10 web11 web12 db1', ''],
  ['*1', 'web1 web11 db1 10.0.0.1 2001:db8::1', ''],
  ['db:web', 'db1 db2 web3 web1 web2 web5 web6 web7 web8 web9 web10 web11 web12', ''],
  ['web[1:2]:db', 'web2 web3 db1 db2', ''],
  ['web[12]', '', ''],
  ['web1[0]', 'web1', ''],
  ['web[5:12]', 'web7 web8 web9 web10 web11 web12', ''],
  ['ungrouped', '', ''],
  ['all[0]', 'localhost', ''],
  [' web , db ', 'web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12 db1 db2', ''],
  ['web1,web1', 'web1', ''],
  ['@p.ini', '', '@p.ini'],
  ['*.x', '', '*.x'],
  ['web[', 'web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12', ''],
  ['db*:web*', 'db1 db2 web3 web1 web2 web5 web6 web7 web8 web9 web10 web11 web12', ''],
  ['~', 'localhost 10.0.0.1 2001:db8::1 a web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12 db1 db2', ''],
  ['!all', '', ''],
  ['all:!*', '', ''],
  ['web[3:1]', '', ''],
  ['~web[0]', '', '~web[0]'],
  ['localhost', 'localhost', ''],
  ['web:10.0.0.1', 'web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12 10.0.0.1', ''],
  ['a', 'a', ''],
  ['~[', 'localhost 10.0.0.1 2001:db8::1 a web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12 db1 db2', ''],
  [
    'all:!nosuch',
    'localhost 10.0.0.1 2001:db8::1 a web1 web2 web3 web5 web6 web7 web8 web9 web10 web11 web12 db1 db2',
    'nosuch',
  ],
  ['all:&nosuch', '', 'nosuch'],
]

it.each(CASES)('%s', (pattern, hosts, ignored) => {
  const warnings: string[] = []
  const inventory = new Inventory({ warn: text => warnings.push(text) })
  readIni(TEXT, 'p.ini', inventory, new GroupNames())
  inventory.reconcile()
  expect(
    inventory
      .match(pattern)
      .map(host => host.name)
      .join(' '),
  ).toBe(hosts)
  const named = warnings.flatMap(text => /ignoring: (.*)/.exec(text)?.[1] ?? [])
  expect(named.join(' ')).toBe(ignored)
})

it('takes the patterns of a limit from a file and leaves other hosts out', () => {
  const inventory = new Inventory()
  readIni(TEXT, 'p.ini', inventory, new GroupNames())
  inventory.reconcile()
  inventory.limit('web[0:1],db2')
  expect(inventory.match('prod').map(host => host.name)).toEqual(['web1', 'web2', 'db2'])
  expect(() => inventory.limit('@/nonexistent/limit')).toThrow('Unable to find limit file /nonexistent/limit')
})

it('adds hosts and groups at run time', () => {
  const inventory = new Inventory()
  readIni(TEXT, 'p.ini', inventory, new GroupNames())
  inventory.reconcile()
  expect(inventory.addHost('new', { groups: ['web', 'fresh'], vars: new Map([['a', 1]]) })).toBe(true)
  expect(inventory.addHost('new', { groups: ['web', 'fresh'], vars: new Map([['a', 1]]) })).toBe(false)
  expect(inventory.match('fresh').map(host => host.name)).toEqual(['new'])
  expect(inventory.groupNames(inventory.hosts.get('new')!)).toEqual(['fresh', 'prod', 'web'])
  expect(inventory.addGroup('os_debian', { host: inventory.hosts.get('web1')! })).toBe(true)
  expect(inventory.addGroup('os_debian', { host: inventory.hosts.get('web1')! })).toBe(false)
  expect(inventory.groupsDict().get('os_debian')).toEqual(['web1'])
})
