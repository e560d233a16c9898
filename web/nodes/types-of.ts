import type { Context } from "../view.ts";
import { typesAt } from "./type-documents.ts";

/** URIs of the credential types by their ids, from a node's answer; none where it can't be asked. */
export async function typesOf(url: string, context: Pick<Context, "asking">): Promise<ReadonlyMap<string, string>> {
  return new Map((await typesAt(url, context)).map(({ id, uri }) => [id, uri]));
}
