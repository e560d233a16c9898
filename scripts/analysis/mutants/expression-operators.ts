import { child, type Edit, listed, type Node, replacements, type Site, typeOf } from "./syntax-tree.ts";

type Table = Readonly<Record<string, readonly string[]>>;

/**
 * Replacements of a comparison: a test set that kills these three kills all seven possible ones (Kaminski, Ammann and
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

/** Replacements of the context of a call. `_msgSender()` differs from `msg.sender` when the call was relayed. */
const ENVIRONMENT: Table = {
  "block.timestamp": ["block.number"],
  "block.number": ["block.timestamp"],
  "_msgSender()": ["msg.sender"],
  "ERC2771Context._msgSender()": ["msg.sender"],
  "ERC2771Context._msgData()": ["msg.data"],
};

/**
 * Replaces a condition with a constant: a whole condition with both, an operand of `&&` or `||` with the one that leaves the
 * decision to the other operand. There is no negation, because tests that kill `true` and `false` kill it, too.
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

/**
 * Replaces a comparison. With 0 on the right only the constants are used: nothing is less than 0, so other operators give a
 * constant or the same comparison.
 */
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

/** Changes a literal: a number by one up or down, a boolean to its negation, a text to an empty one and the reverse. */
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

/**
 * Formats a number like the original. A hexadecimal number keeps its width, which determines its type where it stands for
 * bytes.
 */
function likewise(value: bigint, digits: string): string {
  return digits.startsWith("0x") ? `0x${value.toString(16).padStart(digits.length - 2, "0")}` : value.toString();
}

/**
 * Replaces a binary operator. Operands and result get parentheses where needed, because the new operator may have another
 * precedence.
 */
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
