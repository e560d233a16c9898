/** A node of the compiler's syntax tree. `src` is `start:length:file`, in bytes of the source. */
export interface Node {
  readonly nodeType: string;
  readonly src: string;
  readonly [member: string]: unknown;
}

/** A range of a source in bytes; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A node with its context. */
export interface Site {
  readonly node: Node;
  /** The nodes around it, the nearest first. */
  readonly parents: readonly Node[];
  /** Returns the source text of a node or a range. */
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

/** The node in a member of a node, if there is one. */
export function child(node: Node, member: string): Node | undefined {
  return listed(node, member)[0];
}

/** The nodes in a member of a node, which is a node or an array. */
export function listed(node: Node, member: string): Node[] {
  const value = node[member];
  return (Array.isArray(value) ? value : [value]).filter(isNode);
}

/** The compiler's type of an expression, such as `uint256` or `bytes memory`; empty when it has none. */
export function typeOf({ typeDescriptions }: Node): string {
  const { typeString } = (typeDescriptions ?? {}) as { typeString?: unknown };
  return typeof typeString === "string" ? typeString : "";
}

/** A range of a source and its replacement. */
export interface Edit extends Range {
  readonly to: string;
}

/** A mutation operator: returns one edit for each mutant of a node, none when it does not apply. */
export type Operator = (site: Site) => Edit[];

/** One edit for each text, replacing the whole node. */
export function replacements(node: Node, texts: readonly string[]): Edit[] {
  return texts.map((to) => ({ ...rangeOf(node), to }));
}
