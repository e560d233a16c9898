import { type Edit, listed, type Node, rangeOf, replacements, type Site, typeOf } from "./syntax-tree.ts";

/** Replaces an argument of a call, event, error or struct with the zero value of its type. */
export function argument({ node, text }: Site): Edit[] {
  return argumentsOf(node)
    .filter(({ nodeType }) => nodeType !== "Literal")
    .flatMap((given) => replacements(given, zeroOf(typeOf(given), text(given))));
}

/** Swaps two arguments of the same type. */
export function swap({ node, text }: Site): Edit[] {
  const given = argumentsOf(node);
  return given.flatMap((first, at) =>
    given
      .slice(at + 1)
      .filter((second) => typeOf(second) === typeOf(first) && text(second) !== text(first))
      .map((second) => {
        const between = text({ start: rangeOf(first).end, end: rangeOf(second).start });
        const range = { start: rangeOf(first).start, end: rangeOf(second).end };
        return { ...range, to: `${text(second)}${between}${text(first)}` };
      }),
  );
}

function argumentsOf(node: Node): Node[] {
  const isCall = node.nodeType === "FunctionCall" && node.kind !== "typeConversion";
  return isCall || node.nodeType === "ModifierInvocation" ? listed(node, "arguments") : [];
}

/** The zero value of a type; for a boolean its negation; none when the type has no literal. */
function zeroOf(type: string, text: string): string[] {
  if (/^uint\d+$/.test(type)) return ["0"];
  if (/^address/.test(type)) return text === "address(0)" ? [] : ["address(0)"];
  if (/^bytes\d+$/.test(type)) return [`${type}(0)`];
  if (type === "bool") return [`!(${text})`];
  return /^(bytes|string) /.test(type) ? ['""'] : [];
}
