/** A node of the compiler's syntax tree. `src` is `start:length:file`, in bytes of the source. */
export interface Node {
  readonly nodeType: string;
  readonly src: string;
  readonly [member: string]: unknown;
}

/** Where something stands in a source, in bytes; `end` is behind it. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A node with what is around it. */
export interface Site {
  readonly node: Node;
  /** The nodes that the node is in, from the nearest on. */
  readonly parents: readonly Node[];
  /** The source's text of a node, or of a range. */
  readonly text: (of: Node | Range) => string;
}

/** Every node of a source's tree, parents first. */
export function* sites(source: string, tree: Node): Generator<Site> {
  const bytes = Buffer.from(source);
  const text = (of: Node | Range) => {
    const { start, end } = isNode(of) ? rangeOf(of) : of;
    return bytes.subarray(start, end).toString();
  };
  function* visit(node: Node, parents: readonly Node[]): Generator<Site> {
    yield { node, parents, text };
    for (const member of Object.keys(node)) {
      for (const below of listed(node, member)) yield* visit(below, [node, ...parents]);
    }
  }
  yield* visit(tree, []);
}

export function isNode(value: unknown): value is Node {
  if (typeof value !== "object" || value === null || !("nodeType" in value) || !("src" in value)) return false;
  return typeof value.nodeType === "string" && typeof value.src === "string" && /^\d+:\d+:\d+$/.test(value.src);
}

export function rangeOf({ src }: Node): Range {
  const [start = 0, length = 0] = src.split(":").map(Number);
  return { start, end: start + length };
}

/** The node that a member of a node is, if it is one. */
export function child(node: Node, member: string): Node | undefined {
  return listed(node, member)[0];
}

/** The nodes that a member of a node is or lists. */
export function listed(node: Node, member: string): Node[] {
  const value = node[member];
  return (Array.isArray(value) ? value : [value]).filter(isNode);
}

/** The type that the compiler gives an expression, such as `uint256` or `bytes memory`; empty when it has none. */
export function typeOf({ typeDescriptions }: Node): string {
  const { typeString } = (typeDescriptions ?? {}) as { typeString?: unknown };
  return typeof typeString === "string" ? typeString : "";
}

/** A piece of a source and what stands there instead. */
export interface Edit extends Range {
  readonly to: string;
}

/** What an operator of mutation makes of a node: one edit for each mutant, none where it does not fit. */
export type Operator = (site: Site) => Edit[];

/** An edit of the whole node for each of the texts. */
export function replacements(node: Node, texts: readonly string[]): Edit[] {
  return texts.map((to) => ({ ...rangeOf(node), to }));
}
