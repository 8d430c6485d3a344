import { describe, expect, it } from 'vitest'
import { Diagnostic } from '../diagnostics.js'
import { PySet } from '../python/set.js'
import { tuple, type Value } from '../python/values.js'
import { TemplateString } from '../yaml/trust.js'
import { readIni } from './ini.js'
import { Inventory } from './inventory.js'
import { GroupNames } from './names.js'

function read(text: string): Inventory {
  const inventory = new Inventory()
  readIni(text, 'hosts', inventory, new GroupNames('never'))
  inventory.reconcile()
  return inventory
}
const hostVar = (assignment: string): Value | undefined => read(`h ${assignment}`).hosts.get('h')!.vars.get('k')
const problem = (text: string): string => {
  try {
    read(text)
  } catch (error) {
    if (error instanceof Diagnostic) return `${error.at?.line}:${error.at?.column} ${error.message}`
    throw error
  }
  return 'no problem'
}

describe('host variables', () => {
  const cases: [string, Value][] = [
    ['k="a b"', 'a b'],
    ["k='[1, 2]'", [1, 2]],
    ['k=[1,2]', [1, 2]],
    ['k=012', '012'],
    ['k=0x1f', 31],
    ['k=True', true],
    ['k=yes', 'yes'],
    ['k=None', null],
    ['k=', ''],
    ['k=1#notcomment', 1],
    ['k=x=y', 'x=y'],
    ['k="a\\b"', 'a\\b'],
    ['k="\'quoted\'"', 'quoted'],
    ['k=1,2', tuple([1, 2])],
    ['k={1,2}', new PySet([1, 2])],
    ['k=b\\"x\\"', 'x'],
  ]
  it.each(cases)('reads %s', (text, expected) => expect(hostVar(text)).toEqual(expected))
  it('marks templates with their place', () => {
    expect(hostVar('k={{x}}')).toEqual(new TemplateString('{{x}}', { file: 'hosts', line: 1, column: 5 }))
  })
})

describe('sections', () => {
  it('reads groups of groups, variables and ranges', () => {
    const inventory = read(`
# a comment
lone ansible_port=5555
[2001:db8::1]:2200
[web]
web[01:03:2].example.com
[web:vars]
a = 1
b= hello world   # kept
c = "quoted"
[dc:children]
web
later
[later]
db:33
`)
    expect([...inventory.hosts.keys()]).toEqual(['lone', '2001:db8::1', 'web01.example.com', 'web03.example.com', 'db'])
    expect(inventory.hosts.get('db')!.vars.get('ansible_port')).toBe(33)
    expect([...inventory.groups.get('web')!.vars]).toEqual([
      ['a', 1],
      ['b', 'hello world   # kept'],
      ['c', 'quoted'],
    ])
    expect(inventory.groupsOf(inventory.hosts.get('db')!).map(group => group.name)).toEqual(['all', 'dc', 'later'])
    expect(inventory.match('all').map(host => host.name)).toEqual([
      'lone',
      '2001:db8::1',
      'web01.example.com',
      'web03.example.com',
      'db',
    ])
  })
})

describe('mistakes', () => {
  it.each([
    ['[a:foo]\nx', '1:1 Section [a:foo] has unknown type: foo'],
    ['h1\n[a:vars]\nx=1', '2:1 Section [a:vars] not valid for undefined group: a'],
    ['[a:children]\nb', '2:1 Section [a:children] includes undefined group: b'],
    ['[a]\nh1 foo', '2:4 Expected key=value host variable assignment, got: foo'],
    ['[a]\nh1 x="unclosed', "2:1 Error parsing host definition 'h1 x=\"unclosed': No closing quotation"],
    ['[a]\n[a:vars]\nnovalue', '3:1 Expected key=value, got: novalue'],
    ['[a:children]\nb x\n[b]', '2:1 Expected group name, got: b x'],
    ['[a:children]\nb\n[b:children]\na', "4:1 Adding group 'a' as child to 'b' creates a recursive dependency loop."],
    ['[a]\nh[1:3', '2:1 host range has no closing bracket: h[1:3'],
    ['[a]\n[a:vars]\nansible_group_priority=x', '3:24 ansible_group_priority of group a must be a whole number'],
    ['[a]\nh[1:3:x]', '2:1 host range has a bad step: x'],
  ])('%j', (text, expected) => expect(problem(text)).toBe(expected))
})
