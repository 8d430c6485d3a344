/** Jinja2's grammar on nunjucks' Parser: its token handling, tag dispatch and simple statements; the rest is Jinja's. */
import nunjucks, { type Extension, type NunjucksNode } from 'nunjucks'
import type { Value } from '../python/values.js'
import { typeName } from '../python/values.js'
import {
  type Arguments,
  type Body,
  classes,
  type Expr,
  type MacroParameters,
  type Splat,
  type Stmt,
  type Target,
} from './ast.js'
import { lex, lexExpression, type Syntax, TemplateSyntaxError, type Token, type TokenType } from './lexer.js'

export interface Parsed {
  readonly body: Body
  /** Names the template binds somewhere; all others can only come from outside. */
  readonly assigned: ReadonlySet<string>
}

/** The tree of a template's text. */
export function parseTemplate(source: string, syntax: Syntax, extensions: readonly Extension[] = []): Parsed {
  const parser = new JinjaParser(new Tokens(lex(source, syntax)), source, extensions)
  const body = parser.template()
  return { body, assigned: parser.assigned }
}

/** The tree of a bare expression. */
export function parseBareExpression(source: string, syntax: Syntax): Expr {
  return new JinjaParser(new Tokens(lexExpression(source, syntax)), source, []).wholeExpression()
}

class Tokens {
  at = 0
  constructor(readonly list: readonly Token[]) {}
  nextToken(): Token | null {
    return this.list[this.at++] ?? null
  }
}

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>='])
/** What Jinja's messages call the tokens. */
const DESCRIPTIONS: { readonly [type in TokenType]?: string } = {
  data: 'template data / text',
  'block-start': 'begin of statement block',
  'block-end': 'end of statement block',
  'variable-start': 'begin of print statement',
  'variable-end': 'end of print statement',
}
const STATEMENTS = new Set([
  'for', 'if', 'block', 'extends', 'print', 'macro', 'include', 'from', 'import', 'set', 'with', 'autoescape',
  'call', 'filter', 'do', 'break', 'continue',
]) // biome-ignore format: a list
const NOT_A_TEST_ARGUMENT = new Set(['else', 'or', 'and'])
const TEST_ARGUMENT: ReadonlySet<string> = new Set([
  'symbol',
  'string',
  'int',
  'float',
  'left-paren',
  'left-bracket',
  'left-curly',
])
const RESERVED = new Set(['true', 'false', 'none', 'True', 'False', 'None'])
const MAX_NESTING = 250

class JinjaParser extends nunjucks.parser.Parser {
  readonly assigned = new Set<string>()
  declare tokens: Tokens
  readonly #open: { tag: string; ends: readonly string[] }[] = []
  readonly #blocks = new Set<string>()
  #loops = 0
  #depth = 0
  readonly #source: string

  constructor(tokens: Tokens, source: string, extensions: readonly Extension[]) {
    super(tokens)
    this.#source = source
    this.extensions = extensions
  }

  template(): Body {
    const nodes = this.parseNodes()
    return new classes.NodeList(0, 0, nodes) as Body
  }

  wholeExpression(): Expr {
    const node = this.parseExpression() as Expr
    const rest = this.#peek()
    if (rest) this.#failAt(rest, `unexpected ${describe(rest)}, expected end of expression`)
    return node
  }

  // --- tokens ---

  #peek(): Token | null {
    return this.peekToken() as Token | null
  }
  /** The token `distance` after the next one. */
  #beyond(distance: number): Token | undefined {
    this.peekToken()
    return this.tokens.list[this.tokens.at - 1 + distance]
  }
  #next(): Token {
    const token = this.nextToken() as Token | null
    if (!token) this.#failAtEnd('unexpected end of template')
    return token
  }
  #isSymbol(...names: string[]): boolean {
    const token = this.#peek()
    return token?.type === 'symbol' && names.includes(token.value)
  }
  #isType(type: TokenType): boolean {
    return this.#peek()?.type === type
  }
  #isOperator(value: string): boolean {
    const token = this.#peek()
    return token?.type === 'operator' && token.value === value
  }
  #skipOperator(value: string): boolean {
    return this.skipValue('operator', value)
  }
  #expectType(type: TokenType, shown: string): Token {
    const token = this.#peek()
    if (token?.type !== type) this.#expected(shown)
    return this.#next()
  }
  #expectOperator(value: string): Token {
    if (!this.#isOperator(value)) this.#expected(value)
    return this.#next()
  }
  #expectSymbol(name: string): Token {
    if (!this.#isSymbol(name)) this.#expected(name)
    return this.#next()
  }
  #expectName(): string {
    return this.#expectType('symbol', 'name').value
  }
  #expected(shown: string): never {
    const token = this.#peek()
    if (!token) this.#failAtEnd(`unexpected end of template, expected '${shown}'.`)
    this.#failAt(token, `expected token '${shown}', got ${describe(token)}`)
  }
  #failAt(token: { lineno: number; colno: number }, message: string): never {
    throw new TemplateSyntaxError(message, token.lineno + 1, token.colno + 1)
  }
  #failAtEnd(message: string): never {
    const lines = this.#source.split('\n')
    throw new TemplateSyntaxError(message, lines.length, lines.at(-1)!.length + 1)
  }
  /** nunjucks' own methods and extension tags report through this. */
  override error(message: string, lineno?: number, colno?: number): Error {
    const token = this.peekToken()
    return new TemplateSyntaxError(message, (lineno ?? token?.lineno ?? 0) + 1, (colno ?? token?.colno ?? 0) + 1)
  }
  override fail(message: string, lineno?: number, colno?: number): never {
    throw this.error(message, lineno, colno)
  }
  override expect(type: string): Token {
    return this.#expectType(type as TokenType, type === 'symbol' ? 'name' : type)
  }
  override advanceAfterBlockEnd(name?: string): Token {
    if (name === undefined) this.#expectName()
    return this.#expectType('block-end', 'end of statement block')
  }
  #nest<T>(parse: () => T): T {
    if (++this.#depth > MAX_NESTING)
      this.#failAt(this.#peek() ?? { lineno: 0, colno: 0 }, 'too many nested expressions')
    const result = parse()
    this.#depth--
    return result
  }

  // --- template and statements ---

  override parseNodes(): NunjucksNode[] {
    const nodes: NunjucksNode[] = []
    for (;;) {
      const token = this.nextToken() as Token | null
      if (!token) {
        if (this.breakOnBlocks) this.#failUnclosed()
        return nodes
      }
      const { lineno, colno } = token
      if (token.type === 'data') {
        nodes.push(new classes.Output(lineno, colno, [new classes.TemplateData(lineno, colno, token.value)]))
      } else if (token.type === 'variable-start') {
        const first = this.#peek()
        const expression = this.#tuple({ withCondition: true })
        this.#expectType('variable-end', 'end of print statement')
        nodes.push(new classes.Output(first!.lineno, first!.colno, [expression]))
      } else {
        const statement = this.parseStatement()
        if (!statement) return nodes
        nodes.push(statement)
      }
    }
  }

  #failUnclosed(unknown?: Token): never {
    const innermost = this.#open.at(-1)
    let message = unknown ? `Encountered unknown tag '${unknown.value}'.` : 'Unexpected end of template.'
    if (unknown && this.#open.some(open => open.ends.includes(unknown.value))) {
      message += ' You probably made a nesting mistake.'
    }
    if (innermost) {
      const expected = innermost.ends.map(end => `'${end}'`).join(' or ')
      message +=
        unknown && message.includes('nesting')
          ? ` Jinja is expecting this tag, but currently looking for ${expected}.`
          : ` Jinja was looking for the following tags: ${expected}.`
      message += ` The innermost block that needs to be closed is '${innermost.tag}'.`
    }
    if (unknown) this.#failAt(unknown, message)
    this.#failAtEnd(message)
  }

  /**
   * The end of the opening tag, which may have a colon as in Python, and the body up to one of `ends`, which is left to be
   * read; `dropEnd` also reads it and its tag's end.
   */
  #body(tag: string, ends: readonly string[], dropEnd = false): Body {
    if (this.#isType('colon')) this.#next()
    this.advanceAfterBlockEnd(tag)
    this.#open.push({ tag, ends })
    const body = this.#nest(() => this.parseUntilBlocks(...ends)) as Body
    this.#open.pop()
    if (dropEnd) this.advanceAfterBlockEnd()
    return body
  }

  override parseStatement(): NunjucksNode | null {
    const token = this.#peek()
    if (token?.type !== 'symbol') {
      if (!token) this.#failAtEnd('tag name expected')
      this.#failAt(token, 'tag name expected')
    }
    if (this.breakOnBlocks?.includes(token.value)) return null
    if (!STATEMENTS.has(token.value)) {
      const extension = this.extensions.find(one => one.tags?.includes(token.value))
      if (extension) return extension.parse(this, nunjucks.nodes as never, nunjucks)
      this.#failUnclosed(token)
    }
    const { lineno, colno } = token
    switch (token.value) {
      case 'for':
        return this.parseFor()
      case 'if':
        return this.parseIf()
      case 'block':
        return this.parseBlock()
      case 'extends':
        return this.parseExtends()
      case 'macro':
        return this.parseMacro()
      case 'include':
        return this.parseInclude()
      case 'from':
        return this.parseFrom()
      case 'import':
        return this.parseImport()
      case 'set':
        return this.parseSet()
      case 'call':
        return this.parseCall()
      case 'filter':
        return this.parseFilterStatement()
    }
    this.#next()
    switch (token.value) {
      case 'print': {
        const values: Expr[] = []
        while (!this.#isType('block-end')) {
          if (values.length > 0) this.#expectType('comma', ',')
          values.push(this.parseExpression() as Expr)
        }
        this.advanceAfterBlockEnd('print')
        return new classes.Output(lineno, colno, values)
      }
      case 'with':
        return this.#with(lineno, colno)
      case 'autoescape': {
        this.parseExpression()
        return this.#body('autoescape', ['endautoescape'], true) as NunjucksNode
      }
      case 'do': {
        const expr = this.#tuple({ withCondition: true })
        this.advanceAfterBlockEnd('do')
        return new classes.Do(lineno, colno, expr)
      }
    }
    this.advanceAfterBlockEnd(token.value)
    if (this.#loops === 0) this.#failAt(token, `'${token.value}' outside of a loop`)
    return new (token.value === 'break' ? classes.Break : classes.Continue)(lineno, colno)
  }

  override parseIf(): NunjucksNode {
    const { lineno, colno } = this.#next()
    const cond = this.#tuple({ withCondition: false })
    const body = this.#body('if', ['elif', 'else', 'endif'])
    let rest: NunjucksNode | null = null
    if (this.#isSymbol('elif')) rest = this.#nest(() => this.parseIf())
    else if (this.skipSymbol('else')) {
      rest = this.#body('if', ['endif'], true) as NunjucksNode
    } else this.advanceAfterBlockEnd()
    return new nunjucks.nodes.If!(lineno, colno, cond, body, rest)
  }

  override parseFor(): NunjucksNode {
    const { lineno, colno } = this.#next()
    const name = this.#target({ endingAtIn: true })
    this.#expectSymbol('in')
    const arr = this.#tuple({ withCondition: false, endsWith: 'recursive' })
    const filter = this.skipSymbol('if') ? this.parseExpression() : null
    const recursive = this.skipSymbol('recursive')
    this.#loops++
    const body = this.#body('for', ['endfor', 'else'])
    this.#loops--
    let rest: Body | null = null
    if (this.skipSymbol('else')) {
      rest = this.#body('for', ['endfor'], true)
    } else this.advanceAfterBlockEnd()
    this.assigned.add('loop')
    return new classes.For(lineno, colno, arr, name, body, rest, filter, recursive)
  }

  /** A macro's body runs elsewhere, so an enclosing loop cannot be left from it. */
  #outsideLoops<T>(parse: () => T): T {
    const loops = this.#loops
    this.#loops = 0
    const result = parse()
    this.#loops = loops
    return result
  }

  override parseMacro(): NunjucksNode {
    const { lineno, colno } = this.#next()
    const name = this.#assignedName()
    const args = this.#parameters()
    const body = this.#outsideLoops(() => this.#body('macro', ['endmacro'], true))
    this.#addMacroNames()
    return new classes.Macro(lineno, colno, name, args, body)
  }

  #addMacroNames() {
    for (const name of ['caller', 'varargs', 'kwargs']) this.assigned.add(name)
  }

  override parseCall(): NunjucksNode {
    const { lineno, colno } = this.#next()
    const args: MacroParameters = this.#isType('left-paren') ? this.#parameters() : { names: [], defaults: [] }
    const call = this.parseExpression() as Expr
    if (call.typename !== 'FunCall') this.#failAt({ lineno, colno }, 'expected call')
    const body = this.#outsideLoops(() => this.#body('call', ['endcall'], true))
    this.#addMacroNames()
    return new classes.CallBlock(lineno, colno, call, args, body)
  }

  #parameters(): MacroParameters {
    const names: string[] = []
    const defaults: Expr[] = []
    this.#expectType('left-paren', '(')
    while (!this.#isType('right-paren')) {
      if (names.length > 0) this.#expectType('comma', ',')
      names.push(this.#assignedName())
      if (this.#skipOperator('=')) defaults.push(this.parseExpression() as Expr)
      else if (defaults.length > 0)
        this.#failAt(this.#peek() ?? { lineno: 0, colno: 0 }, 'non-default argument follows default argument')
    }
    this.#next()
    return { names, defaults }
  }

  override parseFilterStatement(): NunjucksNode {
    const { lineno, colno } = this.#next()
    const filter = this.#filter(null, true)
    const body = this.#body('filter', ['endfilter'], true)
    return new classes.FilterBlock(lineno, colno, filter, body)
  }

  override parseSet(): NunjucksNode {
    const { lineno, colno } = this.#next()
    const target = this.#target({ namespaces: true })
    if (this.#skipOperator('=')) {
      const value = this.#tuple({ withCondition: true })
      this.advanceAfterBlockEnd('set')
      return new classes.Set(lineno, colno, target, value)
    }
    const filter = this.#isType('pipe') ? this.#filter(null, false) : null
    const body = this.#body('set', ['endset'], true)
    return new classes.SetBlock(lineno, colno, target, filter, body)
  }

  #with(lineno: number, colno: number): NunjucksNode {
    const targets: Target[] = []
    const values: Expr[] = []
    while (!this.#isType('block-end')) {
      if (targets.length > 0) this.#expectType('comma', ',')
      targets.push(this.#target())
      this.#expectOperator('=')
      values.push(this.parseExpression() as Expr)
    }
    const body = this.#body('with', ['endwith'], true)
    return new classes.With(lineno, colno, targets, values, body)
  }

  override parseBlock(): NunjucksNode {
    const { lineno, colno } = this.#next()
    const at = this.#peek()
    const name = this.#expectName()
    if (this.#blocks.has(name)) this.#failAt(at!, `block '${name}' defined twice`)
    this.#blocks.add(name)
    const scoped = this.skipSymbol('scoped')
    const required = this.skipSymbol('required')
    if (this.#isOperator('-')) {
      this.#failAt(
        this.#peek()!,
        'Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.',
      )
    }
    const body = this.#outsideLoops(() => this.#body('block', ['endblock']))
    if (required && !isBlank(body)) {
      this.#failAt({ lineno, colno }, 'Required blocks can only contain comments or whitespace')
    }
    this.#next()
    if (this.#isSymbol(name)) this.#next()
    this.advanceAfterBlockEnd('endblock')
    this.assigned.add('super')
    this.assigned.add('self')
    return new classes.Block(lineno, colno, name, body, scoped, required)
  }

  override parseInclude(): NunjucksNode {
    const { lineno, colno } = this.#next()
    const template = this.parseExpression()
    const ignoreMissing = this.#isSymbol('ignore') && this.#beyond(1)?.value === 'missing'
    if (ignoreMissing) {
      this.#next()
      this.#next()
    }
    const withContext = this.#contextFlag(true)
    this.advanceAfterBlockEnd('include')
    return new classes.Include(lineno, colno, template, ignoreMissing, withContext)
  }

  #contextFlag(byDefault: boolean): boolean {
    if (!this.#isSymbol('with', 'without') || this.#beyond(1)?.value !== 'context') return byDefault
    const flag = this.#next().value === 'with'
    this.#next()
    return flag
  }

  override parseImport(): NunjucksNode {
    const { lineno, colno } = this.#next()
    const template = this.parseExpression()
    this.#expectSymbol('as')
    const target = this.#assignedName()
    const withContext = this.#contextFlag(false)
    this.advanceAfterBlockEnd('import')
    return new classes.Import(lineno, colno, template, target, withContext)
  }

  override parseFrom(): NunjucksNode {
    const { lineno, colno } = this.#next()
    const template = this.parseExpression()
    this.#expectSymbol('import')
    const names: { name: string; as: string }[] = []
    let withContext: boolean | undefined
    const readContext = () => {
      if (this.#isSymbol('with', 'without') && this.#beyond(1)?.value === 'context')
        withContext = this.#contextFlag(false)
      return withContext !== undefined
    }
    for (;;) {
      if (names.length > 0) {
        if (readContext()) break
        if (!this.#isType('comma')) break
        this.#next()
      }
      if (readContext()) break
      const token = this.#peek()
      const name = this.#expectName()
      if (name.startsWith('_')) {
        this.#failAt(token!, 'names starting with an underline can not be imported')
      }
      const as = this.skipSymbol('as') ? this.#assignedName() : name
      this.assigned.add(as)
      names.push({ name, as })
    }
    if (names.length === 0) this.#expected('name')
    this.advanceAfterBlockEnd('from')
    return new classes.FromImport(lineno, colno, template, names, withContext ?? false)
  }

  // --- assignment targets ---

  #assignedName(): string {
    const token = this.#peek()
    const name = this.#expectName()
    if (RESERVED.has(name)) this.#failAt(token!, `can't assign to '${name}'`)
    this.assigned.add(name)
    return name
  }

  #target({ namespaces = false, endingAtIn = false } = {}): Target {
    const token = this.#peek()
    if (!token) this.#failAtEnd("unexpected end of template, expected 'name'.")
    const { lineno, colno } = token
    if (namespaces && token.type === 'symbol') {
      const dot = this.#beyond(1)
      if (dot?.type === 'operator' && dot.value === '.') {
        this.#next()
        this.#next()
        const name = this.#expectName()
        return new classes.NamespaceTarget(lineno, colno, token.value, name) as NunjucksNode as Target
      }
    }
    const targets: Target[] = []
    let isTuple = false
    for (;;) {
      targets.push(this.#singleTarget())
      if (!this.#isType('comma')) break
      this.#next()
      isTuple = true
      if (endingAtIn ? this.#isSymbol('in') : this.#isOperator('=') || this.#isType('block-end')) break
    }
    if (!isTuple) return targets[0]!
    return new classes.Group(lineno, colno, targets) as NunjucksNode as Target
  }

  #singleTarget(): Target {
    const token = this.#peek()!
    if (token.type === 'left-paren' || token.type === 'left-bracket') {
      this.#next()
      const close = token.type === 'left-paren' ? 'right-paren' : 'right-bracket'
      const inner: Target[] = []
      let isTuple = token.type === 'left-bracket'
      while (!this.#isType(close)) {
        inner.push(this.#nest(() => this.#singleTarget()))
        if (!this.#isType('comma')) break
        this.#next()
        isTuple = true
      }
      this.#expectType(close, close === 'right-paren' ? ')' : ']')
      if (!isTuple && inner.length === 1) return inner[0]!
      return new classes.Group(token.lineno, token.colno, inner) as NunjucksNode as Target
    }
    const name = this.#assignedName()
    return new classes.Symbol(token.lineno, token.colno, name) as NunjucksNode as Target
  }

  // --- expressions; or, and, not are nunjucks' ---

  override parseExpression(): NunjucksNode {
    return this.#nest(() => this.parseInlineIf())
  }

  override parseInlineIf(): NunjucksNode {
    let node = this.parseOr()
    while (this.skipSymbol('if')) {
      const cond = this.parseOr()
      const rest = this.skipSymbol('else') ? this.#nest(() => this.parseInlineIf()) : null
      const made = new classes.InlineIf(node.lineno, node.colno)
      node = Object.assign(made, { cond, body: node, else_: rest })
    }
    return node
  }

  override parseNot(): NunjucksNode {
    return this.#nest(() => super.parseNot())
  }

  /** What nunjucks calls below `not`: all comparisons, `in` and `not in` included, chain. */
  override parseIn(): NunjucksNode {
    const { lineno, colno } = this.#peek() ?? { lineno: 0, colno: 0 }
    const expr = this.#sum()
    const ops: NunjucksNode[] = []
    for (;;) {
      const token = this.#peek()
      if (!token) break
      let type: string
      if (token.type === 'operator' && COMPARISONS.has(token.value)) {
        type = token.value
        this.#next()
      } else if (this.skipSymbol('in')) type = 'in'
      else if (this.#isSymbol('not') && this.#beyond(1)?.type === 'symbol' && this.#beyond(1)?.value === 'in') {
        this.#next()
        this.#next()
        type = 'not in'
      } else break
      ops.push(new classes.CompareOperand(token.lineno, token.colno, this.#sum(), type))
    }
    return ops.length > 0 ? new classes.Compare(lineno, colno, expr, ops) : expr
  }

  #sum(): NunjucksNode {
    let left = this.parseConcat()
    for (;;) {
      const token = this.#peek()
      if (token?.type !== 'operator' || (token.value !== '+' && token.value !== '-')) return left
      this.#next()
      left = new (token.value === '+' ? classes.Add : classes.Sub)(token.lineno, token.colno, left, this.parseConcat())
    }
  }

  override parseConcat(): NunjucksNode {
    const first = this.#product()
    if (!this.#isType('tilde')) return first
    const token = this.#peek()!
    const children = [first]
    while (this.skip('tilde')) children.push(this.#product())
    return new classes.Concat(token.lineno, token.colno, children)
  }

  #product(): NunjucksNode {
    let left = this.parsePow()
    for (;;) {
      const token = this.#peek()
      if (token?.type !== 'operator') return left
      const made = { '*': classes.Mul, '/': classes.Div, '//': classes.FloorDiv, '%': classes.Mod }[token.value]
      if (!made) return left
      this.#next()
      left = new made(token.lineno, token.colno, left, this.parsePow())
    }
  }

  override parseUnary(noFilters = false): NunjucksNode {
    const token = this.#peek()
    let node: NunjucksNode
    if (this.#isOperator('-') || this.#isOperator('+')) {
      this.#next()
      const made = token!.value === '-' ? classes.Neg : classes.Pos
      node = new made(
        token!.lineno,
        token!.colno,
        this.#nest(() => this.parseUnary(true)),
      )
    } else node = this.parsePrimary()
    node = this.parsePostfix(node)
    return noFilters ? node : this.parseFilter(node)
  }

  override parsePrimary(): NunjucksNode {
    const token = this.#peek()
    if (!token) this.#failAtEnd('Expected an expression, got end of template')
    const { lineno, colno } = token
    switch (token.type) {
      case 'symbol': {
        this.#next()
        const name = token.value
        if (name === 'true' || name === 'True') return new classes.Literal(lineno, colno, true)
        if (name === 'false' || name === 'False') return new classes.Literal(lineno, colno, false)
        if (name === 'none' || name === 'None') return new classes.Literal(lineno, colno, null)
        return new classes.Symbol(lineno, colno, name)
      }
      case 'string': {
        let text = ''
        while (this.#isType('string')) text += this.#next().constant as string
        return new classes.Literal(lineno, colno, text)
      }
      case 'int':
      case 'float':
        this.#next()
        return new classes.Literal(lineno, colno, token.constant)
      case 'left-paren': {
        this.#next()
        const node = this.#tuple({ withCondition: true, parentheses: true })
        this.#expectType('right-paren', ')')
        return node as NunjucksNode
      }
      case 'left-bracket': {
        this.#next()
        const children: NunjucksNode[] = []
        while (!this.#isType('right-bracket')) {
          if (children.length > 0) this.#expectType('comma', ',')
          if (this.#isType('right-bracket')) break
          children.push(this.parseExpression())
        }
        this.#expectType('right-bracket', ']')
        return new classes.Array(lineno, colno, children)
      }
      case 'left-curly': {
        this.#next()
        const children: NunjucksNode[] = []
        while (!this.#isType('right-curly')) {
          if (children.length > 0) this.#expectType('comma', ',')
          if (this.#isType('right-curly')) break
          const key = this.parseExpression()
          this.#expectType('colon', ':')
          children.push(new classes.Pair(key.lineno, key.colno, key, this.parseExpression()))
        }
        this.#expectType('right-curly', '}')
        return new classes.Dict(lineno, colno, children)
      }
    }
    this.#failAt(token, `unexpected ${describe(token)}`)
  }

  /** One expression, or several with commas between, which are a tuple. */
  #tuple({
    withCondition,
    parentheses = false,
    endsWith,
  }: {
    withCondition: boolean
    parentheses?: boolean
    endsWith?: string
  }): Expr {
    const { lineno, colno } = this.#peek() ?? { lineno: 0, colno: 0 }
    const items: NunjucksNode[] = []
    let isTuple = false
    for (;;) {
      if (items.length > 0) {
        if (!this.#isType('comma')) break
        this.#next()
        isTuple = true
      }
      const token = this.#peek()
      if (!token || ['variable-end', 'block-end', 'right-paren'].includes(token.type)) break
      if (endsWith !== undefined && token.type === 'symbol' && token.value === endsWith) break
      items.push(withCondition ? this.parseExpression() : this.#nest(() => this.parseOr()))
    }
    if (!isTuple) {
      if (items.length > 0) return items[0] as Expr
      if (!parentheses) {
        const token = this.#peek()
        if (!token) this.#failAtEnd('Expected an expression, got end of template')
        this.#failAt(token, `Expected an expression, got ${describe(token)}`)
      }
    }
    return new classes.Group(lineno, colno, items) as NunjucksNode as Expr
  }

  override parsePostfix(node: NunjucksNode): NunjucksNode {
    let result = node
    for (;;) {
      const token = this.#peek()
      if (token?.type === 'left-bracket') result = this.#subscript(result)
      else if (token?.type === 'left-paren') result = this.#call(result)
      else if (token?.type === 'operator' && token.value === '.') {
        this.#next()
        const name = this.#peek()
        if (name?.type === 'symbol') {
          this.#next()
          result = new classes.Attribute(name.lineno, name.colno, result, name.value)
        } else {
          const index = this.#expectType('int', 'integer')
          const literal = new classes.Literal(index.lineno, index.colno, index.constant)
          result = new classes.LookupVal(index.lineno, index.colno, result, literal)
        }
      } else return result
    }
  }

  #call(callee: NunjucksNode): NunjucksNode {
    const { lineno, colno } = this.#peek()!
    return new classes.FunCall(lineno, colno, callee, this.#arguments())
  }

  #subscript(target: NunjucksNode): NunjucksNode {
    const { lineno, colno } = this.#next()
    const subscripts: NunjucksNode[] = []
    while (!this.#isType('right-bracket')) {
      if (subscripts.length > 0) this.#expectType('comma', ',')
      subscripts.push(this.#oneSubscript())
    }
    if (subscripts.length === 0) this.#failAt(this.#peek()!, 'expected subscript expression')
    this.#next()
    if (subscripts.length === 1) return new classes.LookupVal(lineno, colno, target, subscripts[0])
    return new classes.LookupVal(lineno, colno, target, new classes.Group(lineno, colno, subscripts))
  }

  #oneSubscript(): NunjucksNode {
    const { lineno, colno } = this.#peek() ?? { lineno: 0, colno: 0 }
    const parts: (NunjucksNode | null)[] = [null, null, null]
    let part = 0
    if (!this.#isType('colon')) {
      const first = this.parseExpression()
      if (!this.#isType('colon')) return first
      parts[0] = first
    }
    while (part < 2 && this.skip('colon')) {
      part++
      const next = this.#peek()
      if (next && !['colon', 'right-bracket', 'comma'].includes(next.type)) parts[part] = this.parseExpression()
    }
    return new classes.Slice(lineno, colno, ...parts)
  }

  #arguments(): Arguments {
    const open = this.#expectType('left-paren', '(')
    const positional: (Expr | Splat)[] = []
    const keywords: ({ name: string; value: Expr } | { splat: Expr })[] = []
    let splat = false
    let keywordSplat = false
    let first = true
    while (!this.#isType('right-paren')) {
      if (!first) {
        this.#expectType('comma', ',')
        if (this.#isType('right-paren')) break
      }
      first = false
      const token = this.#peek() ?? open
      const order = (valid: boolean) => {
        if (!valid) this.#failAt(token, 'invalid syntax for function call expression')
      }
      if (this.#skipOperator('*')) {
        order(!splat && !keywordSplat)
        splat = true
        positional.push(new classes.Splat(token.lineno, token.colno, this.parseExpression()) as NunjucksNode as Splat)
      } else if (this.#skipOperator('**')) {
        order(!keywordSplat)
        keywordSplat = true
        keywords.push({ splat: this.parseExpression() as Expr })
      } else if (token.type === 'symbol' && this.#beyond(1)?.type === 'operator' && this.#beyond(1)?.value === '=') {
        order(!keywordSplat)
        this.#next()
        this.#next()
        keywords.push({ name: token.value, value: this.parseExpression() as Expr })
      } else {
        order(!splat && !keywordSplat && keywords.length === 0)
        positional.push(this.parseExpression() as Expr)
      }
    }
    this.#expectType('right-paren', ')')
    return { positional, keywords }
  }

  override parseFilter(node: NunjucksNode): NunjucksNode {
    let result = node
    for (;;) {
      const token = this.#peek()
      if (token?.type === 'pipe') result = this.#filter(result, false)
      else if (token?.type === 'symbol' && token.value === 'is') result = this.#test(result)
      // Calls are possible on what a filter or test gives.
      else if (token?.type === 'left-paren') result = this.#call(result)
      else return result
    }
  }

  #filter(target: NunjucksNode | null, inline: boolean): NunjucksNode {
    let result = target
    let startInline = inline
    while (startInline || this.#isType('pipe')) {
      if (!startInline) this.#next()
      startInline = false
      const name = this.parseFilterName()
      const args = this.#isType('left-paren') ? this.#arguments() : NO_ARGUMENTS
      result = new classes.Filter(name.lineno, name.colno, name, result, args)
    }
    return result!
  }

  #test(target: NunjucksNode): NunjucksNode {
    this.#next()
    const negated = this.skipSymbol('not')
    const token = this.#peek()
    let name = this.#expectName()
    while (this.#skipOperator('.')) name += `.${this.#expectName()}`
    let args: Arguments = NO_ARGUMENTS
    const next = this.#peek()
    if (next?.type === 'left-paren') args = this.#arguments()
    else if (next && TEST_ARGUMENT.has(next.type) && !(next.type === 'symbol' && NOT_A_TEST_ARGUMENT.has(next.value))) {
      if (next.type === 'symbol' && next.value === 'is') this.#failAt(next, 'You cannot chain multiple tests with is')
      args = { positional: [this.parsePostfix(this.parsePrimary()) as Expr], keywords: [] }
    }
    const { lineno, colno } = token!
    const node = new classes.Is(lineno, colno, target, name, args)
    return negated ? new classes.Not(lineno, colno, node) : node
  }
}

const NO_ARGUMENTS: Arguments = { positional: [], keywords: [] }

function describe(token: Token): string {
  if (token.type === 'string') return `'${String(token.constant)}'`
  if (token.constant !== undefined) return `'${typeName(token.constant as Value) === 'int' ? 'integer' : 'float'}'`
  return `'${DESCRIPTIONS[token.type] ?? token.value}'`
}

function isBlank(body: Body): boolean {
  return body.children.every(
    (node: Stmt) =>
      node.typename === 'Output' &&
      node.children.every(child => child.typename === 'TemplateData' && child.value.trim() === ''),
  )
}
