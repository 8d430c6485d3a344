/** Makes what an XPath expression names, step by step, where that is unambiguous: names, attributes and `='value'` conditions. */
import { type Attr, type Element, isElement, type Node, nodeText, select, XmlError } from './document.js'

export interface Names {
  readonly namespaces: { readonly [prefix: string]: string }
}

/** What the expression selects, made where it is missing. `made` is called for each change. */
export function ensure(document: Node, expression: string, names: Names, made: () => void): Node[] | boolean {
  const found = select(document, expression, names.namespaces)
  if (Array.isArray(found) ? found.length > 0 : found === true) return found as Node[] | boolean
  const { above, step } = lastStep(expression)
  const wanted = readStep(step)
  if (!wanted) {
    throw new XmlError(`Can't process Xpath ${expression} in order to spawn nodes! tree is ${shown(document)}`)
  }
  if (above === '')
    throw new XmlError(`Xpath ${expression} causes a failure: it names another root\n  -- tree is ${shown(document)}`)
  const parents = ensure(document, above, names, made)
  const parent = Array.isArray(parents) ? parents.findLast(isElement) : undefined
  if (!parent) throw new XmlError(`Can't process Xpath ${above} in order to spawn nodes! tree is ${shown(document)}`)
  build(parent, wanted, names)
  made()
  const now = select(document, expression, names.namespaces)
  return Array.isArray(now) || typeof now === 'boolean' ? now : []
}

/** A new element `prefix:name`; the prefix is one of `namespaces`. */
export function newElement(parent: Node, name: string, { namespaces }: Names): Element {
  const document = parent.ownerDocument ?? (parent as never)
  const [prefix, local] = name.includes(':') ? (name.split(':') as [string, string]) : [undefined, name]
  if (!/^[\p{L}_][\p{L}\p{N}._-]*$/u.test(local)) throw new XmlError(`Invalid tag name '${name}'`)
  if (prefix === undefined) return document.createElement(local)
  const uri = namespaces[prefix]
  if (uri === undefined) throw new XmlError(`Undefined namespace prefix '${prefix}' of '${name}'`)
  const known = isElement(parent) ? prefixFor(parent, uri, true) : undefined
  if (known !== undefined) return document.createElementNS(uri, known ? `${known}:${local}` : local)
  const fresh = freshPrefix(parent)
  const element = document.createElementNS(uri, `${fresh}:${local}`)
  element.setAttribute(`xmlns:${fresh}`, uri)
  return element
}

/** Sets an attribute; true when it was not so. */
export function setAttribute(element: Element, name: string, value: string, { namespaces }: Names): boolean {
  const [prefix, local] = name.includes(':') ? (name.split(':') as [string, string]) : [undefined, name]
  if (prefix === undefined) {
    if (element.getAttribute(local) === value && element.hasAttribute(local)) return false
    element.setAttribute(local, value)
    return true
  }
  const uri = namespaces[prefix]
  if (uri === undefined) throw new XmlError(`Undefined namespace prefix '${prefix}' of attribute '${name}'`)
  const old = element.getAttributeNodeNS(uri, local) as Attr | null
  if (old) {
    if (old.value === value) return false
    old.value = value
    return true
  }
  const known = prefixFor(element, uri, false)
  const used = known ?? freshPrefix(element)
  if (known === undefined) element.setAttribute(`xmlns:${used}`, uri)
  element.setAttributeNS(uri, `${used}:${local}`, value)
  return true
}

/** Replaces the text before the first child element. */
export function setText(element: Element, text: string): void {
  while (element.firstChild && (element.firstChild.nodeType === 3 || element.firstChild.nodeType === 4)) {
    element.removeChild(element.firstChild)
  }
  element.insertBefore(element.ownerDocument!.createTextNode(text), element.firstChild)
}

/** The text before the first child element; null when there is none. */
export function textOf(element: Element): string | null {
  let text: string | null = null
  for (
    let child = element.firstChild;
    child && (child.nodeType === 3 || child.nodeType === 4);
    child = child.nextSibling
  ) {
    text = (text ?? '') + child.nodeValue
  }
  return text
}

/** A tree in an error text: Python's repr of its bytes. */
export const shown = (node: Node): string => {
  const root = (node as { documentElement?: Element | null }).documentElement ?? node
  const ascii = nodeText(root, 0).replace(/[^\0-\x7f]/gu, char => `&#${char.codePointAt(0)};`)
  return `b'${`${ascii}\n`.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}'`
}

type Condition = {
  readonly kind: 'attribute' | 'child' | 'text'
  readonly name: string
  readonly value: string | undefined
}
type Step = {
  readonly kind: 'attribute' | 'element'
  readonly name: string
  readonly conditions: readonly Condition[]
  readonly value?: string | undefined
}

function build(parent: Element, step: Step, names: Names): void {
  if (step.kind === 'attribute') {
    setAttribute(parent, step.name, step.value ?? '', names)
    return
  }
  const element = newElement(parent, step.name, names)
  parent.appendChild(element)
  for (const { kind, name, value } of step.conditions) {
    if (kind === 'attribute') setAttribute(element, name, value ?? '', names)
    else if (kind === 'text') setText(element, value ?? '')
    else {
      const child = newElement(element, name, names)
      element.appendChild(child)
      if (value !== undefined) setText(child, value)
    }
  }
}

/** Splits at the last slash outside brackets and quotes; `x/text()='v'` reads as `x[text()='v']`. */
function lastStep(expression: string): { above: string; step: string } {
  const said = /^(.*)\/text\(\)\s*=\s*("[^"]*"|'[^']*')$/s.exec(expression)
  const path = said ? `${said[1]}[text()=${said[2]}]` : expression
  let [depth, at] = [0, -1]
  let quote = ''
  for (let index = 0; index < path.length; index++) {
    const char = path[index]!
    if (quote) quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (char === '[') depth++
    else if (char === ']') depth--
    else if (char === '/' && depth === 0) at = index
  }
  return { above: path.slice(0, Math.max(at, 0)).replace(/\/+$/, ''), step: path.slice(at + 1) }
}

const name = String.raw`[\p{L}_][\p{L}\p{N}._-]*(?::[\p{L}_][\p{L}\p{N}._-]*)?`
const literal = `"[^"]*"|'[^']*'`
const one = new RegExp(String.raw`^\s*(@?)(text\(\)|\.|${name})\s*(?:=\s*(${literal}))?\s*`, 'u')

function readStep(text: string): Step | undefined {
  const attribute = new RegExp(`^@(${name})\\s*(?:=\\s*(${literal}))?$`, 'u').exec(text)
  if (attribute) return { kind: 'attribute', name: attribute[1]!, conditions: [], value: attribute[2]?.slice(1, -1) }
  const element = new RegExp(`^(${name})`, 'u').exec(text)?.[1]
  if (element === undefined) return undefined
  let rest = text.slice(element.length)
  const conditions: Condition[] = []
  while (rest.startsWith('[')) {
    rest = rest.slice(1)
    for (;;) {
      const part = one.exec(rest)
      if (!part) return undefined
      const kind = part[1] ? 'attribute' : part[2] === 'text()' || part[2] === '.' ? 'text' : 'child'
      if (kind === 'text' && part[3] === undefined) return undefined
      conditions.push({ kind, name: part[2]!, value: part[3]?.slice(1, -1) })
      rest = rest.slice(part[0].length)
      if (!rest.startsWith('and ')) break
      rest = rest.slice(4)
    }
    if (!rest.startsWith(']')) return undefined
    rest = rest.slice(1)
  }
  return rest === '' ? { kind: 'element', name: element, conditions } : undefined
}

/** The prefix in scope for a namespace; '' is the default one, which attributes cannot use. */
function prefixFor(element: Element, uri: string, orDefault: boolean): string | undefined {
  const hidden = new Set<string>()
  for (let at: Node | null = element; isElement(at); at = at.parentNode) {
    for (const { name: declared, value } of Array.from(at.attributes)) {
      if (declared !== 'xmlns' && !declared.startsWith('xmlns:')) continue
      const prefix = declared.slice(6)
      if (value === uri && !hidden.has(prefix) && (orDefault || prefix !== '')) return prefix
      hidden.add(prefix)
    }
  }
  return undefined
}

function freshPrefix(node: Node): string {
  const taken = new Set<string>()
  for (let at: Node | null = node; isElement(at); at = at.parentNode) {
    for (const { name: declared } of Array.from(at.attributes)) taken.add(declared)
  }
  let count = 0
  while (taken.has(`xmlns:ns${count}`)) count++
  return `ns${count}`
}
