import { child, type Edit, listed, type Node, replacements, type Site, typeOf } from "./syntax-tree.ts";

type Table = Readonly<Record<string, readonly string[]>>;

/**
 * What a comparison is replaced by: the three that any test set must kill to kill all seven others (Kaminski, Ammann and
 * Offutt, "Improving logic-based testing", 2013).
 */
const COMPARISONS: Table = {
  "<": ["<=", "!=", "false"],
  ">": [">=", "!=", "false"],
  "<=": ["<", "==", "true"],
  ">=": [">", "==", "true"],
  "==": ["<=", ">=", "false"],
  "!=": ["<", ">", "true"],
};
const ZERO = /^(0|(address|bytes32)\(0\))$/;
const EQUALITIES: Table = { "==": ["false", "true"], "!=": ["true", "false"] };
const LOGIC: Table = { "&&": ["||"], "||": ["&&"] };
const ARITHMETIC: Table = { "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*", "/"] };
const BITS: Table = { "|": ["&", "^"], "&": ["|", "^"], "^": ["|", "&"], "<<": [">>"], ">>": ["<<"] };
const ASSIGNMENTS: Table = { "|=": ["=", "&=", "^="], "&=": ["=", "|="], "+=": ["=", "-="], "-=": ["=", "+="] };

/** What a call knows beside its arguments. `_msgSender()` is not `msg.sender` when the call was relayed. */
const ENVIRONMENT: Table = {
  "block.timestamp": ["block.number"],
  "block.number": ["block.timestamp"],
  "_msgSender()": ["msg.sender"],
  "ERC2771Context._msgSender()": ["msg.sender"],
  "ERC2771Context._msgData()": ["msg.data"],
};

/**
 * Decides what a condition decides: both ways for a whole one, for an operand of `&&` or `||` the way that leaves the
 * decision to the other. No negation: what kills `true` and `false` kills it.
 */
export function condition({ node, parents: [parent] }: Site): Edit[] {
  if (!parent || typeOf(node) !== "bool" || node.nodeType === "Literal") return [];
  const decides =
    child(parent, "condition") === node ||
    parent.nodeType === "Return" ||
    (parent.nodeType === "TupleExpression" && listed(parent, "components").length > 1);
  if (decides) return replacements(node, ["true", "false"]);
  if (parent.operator === "&&") return replacements(node, ["true"]);
  if (parent.operator === "||") return replacements(node, ["false"]);
  return [];
}

/** Nothing is less than 0, so that beside a 0 the neighbours are the constants, or the comparison itself. */
export function comparison(site: Site): Edit[] {
  const { node, text } = site;
  const right = child(node, "rightExpression");
  return binary(site, right && ZERO.test(text(right)) ? EQUALITIES : COMPARISONS);
}

export function logic(site: Site): Edit[] {
  return [...binary(site, LOGIC), ...withoutPrefix(site, "!")];
}

export function arithmetic(site: Site): Edit[] {
  const { node, text } = site;
  const step = node.nodeType === "UnaryOperation" && node.operator === "++";
  return [...binary(site, ARITHMETIC), ...(step ? replacements(node, [text(node).replace("++", "--")]) : [])];
}

export function bits(site: Site): Edit[] {
  return [...binary(site, BITS), ...withoutPrefix(site, "~"), ...assignment(site)];
}

/** A number one more or less, the other truth value, a text instead of none and none instead of a text. */
export function literal({ node, text }: Site): Edit[] {
  if (node.nodeType !== "Literal") return [];
  if (node.kind === "bool") return replacements(node, [text(node) === "true" ? "false" : "true"]);
  if (node.kind === "string") return replacements(node, [node.value === "" ? '"mutant"' : '""']);
  const [, digits = "", unit = ""] = /^(0x[\da-fA-F]+|[\d_]+)(.*)$/.exec(text(node)) ?? [];
  if (digits === "") return [];
  const value = BigInt(digits.replaceAll("_", ""));
  return replacements(
    node,
    [value + 1n, value - 1n].filter((other) => other >= 0n).map((other) => `${likewise(other, digits)}${unit}`),
  );
}

export function environment({ node, text }: Site): Edit[] {
  if (node.nodeType !== "MemberAccess" && node.nodeType !== "FunctionCall") return [];
  return replacements(node, ENVIRONMENT[text(node)] ?? []);
}

/** A hexadecimal number keeps its width, because that is its type where bytes are meant. */
function likewise(value: bigint, digits: string): string {
  return digits.startsWith("0x") ? `0x${value.toString(16).padStart(digits.length - 2, "0")}` : value.toString();
}

/** Operands keep their bounds: the other operator may bind less or more. */
function binary({ node, parents: [parent], text }: Site, table: Table): Edit[] {
  const [left, right] = [child(node, "leftExpression"), child(node, "rightExpression")];
  if (node.nodeType !== "BinaryOperation" || !left || !right) return [];
  const operand = (side: Node) => (side.nodeType === "BinaryOperation" ? `(${text(side)})` : text(side));
  const whole = (code: string) => (parent?.nodeType === "BinaryOperation" ? `(${code})` : code);
  const others = table[String(node.operator)] ?? [];
  return replacements(
    node,
    others.map((other) => (/^\w/.test(other) ? other : whole(`${operand(left)} ${other} ${operand(right)}`))),
  );
}

function assignment({ node, text }: Site): Edit[] {
  const [left, right] = [child(node, "leftHandSide"), child(node, "rightHandSide")];
  if (node.nodeType !== "Assignment" || !left || !right) return [];
  const others = ASSIGNMENTS[String(node.operator)] ?? [];
  return replacements(
    node,
    others.map((other) => `${text(left)} ${other} ${text(right)}`),
  );
}

function withoutPrefix({ node, text }: Site, operator: string): Edit[] {
  const operand = child(node, "subExpression");
  return node.nodeType === "UnaryOperation" && node.operator === operator && operand
    ? replacements(node, [text(operand)])
    : [];
}
