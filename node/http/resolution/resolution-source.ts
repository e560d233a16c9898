import type { MapaeDid } from "../../../resolver/did/did.ts";
import type { Representation } from "../../../resolver/resolution/representation.ts";
import type { ResolutionMetadata, SourceOptions, SourceResolution } from "../../../resolver/resolution/source.ts";
import type { FoundDocument } from "./ready-documents.ts";

/** The newest version of a DID in one representation. */
export interface ReadyResolution extends FoundDocument {
  readonly resolutionMetadata: ResolutionMetadata;
}

/** Newest versions from where they are kept. Its functions throw as `DidSource.resolve` does. */
export interface ReadySource {
  /** What every answer says now: another object when any document may be another one, or when another moment is judged. */
  metadata(): ResolutionMetadata;
  newest(did: MapaeDid, representation: Representation): ReadyResolution;
}

/** Where resolutions come from: an index, which answers the newest version at once, or any `DidSource`. */
export interface ResolutionSource {
  /** Throws as `DidSource.resolve` does. */
  resolve(did: MapaeDid, options: SourceOptions): SourceResolution | Promise<SourceResolution>;
  readonly ready?: ReadySource;
}
