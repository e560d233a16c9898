import type { MapaeDid } from "../../../resolver/did/did.ts";
import type { Representation } from "../../../resolver/resolution/representation.ts";
import type { ResolutionMetadata, SourceOptions, SourceResolution } from "../../../resolver/resolution/source.ts";
import type { FoundDocument } from "./ready-documents.ts";

/** The newest version of a DID in one representation. */
export interface ReadyResolution extends FoundDocument {
  readonly resolutionMetadata: ResolutionMetadata;
}

/** Newest versions from a cache. Its functions throw the errors of `DidSource.resolve`. */
export interface ReadySource {
  /**
   * The metadata of all current answers. It is a new object when a document may have changed, or when another moment is
   * judged.
   */
  metadata(): ResolutionMetadata;
  newest(did: MapaeDid, representation: Representation): ReadyResolution;
}

/** Source of resolutions: an index, which answers the newest version synchronously, or any `DidSource`. */
export interface ResolutionSource {
  /** Throws the errors of `DidSource.resolve`. */
  resolve(did: MapaeDid, options: SourceOptions): SourceResolution | Promise<SourceResolution>;
  readonly ready?: ReadySource;
}
