import { hrefOf } from "../route.ts";
import type { Sought } from "../search.ts";
import type { Context } from "../view.ts";
import { recentChanges } from "./recent.ts";
import { typesAt } from "./type-documents.ts";

/** Something that a search found. */
export interface Hit {
  readonly kind: string;
  readonly label: string;
  readonly href: string;
}

/** Number of newest changes that are searched for a name or a transaction. */
const LOOKED_THROUGH = 200;

/**
 * Searches a node's types and its newest changes for a hash, a URI or a name.
 * @throws Error when nothing was found and the node could not be asked for all of them.
 */
export async function hitsOf(sought: Sought, context: Context): Promise<readonly Hit[]> {
  const [url] = context.nodes;
  if (url === undefined || sought.kind === "foreignDid" || !("text" in sought)) return [];
  const wanted = sought.text.toLowerCase();
  const [types, recent] = await Promise.allSettled([
    typesAt(url, context),
    recentChanges(url, context.asking, `limit=${LOOKED_THROUGH}`),
  ]);
  const changes = (recent.status === "fulfilled" && recent.value) || [];
  const hits: Hit[] = (types.status === "fulfilled" ? types.value : []).flatMap(({ id, uri }) =>
    id === wanted || uri.toLowerCase().includes(wanted)
      ? [{ kind: "type", label: uri, href: hrefOf("type", { id }) }]
      : [],
  );
  for (const { kind, label, subject, transaction, href } of changes) {
    const isMeant = transaction === wanted || subject === wanted || (label?.toLowerCase().includes(wanted) ?? false);
    if (isMeant && href !== undefined) hits.push({ kind, label: label ?? subject, href });
  }
  const failed = [types, recent].find((one) => one.status === "rejected");
  if (hits.length === 0 && failed !== undefined) throw failed.reason;
  return [...new Map(hits.map((hit) => [hit.href, hit])).values()];
}
