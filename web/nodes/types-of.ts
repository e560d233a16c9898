import type { Context } from "../view.ts";
import { typesAt } from "./type-documents.ts";

/**
 * URIs of the credential types by their ids, from a node's answer, to show instead of ids; none where it can't be asked, so that
 * this says nothing about which types exist.
 */
export async function typesOf(url: string, context: Pick<Context, "asking">): Promise<ReadonlyMap<string, string>> {
  const types = await typesAt(url, context).catch(() => []);
  return new Map(types.map(({ id, uri }) => [id, uri]));
}
