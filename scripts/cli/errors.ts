import {
  ChainDataError,
  HistoryIncompleteError,
  InvalidDescriptorError,
  MapaeError,
  NetworkMismatchError,
  ResolutionError,
  UnavailableError,
} from "../../resolver/index.ts";

/** What the exit code of `mapae` says; `mapae --help` lists them. */
export const EXIT = {
  done: 0,
  /** A fault of Mapae itself. */
  internal: 1,
  /** Wrong usage, input or configuration: the same call fails again. */
  usage: 2,
  /** The DID does not exist, or is deactivated. */
  absent: 3,
  /** The chain or the node can't be asked, or what it says can't be true. */
  unreachable: 4,
  /** The contract, the chain or the person at the terminal refused. */
  refused: 5,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Codes of {@link CliError} and the exit code of each. */
const EXIT_OF = {
  ALREADY_DEPLOYED: EXIT.usage,
  ALREADY_EXISTS: EXIT.usage,
  ALREADY_RUNNING: EXIT.usage,
  BUILD_FAILED: EXIT.internal,
  CHAIN_STOPPED: EXIT.unreachable,
  CONFIGURATION: EXIT.usage,
  DEACTIVATED: EXIT.absent,
  DECLINED: EXIT.refused,
  INVALID_INPUT: EXIT.usage,
  KEY_NOT_FOUND: EXIT.absent,
  NO_SIGNER: EXIT.usage,
  NOT_FOUND: EXIT.absent,
  NODE_NOT_READY: EXIT.unreachable,
  NOT_MINED: EXIT.unreachable,
  PORT_BUSY: EXIT.usage,
  REFUSED: EXIT.refused,
  USAGE: EXIT.usage,
} as const satisfies Record<string, ExitCode>;
export type CliErrorCode = keyof typeof EXIT_OF;

/** Something that the person or program at the command line can act on; never a fault of Mapae. */
export class CliError extends MapaeError {
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The exit code that an error deserves. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return EXIT_OF[error.code];
  if (error instanceof UnavailableError) return EXIT.unreachable;
  if (error instanceof ChainDataError || error instanceof HistoryIncompleteError) return EXIT.unreachable;
  if (error instanceof NetworkMismatchError || error instanceof InvalidDescriptorError) return EXIT.usage;
  if (error instanceof ResolutionError) return error.code === "NOT_FOUND" ? EXIT.absent : EXIT.usage;
  return EXIT.internal;
}
