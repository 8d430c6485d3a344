import type { ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleResult } from '../engine/module/define.js'
import { pyStr } from '../engine/python/repr.js'
import { isDict, type Json, typeName, type Value } from '../engine/python/values.js'
import type { RemoteFile } from '../engine/remote/remote.js'
import {
  childrenOf,
  type Document,
  decodeXml,
  type Element,
  fullName,
  isAttribute,
  isElement,
  isText,
  type Node,
  nodeText,
  parseXml,
  pathOf,
  select,
  XmlError,
  xmlText,
} from './xml/document.js'
import { ensure, type Names, newElement, setAttribute, setText, shown, textOf } from './xml/spawn.js'

const args = {
  path: { type: 'path', aliases: ['dest', 'file'], summary: 'file to edit; it must exist' },
  xmlstring: { type: 'str', summary: 'XML to work on instead of a file' },
  xpath: { type: 'str', summary: 'what to look at, set or remove' },
  namespaces: { type: 'dict', default: {}, summary: 'prefix → URI of the namespaces that xpath uses' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    aliases: ['ensure'],
    summary: 'whether what xpath selects should be there',
  },
  value: { type: 'raw', summary: 'text of the elements, or of their attribute' },
  attribute: { type: 'raw', summary: 'attribute that gets the value' },
  add_children: { type: 'list', elements: 'raw', summary: 'elements to add' },
  set_children: { type: 'list', elements: 'raw', summary: 'the only elements that should be inside' },
  count: { type: 'bool', default: false, summary: 'tell how many nodes match' },
  print_match: { type: 'bool', default: false, summary: 'tell where the matching elements are' },
  pretty_print: { type: 'bool', default: false, summary: 'indent the document' },
  content: { type: 'str', choices: ['attribute', 'text'], summary: 'tell the attributes or the text of what matches' },
  input_type: { type: 'str', choices: ['xml', 'yaml'], default: 'yaml', summary: 'how children are written' },
  backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
  strip_cdata_tags: { type: 'bool', default: false, summary: 'turn CDATA sections into text' },
  insertbefore: { type: 'bool', default: false, summary: 'add the children before the first match, not inside it' },
  create_if_missing: { type: 'bool', default: true, summary: 'make what value is for where nothing matches' },
  huge_tree: { type: 'bool', default: false, summary: 'no use here: documents of any size are read' },
  insertafter: { type: 'bool', default: false, summary: 'add the children after the last match, not inside it' },
} as const
type Args = ArgsOf<typeof args>

export default defineModule({
  name: 'community.general.xml',
  summary: 'Change and read parts of XML files',
  notes: [
    'Missing elements of xpath are made where their names and `[@name="value"]` conditions say how.',
    'Entities that a document declares itself are refused.',
  ],
  check: 'full',
  args,
  rules: {
    exclusive: [
      ['add_children', 'content', 'count', 'print_match', 'set_children', 'value'],
      ['path', 'xmlstring'],
      ['insertbefore', 'insertafter'],
    ],
    oneOf: [['path', 'xmlstring']],
    requiredIf: [
      ['content', 'attribute', 'xpath'],
      ['content', 'text', 'xpath'],
      ['count', true, 'xpath'],
      ['print_match', true, 'xpath'],
      ['insertbefore', true, 'xpath'],
      ['insertafter', true, 'xpath'],
    ],
    requiredBy: {
      add_children: ['xpath'],
      attribute: ['value'],
      set_children: ['xpath'],
      value: ['xpath'],
    },
  },
  returns: {
    actions: 'xpath, namespaces and state',
    backup_file: 'the dated copy',
    count: 'how many nodes match',
    matches: 'what content found',
    msg: 'what was found',
    xmlstring: 'the resulting XML, when xmlstring was given',
  },
  examples: `
- name: Remove the 'subjective' attribute of the 'rating' element
  community.general.xml:
    path: /foo/bar.xml
    xpath: /business/rating/@subjective
    state: absent

- name: Set the rating to '11'
  community.general.xml:
    path: /foo/bar.xml
    xpath: /business/rating
    value: "11"

- name: Add several beers
  community.general.xml:
    path: /foo/bar.xml
    xpath: /business/beers
    add_children:
      - beer: Old Rasputin
      - beer: Old Motor Oil
`,

  async run({ args, remote, fail }): Promise<ModuleResult> {
    const file = args.path === undefined ? undefined : await remote.file(args.path)
    if (file && !file.isFile) return fail(`The target XML source '${args.path}' does not exist.`)
    const names = { namespaces: texts(args.namespaces as Value) }
    const actions = args.xpath && { xpath: args.xpath, namespaces: names.namespaces, state: args.state }
    const { document, source } = read(args, file, fail)
    const before = xmlText(document, { pretty: true })

    let changed = false
    let told: ModuleResult = {}
    try {
      const work = { args, document, names, fail, changes: () => (changed = true) }
      told = args.xpath === undefined ? {} : apply(work, args.xpath)
    } catch (error) {
      if (!(error instanceof XmlError)) throw error
      return fail(error.message)
    }
    if (args.xpath === undefined && !args.pretty_print) return fail("Don't know what to do")
    const text = xmlText(document, { pretty: args.pretty_print })
    // Where an xpath names what is to be done, looks alone are no reason to write.
    if (args.pretty_print && args.xpath === undefined && text !== source) changed = true

    const result: ModuleResult = { ...(actions ? { actions } : {}), ...told, changed }
    if (file) {
      if (!changed) return result
      const { backup_file } = await file.put({ text, backup: args.backup })
      return {
        ...result,
        ...(backup_file === undefined ? {} : { backup_file }),
        ...shownDiff(remote.diffMode, before, document),
      }
    }
    return { ...result, xmlstring: text, ...(changed ? shownDiff(remote.diffMode, before, document) : {}) }
  },
})

const shownDiff = (wanted: boolean, before: string, document: Document): ModuleResult =>
  wanted ? { diff: { before, after: xmlText(document, { pretty: true }) } } : {}

const texts = (dict: Value): { [name: string]: string } =>
  Object.fromEntries([...(isDict(dict) ? dict : [])].map(([name, value]) => [pyStr(name), pyStr(value)]))

function read(args: Args, file: RemoteFile | undefined, fail: (msg: string) => never) {
  try {
    const source = file ? decodeXml(file.bytes) : args.xmlstring!
    return { source, document: parseXml(source, { blanks: !args.pretty_print, cdata: !args.strip_cdata_tags }) }
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return fail(`Error while parsing document: ${args.path ?? 'xml_string'} (${error.message})`)
  }
}

interface Work {
  readonly args: Args
  readonly document: Document
  readonly names: Names
  readonly fail: (msg: string) => never
  readonly changes: () => void
}

/** Does the one thing that the options ask for. */
function apply(work: Work, xpath: string): ModuleResult {
  const { args, document, names, fail } = work
  const found = () => {
    try {
      return select(document, xpath, names.namespaces)
    } catch (error) {
      return fail(`Syntax error in xpath expression: ${xpath} (${(error as Error).message})`)
    }
  }
  const nodes = () => {
    const all = found()
    return Array.isArray(all) ? all : fail(`Xpath ${xpath} does not reference a node!`)
  }
  if (args.print_match) {
    const places = nodes().map(node => `"${pathOf(node)}"`)
    return { msg: `selector '${xpath}' match: [${places.join(', ')}]`, matches: [] }
  }
  if (args.count) {
    const count = nodes().length
    return { count, msg: `found ${count} nodes` }
  }
  if (args.content !== undefined) return contentOf(nodes(), xpath, args.content, fail)
  if (args.state === 'absent') return remove(nodes(), xpath, work)
  if (args.set_children !== undefined) return setChildren(nodes(), args.set_children, work)
  if (args.add_children !== undefined) return addChildren(nodes(), args.add_children, work)
  const matching = found()
  if (!args.create_if_missing && args.value !== undefined && Array.isArray(matching) && matching.length === 0) return {}
  const targets = ensure(document, xpath, names, work.changes)
  if (args.value !== undefined && args.value !== null) return setValue(targets, xpath, pyStr(args.value as Value), work)
  // Without a value an attribute is empty.
  for (const one of Array.isArray(targets) ? targets : []) {
    if (!isAttribute(one) || one.value === '') continue
    one.value = ''
    work.changes()
  }
  return {}
}

function contentOf(
  nodes: Node[],
  xpath: string,
  what: 'attribute' | 'text',
  fail: (msg: string) => never,
): ModuleResult {
  const elements = nodes.filter(isElement)
  if (elements.length === 0) return fail(`Xpath ${xpath} does not reference a node!`)
  const matches: Json[] = elements.map(element => {
    const attributes = Array.from(element.attributes).filter(({ name }) => !/^xmlns(:|$)/.test(name))
    const content =
      what === 'text' ? textOf(element) : Object.fromEntries(attributes.map(one => [fullName(one), one.value]))
    return { [fullName(element)]: content }
  })
  return { count: matches.length, msg: matches.length, matches }
}

function remove(nodes: Node[], xpath: string, { changes, fail }: Work): ModuleResult {
  for (const node of nodes) {
    if (isAttribute(node)) node.ownerElement!.removeAttributeNode(node)
    else if (isText(node)) fail(`Couldn't delete xpath target: ${xpath} (it is text)`)
    else if (!isElement(node.parentNode)) fail(`Couldn't delete xpath target: ${xpath} (it is the root)`)
    else {
      // The text behind an element goes with it, as with lxml.
      while (isText(node.nextSibling)) node.parentNode.removeChild(node.nextSibling)
      node.parentNode.removeChild(node)
    }
    changes()
  }
  return {}
}

function setValue(targets: Node[] | boolean, xpath: string, value: string, work: Work): ModuleResult {
  const { args, document, names, changes, fail } = work
  for (const target of Array.isArray(targets) ? targets : []) {
    if (!isElement(target)) return fail(`Xpath ${xpath} does not reference a node! tree is ${shown(document)}`)
    if (args.attribute !== undefined) {
      if (setAttribute(target, pyStr(args.attribute as Value), value, names)) changes()
    } else if (textOf(target) !== value) {
      setText(target, value)
      changes()
    }
  }
  return {}
}

/** All matches are emptied, and the last one gets the children. */
function setChildren(nodes: Node[], wanted: Value[], work: Work): ModuleResult {
  const elements = nodes.filter(isElement)
  elements.forEach((element, index) => {
    const children = index === elements.length - 1 ? wanted.map(one => childOf(one, element, work)) : []
    const had = childrenOf(element).filter(child => !isText(child))
    if (had.length === children.length && had.every((one, at) => nodeText(one) === nodeText(children[at]!))) return
    for (const child of had) {
      while (isText(child.nextSibling)) element.removeChild(child.nextSibling)
      element.removeChild(child)
    }
    for (const child of children) element.appendChild(child)
    work.changes()
  })
  return {}
}

/** Inside the last match, or beside the first or last one. */
function addChildren(nodes: Node[], wanted: Value[], work: Work): ModuleResult {
  const { insertbefore, insertafter } = work.args
  const elements = nodes.filter(isElement)
  const at = insertbefore ? elements[0] : elements.at(-1)
  if (!at) return {}
  const beside = insertbefore || insertafter
  const parent = beside ? at.parentNode : at
  if (!isElement(parent)) return work.fail(`Xpath ${work.args.xpath} is the root, beside which nothing can stand`)
  let next: Node | null = insertbefore ? at : insertafter ? at.nextSibling : null
  // Text behind an element belongs to it.
  while (insertafter && isText(next)) next = next.nextSibling
  for (const one of wanted) parent.insertBefore(childOf(one, parent, work), next)
  if (wanted.length > 0) work.changes()
  return {}
}

/** A child as YAML or XML describes it. */
function childOf(child: Value, parent: Element, work: Work): Element {
  const { args, names, fail } = work
  if (args.input_type === 'xml') {
    if (typeof child !== 'string') return fail(`Invalid child type: ${typeOf(child)}. Children must be strings.`)
    try {
      return parent.ownerDocument!.importNode(parseXml(child).documentElement!, true) as Element
    } catch (error) {
      return fail(`Error while parsing child element: ${(error as Error).message}`)
    }
  }
  if (typeof child === 'string') return newElement(parent, child, names)
  if (!isDict(child)) return fail(`Invalid child type: ${typeOf(child)}. Children must be either strings or hashes.`)
  if (child.size !== 1) return fail('Can only create children from hashes with one key')
  const [[name, content]] = [...child] as [[Value, Value]]
  const element = newElement(parent, pyStr(name), names)
  if (isDict(content)) {
    const inner = content.get('_')
    for (const [attribute, value] of content) {
      if (attribute !== '_') setAttribute(element, pyStr(attribute), pyStr(value), names)
    }
    if (inner !== undefined && !Array.isArray(inner)) return fail(`Children of '${pyStr(name)}' must be a list`)
    for (const one of (inner as Value[] | undefined) ?? []) element.appendChild(childOf(one, element, work))
  } else if (Array.isArray(content)) return fail(`The value of '${pyStr(name)}' must be text or a hash, not a list`)
  else if (content !== null) setText(element, pyStr(content))
  return element
}

const typeOf = (value: Value): string => `<class '${typeName(value)}'>`
