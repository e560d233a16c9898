import type { MapaeDid } from "../did/did.ts";
import type { ProofEnvelope } from "../proofs/envelope.ts";
import type { AnswerMetadata, Resolution, VersionOptions } from "./resolve.ts";

/** The block and the moment of an answer, and where it comes from. */
export interface ResolutionMetadata extends AnswerMetadata {
  /** Set when the node marked its answer as stale: its newest block is older than its staleness policy allows. */
  readonly stale?: true;
  /** Set when the answer is proven from a sealed block, so that no node is trusted for it. */
  readonly proven?: true;
  /** The envelope that proves the answer, where it was asked for. */
  readonly proof?: ProofEnvelope;
  /** The origins of the nodes that agreed on it; absent when it was read from a chain. */
  readonly nodes?: readonly string[];
}

/** A resolution from a chain or from nodes. */
export interface SourceResolution extends Pick<Resolution, "document" | "documentMetadata"> {
  readonly resolutionMetadata: ResolutionMetadata;
}

export interface SourceOptions extends VersionOptions {
  /** Whether cached answers are refused. */
  readonly noCache?: boolean;
}

/** A source of the DIDs of one network: its chain, or nodes. */
export interface DidSource {
  /**
   * @throws ResolutionError `NOT_FOUND` when the DID, or that version of it, does not exist; `INVALID_OPTIONS`.
   * @throws MapaeError of another class when the source could not be asked, or its answer can't be relied on.
   */
  resolve(did: MapaeDid, options: SourceOptions): Promise<SourceResolution>;
}
