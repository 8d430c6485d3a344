/** Syntax trees to closures: the statements. A compiled template is made once per text and shared by all renders. */
import type { NunjucksNode } from 'nunjucks'
import { Diagnostic } from '../diagnostics.js'
import { typeError } from '../python/errors.js'
import { items } from '../python/iterate.js'
import { pyStr } from '../python/repr.js'
import { PyObject, type Value } from '../python/values.js'
import { unpacked } from './access.js'
import type { Body, Expr, MacroParameters, Stmt, Target } from './ast.js'
import type { Engine } from './environment.js'
import { ExpressionCompiler } from './expressions.js'
import { TemplateSyntaxError } from './lexer.js'
import { Loop } from './loop.js'
import { type CompiledMacro, Macro, Namespace, runBlock, TemplateModule, TemplateSelf } from './macro.js'
import type { Parsed } from './parser.js'
import { NOWHERE } from './results.js'
import {
  BREAK,
  type CompiledBlock,
  type Expression,
  Frame,
  Instance,
  NEXT,
  type Origin,
  type Signal,
  type Statement,
  trace,
} from './runtime.js'
import { Undef } from './undefined.js'

type Assign = (frame: Frame, value: Value) => void

export interface CompiledTemplate {
  readonly run: Statement
  readonly blocks: readonly CompiledBlock[]
  /** Calls a method that changes a container: it must not be one of the inventory's. */
  readonly mutates: boolean
  /** The template is this one expression and nothing else. */
  readonly sole: SoleExpression | undefined
  /** Of templates that were loaded by name. */
  readonly origin: Origin | undefined
}
export interface SoleExpression {
  readonly node: Expr
  readonly raw: Expression
  /** The name, when it is just a variable. */
  readonly variable: string | undefined
}

export function compileTemplate(engine: Engine, parsed: Parsed, origin?: Origin): CompiledTemplate {
  return new StatementCompiler(engine, parsed.assigned, origin).template(parsed.body)
}

class StatementCompiler {
  readonly #expressions: ExpressionCompiler
  readonly #engine: Engine
  readonly #blocks: CompiledBlock[] = []
  readonly #origin: Origin | undefined
  #usesSelf = false

  constructor(engine: Engine, assigned: ReadonlySet<string>, origin: Origin | undefined) {
    this.#engine = engine
    this.#expressions = new ExpressionCompiler(engine, assigned)
    this.#origin = origin
  }

  template(body: Body): CompiledTemplate {
    const only = body.children.length === 1 ? body.children[0]! : undefined
    const expr = only?.typename === 'Output' && only.children.length === 1 ? only.children[0]! : undefined
    const sole =
      expr && expr.typename !== 'TemplateData'
        ? {
            node: expr,
            raw: this.#expressions.raw(expr),
            variable: expr.typename === 'Symbol' ? expr.value : undefined,
          }
        : undefined
    const statements = body.children.map(child => this.#statement(child, true))
    this.#usesSelf ||= this.#expressions.used.has('self')
    const usesSelf = this.#usesSelf
    return {
      run: (frame, out) => {
        if (usesSelf) frame.set('self', new TemplateSelf(frame))
        const { instance } = frame
        for (const statement of statements) statement(frame, instance.parent ? NOWHERE : out)
        return NEXT
      },
      blocks: this.#blocks,
      mutates: this.#expressions.mutates,
      sole,
      origin: this.#origin,
    }
  }

  #body(body: Body): Statement {
    const statements = body.children.map(child => this.#statement(child, false))
    if (statements.length === 1) return statements[0]!
    return (frame, out) => {
      for (const statement of statements) {
        const signal = statement(frame, out)
        if (signal !== NEXT) return signal
      }
      return NEXT
    }
  }

  /** The body in a frame of its own, so that what it sets stays inside. */
  #scoped(body: Body): Statement {
    const inner = this.#body(body)
    return (frame, out) => inner(new Frame(frame.instance, frame), out)
  }

  #statement(node: Stmt, top: boolean): Statement {
    switch (node.typename) {
      case 'Output':
        return this.#output(node)
      case 'NodeList':
        return this.#body(node)
      case 'If':
        return this.#if(node)
      case 'For':
        return this.#for(node)
      case 'Set': {
        const assign = this.#assign(node.target)
        const value = this.#expressions.raw(node.value)
        return (frame, _out) => {
          const made = value(frame)
          trace.node = node
          assign(frame, made)
          return NEXT
        }
      }
      case 'SetBlock': {
        const assign = this.#assign(node.target)
        const capture = this.#capture(node.body)
        const filter = node.filter ? this.#filterChain(node.filter) : undefined
        return frame => {
          const made = capture(frame)
          assign(frame, filter ? filter(frame, made) : made)
          return NEXT
        }
      }
      case 'FilterBlock': {
        const capture = this.#capture(node.body)
        const filter = this.#filterChain(node.filter)
        return (frame, out) => {
          // Filter blocks work on text, whatever the mode makes of single values.
          const text = capture(frame)
          out.value(filter(frame, text))
          return NEXT
        }
      }
      case 'With': {
        const assigns = node.targets.map(target => this.#assign(target))
        const values = node.values.map(value => this.#expressions.raw(value))
        const body = this.#body(node.body)
        return (frame, out) => {
          const inner = new Frame(frame.instance, frame)
          const made = values.map(value => value(frame))
          assigns.forEach((assign, index) => {
            assign(inner, made[index]!)
          })
          return body(inner, out)
        }
      }
      case 'Do': {
        const value = this.#expressions.raw(node.expr)
        return frame => {
          value(frame)
          return NEXT
        }
      }
      case 'Break':
        return () => BREAK
      case 'Continue':
        return () => 2
      case 'Macro': {
        const macro = this.#macro(node.name, node.args, node.body)
        return frame => {
          frame.set(node.name, new Macro(macro, frame, this.#originOf(frame)))
          return NEXT
        }
      }
      case 'CallBlock':
        return this.#callBlock(node)
      case 'Block':
        return this.#block(node, top)
      case 'Extends':
        return this.#extends(node, top)
      case 'Include':
        return this.#include(node)
      case 'Import':
      case 'FromImport':
        return this.#import(node)
      case 'CallExtension':
        return this.#extension(node)
    }
  }

  /** Macros report errors where they are written, which for inline templates only the render knows. */
  #originOf(frame: Frame): Origin {
    return this.#origin ?? frame.instance.evaluation.origin
  }

  #output({ children }: Stmt & { typename: 'Output' }): Statement {
    const parts = children.map((child): Statement => {
      if (child.typename === 'TemplateData') {
        const { value } = child
        return (_frame, out) => {
          out.text(value)
          return NEXT
        }
      }
      const value = this.#expressions.value(child)
      return (frame, out) => {
        const made = value(frame)
        trace.node = child
        if (made instanceof Undef) made.str()
        out.value(made)
        return NEXT
      }
    })
    if (parts.length === 1) return parts[0]!
    return (frame, out) => {
      for (const part of parts) part(frame, out)
      return NEXT
    }
  }

  #if(node: Stmt & { typename: 'If' }): Statement {
    const cond = this.#expressions.truth(node.cond)
    const body = this.#body(node.body)
    const rest = node.else_
      ? node.else_.typename === 'NodeList'
        ? this.#body(node.else_)
        : this.#statement(node.else_, false)
      : undefined
    return (frame, out) => (cond(frame) ? body(frame, out) : rest ? rest(frame, out) : NEXT)
  }

  #assign(target: Target): Assign {
    switch (target.typename) {
      case 'Symbol': {
        const { value: name } = target
        return (frame, value) => void frame.set(name, value)
      }
      case 'NamespaceTarget': {
        const { namespace, name } = target
        return (frame, value) => {
          const object = frame.lookup(namespace)
          if (object === undefined) new Undef(`'${namespace}' is undefined`).fail()
          if (!(object instanceof Namespace)) throw typeError('cannot assign attribute on non-namespace object')
          object.setAttribute(
            name,
            typeof value === 'object' && value !== null ? frame.instance.evaluation.settle(value) : value,
          )
        }
      }
      case 'Group': {
        const parts = target.children.map(child => this.#assign(child))
        return (frame, value) => {
          let opened = value
          if (opened instanceof PyObject) opened = frame.instance.evaluation.settle(opened)
          const values = unpacked(items(opened), parts.length)
          for (let index = 0; index < parts.length; index++) parts[index]!(frame, values[index]!)
        }
      }
    }
  }

  #for(node: Stmt & { typename: 'For' }): Statement {
    refuseLoopAsTarget(node.name)
    const iterable = this.#expressions.raw(node.arr)
    const assign = this.#assign(node.name)
    const simple = node.name.typename === 'Symbol' ? node.name.value : undefined
    const filter = node.filter ? this.#expressions.truth(node.filter) : undefined
    const { used } = this.#expressions
    const outerLoop = used.has('loop')
    used.delete('loop')
    const body = this.#body(node.body)
    // Included templates, blocks and extensions may look at `loop` too.
    const needsLoop = node.recursive || used.has('loop') || containsOutside(node.body)
    if (outerLoop) used.add('loop')
    else used.delete('loop')
    const rest = node.else_ ? this.#scoped(node.else_) : undefined
    const { recursive } = node

    const run = (frame: Frame, source: Value, depth0: number, out: import('./results.js').Output): Signal => {
      trace.node = node.arr
      let values: readonly Value[] = items(source)
      if (filter) {
        const kept: Value[] = []
        for (const value of values) {
          const inner = new Frame(frame.instance, frame)
          assign(inner, value)
          if (filter(inner)) kept.push(value)
        }
        values = kept
      }
      if (values.length === 0) return rest ? rest(frame, out) : NEXT
      let loop: Loop | undefined
      if (needsLoop) {
        const again = recursive
          ? (inner: Value) => {
              const captured = frame.instance.newOutput()
              run(frame, inner, depth0 + 1, captured)
              return captured.result()
            }
          : undefined
        loop = new Loop(values, depth0, again)
      }
      for (let index = 0; index < values.length; index++) {
        const inner = new Frame(frame.instance, frame)
        if (loop) {
          loop.index0 = index
          inner.set('loop', loop)
        }
        if (simple !== undefined) inner.set(simple, values[index]!)
        else {
          trace.node = node
          assign(inner, values[index]!)
        }
        if (body(inner, out) === BREAK) break
      }
      return NEXT
    }
    return (frame, out) => run(frame, iterable(frame), 0, out)
  }

  #capture(body: Body): Expression {
    const inner = this.#scoped(body)
    return frame => {
      const out = frame.instance.newOutput()
      inner(frame, out)
      return out.result()
    }
  }

  /** `upper | replace(…)` of a filter or set block, whose innermost target is the block. */
  #filterChain(node: Expr & { typename: 'Filter' }): (frame: Frame, value: Value) => Value {
    const apply = this.#expressions.filter(node)
    if (!node.target) return apply
    const inner = this.#filterChain(node.target as Expr & { typename: 'Filter' })
    return (frame, value) => apply(frame, inner(frame, value))
  }

  #macro(name: string, args: MacroParameters, body: Body): CompiledMacro {
    const { used } = this.#expressions
    const before = new Set(used)
    for (const special of ['caller', 'varargs', 'kwargs']) used.delete(special)
    const defaults = args.defaults.map(value => this.#expressions.raw(value))
    const compiled = this.#body(body)
    const caller = args.names.indexOf('caller')
    if (caller >= 0 && caller < args.names.length - defaults.length && used.has('caller')) {
      throw new TemplateSyntaxError(
        'When defining macros or call blocks the special "caller" argument must be omitted or be given a default.',
        (body.children[0]?.lineno ?? 0) + 1,
        1,
      )
    }
    const macro: CompiledMacro = {
      name,
      parameters: args.names,
      defaults,
      body: compiled,
      usesCaller: used.has('caller'),
      usesVarargs: used.has('varargs') && !args.names.includes('varargs'),
      usesKwargs: used.has('kwargs') && !args.names.includes('kwargs'),
      explicitCaller: args.names.includes('caller'),
    }
    for (const special of ['caller', 'varargs', 'kwargs']) if (!before.has(special)) used.delete(special)
    return macro
  }

  #callBlock(node: Stmt & { typename: 'CallBlock' }): Statement {
    const macro = this.#macro('caller', node.args, node.body)
    const { call } = node
    const callerName: Expr = { typename: 'Symbol', value: CALLER, lineno: call.lineno, colno: call.colno }
    const { positional, keywords } = call.args
    const withCaller: Expr = {
      typename: 'FunCall',
      name: call.name,
      args: { positional, keywords: [{ name: 'caller', value: callerName }, ...keywords] },
      lineno: call.lineno,
      colno: call.colno,
    }
    const local = new ExpressionCompiler(this.#engine, new Set([...this.#expressions.assigned, CALLER]))
    const value = local.raw(withCaller)
    for (const name of local.used) if (name !== CALLER) this.#expressions.used.add(name)
    this.#expressions.mutates ||= local.mutates
    return (frame, out) => {
      const inner = new Frame(frame.instance, frame)
      inner.set(CALLER, new Macro(macro, frame, this.#originOf(frame)))
      const made = value(inner)
      trace.node = node
      if (made instanceof Undef) made.str()
      out.value(frame.instance.evaluation.settle(made))
      return NEXT
    }
  }

  #block(node: Stmt & { typename: 'Block' }, top: boolean): Statement {
    const { name, scoped } = node
    const outside = this.#expressions.insideBlock
    this.#expressions.insideBlock = true
    const body = this.#body(node.body)
    this.#expressions.insideBlock = outside
    this.#blocks.push({ name, body, required: node.required })
    return (frame, out) => {
      const { instance } = frame
      if (top && instance.parent) return NEXT
      const stack = instance.blocks.get(name)!
      trace.node = node
      if (stack[0]!.block.required) {
        throw new Diagnostic(`Required block '${name}' not found`, { code: 'template-block' })
      }
      let outer = frame
      if (!scoped) while (outer.parent) outer = outer.parent
      runBlock(name, outer, stack, 0, out)
      return NEXT
    }
  }

  #extends(node: Stmt & { typename: 'Extends' }, top: boolean): Statement {
    if (!top && !this.#blocks)
      throw new TemplateSyntaxError('cannot use extend from a non top-level scope', node.lineno + 1, node.colno + 1)
    const template = this.#expressions.value(node.template)
    return frame => {
      const { instance } = frame
      const name = template(frame)
      trace.node = node
      if (instance.parent) throw new Diagnostic('extended multiple times', { code: 'template-extends' })
      instance.parent = instance.evaluation.load([name])
      return NEXT
    }
  }

  #include(node: Stmt & { typename: 'Include' }): Statement {
    const template = this.#expressions.value(node.template)
    this.#expressions.used.add('loop')
    return (frame, out) => {
      const wanted = template(frame)
      trace.node = node
      const names = Array.isArray(wanted) ? wanted : [wanted]
      const { evaluation, mode } = frame.instance
      const loaded = evaluation.find(names)
      if (!loaded) {
        if (node.ignoreMissing) return NEXT
        return evaluation.notFound(names)
      }
      const inner = new Instance(evaluation, mode, node.withContext ? frame : undefined, !node.withContext)
      inner.run(loaded, out, loaded.origin!)
      return NEXT
    }
  }

  #import(node: Stmt & { typename: 'Import' | 'FromImport' }): Statement {
    const template = this.#expressions.value(node.template)
    return frame => {
      const name = template(frame)
      trace.node = node
      const { evaluation, mode } = frame.instance
      const loaded = evaluation.load([name])
      const made = () => new Instance(evaluation, mode, node.withContext ? frame : undefined, !node.withContext)
      const instance = made()
      instance.run(loaded, NOWHERE, loaded.origin!)
      const module = new TemplateModule(instance, pyStr(name), () => {
        const out = instance.newOutput()
        made().run(loaded, out, loaded.origin!)
        return pyStr(out.result())
      })
      if (node.typename === 'Import') frame.set(node.target, module)
      else {
        for (const { name: exported, as } of node.names) {
          const found = module.attribute(exported)
          const value =
            found === undefined
              ? new Undef(
                  `the template '${pyStr(name)}' (imported on line ${node.lineno + 1}) does not export the requested name '${exported}'`,
                )
              : found
          frame.set(as, value)
        }
      }
      return NEXT
    }
  }

  /** A tag that was added by nunjucks' own extension interface. */
  #extension(node: Stmt & { typename: 'CallExtension' }): Statement {
    const args = node.args.children.map(child => this.#extensionArgument(child))
    const bodies = node.contentArgs.map(body => (body ? this.#body(body) : undefined))
    this.#expressions.used.add('loop')
    return (frame, out) => {
      const rendered = bodies.map(body => () => {
        if (!body) return ''
        const captured = frame.instance.newOutput()
        body(new Frame(frame.instance, frame), captured)
        return pyStr(captured.result())
      })
      const result = this.#engine.callExtension(
        node.extName,
        node.prop,
        frame,
        args.map(arg => arg(frame)),
        rendered,
      )
      trace.node = node
      out.value(result)
      return NEXT
    }
  }

  #extensionArgument(node: NunjucksNode): Expression {
    if (node.typename !== 'KeywordArgs') return this.#expressions.value(node as Expr)
    const pairs = (node as NunjucksNode & { children: { key: { value: string }; value: Expr }[] }).children
    const compiled = pairs.map(pair => [pair.key.value, this.#expressions.value(pair.value)] as const)
    return frame => new Map(compiled.map(([key, value]) => [key, value(frame)]))
  }
}

const CALLER = ' caller'

function refuseLoopAsTarget(target: Target): void {
  if (target.typename === 'Group') for (const child of target.children) refuseLoopAsTarget(child)
  else if (target.typename === 'Symbol' && target.value === 'loop') {
    throw new TemplateSyntaxError(
      "Can't assign to special loop variable in for-loop target",
      target.lineno + 1,
      target.colno + 1,
    )
  }
}

/** True when the body runs code that is not compiled with it and may look at `loop`. */
function containsOutside(body: Body): boolean {
  const visit = (node: Stmt): boolean => {
    switch (node.typename) {
      case 'Include':
      case 'Import':
      case 'FromImport':
      case 'Block':
      case 'CallExtension':
        return true
      case 'NodeList':
        return node.children.some(visit)
      case 'If':
        return visit(node.body) || (node.else_ !== null && visit(node.else_))
      case 'For':
      case 'With':
      case 'SetBlock':
      case 'FilterBlock':
      case 'CallBlock':
        return visit(node.body)
    }
    return false
  }
  return body.children.some(visit)
}
