import type { MapaeDid } from "../../../resolver/did/did.ts";
import type { Representation } from "../../../resolver/resolution/representation.ts";
import type { ResolutionMetadata, SourceOptions, SourceResolution } from "../../../resolver/resolution/source.ts";
import type { FoundDocument } from "./ready-documents.ts";

/** The newest version of a DID in one representation. */
export interface ReadyResolution extends FoundDocument {
  readonly resolutionMetadata: ResolutionMetadata;
}

/** Where resolutions come from: an index, which answers the newest version at once, or any `DidSource`. */
export interface ResolutionSource {
  /** Throws as `DidSource.resolve` does. */
  resolve(did: MapaeDid, options: SourceOptions): SourceResolution | Promise<SourceResolution>;
  /** The newest version in one representation, from where such are kept; throws as `resolve` does. */
  ready?(did: MapaeDid, representation: Representation): ReadyResolution;
}
