import { CodedError, type ErrorCode, MapaeError } from "../../resolver/errors.ts";

/** The exit codes of `mapae`; `mapae --help` lists them. */
export const EXIT = {
  done: 0,
  /** A fault of Mapae itself. */
  internal: 1,
  /** Wrong usage, input or configuration: the same call fails again. */
  usage: 2,
  /** The DID does not exist, or is deactivated. */
  absent: 3,
  /** The chain or the node can't be asked, or its answer is impossible. */
  unreachable: 4,
  /** The contract, the chain or the person at the terminal refused; or a credential is not to be trusted. */
  refused: 5,
  /** The reader of the answer closed the pipe: a shell reports the same code for a program that SIGPIPE ended. */
  pipeClosed: 141,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Codes of errors that only the command line has, and the exit code of each. */
const OWN_CODES = {
  ALREADY_DEPLOYED: EXIT.usage,
  ALREADY_EXISTS: EXIT.usage,
  ALREADY_RUNNING: EXIT.usage,
  CHAIN_STOPPED: EXIT.unreachable,
  CHECKOUT_NEEDED: EXIT.usage,
  CONFIGURATION: EXIT.usage,
  DEACTIVATED: EXIT.absent,
  DECLINED: EXIT.refused,
  INDEX_DIFFERS: EXIT.usage,
  INTERRUPTED: EXIT.refused,
  INVALID_INPUT: EXIT.usage,
  NODE_NOT_READY: EXIT.unreachable,
  NOT_TRUSTED: EXIT.refused,
  NOT_MINED: EXIT.unreachable,
  NO_SIGNER: EXIT.usage,
  OUTPUT: EXIT.usage,
  PIPE_CLOSED: EXIT.pipeClosed,
  PORT_BUSY: EXIT.usage,
  REFUSED: EXIT.refused,
  TRUST_UNKNOWN: EXIT.unreachable,
  USAGE: EXIT.usage,
} as const satisfies Record<string, ExitCode>;

/** The exit codes of the library's errors. */
const LIBRARY_CODES = {
  CHAIN_DATA: EXIT.unreachable,
  FEATURE_NOT_SUPPORTED: EXIT.usage,
  HISTORY_INCOMPLETE: EXIT.unreachable,
  INTERNAL_ERROR: EXIT.internal,
  INVALID_DESCRIPTOR: EXIT.usage,
  INVALID_DID: EXIT.usage,
  INVALID_DID_URL: EXIT.usage,
  INVALID_OPTIONS: EXIT.usage,
  INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD: EXIT.refused,
  INVALID_VERIFICATION_METHOD: EXIT.refused,
  METHOD_NOT_SUPPORTED: EXIT.usage,
  NETWORK_MISMATCH: EXIT.usage,
  NODES_DISAGREE: EXIT.unreachable,
  NOT_FOUND: EXIT.absent,
  REPRESENTATION_NOT_SUPPORTED: EXIT.usage,
  RESOLVER_OPTIONS: EXIT.usage,
  UNAVAILABLE: EXIT.unreachable,
} as const satisfies Record<ErrorCode, ExitCode>;

const EXIT_OF: Readonly<Record<string, ExitCode>> = { ...LIBRARY_CODES, ...OWN_CODES };

export type CliErrorCode = keyof typeof OWN_CODES | ErrorCode;

/** An error that the caller of the command line can act on. */
export class CliError extends CodedError<CliErrorCode> {}

/** The exit code of an error. A MapaeError whose code is not listed counts as wrong usage, input or configuration. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof MapaeError ? (EXIT_OF[error.code] ?? EXIT.usage) : EXIT.internal;
}
