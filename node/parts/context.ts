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

/** Replacements for network, disk and time in tests. */
export interface NodeOverrides {
  /** Replaces the configured RPC URLs. */
  readonly readers?: readonly ChainReader[];
  /** The same for proofs. */
  readonly rpcs?: readonly Rpc[];
  readonly clock?: Clock;
  readonly openDatabase?: (directory: string) => Promise<Database>;
  readonly logger?: Logger;
  /** Replaces the configured keys. */
  readonly signers?: readonly Signer[];
  /** Returns numbers from 0 on, below 1, for the random part of pauses between tries. */
  readonly random?: () => number;
  /** Bounds of all pauses after a failure of the chain's servers. */
  readonly pauses?: Pauses;
}

/** What all parts of a node share. */
export interface NodeContext extends Pick<NodeOverrides, "readers" | "rpcs" | "signers" | "pauses"> {
  readonly config: NodeConfig;
  readonly clock: Clock;
  readonly random: () => number;
  readonly openDatabase: (directory: string) => Promise<Database>;
  readonly logger: Logger;
  /** Registry of the metrics. */
  readonly registry: Registry;
  readonly observer: NodeObserver;
  /** Returns a function that logs a fault with this message. */
  logFault(what: string): (error: unknown) => void;
}

export function createContext(config: NodeConfig, overrides: NodeOverrides): NodeContext {
  const { clock = systemClock, openDatabase = openLevel, random = Math.random } = overrides;
  const logger = overrides.logger ?? pino({ name: "mapae", level: config.logLevel });
  const registry = new Registry();
  const servers = (overrides.readers ?? config.secrets.rpcUrls).length;
  return {
    ...overrides,
    ...{ config, clock, random, openDatabase, logger, registry, observer: countersIn(registry, { servers }) },
    logFault: (what) => (error) => logger.error({ err: error }, what),
  };
}
