/** The parts of nunjucks 3.2.4 that are used: its Parser, its nodes and its Environment. It ships no types for these. */
declare module 'nunjucks' {
  export interface NunjucksNode {
    readonly typename: string
    lineno: number
    colno: number
  }
  export interface NodeClass {
    new (lineno: number, colno: number, ...fields: unknown[]): NunjucksNode
    extend(name: string, properties: { fields: string[] }): NodeClass
  }
  export interface NunjucksToken {
    readonly type: string
    readonly value: string
    readonly lineno: number
    readonly colno: number
  }
  export interface TokenStream {
    nextToken(): NunjucksToken | null
  }
  export interface Extension {
    readonly tags?: readonly string[]
    parse(parser: Parser, nodes: typeof nunjucks.nodes, lexer: unknown): NunjucksNode
    // biome-ignore lint/suspicious/noExplicitAny: extensions name their run methods themselves
    readonly [method: string]: any
  }
  export class Parser {
    constructor(tokens: TokenStream)
    init(tokens: TokenStream): void
    tokens: TokenStream
    peeked: NunjucksToken | null
    breakOnBlocks: string[] | null
    dropLeadingWhitespace: boolean
    extensions: readonly Extension[]
    nextToken(withWhitespace?: boolean): NunjucksToken | null
    peekToken(): NunjucksToken | null
    pushToken(token: NunjucksToken | null): void
    error(message: string, lineno?: number, colno?: number): Error
    fail(message: string, lineno?: number, colno?: number): never
    skip(type: string): boolean
    expect(type: string): NunjucksToken
    skipValue(type: string, value: string): boolean
    skipSymbol(value: string): boolean
    advanceAfterBlockEnd(name?: string): NunjucksToken
    advanceAfterVariableEnd(): void
    parseFor(): NunjucksNode
    parseMacro(): NunjucksNode
    parseCall(): NunjucksNode
    parseImport(): NunjucksNode
    parseFrom(): NunjucksNode
    parseBlock(): NunjucksNode
    parseExtends(): NunjucksNode
    parseInclude(): NunjucksNode
    parseIf(): NunjucksNode
    parseSet(): NunjucksNode
    parseStatement(): NunjucksNode | null
    parsePostfix(node: NunjucksNode): NunjucksNode
    parseExpression(): NunjucksNode
    parseInlineIf(): NunjucksNode
    parseOr(): NunjucksNode
    parseAnd(): NunjucksNode
    parseNot(): NunjucksNode
    parseIn(): NunjucksNode
    parseConcat(): NunjucksNode
    parsePow(): NunjucksNode
    parseUnary(noFilters?: boolean): NunjucksNode
    parsePrimary(noPostfix?: boolean): NunjucksNode
    parseFilterName(): NunjucksNode
    parseFilter(node: NunjucksNode): NunjucksNode
    parseFilterStatement(): NunjucksNode
    parseAggregate(): NunjucksNode
    parseSignature(tolerant?: boolean | null, noParens?: boolean): NunjucksNode
    parseUntilBlocks(...names: string[]): NunjucksNode
    parseNodes(): NunjucksNode[]
    parse(): NunjucksNode
    parseAsRoot(): NunjucksNode
  }
  // biome-ignore lint/suspicious/noExplicitAny: nunjucks calls filters, tests and globals with plain JS values
  type AnyFunction = (...args: any[]) => unknown
  export class Environment {
    constructor(loaders?: unknown, options?: { readonly autoescape?: boolean })
    filters: { [name: string]: AnyFunction }
    tests: { [name: string]: AnyFunction }
    globals: { [name: string]: unknown }
    extensions: { [name: string]: Extension }
    extensionsList: Extension[]
    addFilter(name: string, filter: AnyFunction): this
    addTest(name: string, test: AnyFunction): this
    addGlobal(name: string, value: unknown): this
    addExtension(name: string, extension: Extension): this
  }
  const nunjucks: {
    readonly Environment: typeof Environment
    readonly parser: { readonly Parser: typeof Parser }
    readonly nodes: { readonly [name: string]: NodeClass }
  }
  export default nunjucks
}
