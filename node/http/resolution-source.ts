import type { MapaeDid } from "../../resolver/did.ts";
import type { Representation } from "../../resolver/representation.ts";
import type { KnowledgeMetadata, Resolution, VersionOptions } from "../../resolver/resolve.ts";
import type { ReadyDocument } from "./ready-documents.ts";

/** What an answer holds as of; `stale` when newer blocks can't be read now. */
export interface SourceKnowledge extends KnowledgeMetadata {
  readonly stale?: true;
}

export interface SourceResolution extends Resolution {
  readonly knowledge: SourceKnowledge;
}

/** Where resolutions come from: an index, which answers the newest version at once, a chain, or other nodes. */
export interface ResolutionSource {
  /**
   * The newest version of a DID, or the one that the options name.
   * @throws ResolutionError `NOT_FOUND`, `INVALID_OPTIONS` or `FEATURE_NOT_SUPPORTED`; UnavailableError and other errors
   * when it could not be asked.
   */
  resolve(did: MapaeDid, version: VersionOptions): SourceResolution | Promise<SourceResolution>;
  /** The newest version in one representation, from where such are kept; throws as `resolve` does. */
  ready?(
    did: MapaeDid,
    representation: Representation,
  ): { readonly document: ReadyDocument; readonly knowledge: SourceKnowledge };
}
