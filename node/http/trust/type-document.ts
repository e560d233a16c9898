import type { Hash } from "../../../resolver/primitives/hex.ts";
import { heldIndex, type LiveIndex, newestOf } from "../../index/live-index.ts";
import type { TypeDocuments } from "../../trust/type-documents.ts";
import { type Answer, json } from "../answer.ts";
import { IMMUTABLE, notModified } from "../caching.ts";

export interface TypeDocumentOptions {
  readonly index: LiveIndex;
  readonly documents: TypeDocuments;
  /** Throws an `UnavailableError` while the node can't answer. */
  readonly expectFit: () => void;
}

/** Answers with the document of the type whose `schemaUri` has this path; `undefined` when this node has none. */
export type TypeDocument = (request: {
  readonly path: string;
  readonly ifNoneMatch: string | undefined;
}) => Promise<Answer | undefined>;

/**
 * Serves a type's document at the path of its `schemaUri`, so that the domain of the URI may point to any node. A served
 * document has the hash that is on the chain. When two types have the same path on different domains, that of the older one
 * is served.
 */
export function typeDocument({ index, documents, expectFit }: TypeDocumentOptions): TypeDocument {
  let known: { readonly block: Hash; readonly hashes: ReadonlyMap<string, Hash> } | undefined;

  return async ({ path, ifNoneMatch }) => {
    if (documents.size === 0) return undefined;
    expectFit();
    const { hash: block } = newestOf(index);
    if (known?.block !== block) known = { block, hashes: await hashesByPath(index, documents) };
    const hash = known.hashes.get(path);
    const bytes = hash && documents.get(hash);
    if (bytes === undefined) return undefined;
    // A type never changes, so neither does its document.
    const headers = { etag: `"${hash}"`, "cache-control": IMMUTABLE };
    return notModified(ifNoneMatch, headers) ?? json([bytes], { headers });
  };
}

async function hashesByPath(index: LiveIndex, documents: TypeDocuments): Promise<ReadonlyMap<string, Hash>> {
  await using held = heldIndex(index);
  const types = (await held.ids("type")).flatMap((id) => held.state("type", id) ?? []);
  types.sort((a, b) => b.added.block - a.added.block || (a.typeId < b.typeId ? 1 : -1));
  const served = types.filter(({ schemaUri, schemaHash }) => documents.has(schemaHash) && URL.canParse(schemaUri));
  return new Map(served.map(({ schemaUri, schemaHash }) => [new URL(schemaUri).pathname, schemaHash]));
}
