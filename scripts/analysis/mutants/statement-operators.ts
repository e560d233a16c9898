import { type Edit, listed, replacements, type Site, typeOf } from "./syntax-tree.ts";

const STATEMENTS = /^(ExpressionStatement|EmitStatement|RevertStatement|Return)$/;

/** Deletes a statement or a modifier. */
export function deletion(site: Site): Edit[] {
  const { node, parents } = site;
  const [parent] = parents;
  const isModifier = node.nodeType === "ModifierInvocation" && node.kind === "modifierInvocation";
  if (isModifier) return replacements(node, [""]);
  if (!STATEMENTS.test(node.nodeType) || parent?.nodeType === "ForStatement" || isFalseAtTheEnd(site)) return [];
  return replacements(node, ["{}"]).map((edit) => ({ ...edit, end: edit.end + 1 }));
}

/** Without its last `return` a boolean function returns `false`, which another operator already produces. */
function isFalseAtTheEnd({ node, parents: [block, around] }: Site): boolean {
  const isLast = block !== undefined && listed(block, "statements").at(-1) === node;
  const [value] = listed(node, "expression");
  return isLast && around?.nodeType === "FunctionDefinition" && value !== undefined && typeOf(value) === "bool";
}
