import { describe, expect, test } from 'vitest'
import { Diagnostics } from '../diagnostics.js'
import { TemplateString } from '../yaml/trust.js'
import { playbooks } from './fixture.js'
import { chain, conditionsOf, flatten, handlersOf, inherited, tagsOf, varsOf } from './inherit.js'
import { blocksOf } from './list.js'
import type { Play, Task } from './model.js'

const play = (body: string) => `- hosts: all\n${body.replaceAll(/^/gm, '  ')}\n`
const tasks = (body: string) => play(`tasks:\n${body.replaceAll(/^/gm, '  ')}`)
const everyTask = (one: Play): Task[] => flatten(blocksOf(one))
const named = (one: Play, name: string): Task => everyTask(one).find(task => task.name === name)!

describe('mistakes', () => {
  const message = (text: string) => playbooks({ 'site.yml': text, 'ok.yml': '- debug:\n' }).problems()

  test('all mistakes of all files are told at once, each with its place', async () => {
    const site = playbooks({
      'site.yml': `${tasks('- debgu: msg=x\n- debug: msg=x\n  whne: y\n- import_tasks: more.yml')}- hots: all\n`,
      'more.yml': '- copy: a\n- shell: echo "x\n',
    })
    expect(await site.problems()).toEqual([
      "site.yml:3:7 couldn't resolve module/action 'debgu'. This often indicates a misspelling, missing collection, or incorrect module path. ¶ Did you mean 'debug'?",
      "site.yml:5:7 'whne' is not a valid attribute for a Task ¶ Did you mean 'when'?",
      "more.yml:1:3 this task 'copy' has extra params, which is only allowed in the following modules: include, include_vars, include_tasks, include_role, import_tasks, import_role, add_host, group_by, set_fact, meta, command, shell, script, raw, win_command, win_shell ¶ Write `name=value`, or a dictionary under `copy:`; `a` has no name.",
      'more.yml:2:10 failed at splitting arguments, either an unbalanced jinja2 block or quotes: echo "x ¶ a " opens a quotation that nothing closes; write \\" for the character itself, or write the arguments as a YAML dictionary',
      "site.yml:7:3 'hots' is not a valid attribute for a Play ¶ Did you mean 'hosts'?",
      "site.yml:7:3 the field 'hosts' is required but was not set ¶ Each play says for which hosts it is: `hosts: all`.",
    ])
  })

  // Ansible 2.14 refuses each of these with the same words.
  test.each<[string, string, RegExp]>([
    ['an empty file', '', /^site.yml:1:1 Empty playbook, nothing to do/],
    ['a dictionary', 'hosts: all', /A playbook must be a list of plays, got a dict instead/],
    ['two modules in a task', tasks('- debug:\n  copy: src=a'), /:4:7 conflicting action statements: debug, copy/],
    ['action and local_action', tasks('- action: debug\n  local_action: copy'), /are mutually exclusive/],
    ['a task without a module', tasks('- name: x'), /:3:7 no module\/action detected in task\./],
    ['a list of arguments', tasks('- debug: [a]'), /unexpected parameter type in action: list/],
    ['args as text', tasks('- copy:\n  args: x'), /Complex args containing variables cannot use bare variables/],
    ['cmd twice', tasks('- command: ls\n  args: {cmd: x}'), /The 'cmd' argument cannot be used when other raw/],
    ['two loops', tasks('- debug:\n  loop: [1]\n  with_items: [1]'), /duplicate loop in task: with_items/],
    ['with_items without a list', tasks('- debug:\n  with_items:'), /you must specify a value when using with_items/],
    ['a loop_control that is text', tasks('- debug:\n  loop_control: x'), /the `loop_control` value must be/],
    [
      'an unknown loop_control',
      tasks('- debug:\n  loop_control: {lable: x}'),
      /not a valid attribute for a LoopControl ¶ Did you mean 'label'/,
    ],
    ['tags in a dictionary', tasks('- debug:\n  tags: {a: 1}'), /tags must be specified as a list/],
    ['a name that is a list', tasks('- debug:\n  name: [x]'), /The field 'name' is supposed to be a string type/],
    [
      'a bad variable name',
      tasks('- debug:\n  vars: {a-b: 1}'),
      /Invalid variable name in vars specified for Task: 'a-b'/,
    ],
    ['vars as text', tasks('- debug:\n  vars: x'), /Vars in a Task must be specified as a dictionary/],
    [
      'a module that exists nowhere under with_',
      tasks('- debug:\n  with_itmes: [1]'),
      /'with_itmes' is not a valid attribute for a Task ¶ Did you mean 'with_items'/,
    ],
    ['rescue alone', tasks('- rescue: [{debug: }]'), /'rescue' keyword cannot be used without 'block'/],
    ['a loop on a block', tasks('- block: [{debug: }]\n  loop: [1]'), /'loop' is not a valid attribute for a Block/],
    ['tasks that are a dictionary', play('tasks: {debug: }'), /A malformed block was encountered while loading tasks/],
    ['listen on a task', tasks('- debug:\n  listen: x'), /'listen' is not a valid attribute for a Task/],
    [
      'become on include_tasks',
      tasks('- include_tasks: ok.yml\n  become: yes'),
      /'become' is not a valid attribute for a TaskInclude/,
    ],
    ['options of include_tasks', tasks('- include_tasks: ok.yml x=1'), /Invalid options for include_tasks: x/],
    [
      'a loop on import_tasks',
      tasks('- import_tasks: ok.yml\n  loop: [1]'),
      /You cannot use loops on 'import_tasks' statements/,
    ],
    [
      'a missing import',
      tasks('- import_tasks: okk.yml'),
      /Could not find or access 'okk.yml'.* ¶ Did you mean 'ok.yml'/,
    ],
    [
      'an unknown name in an import',
      tasks('- import_tasks: "{{ x }}.yml"'),
      /Error when evaluating variable in import path: {{ x }}\.yml/,
    ],
    [
      'import_role without a name',
      tasks('- import_role: {tasks_from: x}'),
      /'name' is a required field for import_role\./,
    ],
    [
      'public on import_role',
      tasks('- import_role: {name: a, public: yes}'),
      /Invalid options for import_role: public/,
    ],
    ['a role that is nowhere', play('roles: [nope]'), /the role 'nope' was not found in roles:/],
    ['a role without a name', play('roles: [{tags: x}]'), /role definitions must contain a role name/],
    [
      'hosts that hang on an unknown variable',
      '- hosts: "{{ x }}"\n',
      /The field 'hosts' has an invalid value, which includes an undefined variable\. The error was: 'x' is undefined/,
    ],
    [
      'vars_prompt without a name',
      play('vars_prompt: [{prompt: x}]'),
      /Invalid vars_prompt data structure, missing 'name' key/,
    ],
    [
      'module_defaults of nothing',
      play('module_defaults: {nosuch: {}}'),
      /Could not resolve action nosuch in module_defaults/,
    ],
    [
      'first_available_file',
      tasks('- copy: dest=x\n  first_available_file: [a]'),
      /'first_available_file' is not a valid attribute for a Task ¶ write `with_first_found/,
    ],
    ['a playbook as tasks', tasks('- import_tasks: site.yml'), /is a playbook, not a list of tasks/],
    ['a missing playbook', '- import_playbook: nope.yml', /Could not find or access 'nope.yml'/],
  ])('%s', async (_, text, want) => expect((await message(text)).join('\n')).toMatch(want))

  test('a literal value of the wrong type is warned of; the task that has it fails when it runs', async () => {
    const site = playbooks({ 'site.yml': tasks('- debug:\n  become: maybe\n  retries: "{{ x }}"\n  delay: x') })
    expect(await site.problems()).toEqual([])
    expect(site.warnings).toEqual([
      expect.stringContaining("the field 'become' has an invalid value (maybe), and could not be converted to an bool"),
      expect.stringContaining("the field 'delay' has an invalid value (x), and could not be converted to a float"),
    ])
  })

  test("a module that is Ansible's but not ours is kept apart", async () => {
    const { unsupported } = await playbooks({ 'site.yml': tasks('- yum: name=x') }).load()
    expect(unsupported.map(one => [one.code, one.at?.line])).toEqual([['unsupported-module', 3]])
  })

  test('a module that is not ours, in a handler that only a task with a condition notifies, may concern nobody', async () => {
    const found = async (tasks: string) => {
      const site = play(`tasks: [${tasks}]\nhandlers:\n- name: h\n  listen: topic\n  yum: name=x`)
      const { unsupported, doubtful } = await playbooks({ 'site.yml': site }).load()
      return [unsupported.length, doubtful.length]
    }
    expect(await found('{debug: , notify: h, when: x}')).toEqual([0, 1])
    expect(await found('{debug: , notify: other}')).toEqual([0, 1])
    expect(await found('{debug: , notify: [other, h]}')).toEqual([1, 0])
    expect(await found('{debug: , notify: topic}')).toEqual([1, 0])
    expect(await found('{block: [{debug: }], notify: h}')).toEqual([1, 0])
    expect(await found("{debug: , notify: '{{ x }}'}")).toEqual([1, 0])
  })

  test('a Python module beside the playbook or in a role is said to be one', async () => {
    const site = playbooks({
      'site.yml': play('roles: [r]\ntasks:\n- own:\n- other:'),
      'roles/r/tasks/main.yml': '- own:\n',
      'roles/r/library/own.py': '',
      'library/other.py': '',
    })
    expect((await site.load()).unsupported.map(one => one.message.replace(site.dir, ''))).toEqual([
      "the module own is written for Ansible's Python (/roles/r/library/own.py); Understudy does without",
      "the module own is written for Ansible's Python (/roles/r/library/own.py); Understudy does without",
      "the module other is written for Ansible's Python (/library/other.py); Understudy does without",
    ])
  })

  test('a program beside the playbook goes before what is built in; Python cannot, and that is said', async () => {
    const site = playbooks({
      'site.yml': tasks('- ping:\n- ansible.builtin.ping:\n- debug:\n- copy:'),
      'library/ping.sh': '#!/bin/sh\n',
      'library/debug.py': 'from ansible.module_utils.basic import AnsibleModule\n',
      'action_plugins/copy.py': '',
    })
    const { plays } = await site.load()
    expect(plays.flatMap(everyTask).map(({ action }) => action.replace(site.dir, ''))).toEqual([
      'program:/library/ping.sh',
      'ansible.builtin.ping',
      'ansible.builtin.debug',
      'ansible.builtin.copy',
    ])
    expect(site.warnings.map(text => text.replace(site.dir, ''))).toEqual([
      "/library/debug.py needs Ansible's Python; the module ansible.builtin.debug that is built in runs in its place",
      "/action_plugins/copy.py needs Ansible's Python; the module ansible.builtin.copy that is built in runs in its place",
    ])
  })

  test('a module beside a playbook is known in the playbooks that it imports', async () => {
    const site = playbooks({
      'site.yml': '- import_playbook: parts/one.yml\n',
      'parts/one.yml': tasks('- own:'),
      'library/own.py': '',
    })
    expect((await site.load()).unsupported.map(one => one.code)).toEqual(['unsupported-module'])
  })
})

describe('what is inherited', () => {
  const site = async () =>
    (
      await playbooks({
        'site.yml': `- import_playbook: sub/play.yml
  tags: [ip]
  when: from_import
  vars: {a: 9}
`,
        'sub/play.yml': `- hosts: all
  tags: [p]
  become: true
  environment: {A: 1}
  vars: {a: 1, b: 2}
  roles:
    - role: one
      tags: [r]
      when: from_role
      become: false
  tasks:
    - block:
        - name: inner
          debug:
          tags: t,u
          when: [own, "{{ last }}"]
          vars: {v: 2}
        - import_tasks: more.yml
          tags: i
          when: from_static
          register: not_handed_on
      when: from_block
      become_user: bob
      vars: {v: 1}
`,
        'sub/more.yml': '- name: imported\n  debug:\n  become_user: eve\n',
        'sub/roles/one/tasks/main.yml': '- name: in role\n  debug:\n',
        'sub/roles/one/meta/main.yml': 'dependencies: [{role: two, tags: d, when: from_dependency}]\n',
        'sub/roles/two/tasks/main.yml': '- name: in dependency\n  debug:\n',
      }).load()
    ).plays[0]!
  const conditions = (task: Task) =>
    conditionsOf(task).map(({ value }) => (value instanceof TemplateString ? value.text : value))

  test('tags add up', async () => {
    const one = await site()
    expect(tagsOf(named(one, 'inner'))).toEqual(['ip', 'p', 't', 'u'])
    expect(tagsOf(named(one, 'imported'))).toEqual(['ip', 'p', 'i'])
    expect(tagsOf(named(one, 'in role'))).toEqual(['ip', 'p', 'r'])
    expect(tagsOf(named(one, 'in dependency'))).toEqual(['ip', 'p', 'r', 'd'])
  })

  test('conditions add up, outermost first, with their places', async () => {
    const one = await site()
    expect(conditions(named(one, 'inner'))).toEqual(['from_import', 'from_block', 'own', '{{ last }}'])
    expect(conditions(named(one, 'imported'))).toEqual(['from_import', 'from_block', 'from_static'])
    expect(conditions(named(one, 'in dependency'))).toEqual(['from_import', 'from_role', 'from_dependency'])
    expect(conditionsOf(named(one, 'inner')).at(2)!.at).toMatchObject({ line: 16, column: 18 })
  })

  test('of other keywords the nearest wins', async () => {
    const one = await site()
    expect(inherited(named(one, 'inner'), 'become')).toBe(true)
    expect(inherited(named(one, 'in role'), 'become')).toBe(false)
    expect(inherited(named(one, 'in dependency'), 'become')).toBe(false)
    expect(inherited(named(one, 'inner'), 'become_user')).toBe('bob')
    expect(inherited(named(one, 'imported'), 'become_user')).toBe('eve')
    expect(inherited(named(one, 'imported'), 'register')).toBeUndefined()
    expect(chain(named(one, 'inner'), 'environment')).toHaveLength(1)
  })

  test('vars come level by level; those of import_playbook win over the play', async () => {
    const one = await site()
    expect(varsOf(named(one, 'inner')).map(vars => vars.get('v'))).toEqual([1, 2])
    expect([...one.vars]).toEqual([
      ['a', 9],
      ['b', 2],
    ])
  })
})

describe('ways to write a task', () => {
  const only = async (text: string) => everyTask((await playbooks({ 'site.yml': tasks(text) }).load()).plays[0]!)[0]!

  test.each<[string, string, [string, unknown][]]>([
    [
      '- copy: src=a dest="b c"',
      'ansible.builtin.copy',
      [
        ['src', 'a'],
        ['dest', 'b c'],
      ],
    ],
    [
      '- copy: {src: a}\n  args: {dest: b, src: z}',
      'ansible.builtin.copy',
      [
        ['dest', 'b'],
        ['src', 'a'],
      ],
    ],
    ['- action: copy src=a', 'ansible.builtin.copy', [['src', 'a']]],
    ['- action: {module: copy, src: a}', 'ansible.builtin.copy', [['src', 'a']]],
    [
      '- action: {module: copy dest=b, src: a}',
      'ansible.builtin.copy',
      [
        ['dest', 'b'],
        ['src', 'a'],
      ],
    ],
    [
      '- shell: ls  -l chdir=/',
      'ansible.builtin.shell',
      [
        ['chdir', '/'],
        ['_raw_params', 'ls  -l'],
      ],
    ],
    ['- command: {cmd: ls}', 'ansible.builtin.command', [['_raw_params', 'ls']]],
    ['- debug:', 'ansible.builtin.debug', []],
    ['- ansible.legacy.debug:', 'ansible.builtin.debug', []],
  ])('%j', async (text, action, args) => {
    const task = await only(text)
    expect([task.action, [...task.args]]).toEqual([action, args])
  })

  test('local_action delegates to the controller', async () => {
    expect((await only('- local_action: command ls')).keywords.get('delegate_to')).toBe('localhost')
  })

  test('a template for all arguments stands apart', async () => {
    expect((await only('- copy: "{{ x }}"')).args.get('_variable_params')).toBeInstanceOf(TemplateString)
    expect((await only('- copy: src=a\n  args: "{{ x }}"')).args.get('_variable_params')).toBeInstanceOf(TemplateString)
  })

  test('the action may be a template', async () => {
    expect(await only('- action: "{{ m }} a=b"')).toMatchObject({ action: '{{ m }}', written: '{{ m }}' })
  })

  test('old spellings mean what they meant', async () => {
    expect([...(await only('- debug:\n  sudo: yes\n  sudo_user: bob')).keywords]).toEqual([
      ['become', true],
      ['become_user', 'bob'],
    ])
    expect([...(await only('- debug:\n  su: yes')).keywords]).toEqual([
      ['become', true],
      ['become_method', 'su'],
    ])
  })

  test('with_X keeps its plugin and its value', async () => {
    expect((await only('- debug:\n  with_items: [1]')).loop).toMatchObject({ plugin: 'items', value: [1] })
    expect((await only('- debug:\n  loop: "{{ x }}"')).loop).toMatchObject({ plugin: 'loop' })
  })
})

describe('reuse', () => {
  test('a task file is looked up beside the file that names it, then in the role, then beside the playbook', async () => {
    const site = playbooks({
      'site.yml': play('roles: [r]\ntasks:\n- import_tasks: tasks/a.yml'),
      'tasks/a.yml': '- import_tasks: b.yml\n- import_tasks: c.yml\n',
      'tasks/b.yml': '- name: beside\n  debug:\n',
      'c.yml': '- name: at the playbook\n  debug:\n',
      'roles/r/tasks/main.yml': '- import_tasks: sub/x.yml\n- import_tasks: c.yml\n',
      'roles/r/tasks/sub/x.yml': '- import_tasks: y.yml\n- import_tasks: z.yml\n',
      'roles/r/tasks/sub/y.yml': '- name: y\n  debug:\n',
      'roles/r/tasks/z.yml': '- name: z\n  debug:\n',
    })
    expect(await site.tasks()).toEqual([
      'r : y []',
      'r : z []',
      'r : at the playbook []',
      'beside []',
      'at the playbook []',
    ])
  })

  test('static names use extra vars, vars of the play and of the role, and role_path', async () => {
    const files = {
      'site.yml': play('vars: {t: one}\nroles: [r]\ntasks:\n- import_tasks: "{{ t }}.yml"'),
      'one.yml': '- name: from play\n  debug:\n',
      'two.yml': '- name: from -e\n  debug:\n',
      'roles/r/defaults/main.yml': 'f: x\n',
      'roles/r/tasks/main.yml': '- import_tasks: "{{ role_path }}/tasks/{{ f }}.yml"\n',
      'roles/r/tasks/x.yml': '- name: x\n  debug:\n',
    }
    expect(await playbooks(files).tasks()).toEqual(['r : x []', 'from play []'])
    expect(await playbooks(files, { extraVars: new Map([['t', 'two']]) }).tasks()).toEqual(['r : x []', 'from -e []'])
  })

  test('the old include is static, unless it loops or its name is a template', async () => {
    const site = playbooks({
      'site.yml': tasks('- include: a.yml x=1\n- include: "{{ f }}"\n- include: a.yml\n  with_items: [1]'),
      'a.yml': '- name: a\n  debug:\n',
    })
    expect(await site.tasks()).toEqual(['a []', 'include []', 'include []'])
    expect(varsOf(named((await site.load()).plays[0]!, 'a'))[0]!.get('x')).toBe('1')
  })

  test('a static import that leads back to itself is an error, not a hang', async () => {
    const site = playbooks({
      'site.yml': tasks('- import_tasks: a.yml'),
      'a.yml': '- import_tasks: b.yml\n',
      'b.yml': '- import_tasks: a.yml\n',
    })
    expect(await site.problems()).toEqual([expect.stringContaining("'a.yml' imports itself")])
  })

  test('include_tasks opens a file when it is run: apply reaches the tasks, the statement’s own tags do not', async () => {
    const site = playbooks({
      'site.yml': tasks('- include_tasks: {file: a.yml, apply: {tags: ap, become: true}}\n  tags: own\n  vars: {v: 1}'),
      'a.yml': '- name: a\n  debug:\n',
    })
    const include = everyTask((await site.load()).plays[0]!)[0]!
    const apply = include.args.get('apply') as Map<string, never>
    const block = site.loader.includeTasks(include, { file: 'a.yml', vars: new Map([['item', 5]]), apply })
    const [task] = flatten([block])
    expect(tagsOf(task!)).toEqual(['ap'])
    expect(inherited(task!, 'become')).toBe(true)
    expect([...varsOf(task!)[0]!]).toEqual([
      ['v', 1],
      ['item', 5],
    ])
    expect(() => site.loader.includeTasks(include, { file: 'nope.yml' })).toThrow(Diagnostics)
  })

  test('include_role brings the role, its dependencies and its other entry points', async () => {
    const site = playbooks({
      'site.yml': tasks('- include_role: {name: r}'),
      'roles/r/tasks/main.yml': '- name: main\n  debug:\n',
      'roles/r/tasks/more.yml': '- name: more\n  debug:\n',
      'roles/r/meta/main.yml': 'dependencies: [d]\n',
      'roles/r/handlers/main.yml': '- name: h\n  debug:\n',
      'roles/d/tasks/main.yml': '- name: dep\n  debug:\n',
    })
    const include = everyTask((await site.load()).plays[0]!)[0]!
    const { role, block } = site.loader.includeRole(include, { name: 'r', from: { tasks: 'more' }, public: true })
    expect(flatten([block]).map(task => [task.name, task.role?.name])).toEqual([
      ['dep', 'd'],
      ['more', 'r'],
    ])
    expect(flatten(role.handlers).map(task => task.name)).toEqual(['h'])
    expect(role).toMatchObject({ origin: 'include_role', public: true })
  })
})

describe('roles', () => {
  test('every form of an entry, with parameters', async () => {
    const site = playbooks({
      'site.yml': play('roles:\n- r\n- role: r\n  x: 1\n  vars: {y: 2}\n  become: true\n- {name: r}\n- r, x=3 y=4'),
      'roles/r/tasks/main.yml': '- debug:\n',
    })
    const { roles } = (await site.load()).plays[0]!
    expect(roles.map(role => [[...role.params], [...role.vars], [...role.keywords]])).toEqual([
      [[], [], []],
      [[['x', 1]], [['y', 2]], [['become', true]]],
      [[], [], []],
      [
        [
          ['x', '3'],
          ['y', '4'],
        ],
        [],
        [],
      ],
    ])
    expect(roles[0]!.identity).toBe(roles[2]!.identity)
    expect(roles[0]!.identity).not.toBe(roles[1]!.identity)
  })

  test('vars and defaults come from a file of any extension, or from a directory', async () => {
    const site = playbooks({
      'site.yml': play('roles: [r]'),
      'roles/r/vars/main/b.yml': 'x: 2\n',
      'roles/r/vars/main/a.yml': 'x: 1\ny: 1\n',
      'roles/r/defaults/main.yaml': 'd: 1\n',
      'roles/r/tasks/main': '- debug:\n',
    })
    const [role] = (await site.load()).plays[0]!.roles
    expect([...role!.roleVars]).toEqual([
      ['x', 2],
      ['y', 1],
    ])
    expect([...role!.defaults]).toEqual([['d', 1]])
    expect(await site.tasks()).toEqual(['debug []'])
  })

  test('a role that depends on itself is an error', async () => {
    const site = playbooks({
      'site.yml': play('roles: [a]'),
      'roles/a/meta/main.yml': 'dependencies: [b]\n',
      'roles/b/meta/main.yml': 'dependencies: [{role: a}]\n',
    })
    expect((await site.problems())[0]).toContain('A recursion loop was detected with the roles specified.')
  })

  test('roles are found along roles_path, beside the role that asks, and in collections', async () => {
    const site = playbooks(
      {
        'site.yml': play('collections: [my.own]\nroles: [far, my.own.full, short]'),
        'else/far/meta/main.yml': 'dependencies: [near]\n',
        'else/near/tasks/main.yml': '- name: near\n  debug:\n',
        'collections/ansible_collections/my/own/roles/full/tasks/main.yml': '- name: full\n  debug:\n',
        'cols/ansible_collections/my/own/roles/short/tasks/main.yml': '',
        'collections/ansible_collections/my/own/roles/short/tasks/main.yml': '- name: short\n  debug:\n',
      },
      { paths: { DEFAULT_ROLES_PATH: ['else'], COLLECTIONS_PATHS: ['cols'] } },
    )
    expect(await site.tasks()).toEqual(['near : near []', 'my.own.full : full []', 'my.own.short : short []'])
  })

  test('what stands in a collection needs no qualified names there, nor do the roles it uses', async () => {
    const site = playbooks({
      'ansible_collections/my/own/tests/site.yml': play('roles: [a]\ntasks:\n- name: play\n  thing:\n'),
      'ansible_collections/my/own/tests/roles/a/tasks/main.yml': '- name: role\n  thing:\n',
      'ansible_collections/my/own/plugins/modules/thing.sh': '#!/bin/sh\n',
    })
    expect(await site.problems('ansible_collections/my/own/tests/site.yml')).toEqual([])
  })

  test('galaxy’s form of a dependency is named after its source', async () => {
    const site = playbooks({
      'site.yml': play('roles: [a]'),
      'roles/a/meta/main.yml': 'dependencies: [{src: "https://x.org/y/dep.git", scm: git, version: v1}]\n',
      'roles/dep/tasks/main.yml': '- name: dep\n  debug:\n',
    })
    expect(await site.tasks()).toEqual(['dep : dep []'])
  })

  test('argument_specs put a validating task in front, always selected', async () => {
    const site = playbooks({
      'site.yml': play('roles: [r]'),
      'roles/r/tasks/main.yml': '- name: t\n  debug:\n',
      'roles/r/meta/argument_specs.yml':
        'argument_specs: {main: {short_description: Short, options: {x: {type: int}}}}\n',
    })
    expect(await site.tasks()).toEqual([
      "r : Validating arguments against arg spec 'main' - Short [always]",
      'r : t []',
    ])
  })

  test("handlers: roles' first, then the play's, then those of imported roles", async () => {
    const site = playbooks({
      'site.yml': play(
        'roles: [a]\ntasks:\n- import_role: {name: b}\nhandlers:\n- name: own\n  debug:\n- import_tasks: h.yml',
      ),
      'h.yml': '- name: imported\n  debug:\n  listen: x\n',
      'roles/a/handlers/main.yml': '- name: of a\n  debug:\n',
      'roles/b/handlers/main.yml': '- name: of b\n  debug:\n',
      'roles/b/vars/main.yml': 'v: 1\n',
    })
    const one = (await site.load()).plays[0]!
    expect(handlersOf(one).map(task => task.name)).toEqual(['of a', 'own', 'imported', 'of b'])
    expect(handlersOf(one).every(task => task.handler)).toBe(true)
    expect(one.importedRoles.map(role => role.roleVars.get('v'))).toEqual([1])
  })
})

test('hosts are rendered with what is known before any host is; with vars_prompt, later', async () => {
  const site = playbooks({
    'site.yml': '- hosts: ["{{ a }}", b]\n  vars: {a: x}\n- hosts: "{{ asked }},c"\n  vars_prompt: [{name: asked}]\n',
  })
  const [first, second] = (await site.load()).plays
  expect([first!.hosts, second!.hosts]).toEqual([['x', 'b'], undefined])
  expect(site.loader.patterns(second!, new Map([['asked', 'y']]))).toEqual(['y,c'])
})

test('a playbook of 20 roles and 2,000 tasks loads', async () => {
  const files: { [path: string]: string } = {
    'site.yml': play(`roles: [${Array.from({ length: 20 }, (_, n) => `r${n}`).join(', ')}]`),
  }
  for (let role = 0; role < 20; role++) {
    const task = (n: number) =>
      `- name: task ${n}\n  copy:\n    src: a\n    dest: "/etc/{{ item }}"\n  loop: [1, 2]\n  when: x is defined\n  tags: [a, b]\n`
    files[`roles/r${role}/tasks/main.yml`] = Array.from({ length: 100 }, (_, n) => task(n)).join('')
  }
  const site = playbooks(files)
  expect(await site.tasks()).toHaveLength(2000)
})
