import type { MapaeDid } from "../did/did.ts";
import type { ProofEnvelope } from "../proofs/envelope.ts";
import type { AnswerMetadata, Resolution, VersionOptions } from "./resolve.ts";

/** What an answer holds as of, and who gave it. */
export interface ResolutionMetadata extends AnswerMetadata {
  /** Whether the node that answered says that its newest block is older than its operator likes. */
  readonly stale?: true;
  /** Whether it was proven from a block that was sealed, so that nobody who answered is trusted. */
  readonly proven?: true;
  /** The envelope that proves it, where it was asked for. */
  readonly proof?: ProofEnvelope;
  /** The origins of the nodes whose answer it is; absent when it was read from a chain. */
  readonly nodes?: readonly string[];
}

/** A resolution, from wherever it was read. */
export interface SourceResolution extends Pick<Resolution, "document" | "documentMetadata"> {
  readonly resolutionMetadata: ResolutionMetadata;
}

export interface SourceOptions extends VersionOptions {
  /** Whether an answer that was kept ready will not do. */
  readonly noCache?: boolean;
}

/** Where the DIDs of one network are read from: its chain, or nodes in front of it. */
export interface DidSource {
  /**
   * @throws ResolutionError `NOT_FOUND` when the DID, or that version of it, does not exist; `INVALID_OPTIONS`.
   * @throws MapaeError of another class when it could not be asked, or what was answered can't be relied on.
   */
  resolve(did: MapaeDid, options: SourceOptions): Promise<SourceResolution>;
}
