/** DebOps' lists of mail aliases. It ships this filter in Python; its role `etc_aliases` needs it and was compared with it. */
import { pyCompare, pyContains, truthy } from '../../python/compare.js'
import { dictGet, dictSet } from '../../python/dict.js'
import { noAttribute, typeError } from '../../python/errors.js'
import { items } from '../../python/iterate.js'
import { pyInt } from '../../python/numbers.js'
import { type Dict, isDict, typeName, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'

export const parseRecipients = defineFilter({
  summary: 'Mail aliases merged by name, for /etc/aliases',
  examples: [
    [
      "{{ [{'name': 'a', 'to': 'root'}, {'name': 'a', 'cc': ['b', 'a']}] | debops.debops.etc_aliases_parse_recipients }}",
      [{ name: 'a', state: 'present', weight: 0, section: 'unknown', recipients: ['root', 'b', '\\a'] }],
    ],
    [
      "{{ [{'a': 'b'}, {'name': 'a', 'del_to': 'b'}] | debops.debops.etc_aliases_parse_recipients }}",
      [{ name: 'a', state: 'comment', weight: 0, section: 'unknown', recipients: [] }],
    ],
  ],
  signature: '*args',
  apply: (value: Value, lists: Value[]): Value => {
    const aliases: Dict = new Map()
    for (const element of [value, ...lists].flatMap(list => [...items(list)])) {
      if (!isDict(element)) continue
      if ((element.has('alias') || element.has('name')) && element.get('state') !== 'ignore')
        described(aliases, element)
      else if (![...element.keys()].every(key => FIELDS.has(key))) shorthand(aliases, element)
    }
    return ([...aliases.values()] as Dict[]).sort((a, b) => pyCompare(order(a), order(b)))
  },
})

/** Keys that describe an alias; a dict with any other is short for aliases and their recipients. */
const FIELDS = new Set<Value>([
  ...['name', 'alias', 'state', 'comment', 'section', 'weight'],
  ...['dest', 'to', 'add_dest', 'add_to', 'cc', 'bcc', 'del_dest', 'del_to'],
])

const order = (alias: Dict): Value[] => [alias.get('weight')!, alias.get('name')!]

/** An element with a name: what it says replaces, adds to or takes from what is known of that alias. */
function described(aliases: Dict, element: Dict): void {
  const name = element.has('alias') ? element.get('alias')! : element.get('name')!
  const known = dictGet(aliases, name) as Dict | undefined
  const alias: Dict = new Map(known)
  const given = (key: string, otherwise: Value) =>
    element.get(key) ?? (element.has(key) ? null : (known?.get(key) ?? otherwise))
  alias.set('name', name)
  alias.set('state', given('state', 'present'))
  alias.set('weight', pyInt(given('weight', 0)))
  alias.set('section', given('section', 'unknown'))
  const before = () => (alias.get('recipients') ?? []) as Value[]
  const each = (keys: readonly string[], recipients: (named: readonly Value[]) => Value[]) => {
    for (const key of keys) if (element.has(key)) alias.set('recipients', recipients(listed(element.get(key)!)))
  }
  each(['dest', 'to'], named => unlooped(name, named))
  each(['add_dest', 'add_to', 'cc', 'bcc'], named => unlooped(name, [...before(), ...named]))
  each(['del_dest', 'del_to'], named => before().filter(one => !pyContains([...named], one)))
  if (element.has('real_name') || element.has('real_alias'))
    alias.set('real_name', element.has('real_name') ? element.get('real_name')! : element.get('real_alias')!)
  if (element.has('comment')) alias.set('comment', element.get('comment')!)
  keep(aliases, alias)
}

/** `{alias: recipients, …}` */
function shorthand(aliases: Dict, element: Dict): void {
  for (const [name, recipients] of element) {
    const known = dictGet(aliases, name) as Dict | undefined
    const alias: Dict = new Map(known)
    alias.set('name', name)
    alias.set('recipients', unlooped(name, listed(recipients)))
    alias.set('state', 'present')
    alias.set('weight', pyInt(element.get('weight') ?? known?.get('weight') ?? 0))
    alias.set('section', known?.get('section') ?? 'unknown')
    keep(aliases, alias)
  }
}

/** An alias without recipients stays in the file as a comment. */
function keep(aliases: Dict, alias: Dict): void {
  if (!truthy(alias.get('recipients') ?? null)) alias.set('state', 'comment')
  dictSet(aliases, alias.get('name')!, alias)
}

const listed = (recipients: Value): readonly Value[] =>
  typeof recipients === 'string' ? [recipients] : items(recipients)

/** Mail to an alias that names itself goes to the local account of that name: `\\name` is not looked up again. */
function unlooped(name: Value, recipients: readonly Value[]): Value[] {
  if (!pyContains([...recipients], name)) return [...recipients]
  return recipients.map(one => {
    if (typeof one !== 'string') throw noAttribute(typeName(one), 'replace')
    if (typeof name !== 'string') throw typeError(`replace() argument 1 must be str, not ${typeName(name)}`)
    return one.replaceAll(name, () => `\\${name}`)
  })
}
