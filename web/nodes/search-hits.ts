import { hrefOf } from "../route.ts";
import type { Sought } from "../search.ts";
import type { Context } from "../view.ts";
import { recentChanges } from "./recent.ts";
import { typesOf } from "./types-of.ts";

/** Something that a search found. */
export interface Hit {
  readonly kind: string;
  readonly label: string;
  readonly href: string;
}

/** Number of newest changes that are searched for a name or a transaction. */
const LOOKED_THROUGH = 200;

/** Searches a node's types and its newest changes for a hash, a URI or a name. */
export async function hitsOf(sought: Sought, context: Context): Promise<readonly Hit[]> {
  const [url] = context.nodes;
  if (url === undefined || sought.kind === "foreignDid" || !("text" in sought)) return [];
  const wanted = sought.text.toLowerCase();
  const [types, changes = []] = await Promise.all([
    typesOf(url, context),
    recentChanges(url, context.asking, `limit=${LOOKED_THROUGH}`),
  ]);
  const hits: Hit[] = [...types].flatMap(([id, uri]) =>
    id === wanted || uri.toLowerCase().includes(wanted)
      ? [{ kind: "type", label: uri, href: hrefOf("type", { id }) }]
      : [],
  );
  for (const { kind, label, subject, transaction, href } of changes) {
    const isMeant = transaction === wanted || subject === wanted || (label?.toLowerCase().includes(wanted) ?? false);
    if (isMeant && href !== undefined) hits.push({ kind, label: label ?? subject, href });
  }
  return [...new Map(hits.map((hit) => [hit.href, hit])).values()];
}
