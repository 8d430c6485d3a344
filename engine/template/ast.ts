/** The syntax tree: nunjucks' node classes, the further ones that Jinja needs, and their shapes. */
import nunjucks, { type NodeClass, type NunjucksNode } from 'nunjucks'
import type { Value } from '../python/values.js'

interface Placed {
  readonly lineno: number
  readonly colno: number
}
type NodeOf<Name extends string, Fields> = Placed & { readonly typename: Name } & Fields
type Binary<Name extends string> = NodeOf<Name, { left: Expr; right: Expr }>
type Unary<Name extends string> = NodeOf<Name, { target: Expr }>

/** Arguments of a call: positional ones (Splat for `*x`), Pairs and Splats for keywords. */
export interface Arguments {
  readonly positional: readonly (Expr | Splat)[]
  readonly keywords: readonly ({ readonly name: string; readonly value: Expr } | { readonly splat: Expr })[]
}
export type Splat = NodeOf<'Splat', { target: Expr }>
export type Slice = NodeOf<'Slice', { start: Expr | null; stop: Expr | null; step: Expr | null }>

export type Expr =
  | NodeOf<'Literal', { value: Value }>
  | Name
  | NodeOf<'Group', { children: Expr[] }>
  | NodeOf<'Array', { children: Expr[] }>
  | NodeOf<'Dict', { children: NodeOf<'Pair', { key: Expr; value: Expr }>[] }>
  | NodeOf<'LookupVal', { target: Expr; val: Expr | Slice }>
  | NodeOf<'Attribute', { target: Expr; name: string }>
  | NodeOf<'InlineIf', { cond: Expr; body: Expr; else_: Expr | null }>
  | NodeOf<'FunCall', { name: Expr; args: Arguments }>
  | NodeOf<'Filter', { name: Name; target: Expr | null; args: Arguments }>
  | NodeOf<'Is', { target: Expr; name: string; args: Arguments }>
  | NodeOf<'Compare', { expr: Expr; ops: NodeOf<'CompareOperand', { expr: Expr; type: string }>[] }>
  | NodeOf<'Concat', { children: Expr[] }>
  | Binary<'Or'>
  | Binary<'And'>
  | Binary<'Add'>
  | Binary<'Sub'>
  | Binary<'Mul'>
  | Binary<'Div'>
  | Binary<'FloorDiv'>
  | Binary<'Mod'>
  | Binary<'Pow'>
  | Unary<'Not'>
  | Unary<'Neg'>
  | Unary<'Pos'>
export type Name = NodeOf<'Symbol', { value: string }>
/** What can be assigned to. */
export type Target =
  | Name
  | NodeOf<'Group', { children: Target[] }>
  | NodeOf<'NamespaceTarget', { namespace: string; name: string }>

export type Body = NodeOf<'NodeList', { children: Stmt[] }>
export interface MacroParameters {
  readonly names: readonly string[]
  /** Defaults of the last ones. */
  readonly defaults: readonly Expr[]
}
export type Stmt =
  | NodeOf<'Output', { children: (Expr | NodeOf<'TemplateData', { value: string }>)[] }>
  | NodeOf<'If', { cond: Expr; body: Body; else_: Body | Stmt | null }>
  | NodeOf<'For', { arr: Expr; name: Target; body: Body; else_: Body | null; filter: Expr | null; recursive: boolean }>
  | NodeOf<'Macro', { name: string; args: MacroParameters; body: Body }>
  | NodeOf<'CallBlock', { call: Expr & { typename: 'FunCall' }; args: MacroParameters; body: Body }>
  | NodeOf<'FilterBlock', { filter: Expr & { typename: 'Filter' }; body: Body }>
  | NodeOf<'Import', { template: Expr; target: string; withContext: boolean }>
  | NodeOf<'FromImport', { template: Expr; names: { name: string; as: string }[]; withContext: boolean }>
  | NodeOf<'Block', { name: string; body: Body; scoped: boolean; required: boolean }>
  | NodeOf<'Extends', { template: Expr }>
  | NodeOf<'Include', { template: Expr; ignoreMissing: boolean; withContext: boolean }>
  | NodeOf<'Set', { target: Target; value: Expr }>
  | NodeOf<'SetBlock', { target: Target; filter: (Expr & { typename: 'Filter' }) | null; body: Body }>
  | NodeOf<'With', { targets: Target[]; values: Expr[]; body: Body }>
  | NodeOf<'Do', { expr: Expr }>
  | NodeOf<'Break', object>
  | NodeOf<'Continue', object>
  | NodeOf<'NodeList', { children: Stmt[] }>
  | NodeOf<
      'CallExtension',
      { extName: unknown; prop: string; args: { children: NunjucksNode[] }; contentArgs: (Body | null)[] }
    >

const { nodes } = nunjucks
const make = (name: string, fields: string[]): NodeClass => nodes.Node!.extend(name, { fields })

/** Node classes by name: nunjucks' own where it has one for the thing. */
export const classes = {
  Literal: nodes.Literal!,
  Symbol: nodes.Symbol!,
  Group: nodes.Group!,
  Array: nodes.Array!,
  Dict: nodes.Dict!,
  Pair: nodes.Pair!,
  LookupVal: nodes.LookupVal!,
  InlineIf: nodes.InlineIf!,
  FunCall: nodes.FunCall!,
  Compare: nodes.Compare!,
  CompareOperand: nodes.CompareOperand!,
  Or: nodes.Or!,
  And: nodes.And!,
  Add: nodes.Add!,
  Sub: nodes.Sub!,
  Mul: nodes.Mul!,
  Div: nodes.Div!,
  FloorDiv: nodes.FloorDiv!,
  Mod: nodes.Mod!,
  Pow: nodes.Pow!,
  Not: nodes.Not!,
  Neg: nodes.Neg!,
  Pos: nodes.Pos!,
  Output: nodes.Output!,
  TemplateData: nodes.TemplateData!,
  NodeList: nodes.NodeList!,
  Import: nodes.Import!,
  Extends: nodes.Extends!,
  Attribute: make('Attribute', ['target', 'name']),
  Slice: make('Slice', ['start', 'stop', 'step']),
  Splat: make('Splat', ['target']),
  Filter: make('Filter', ['name', 'target', 'args']),
  Is: make('Is', ['target', 'name', 'args']),
  Concat: make('Concat', ['children']),
  NamespaceTarget: make('NamespaceTarget', ['namespace', 'name']),
  For: make('For', ['arr', 'name', 'body', 'else_', 'filter', 'recursive']),
  Macro: make('Macro', ['name', 'args', 'body']),
  CallBlock: make('CallBlock', ['call', 'args', 'body']),
  FilterBlock: make('FilterBlock', ['filter', 'body']),
  FromImport: make('FromImport', ['template', 'names', 'withContext']),
  Block: make('Block', ['name', 'body', 'scoped', 'required']),
  Include: make('Include', ['template', 'ignoreMissing', 'withContext']),
  Set: make('Set', ['target', 'value']),
  SetBlock: make('SetBlock', ['target', 'filter', 'body']),
  With: make('With', ['targets', 'values', 'body']),
  Do: make('Do', ['expr']),
  Break: make('Break', []),
  Continue: make('Continue', []),
} as const
