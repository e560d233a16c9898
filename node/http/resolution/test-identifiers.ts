import type { MapaeDid } from "../../../resolver/did/did.ts";
import { ResolutionError } from "../../../resolver/errors.ts";
import type { ResolutionSource } from "./resolution-source.ts";

/**
 * The operator's example DIDs that have a document now.
 * @throws errors of a source that can't be asked.
 */
export async function testIdentifiers(source: ResolutionSource, dids: readonly MapaeDid[]): Promise<MapaeDid[]> {
  const found = await Promise.all(dids.map((did) => hasDocument(source, did)));
  return dids.filter((_, at) => found[at]);
}

async function hasDocument(source: ResolutionSource, did: MapaeDid): Promise<boolean> {
  try {
    return (await source.resolve(did, {})).document !== null;
  } catch (error) {
    if (error instanceof ResolutionError && error.code === "NOT_FOUND") return false;
    throw error;
  }
}
