import { Registry } from "@prometheus-io/client";
import { type Logger, pino } from "pino";
import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import type { Rpc } from "../../resolver/chain/rpc/rpc.ts";
import type { NodeConfig } from "../config/config.ts";
import type { Signer } from "../issuing/signer.ts";
import { countersIn } from "../metrics/counters.ts";
import type { Pauses } from "../runtime/backoff.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import type { NodeObserver } from "../runtime/observer.ts";
import { type Database, openLevel } from "../store/database.ts";

/** What a test may put in the place of network, disk and time. */
export interface NodeOverrides {
  /** In place of the configured RPC URLs. */
  readonly readers?: readonly ChainReader[];
  /** The same, for proofs. */
  readonly rpcs?: readonly Rpc[];
  readonly clock?: Clock;
  readonly openDatabase?: (directory: string) => Promise<Database>;
  readonly logger?: Logger;
  /** In place of the configured key files. */
  readonly signers?: readonly Signer[];
  /** Numbers from 0 on, below 1, by which pauses between tries differ. */
  readonly random?: () => number;
  /** Bounds of all pauses after a failure of the chain's servers. */
  readonly pauses?: Pauses;
}

/** What all parts of a node are made with. */
export interface NodeContext extends Pick<NodeOverrides, "readers" | "rpcs" | "signers" | "pauses"> {
  readonly config: NodeConfig;
  readonly clock: Clock;
  readonly random: () => number;
  readonly openDatabase: (directory: string) => Promise<Database>;
  readonly logger: Logger;
  /** Of the metrics. */
  readonly registry: Registry;
  readonly observer: NodeObserver;
  /** Gives a function that logs a fault under these words. */
  logFault(what: string): (error: unknown) => void;
}

export function createContext(config: NodeConfig, overrides: NodeOverrides): NodeContext {
  const { clock = systemClock, openDatabase = openLevel, random = Math.random } = overrides;
  const logger = overrides.logger ?? pino({ name: "mapae", level: config.logLevel });
  const registry = new Registry();
  return {
    ...overrides,
    ...{ config, clock, random, openDatabase, logger, registry, observer: countersIn(registry) },
    logFault: (what) => (error) => logger.error({ err: error }, what),
  };
}
