/** XML documents: read strictly by @xmldom/xmldom, asked by xpath, written as libxml2 writes them. */
import {
  type Attr,
  type CharacterData,
  DOMParser,
  type Document,
  type DocumentType,
  type Element,
  type Node,
  ParseError,
  type ProcessingInstruction,
} from '@xmldom/xmldom'
import * as xpath from 'xpath'

export type { Attr, Document, Element, Node }

const [elementNode, attributeNode, textNode, cdataNode, instructionNode, commentNode, doctypeNode] = [
  1, 2, 3, 4, 7, 8, 10,
]

export const isElement = (node: unknown): node is Element => (node as Node | null)?.nodeType === elementNode
export const isAttribute = (node: unknown): node is Attr => (node as Node | null)?.nodeType === attributeNode
export const isText = (node: unknown): node is CharacterData =>
  [textNode, cdataNode].includes((node as Node | null)?.nodeType ?? 0)

/** The text is not XML, or the expression not XPath; the message says where. */
export class XmlError extends Error {}

/** Reads a document; what is not well-formed is an error. `blanks: false` drops white space between elements. */
export function parseXml(text: string, { blanks = true, cdata = true } = {}): Document {
  let document: Document
  try {
    const refuse = (_level: string, message: string) => {
      throw new ParseError(message)
    }
    document = new DOMParser({ onError: refuse }).parseFromString(text.replace(/^\uFEFF/, ''), 'text/xml')
  } catch (error) {
    throw new XmlError((error as Error).message.replace(/^Reporting .* caused \w+: /s, ''))
  }
  if (!cdata) each(document, node => node.nodeType === cdataNode && asText(node as CharacterData))
  if (!blanks) dropBlanks(document)
  return document
}

/** Bytes of a file, in the encoding that their first line names. */
export function decodeXml(bytes: Buffer): string {
  const named = /^\s*<\?xml[^>]*\bencoding=["']([\w.:-]+)["']/.exec(bytes.toString('latin1', 0, 200))?.[1]
  const label =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe ? 'utf-16be' : (named ?? 'utf-8')
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch (error) {
    throw new XmlError(`${(error as Error).message} (${label})`)
  }
}

/** What an expression selects: nodes, or the one value that it is. */
export function select(
  document: Node,
  expression: string,
  namespaces: { readonly [prefix: string]: string },
): Node[] | string | number | boolean {
  try {
    const found = xpath.useNamespaces(namespaces)(expression, document as never)
    return Array.isArray(found) ? (found as unknown as Node[]) : (found as string | number | boolean)
  } catch (error) {
    throw new XmlError((error as Error).message)
  }
}

/** `{uri}name`, as lxml names elements and attributes. */
export const fullName = (node: Element | Attr): string =>
  node.namespaceURI ? `{${node.namespaceURI}}${node.localName}` : (node.localName ?? node.nodeName)

/** Where a node stands, as libxml2 says it: `/a/b[2]`, `/a/@c`. */
export function pathOf(node: Node): string {
  if (isElement(node)) return elementPath(node)
  if (isAttribute(node)) return `${elementPath(node.ownerElement!)}/@${node.name}`
  return `${node.parentNode ? pathOf(node.parentNode) : ''}/${isText(node) ? 'text()' : 'node()'}`
}

function elementPath(element: Element): string {
  const above = element.parentNode
  const step = element.namespaceURI ? (element.prefix ? element.nodeName : '*') : element.nodeName
  const alike = above ? childrenOf(above).filter(one => isElement(one) && (step === '*' || one.nodeName === step)) : []
  const place = alike.length > 1 ? `[${alike.indexOf(element) + 1}]` : ''
  return `${isElement(above) ? elementPath(above) : ''}/${step}${place}`
}

export function childrenOf(node: Node): Node[] {
  const found: Node[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child)
  return found
}

/** The document as text, with a declaration; `pretty` indents elements that hold no text. */
export function xmlText(document: Document, { pretty }: { pretty: boolean }): string {
  const end = pretty ? '\n' : ''
  const parts = childrenOf(document)
    .filter(node => !isDeclaration(node) && !isText(node))
    .map(node =>
      node.nodeType === doctypeNode
        ? `${doctype(node as DocumentType)}\n`
        : nodeText(node, pretty ? 0 : undefined) + end,
    )
  return `<?xml version='1.0' encoding='UTF-8'?>\n${parts.join('')}`
}

/** One node and all in it, without what follows; `level` is its depth when it is indented. */
export function nodeText(node: Node, level?: number): string {
  switch (node.nodeType) {
    case textNode:
      return (node as CharacterData).data.replace(/[&<>\r]/g, escaped)
    case cdataNode:
      return `<![CDATA[${(node as CharacterData).data}]]>`
    case commentNode:
      return `<!--${(node as CharacterData).data}-->`
    case instructionNode: {
      const { target, data } = node as ProcessingInstruction
      return `<?${target}${data ? ` ${data}` : ''}?>`
    }
    case elementNode:
      return elementText(node as Element, level)
    default:
      return ''
  }
}

function elementText(element: Element, level: number | undefined): string {
  const attributes = Array.from(element.attributes)
  const isNamespace = ({ name }: Attr) => name === 'xmlns' || name.startsWith('xmlns:')
  const shown = [...attributes.filter(isNamespace), ...attributes.filter(one => !isNamespace(one))]
    .map(({ name, value }) => ` ${name}="${value.replace(/[&<>"\r\n\t]/g, escaped)}"`)
    .join('')
  const children = childrenOf(element)
  if (children.length === 0) return `<${element.tagName}${shown}/>`
  const inside = level === undefined || children.some(isText) ? undefined : level + 1
  const lines = children.map(
    child => (inside === undefined ? '' : `\n${'  '.repeat(inside)}`) + nodeText(child, inside),
  )
  return `<${element.tagName}${shown}>${lines.join('')}${inside === undefined ? '' : `\n${'  '.repeat(inside - 1)}`}</${element.tagName}>`
}

const escaped = (char: string): string =>
  ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? `&#${char.charCodeAt(0)};`

function doctype({ name, publicId, systemId, internalSubset }: DocumentType): string {
  const quoted = (id: string) => (/^["']/.test(id) ? id : `"${id}"`)
  const from = publicId
    ? ` PUBLIC ${quoted(publicId)} ${quoted(systemId)}`
    : systemId
      ? ` SYSTEM ${quoted(systemId)}`
      : ''
  return `<!DOCTYPE ${name}${from}${internalSubset ? ` [${internalSubset}]` : ''}>`
}

const isDeclaration = (node: Node): boolean =>
  node.nodeType === instructionNode && (node as ProcessingInstruction).target === 'xml'

function each(node: Node, visit: (node: Node) => void): void {
  for (const child of childrenOf(node)) {
    visit(child)
    each(child, visit)
  }
}

function asText(node: CharacterData): void {
  node.parentNode!.replaceChild(node.ownerDocument!.createTextNode(node.data), node)
}

/** libxml2's rule: white space stays where it is all there is, and in an element that begins with text. */
function dropBlanks(document: Document): void {
  each(document, node => {
    if (!isElement(node)) return
    const children = childrenOf(node)
    if (children.length < 2 || (isText(children[0]) && children[0].data.trim() !== '')) return
    for (const child of children) {
      const before = child.previousSibling
      if (child.nodeType === textNode && (child as CharacterData).data.trim() === '' && !isText(before)) {
        node.removeChild(child)
      }
    }
  })
}
