/** What both YAML readers make: the shape of a document before its scalars mean anything. */

export class ScalarNode {
  readonly kind = 'scalar'
  tag: string | undefined
  anchored = false
  constructor(
    readonly text: string,
    /** Written without quotes and not as a block: it may be a number, a date, … */
    readonly plain: boolean,
    readonly start: number,
  ) {}
}

export class SequenceNode {
  readonly kind = 'sequence'
  tag: string | undefined
  anchored = false
  readonly items: Node[] = []
  constructor(readonly start: number) {}
}

export class MappingNode {
  readonly kind = 'mapping'
  tag: string | undefined
  anchored = false
  readonly keys: Node[] = []
  readonly values: Node[] = []
  constructor(readonly start: number) {}
}

/** Another mention of a node that has an anchor. */
export class AliasNode {
  readonly kind = 'alias'
  constructor(
    readonly target: Exclude<Node, AliasNode>,
    readonly start: number,
  ) {}
}

export type Node = ScalarNode | SequenceNode | MappingNode | AliasNode
export type ContentNode = Exclude<Node, AliasNode>

export const resolved = (node: Node): ContentNode => (node.kind === 'alias' ? node.target : node)
