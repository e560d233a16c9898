/**
 * Codes of {@link MapaeError}. The first eight are those of DID Resolution v1, section "Errors", the next two those of
 * Controlled Identifiers 1.0, section "Processing Errors"; the others are Mapae's own.
 *
 * - `UNAVAILABLE`: a server could not be asked, or could not answer, now. It never means "does not exist".
 * - `CHAIN_DATA`: a chain's answer breaks the format or the rules of the contracts, so that it can't be true.
 * - `HISTORY_INCOMPLETE`: events do not fold to the head or root that the contract holds.
 * - `NODES_DISAGREE`: too few nodes answered the same. It never means "does not exist".
 * - `RESOLVER_OPTIONS`: a resolver was set up in a way that can't work.
 * - `NETWORK_MISMATCH`: a chain, contract or data directory belongs to another network.
 * - `INVALID_DESCRIPTOR`: a network descriptor breaks its schema.
 */
export type ErrorCode =
  | "INVALID_DID"
  | "METHOD_NOT_SUPPORTED"
  | "FEATURE_NOT_SUPPORTED"
  | "INVALID_OPTIONS"
  | "NOT_FOUND"
  | "INVALID_DID_URL"
  | "REPRESENTATION_NOT_SUPPORTED"
  | "INTERNAL_ERROR"
  | "INVALID_VERIFICATION_METHOD"
  | "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"
  | "UNAVAILABLE"
  | "CHAIN_DATA"
  | "HISTORY_INCOMPLETE"
  | "NODES_DISAGREE"
  | "RESOLVER_OPTIONS"
  | "NETWORK_MISMATCH"
  | "INVALID_DESCRIPTOR";

/** The base of every error that the library throws on purpose. Its `code` is stable; its message is for people. */
export abstract class MapaeError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The base of errors that have one of several codes. */
export abstract class CodedError<Code extends string> extends MapaeError {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The request of the caller can't be answered: the DID, its URL, an option or the wanted media type is at fault. */
export class ResolutionError extends CodedError<ErrorCode> {}

/** The chain, or the node in front of it, could not be asked. Try again; it never means that something does not exist. */
export class UnavailableError extends MapaeError {
  readonly code = "UNAVAILABLE";
}

/** An answer of a chain breaks the format, or the rules of the contracts: it can't be true. */
export class ChainDataError extends MapaeError {
  readonly code = "CHAIN_DATA";
}

/** Events are missing, forged or out of order: they do not fold to the head or root that the contract holds. */
export class HistoryIncompleteError extends MapaeError {
  readonly code = "HISTORY_INCOMPLETE";
}

/** Nodes of one network answered differently, and not enough of them the same. Ask again: one may be a block behind. */
export class NodesDisagreeError extends MapaeError {
  readonly code = "NODES_DISAGREE";
}

/** A resolver was set up in a way that can't work, such as with fewer nodes than have to agree. */
export class ResolverOptionsError extends MapaeError {
  readonly code = "RESOLVER_OPTIONS";
}

/** A chain, contract or data directory belongs to another network than the descriptor. */
export class NetworkMismatchError extends MapaeError {
  readonly code = "NETWORK_MISMATCH";
}

/** A network descriptor breaks its schema or contradicts itself. */
export class InvalidDescriptorError extends MapaeError {
  readonly code = "INVALID_DESCRIPTOR";
}
